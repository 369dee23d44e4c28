"""An agent's file requests through its session: inside the worktree, while a prompt runs."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.actors.agent_kit import ROOT, Rig, rig

Json = dict[str, Any]


async def answer(agents: Rig, method: str, **params: Any) -> Json:
    """What the agent gets for such a request within a turn."""
    lease = await agents.acquire()
    steps = [{"call": f"fs/{method}", "params": params, "as": "r"}, {"tell": "r"}]
    found: Json = json.loads((await agents.turn(lease, json.dumps(steps))).text)
    return found


def agent(name: str = "any") -> tuple[str, ...]:
    script = {"name": name}
    return (sys.executable, str(ROOT / "tests/kit/scripted_acp.py"), json.dumps(script))


async def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    async with rig(tmp_path, command=agent(), agent="agent") as agents:
        place = str(agents.worktree / "a/b.txt")
        assert await answer(agents, "write_text_file", path=place, content="hello\n") == {}
        assert await answer(agents, "read_text_file", path=place) == {"content": "hello\n"}


@pytest.mark.parametrize(("name", "code"), [("any", -32002), ("gemini-cli", None)])
async def test_a_missing_file_is_told_as_such_but_to_gemini(
    tmp_path: Path, name: str, code: int | None
) -> None:
    async with rig(tmp_path, command=agent(name), agent="agent") as agents:
        told = await answer(agents, "read_text_file", path=str(agents.worktree / "none.txt"))
        assert (told["error"]["code"] if "error" in told else None) == code
        assert "error" in told or told == {"content": ""}
        outside = await answer(agents, "read_text_file", path="/etc/no-such-file")
        assert "lies outside" in outside["error"]["message"]
