"""The real opencode server, where `make agents` has installed it, against a scripted model on loopback."""

import os
import signal
from pathlib import Path

import trio

from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, ToolCall, ToolUpdate, Usage
from tests.actors.agent_kit import Told
from tests.actors.opencode_kit import installed, real_opencode

pytestmark = installed


def statuses(told: Told) -> list[str]:
    status: dict[str, str] = {}
    for event in told.events:
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            status[event.tool_call_id] = event.status
    return list(status.values())


async def test_turns_tools_and_usage_in_one_warm_session(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        assert lease.fresh
        told = await agents.turn(lease, "count 30 then say good morning", task="t1")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text == " ".join(map(str, range(1, 31))) + " good morning\nuser turns: 1"
        assert told.batches > 1
        usage: Usage = told.of(Usage)[-1]
        assert usage.input_tokens == 100
        assert usage.output_tokens == 10
        assert usage.cost == 0.00012

        place = agents.worktree / "new.txt"
        told = await agents.turn(lease, f"write {place}: fresh then shell echo out then say done", task="t2")
        assert told.outcomes == [Completed("end_turn")]
        assert place.read_text() == "fresh\n"
        assert statuses(told) == ["completed", "completed"]
        assert "user turns: 2" in told.text
        assert told.of(Usage)[-1].input_tokens == 300
        agents.release(lease)
        assert not (await agents.acquire()).fresh
