"""Real agents, where `make agents` has installed them, against a scripted model on loopback.

What every one of them must do: two turns in one warm session, a tool call resolved, a question answered or refused, a
cancel and then another turn, and a conversation resumed by another process.
"""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from boocode.domain.events import Cancelled, Completed, Interrupted, ToolCall, ToolUpdate
from boocode.ports.agents import Lease, SessionLimits
from tests.actors.agent_kit import Rig, Told, rig
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tools.agents import AGENTS, environment

LIMITS = SessionLimits(cancel_s=2.0)
MODES = {"goose": "approve", "qwen": "default", "opencode": None}
"""In which an agent asks before it writes; opencode has none, its config says it."""


INSTALLED = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            not AGENTS[name].program().exists(), reason=f"the program {name} is missing: make agents"
        ),
    )
    for name in sorted(AGENTS)
]


@asynccontextmanager
async def real(name: str, tmp_path: Path) -> AsyncIterator[tuple[Rig, ModelEndpoint]]:
    agent = AGENTS[name]
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    async with serve_model() as model:
        env = {
            **environment(name, model.url),
            "HOME": str(home),
            **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        }
        async with rig(
            tmp_path, command=agent.command(), env=env, agent=name, limits=LIMITS, term_grace_s=2.0
        ) as agents:
            yield agents, model


async def answering(agents: Rig, lease: Lease, told: Told, kind: str) -> None:
    """Answers the question with the option of this kind."""
    asked = await told.asked()
    option = next(option.id for option in asked.options if option.kind == kind)
    agents.answer(lease, asked, option)


def statuses(told: Told) -> set[str]:
    status: dict[str, str] = {}
    for event in told.events:
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            status[event.tool_call_id] = event.status
    return set(status.values())


@pytest.mark.parametrize("name", INSTALLED)
async def test_a_real_agent_works_warm_and_is_cancelled_killed_and_resumed(name: str, tmp_path: Path) -> None:
    async with real(name, tmp_path) as (agents, _):
        lease = await agents.acquire()
        told = await agents.turn(lease, "say good morning", task="t1")
        assert told.outcomes == [Completed("end_turn")]
        assert "good morning" in told.text

        place = agents.worktree / "new.txt"
        told, _ = await agents.start(lease, f"write {place}: fresh", task="t2", mode=MODES[name])
        if MODES[name]:
            await answering(agents, lease, told, "allow_once")
        assert await told.over() == Completed("end_turn")
        assert place.read_text().strip() == "fresh"
        assert statuses(told) == {"completed"}

        told, _ = await agents.start(lease, "count 500 every 20 ms", task="t3")
        await told.until(lambda told: told.text)
        agents.cancel(lease, "t3")
        assert await told.over() == Cancelled("asked")

        told, _ = await agents.start(lease, "say before the fall then hang", task="t4")
        (leader,) = {process.pid for process in agents.owner.owned() if process.pid == process.pgid}
        os.kill(leader, signal.SIGKILL)
        outcome = await told.over()
        assert isinstance(outcome, Interrupted)

        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert not again.fresh
        told = await agents.turn(again, "say good evening", task="t5")
        assert "good evening" in told.text
        assert "good morning" not in told.text


@pytest.mark.parametrize("name", INSTALLED)
async def test_a_cancel_while_the_model_is_stuck_ends_the_turn_and_the_next_one_works(
    name: str, tmp_path: Path
) -> None:
    """goose does not answer such a cancel at all, qwen with an error, opencode as it should."""
    async with real(name, tmp_path) as (agents, _):
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "stall", task="t1")
        await told.until(lambda told: told.text)
        agents.cancel(lease, "t1")
        assert isinstance(await told.over(), Cancelled)
        agents.release(lease)
        lease = await agents.acquire()
        assert "here again" in (await agents.turn(lease, "say here again", task="t2")).text
