"""Claude's memory of a conversation: a file where it looks for it, and a copy in our store.

Before a conversation is resumed the file is written from the store, unless the one that is there holds as much: the
copy may come from another machine, or the home directory may be a new one.
"""

import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import trio
from claude_agent_sdk import project_key_for_directory

Entries = Sequence[Mapping[str, object]]
Key = Mapping[str, str]


class Memory(Protocol):
    """The part of the SDK's SessionStore that is read here."""

    async def load(self, key: Key) -> Entries | None: ...
    async def list_subkeys(self, key: Key) -> list[str]: ...


def config_dir(env: Mapping[str, str]) -> str:
    """Where a Claude with this environment keeps what it knows."""
    chosen = env.get("CLAUDE_CONFIG_DIR") or os.path.join(env.get("HOME") or "/", ".claude")
    return unicodedata.normalize("NFC", chosen)


async def restore(store: Memory | None, directory: str, cwd: str, session_id: str) -> bool:
    """Whether Claude will find this conversation, after what it lacks was written. Raises what the store raises
    when nothing is there without it."""
    key = {"project_key": project_key_for_directory(cwd), "session_id": session_id}
    place = Path(directory) / "projects" / key["project_key"]
    file = place / f"{session_id}.jsonl"
    have = await trio.to_thread.run_sync(_count, file)
    if store is None:
        return have > 0
    try:
        entries = await store.load(key)
    except Exception:
        if have:
            return True  # the database is away: what is here will do
        raise
    if entries is None or len(entries) <= have:
        return have > 0
    await trio.to_thread.run_sync(_write, file, entries)
    for subpath in await store.list_subkeys(key):
        await _restore_part(store, place / session_id, {**key, "subpath": subpath})
    return True


async def _restore_part(store: Memory, place: Path, key: Key) -> None:
    """A sub-agent's own file; a path that leads out of the conversation's folder is left out."""
    file = place / f"{key['subpath']}.jsonl"
    entries = await store.load(key)
    if entries and ".." not in file.parts:
        await trio.to_thread.run_sync(_write, file, entries)


def _count(file: Path) -> int:
    try:
        with file.open("rb") as lines:
            return sum(1 for line in lines if line.strip())
    except OSError:
        return 0


def _write(file: Path, entries: Entries) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with open(new, "w", encoding="utf-8", opener=_private) as lines:
        lines.writelines(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    new.replace(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
