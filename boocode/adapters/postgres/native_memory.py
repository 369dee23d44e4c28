"""The conversations of BooCode's own agent: a NativeMemory in PostgreSQL.

Entries are numbered from 0 without gaps. Who keeps some says how many stand before them: a repetition after a lost
connection changes nothing, and two BooCodes that go on with one conversation are found out before they mix it.
"""

import json
from collections.abc import Iterator, Sequence

import cattrs
from cattrs.strategies import configure_tagged_union

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.contracts.resources import Message
from boocode.domain.native.conversation import (
    AssistantSaid,
    Compacted,
    Entry,
    Told,
    ToolSaid,
    UserSaid,
)
from boocode.domain.native.past import past_turn
from boocode.ports.native import ConversationMoved

PAST_TURNS = 100
TAGS = {UserSaid: "user", AssistantSaid: "assistant", ToolSaid: "tool", Told: "told", Compacted: "compacted"}
"""What an entry is called in its row; older rows have to stay readable."""


class PostgresNativeMemory(StorePart):
    """Raises StoreError."""

    async def load(self, session_id: str) -> tuple[Entry, ...] | None:
        found = await self._rows("native_entries_load", session_id)
        return tuple(_read(row["entry"]) for row in found) or None

    async def append(self, session_id: str, chat_id: str, at: int, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        texts = [_written(entry) for entry in entries]

        async def work(unit: Unit) -> None:
            await unit.run("native_entries_append", session_id, chat_id, at, texts)
            if not await unit.value("native_entries_are_ours", session_id, at, texts):
                raise ConversationMoved(session_id)

        await self._database.transaction(work)

    async def from_chat(self, chat_id: str) -> tuple[Entry, ...]:
        found = await self._rows("native_past_of_chat", chat_id, PAST_TURNS)
        return tuple(_entries([rows.message(row) for row in found]))


def _entries(messages: Sequence[Message]) -> Iterator[Entry]:
    for message in messages:
        yield from past_turn(message)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True)
    configure_tagged_union(Entry, converter, tag_name="said", tag_generator=TAGS.__getitem__)
    return converter


_CONVERTER = _converter()


def _written(entry: Entry) -> str:
    """JSON in ASCII: PostgreSQL has no text for NUL and half a surrogate pair, which travel as escapes."""
    return json.dumps(_CONVERTER.unstructure(entry, unstructure_as=Entry))


def _read(text: str) -> Entry:
    entry: Entry = _CONVERTER.structure(json.loads(text), Entry)  # type: ignore[arg-type]
    return entry
