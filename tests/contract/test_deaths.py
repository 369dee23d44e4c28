"""BackendContract, deaths: of the agent's process, and of everything."""

import pytest
import trio

from boocode.domain.events import Completed, Interrupted, Notice
from tests.actors.agent_kit import WAIT_S
from tests.contract.rows import Row
from tests.contract.stage import Stage, user_turns


@pytest.mark.row(Row.KILLED_IN_TURN)
async def test_killed_in_a_turn_it_is_interrupted_with_the_cause_and_the_next_turn_works(
    stage: Stage,
) -> None:
    death = stage.backend.death
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, started = await agents.start(lease, stage.prompts.stall(), task="t1")
        await told.until(lambda told: "started" in told.text)
        death.kill(agents, lease)
        outcome = await told.over()
        assert isinstance(outcome, Interrupted)
        assert outcome.cause == death.cause
        assert death.words in outcome.message
        assert told.after_the_end == 0
        agents.release(lease)
        again = await agents.acquire(agents.plan(resume_id=started.agent_session_id))
        told = await agents.turn(again, stage.prompts.say("here again"), task="t2")
        assert isinstance(told.outcomes[0], Completed)
        assert "here again" in told.text


@pytest.mark.row(Row.KILLED_IDLE)
async def test_killed_while_idle_its_session_ends_and_the_next_turn_works(stage: Stage) -> None:
    death = stage.backend.death
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, started = await agents.start(lease, stage.prompts.say("good morning"), task="t1")
        await told.over()
        agents.release(lease)
        death.kill(agents, lease)
        with trio.fail_after(WAIT_S):
            await lease.session.stopped()
        again = await agents.acquire(agents.plan(resume_id=started.agent_session_id))
        told = await agents.turn(again, stage.prompts.how_many(), task="t2")
        assert isinstance(told.outcomes[0], Completed)
        assert user_turns(told) == (1 if again.fresh else 2)


@pytest.mark.row(Row.RESUMED)
async def test_resumed_after_a_restart_of_everything_it_remembers_and_tells_nothing_twice(
    stage: Stage,
) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, started = await agents.start(lease, stage.prompts.say("good morning"), task="t1")
        await told.over()
    async with stage.open() as agents:
        lease = await agents.acquire(agents.plan(resume_id=started.agent_session_id))
        assert not lease.fresh
        told = await agents.turn(lease, stage.prompts.how_many(), task="t2")
        assert user_turns(told) == 2
        if stage.said_to_model():
            assert "good morning" not in told.text


@pytest.mark.row(Row.LOST)
async def test_a_conversation_that_it_does_not_know_is_begun_anew_and_that_is_said(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, started = await agents.start(lease, stage.prompts.say("good morning"), task="t1")
        await told.over()
    assert started.agent_session_id is not None
    async with stage.open() as agents:
        lease = await agents.acquire(agents.plan(resume_id=another(started.agent_session_id)))
        told = await agents.turn(lease, stage.prompts.how_many(), task="t2")
        assert isinstance(told.outcomes[0], Completed)
        assert user_turns(told) == 1
        assert lease.fresh or any("does not remember" in notice.text for notice in told.of(Notice))


def another(agent_session_id: str) -> str:
    """An id of the same form that was never given."""
    return agent_session_id.translate({ord("0") + digit: str(9 - digit) for digit in range(10)})
