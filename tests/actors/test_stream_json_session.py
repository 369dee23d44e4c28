"""One-shot agents as warm ones: real processes, the real pool, and everything that a program can do wrong."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio

from boocode.adapters.stream_json.lines import JsonLines
from boocode.domain.events import (
    Cancelled,
    Commands,
    Completed,
    Interrupted,
    ModelChanged,
    Notice,
    ToolCall,
    ToolUpdate,
    Usage,
)
from boocode.ports.agents import AgentStartFailed, SessionLimits
from supervisors.agent import AgentParts
from supervisors.stream_json import STREAM_JSON, StreamJsonParts, stream_json_child
from tests.actors.agent_kit import ROOT, Backing, Rig, Told, eventually, rig

PROGRAM = str(ROOT / "tests/kit/one_shot_agent.py")


def one_shot(parts: AgentParts, max_line_bytes: int = 16 * 1024 * 1024) -> Backing:
    own = StreamJsonParts(
        owner=parts.owner,
        make_lines=lambda: JsonLines(max_line_bytes),
        environment=parts.environment,
        limits=parts.limits,
        term_grace_s=parts.term_grace_s,
    )
    return Backing({STREAM_JSON: partial(stream_json_child, own)})


def program(*words: str) -> tuple[str, ...]:
    return (sys.executable, PROGRAM, *words)


@asynccontextmanager
async def agents_like(
    tmp_path: Path, *fault: str, cancel_s: float = 5.0, max_line_bytes: int = 16 * 1024 * 1024
) -> AsyncIterator[Rig]:
    state = tmp_path / "conversations"
    state.mkdir(exist_ok=True)
    async with rig(
        tmp_path,
        command=program(*fault),
        env={"ONE_SHOT_STATE": str(state)},
        agent="oneshot",
        transport=STREAM_JSON,
        backing=partial(one_shot, max_line_bytes=max_line_bytes),
        limits=SessionLimits(cancel_s=cancel_s),
    ) as agents:
        yield agents


def notices(told: Told) -> list[str]:
    return [event.text for event in told.of(Notice)]


async def no_processes(agents: Rig) -> None:
    async def none_left() -> bool:
        await trio.lowlevel.checkpoint()
        return not agents.owner.owned()

    await eventually(none_left)


def is_alive(pid: str) -> bool:
    place = Path(f"/proc/{pid}/status")
    return place.exists() and "State:\tZ" not in place.read_text()


async def test_a_turn_is_a_process_and_the_conversation_goes_on_in_the_next(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "none") as agents:
        lease = await agents.acquire()
        assert lease.fresh
        assert agents.owner.owned() == ()
        told, started = await agents.start(lease, "good morning", model="big", mode="plan")
        assert await told.over() == Completed("end_turn")
        assert told.text.startswith("You said: good morning\nturns: 1\n")
        assert "--model big" in told.text
        assert "--permission-mode plan" in told.text
        assert started.agent_session_id == lease.agent_session_id
        assert told.of(ModelChanged) == [ModelChanged("big")]
        assert told.of(Commands)[0].commands[0].name == "compact"
        assert told.of(Usage)[-1] == Usage(20, 3, 0.25)
        await no_processes(agents)
        again = await agents.turn(lease, "good evening", task="t2")
        assert "turns: 2" in again.text
        assert again.of(Usage)[-1] == Usage(20, 3, 0.25)
        assert again.after_the_end == 0


async def test_a_conversation_is_resumed_by_another_session(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "none") as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "first")
    async with agents_like(tmp_path, "none") as agents:
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert not again.fresh
        assert "turns: 2" in (await agents.turn(again, "second")).text


async def test_a_conversation_that_is_gone_is_begun_anew_and_told(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "none") as agents:
        lease = await agents.acquire(agents.plan(resume_id="11111111-2222-4333-8444-555555555555"))
        told, started = await agents.start(lease, "hello")
        assert await told.over() == Completed("end_turn")
        assert "turns: 1" in told.text
        assert started.agent_session_id != "11111111-2222-4333-8444-555555555555"
        assert any("started anew" in words for words in notices(told))
        assert "turns: 2" in (await agents.turn(lease, "again", task="t2")).text


@pytest.mark.parametrize(
    ("mishap", "says"), [("kill", "killed by signal 9"), ("exit", "code 4; .* no space left on device")]
)
async def test_what_befalls_a_program_before_its_first_word_does_not_cost_the_conversation(
    tmp_path: Path, mishap: str, says: str
) -> None:
    place = tmp_path / "mishap"
    async with agents_like(tmp_path, "early", str(place)) as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "hello", task="t1")
        place.write_text(mishap)
        with pytest.raises(AgentStartFailed, match=says):
            await agents.start(lease, "hello", task="t2")
        place.unlink()
        told = await agents.turn(lease, "hello", task="t3")
        assert "turns: 2" in told.text
        assert notices(told) == []


async def test_an_id_that_a_killed_program_may_have_taken_down_is_not_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "mishap"
    place.write_text("take")
    async with agents_like(tmp_path, "early", str(place)) as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed, match="killed by signal 9"):
            await agents.start(lease, "hello", task="t1")
        place.unlink()
        for task, count in (("t2", "turns: 1"), ("t3", "turns: 2")):
            assert count in (await agents.turn(lease, "hello", task=task)).text


async def test_a_program_that_ends_without_a_word_could_not_be_started(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "die-silent") as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed, match=r"exited with code 3.*was not set up") as caught:
            await agents.start(lease, "hello")
        assert "not set up" in caught.value.stderr_tail
        assert caught.value.died


async def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "none") as agents:
        lease = await agents.acquire(agents.plan(command=("/no/such/claude",)))
        with pytest.raises(AgentStartFailed, match=r"/no/such/claude"):
            await agents.start(lease, "hello")


async def test_a_mode_that_the_program_does_not_have_is_refused(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "none") as agents:
        lease = await agents.acquire(agents.plan(command=("claude",)))
        with pytest.raises(AgentStartFailed, match=r"does not offer the mode careful.*plan"):
            await agents.start(lease, "hello", mode="careful")


@pytest.mark.parametrize(
    ("fault", "says"),
    [("die", "exited with code 5; its last words: out of luck"), ("no-result", "exited with code 0")],
)
async def test_a_death_interrupts_the_turn_with_its_cause_and_the_next_one_works(
    tmp_path: Path, fault: str, says: str
) -> None:
    async with agents_like(tmp_path, fault) as agents:
        lease = await agents.acquire()
        for task in ("t1", "t2"):
            told = await agents.turn(lease, "hello", task=task)
            (outcome,) = told.outcomes
            assert isinstance(outcome, Interrupted)
            assert outcome.cause == "agent_died"
            assert says in outcome.message
            assert told.text


async def test_an_endless_line_ends_the_turn_with_words_and_not_the_session(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "long-line", "3", max_line_bytes=1024 * 1024) as agents:
        lease = await agents.acquire()
        for task in ("t1", "t2"):
            (outcome,) = (await agents.turn(lease, "hello", task=task)).outcomes
            assert isinstance(outcome, Interrupted)
            assert outcome.cause == "agent_error"
            assert "one line of more than 1 MiB" in outcome.message
        await no_processes(agents)


async def test_lines_that_are_no_messages_are_kept_or_told(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "garbage") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.outcomes == [Completed("end_turn")]
        assert "Welcome! This is a banner." in told.text
        assert told.text.endswith("after")
        assert len(notices(told)) == 1


async def test_a_message_cut_off_by_the_end_is_a_death(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "half-line") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.text == "whole"
        assert told.outcomes == [Interrupted("agent_died", "Oneshot exited with code 0.")]


async def test_a_program_that_only_prints_is_an_agent(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "plain") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.text == "You said: hello\nNo more than that."
        assert told.outcomes == [Completed()]


async def test_a_program_that_is_silent_for_long_counts_as_started(tmp_path: Path) -> None:
    place = tmp_path / "now"
    async with agents_like(tmp_path, "plain-late", str(place)) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hello")
        place.touch()
        assert await told.over() == Completed()


async def test_a_cancel_is_obeyed_and_the_next_turn_works(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "stall") as agents:
        lease = await agents.acquire()
        for task in ("t1", "t2"):
            told, _ = await agents.start(lease, "hello", task=task)
            await told.until(lambda told: told.text)
            agents.cancel(lease, task)
            agents.cancel(lease, task)
            assert await told.over() == Cancelled("asked")
        await no_processes(agents)


async def test_a_program_that_is_deaf_to_a_cancel_is_killed(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "deaf", cancel_s=0.2) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hello")
        await told.until(lambda told: told.text)
        agents.cancel(lease)
        assert await told.over() == Cancelled("killed")
        await no_processes(agents)


async def test_a_turn_that_follows_a_cancel_waits_for_its_place(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "stall") as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hello", task="t1")
        agents.cancel(lease, "t1")
        after, _ = await agents.start(lease, "hello", task="t2")
        assert told.outcomes == [Cancelled("asked")]
        with pytest.raises(AgentStartFailed, match="works on another turn"):
            await agents.start(lease, "hello", task="t3")
        agents.cancel(lease, "t2")
        assert await after.over() == Cancelled("asked")


async def test_a_process_that_stays_after_its_result_is_ended(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "linger") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.outcomes == [Completed("end_turn")]
        await no_processes(agents)


async def test_nothing_that_it_started_outlives_the_turn(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    async with agents_like(tmp_path, "grandchild", str(pids)) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.outcomes == [Completed("end_turn")]
        assert not any(is_alive(pid) for pid in pids.read_text().split())


async def test_a_slow_listener_makes_the_agent_wait_and_nothing_is_lost(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "flood", "30000") as agents:
        lease, gate = await agents.acquire(), trio.Event()
        told, _ = await agents.start(lease, "hello", gate=gate)
        await told.until(lambda told: told.batches)
        assert agents.owner.owned()
        gate.set()
        assert await told.over() == Completed("end_turn")
        assert told.text == "".join(f"{number} " for number in range(30_000))


async def test_a_tool_that_was_not_permitted_is_told(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "denied") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert told.outcomes == [Completed("end_turn")]
        (words,) = notices(told)
        assert "did not permit itself to use Write" in words
        assert told.of(ToolUpdate)[-1].status == "failed"


async def test_a_tool_that_was_open_at_a_death_is_closed(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "open-tool") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "hello")
        assert [call.tool_call_id for call in told.of(ToolCall)] == ["t1"]
        assert told.of(ToolUpdate) == [ToolUpdate("t1", status="failed")]


async def test_a_session_that_is_killed_ends_its_turn_and_its_process(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "stall") as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hello")
        await told.until(lambda told: told.text)
        agents.release(lease)
        lease.session.kill("a test")
        await agents.until_no_children()


async def test_a_turn_ends_when_its_listener_goes(tmp_path: Path) -> None:
    async with agents_like(tmp_path, "stall") as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hello")
        await told.until(lambda told: told.text)
        await agents.system.supervisor("listeners").terminate_child("listener2")
        await no_processes(agents)

        async def is_free() -> bool:
            return (await agents.session_state(lease))["turn"] is None

        await eventually(is_free)
