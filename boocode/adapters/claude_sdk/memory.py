"""Claude's memory of a conversation: a file where it looks for it, and a copy in our store.

Before a conversation is resumed the file is written from the store, unless the one that is there holds as much: the
copy may come from another machine, or the home directory may be a new one.
"""

import contextlib
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
    have, is_talk = await trio.to_thread.run_sync(_look, file)
    if store is None:
        return is_talk
    try:
        entries = await store.load(key)
    except Exception:
        if is_talk:
            return True  # the database is away: what is here will do
        raise
    if entries is None or (is_talk and len(entries) <= have):
        return is_talk
    if not any(_is_said(entry) for entry in entries):
        return False
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


def _look(file: Path) -> tuple[int, bool]:
    """How many entries it has, and whether anything was said in it. Claude notes down that a prompt waits before the
    prompt itself; when it is killed in between it ends at each attempt to resume what it has."""
    count, is_talk = 0, False
    with contextlib.suppress(OSError), file.open("rb") as lines:
        for line in lines:
            count += bool(line.strip())
            if not is_talk:
                with contextlib.suppress(ValueError, RecursionError):
                    is_talk = _is_said(json.loads(line))
    return count, is_talk


def _is_said(entry: object) -> bool:
    return isinstance(entry, Mapping) and entry.get("type") in ("user", "assistant")


def _write(file: Path, entries: Entries) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with open(new, "w", encoding="utf-8", opener=_private) as lines:
        lines.writelines(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    new.replace(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
