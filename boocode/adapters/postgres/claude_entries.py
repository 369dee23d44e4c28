"""Conversations of the Claude SDK in our database: a SessionStore of the SDK, by its shape (it is not imported here).

Entries are opaque JSON objects in the order in which they came; one with a `uuid` that is known already is left out,
for the SDK repeats what it is not sure of.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart

Key = Mapping[str, str]
"""`project_key`, `session_id`, and `subpath` for a sub-agent's part."""
Entry = Mapping[str, object]


class ListedSession(TypedDict):
    session_id: str
    mtime: int
    """Milliseconds since the epoch."""


class PostgresSessionStore(StorePart):
    """Raises StoreError."""

    async def append(self, key: Key, entries: Sequence[Entry]) -> None:
        uuids = [uuid if isinstance(uuid := entry.get("uuid"), str) else None for entry in entries]
        texts = [json.dumps(entry) for entry in entries]
        if entries:
            await self._run("claude_entries_append", *_names(key), uuids, texts)

    async def load(self, key: Key) -> list[Entry] | None:
        """None for what was never written."""

        async def work(unit: Unit) -> list[Mapping[str, str]]:
            return await unit.rows("claude_entries_load", *_names(key))

        rows = await self._database.unit(work)
        return [json.loads(row["entry"]) for row in rows] or None

    async def list_sessions(self, project_key: str) -> list[ListedSession]:
        rows = await self._rows("claude_entries_sessions", project_key)
        return [
            ListedSession(session_id=row["session_id"], mtime=int(row["changed_at"].timestamp() * 1000))
            for row in rows
        ]

    async def list_subkeys(self, key: Key) -> list[str]:
        rows = await self._rows("claude_entries_subpaths", key["project_key"], key["session_id"])
        return [row["subpath"] for row in rows]

    async def delete(self, key: Key) -> None:
        """With a `subpath` that part alone, without it the whole conversation."""
        await self._run(
            "claude_entries_delete", key["project_key"], key["session_id"], key.get("subpath") or None
        )


def _names(key: Key) -> tuple[str, str, str]:
    return key["project_key"], key["session_id"], key.get("subpath") or ""
