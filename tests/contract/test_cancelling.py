"""BackendContract, cancels: the turn ends as cancelled, and the next one works."""

import pytest

from boocode.domain.events import Cancelled
from boocode.ports.agents import Lease
from tests.actors.agent_kit import Rig
from tests.contract.rows import Row
from tests.contract.stage import Stage


async def next_turn_works(stage: Stage, agents: Rig, lease: Lease) -> None:
    agents.release(lease)
    again = await agents.acquire()
    told = await agents.turn(again, stage.prompts.say("here again"), task="next")
    assert "here again" in told.text
    assert "started" not in told.text


@pytest.mark.row(Row.CANCEL_STREAMING)
async def test_a_cancel_while_it_writes_ends_the_turn_and_the_next_one_works(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, stage.prompts.count(2000, every_ms=20), task="t1")
        await told.until(lambda told: "3" in told.text)
        agents.cancel(lease, "t1")
        assert isinstance(await told.over(), Cancelled)
        assert "2000" not in told.text
        await next_turn_works(stage, agents, lease)
        assert told.after_the_end == 0
        if asked := stage.asked_model():
            assert any(seen.client_gone for seen in asked)


@pytest.mark.row(Row.CANCEL_STALLED)
async def test_a_cancel_while_the_model_is_silent_ends_the_turn_and_the_next_one_works(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, stage.prompts.stall(), task="t1")
        await told.until(lambda told: "started" in told.text)
        agents.cancel(lease, "t1")
        assert isinstance(await told.over(), Cancelled)
        await next_turn_works(stage, agents, lease)


@pytest.mark.row(Row.CANCEL_ASKING)
async def test_a_cancel_while_it_asks_ends_the_turn_and_the_next_one_works(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        place = agents.worktree / "never.txt"
        prompt = stage.prompts.write(place, "never")
        told, _ = await agents.start(lease, prompt, task="t1", mode=stage.backend.modes.asking)
        await told.asked()
        agents.cancel(lease, "t1")
        assert isinstance(await told.over(), Cancelled)
        await next_turn_works(stage, agents, lease)
        assert not place.exists()
