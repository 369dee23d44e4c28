"""BackendContract, choices: the model that writes is named, and model and mode of a turn can be chosen."""

import pytest

from boocode.domain.events import Cancelled, Completed, Failed, ModelChanged, PermissionAsked
from boocode.ports.agents import Lease
from tests.actors.agent_kit import Rig, Told
from tests.contract.rows import Row
from tests.contract.stage import Stage, decide


@pytest.mark.row(Row.MODEL_NAMED)
async def test_the_model_that_wrote_is_named(stage: Stage) -> None:
    async with stage.open() as agents:
        told, started = await agents.start(await agents.acquire(), stage.prompts.say("hello"))
        await told.over()
        named = [started.model or "", *(event.model for event in told.of(ModelChanged))]
        for model in stage.said_to_model()[-1:] or ["practice-1"]:
            assert model in named[-1] or model in named[0]


@pytest.mark.row(Row.MODEL_CHOSEN)
async def test_a_model_can_be_chosen_for_a_turn_and_the_next_falls_back(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        second = stage.backend.second_model
        await agents.turn(lease, stage.prompts.say("one"), task="t1")
        told, started = await agents.start(lease, stage.prompts.how_many(), task="t2", model=second)
        await told.over()
        assert isinstance(told.outcomes[0], Completed)
        assert started.model == second
        if asked := stage.said_to_model():
            assert asked[-1] == "scripted-2"
        agents.release(lease)
        again = await agents.acquire()
        _, started = await agents.start(again, stage.prompts.say("three"), task="t3")
        assert started.model != second


@pytest.mark.row(Row.MODE_CHOSEN)
async def test_a_mode_can_be_chosen_for_a_turn(stage: Stage) -> None:
    """In the one that reads nothing is written, in the free one nobody is asked, in the asking one somebody is."""
    async with stage.open() as agents:
        lease, modes = await agents.acquire(), stage.backend.modes
        held = await _write(stage, agents, lease, "held.txt", modes.read_only)
        assert not (agents.worktree / "held.txt").exists()
        assert held.outcomes
        free = await _write(stage, agents, lease, "free.txt", modes.free)
        assert (agents.worktree / "free.txt").exists()
        assert not free.of(PermissionAsked)
        if Row.ALLOWED in stage.backend.cannot:
            return
        asking = await _write(stage, agents, lease, "asked.txt", modes.asking)
        assert asking.of(PermissionAsked)
        assert not (agents.worktree / "asked.txt").exists()


async def _write(stage: Stage, agents: Rig, lease: Lease, name: str, mode: str | None) -> Told:
    """A turn that writes, in which whatever is asked is refused."""
    prompt = stage.prompts.write(agents.worktree / name, "text")
    told, _ = await agents.start(lease, prompt, task=name, mode=mode)
    await told.until(lambda told: told.outcomes or told.of(PermissionAsked))
    if not told.outcomes:
        await decide(agents, lease, told, "reject_once")
    assert isinstance(await told.over(), Completed | Failed | Cancelled)
    return told
