"""Putting Claude's memory of a conversation where it looks for it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import trio
from attrs import define, field
from claude_agent_sdk import project_key_for_directory

from boocode.adapters.claude_sdk.memory import config_dir, restore

CWD, ID = "/srv/work", "6a1f6f0e-3a0f-4d2f-9c58-0d5e6b7a8c9d"
ENTRIES = [{"type": "user", "n": n} for n in range(3)]


@define
class Kept:
    """A store that holds these parts of one conversation."""

    parts: dict[str, list[Mapping[str, object]]] = field(factory=dict)

    async def load(self, key: Mapping[str, str]) -> list[Mapping[str, object]] | None:
        await trio.lowlevel.checkpoint()
        return self.parts.get(key.get("subpath", ""))

    async def list_subkeys(self, key: Mapping[str, str]) -> list[str]:
        await trio.lowlevel.checkpoint()
        return [name for name in self.parts if name]


def place(directory: Path) -> Path:
    return directory / "projects" / project_key_for_directory(CWD)


def write(directory: Path, entries: list[Mapping[str, object]]) -> Path:
    file = place(directory) / f"{ID}.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return file


def names(directory: Path) -> list[str]:
    return [path.name for path in directory.rglob("*")]


def read(file: Path) -> list[Mapping[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    ("env", "found"),
    [({"HOME": "/h"}, "/h/.claude"), ({"HOME": "/h", "CLAUDE_CONFIG_DIR": "/c"}, "/c"), ({}, "/.claude")],
)
def test_claude_keeps_its_files_where_its_environment_says(env: dict[str, str], found: str):
    assert config_dir(env) == found


async def test_what_is_nowhere_is_not_found(tmp_path: Path):
    assert not await restore(Kept(), str(tmp_path), CWD, ID)
    assert not await restore(None, str(tmp_path), CWD, ID)
    assert names(tmp_path) == []


async def test_what_only_the_store_has_is_written_with_its_parts_for_the_owner_alone(tmp_path: Path):
    kept = Kept({"": ENTRIES, "subagents/agent-1": ENTRIES[:1], "../../escaped": ENTRIES})
    assert await restore(kept, str(tmp_path), CWD, ID)
    file = place(tmp_path) / f"{ID}.jsonl"
    assert read(file) == ENTRIES
    assert file.stat().st_mode & 0o777 == 0o600
    assert read(place(tmp_path) / ID / "subagents/agent-1.jsonl") == ENTRIES[:1]
    assert not [name for name in names(tmp_path) if "escaped" in name]


async def test_a_conversation_in_which_nothing_was_said_is_none(tmp_path: Path):
    """Claude was killed when it had noted down that a prompt waits: it would end when told to resume that."""
    file = write(tmp_path, [{"type": "queue-operation"}])
    with file.open("a") as torn:
        torn.write('{"type": "user", "mess')
    assert not await restore(None, str(tmp_path), CWD, ID)
    assert not await restore(Kept({"": [{"type": "queue-operation"}] * 3}), str(tmp_path), CWD, ID)
    assert not await restore(Kept(), str(tmp_path), CWD, ID)
    assert await restore(Kept({"": ENTRIES[:1]}), str(tmp_path), CWD, ID)
    assert read(file) == ENTRIES[:1]


async def test_a_file_that_knows_less_is_replaced_and_one_that_knows_more_stays(tmp_path: Path):
    for name, here, after in (
        ("less", ENTRIES[:1], ENTRIES),
        ("more", [*ENTRIES, {"n": 9}], [*ENTRIES, {"n": 9}]),
    ):
        file = write(tmp_path / name, here)
        assert await restore(Kept({"": ENTRIES}), str(tmp_path / name), CWD, ID)
        assert read(file) == after
