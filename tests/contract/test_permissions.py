"""BackendContract, permissions: asked in words, with options to choose from, and the answer holds."""

import pytest

from boocode.domain.events import Cancelled, Completed
from tests.contract.rows import Row
from tests.contract.stage import Stage, decide, option, tool_statuses


@pytest.mark.row(Row.ALLOWED)
async def test_what_is_allowed_is_done_and_only_then(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        place = agents.worktree / "asked.txt"
        prompt = stage.prompts.write(place, "allowed")
        told, _ = await agents.start(lease, prompt, mode=stage.backend.modes.asking)
        asked = await told.asked()
        assert not place.exists()
        assert asked.title
        assert option(asked, "reject_once") in asked.options
        await decide(agents, lease, told, "allow_once")
        assert isinstance(await told.over(), Completed)
        assert place.read_text().strip() == "allowed"
        assert tool_statuses(told) == ["completed"]
        assert "written" in told.text


@pytest.mark.row(Row.DENIED)
async def test_what_is_denied_is_not_done_and_its_call_is_closed(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        place = agents.worktree / "denied.txt"
        prompt = stage.prompts.write(place, "denied")
        told, _ = await agents.start(lease, prompt, task="t1", mode=stage.backend.modes.asking)
        await decide(agents, lease, told, "reject_once")
        assert isinstance(await told.over(), Completed)
        assert not place.exists()
        assert set(tool_statuses(told)) <= {"failed"}
        told = await agents.turn(lease, stage.prompts.say("no hard feelings"), task="t2")
        assert "no hard feelings" in told.text


@pytest.mark.row(Row.UNANSWERED)
async def test_what_nobody_answers_in_time_is_not_done(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        place = agents.worktree / "unanswered.txt"
        prompt = stage.prompts.write(place, "unanswered")
        told, _ = await agents.start(lease, prompt, task="t1", mode=stage.backend.modes.asking)
        await decide(agents, lease, told, None)
        assert isinstance(await told.over(), Completed | Cancelled)
        assert not place.exists()
        assert set(tool_statuses(told)) <= {"failed"}
        agents.release(lease)
        lease = await agents.acquire()
        told = await agents.turn(lease, stage.prompts.say("good evening"), task="t2")
        assert "good evening" in told.text
