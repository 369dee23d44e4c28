"""What the opencode backend does when its server does what the real one cannot be made to do."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from boocode.domain.events import Cancelled, Completed, Failed, Interrupted
from boocode.ports.agents import AgentStartFailed, SessionLimits
from boocode.ports.opencode import OpencodeLimits
from tests.actors.agent_kit import ROOT, eventually
from tests.actors.opencode_kit import OpencodeRig, opencode_rig

FAULTY = (sys.executable, str(ROOT / "tests/kit/fault_opencode.py"))
PATIENT = OpencodeLimits()
HASTY = OpencodeLimits(silence_s=1.5, health_s=1.0)
"""A heartbeat comes every 0.2 s."""


@asynccontextmanager
async def faulty(
    tmp_path: Path, *options: str, limits: OpencodeLimits = PATIENT, cancel_s: float = 10.0
) -> AsyncIterator[OpencodeRig]:
    async with opencode_rig(
        tmp_path,
        command=(*FAULTY, *options),
        env={},
        limits=SessionLimits(cancel_s=cancel_s),
        server_limits=limits,
    ) as agents:
        yield agents


@pytest.mark.parametrize("prompt", ["cut one two three four five", "cut open one two three four five"])
async def test_a_stream_that_breaks_in_a_turn_loses_and_doubles_nothing(tmp_path: Path, prompt: str) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, prompt)
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.rstrip() == "one two three four five"
        assert (await agents.server_state())["connections"] == 2
        assert (await agents.session_state(lease))["gaps"] == 1
        assert (await agents.turn(lease, "and on", task="t2")).text.rstrip() == "and on"


async def test_a_silent_stream_of_a_living_server_is_opened_again(tmp_path: Path) -> None:
    async with faulty(tmp_path, limits=HASTY) as agents:
        lease = await agents.acquire()
        pid = agents.server_pid()
        told = await agents.turn(lease, "asleep")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.split() == ["yawn", "awake"]
        assert agents.server_pid() == pid


async def test_a_deaf_server_is_replaced_and_its_turn_interrupted(tmp_path: Path) -> None:
    async with faulty(tmp_path, limits=HASTY) as agents:
        lease = await agents.acquire()
        pid = agents.server_pid()
        told = await agents.turn(lease, "deaf")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Interrupted)
        assert "does not answer" in outcome.message
        lease = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert (await agents.turn(lease, "well again", task="t2")).text.rstrip() == "well again"
        assert agents.server_pid() != pid


async def test_the_second_idle_of_a_failed_turn_does_not_end_the_next_one(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "twice")
        assert told.outcomes == [Failed("agent_error", "no")]
        told = await agents.turn(lease, "one two three", task="t2")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.rstrip() == "one two three"


async def test_what_is_no_event_is_counted_and_an_endless_one_is_made_up_for(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "garbage one two three")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.rstrip() == "one two three"
        state = await agents.server_state()
        assert (state["garbage_events"], state["oversized_events"]) == (2, 1)


async def test_a_listener_that_cannot_keep_up_loses_nothing_and_holds_up_nobody(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        slow = await agents.acquire()
        other = await agents.acquire(agents.in_directory("c2", tmp_path / "d2"))
        gate = trio.Event()
        told, _ = await agents.start(slow, "flood 24", task="t1", gate=gate)

        async def overflowed() -> bool:
            return "overflows" in await agents.server_state()

        await eventually(overflowed)
        assert (await agents.turn(other, "not held up", task="t2")).text.rstrip() == "not held up"
        gate.set()
        assert await told.over() == Completed("end_turn")
        assert len(told.text) == 24_000_000
        assert set(told.text) == {"x"}


async def test_an_abort_before_the_work_has_begun_is_repeated(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "late", task="t1")
        agents.cancel(lease, "t1")
        assert await told.over() == Cancelled("asked")
        assert (await agents.turn(lease, "fine", task="t2")).text.rstrip() == "fine"


async def test_a_session_that_ignores_aborts_is_given_up_and_the_server_goes_on(tmp_path: Path) -> None:
    async with faulty(tmp_path, cancel_s=1.0) as agents:
        lease = await agents.acquire()
        pid = agents.server_pid()
        told, _ = await agents.start(lease, "stubborn", task="t1")
        await told.until(lambda told: told.text)
        agents.cancel(lease, "t1")
        assert await told.over() == Cancelled("given_up")
        agents.release(lease)
        again = await agents.acquire()
        assert again.agent_session_id != lease.agent_session_id
        assert (await agents.turn(again, "fine", task="t2")).text.rstrip() == "fine"
        assert agents.server_pid() == pid


async def test_a_deaf_server_that_is_to_cancel_goes(tmp_path: Path) -> None:
    async with faulty(tmp_path, limits=OpencodeLimits(health_s=0.5), cancel_s=1.0) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "deaf", task="t1")
        await told.until(lambda told: told.text)
        agents.cancel(lease, "t1")
        assert await told.over() == Cancelled("killed")
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert (await agents.turn(again, "fine", task="t2")).text.rstrip() == "fine"


async def test_a_poisoned_directory_is_cured_once_and_the_prompt_served(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "poison is over")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.rstrip() == "poison is over"


async def test_a_question_of_a_session_that_a_tool_has_made_reaches_the_person(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "ask and go on", task="t1")
        asked = await told.asked()
        assert asked.title == "bash: rm"
        agents.answer(lease, asked, "once")
        assert await told.over() == Completed("end_turn")
        assert told.text.rstrip() == "and go on"


async def test_a_server_that_exits_tells_its_last_words(tmp_path: Path) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "die")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Interrupted)
        assert outcome.cause == "agent_died"
        assert "exited with code 3; its last words: I had enough" in outcome.message
        assert told.text == "farewell "


async def test_a_server_that_dies_of_a_prompt_tells_how_and_not_what_became_of_a_socket(
    tmp_path: Path,
) -> None:
    async with faulty(tmp_path) as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed, match=r"exited with code 3; its last words: I had enough"):
            await agents.start(lease, "die unheard")
        agents.release(lease)
        again = await agents.acquire()
        assert (await agents.turn(again, "well again", task="t2")).text.rstrip() == "well again"


async def test_a_server_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    async with faulty(tmp_path, "broken") as agents:
        for _ in range(3):
            with pytest.raises(AgentStartFailed, match="this server is broken") as failed:
                await agents.acquire()
            assert failed.value.phase == "launch"
        await agents.until_no_children()
        await agents.until_servers(0)


async def test_a_server_that_never_listens_is_given_up_on(tmp_path: Path) -> None:
    async with faulty(tmp_path, "mute", limits=OpencodeLimits(listen_s=0.5)) as agents:
        with pytest.raises(AgentStartFailed, match=r"did not say where it listens within 0\.5 s"):
            await agents.acquire()
        await agents.until_no_children()
