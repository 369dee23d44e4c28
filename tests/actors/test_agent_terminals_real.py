"""goose runs its commands in our terminals: their output shows, a cancel ends them, a server that it started stays."""

from pathlib import Path

import pytest

from boocode.domain.events import Cancelled, ToolUpdate
from tests.actors.agent_kit import Rig, eventually
from tests.contract.backends import GOOSE_ACP
from tests.contract.stage import on_stage

pytestmark = pytest.mark.real_agent("goose")


def running(agents: Rig, command: str) -> list[str]:
    """The labels of the processes that run this."""
    return [process.label for process in agents.owner.owned() if process.command.endswith(command)]


async def test_gooses_commands_run_where_we_see_and_end_them(tmp_path: Path) -> None:
    async with on_stage(GOOSE_ACP, tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "shell pwd; echo err >&2 then say done", task="t1", mode="auto")
        assert f"{agents.worktree}\nerr\n" in [event.output for event in told.of(ToolUpdate)]

        told, _ = await agents.start(lease, "shell sleep 301 then say done", task="t2", mode="auto")

        async def runs() -> bool:
            return bool(running(agents, "sleep 301"))

        await eventually(runs)
        assert all("/terminal-" in label for label in running(agents, "sleep 301"))
        agents.cancel(lease, "t2")
        assert await told.over() == Cancelled("asked")
        assert running(agents, "sleep 301") == []

        server = "shell sleep 302 >/dev/null 2>&1 & echo started then say done"
        await agents.turn(lease, server, task="t3", mode="auto")
        await agents.turn(lease, "say still up", task="t4", mode="auto")
        assert running(agents, "sleep 302") != []
    assert running(agents, "sleep 302") == []
