"""One agent session with the practice agent as a real process: turns, questions, cancel, models, memory."""

import json
from pathlib import Path

import pytest
import trio

from boocode.domain.events import (
    Cancelled,
    Commands,
    Completed,
    Failed,
    Interrupted,
    PermissionWithdrawn,
    Plan,
    ToolCall,
    ToolUpdate,
)
from boocode.ports.agents import AgentStartFailed, SessionLimits
from tests.actors.agent_kit import Told, fault, rig

QUICK = SessionLimits(cancel_s=0.6)


def last_status(told: Told) -> dict[str, str]:
    """By tool call id, what its last news said."""
    status: dict[str, str] = {}
    for event in told.events:
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            status[event.tool_call_id] = event.status
    return status


async def test_a_turn_streams_its_text_and_ends_exactly_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "say hello there")
        assert "hello there" in told.text
        assert told.outcomes == [Completed("end_turn")]
        assert told.after_the_end == 0


async def test_a_warm_session_runs_turn_after_turn_in_one_process_and_remembers(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        pids = {process.pid for process in agents.owner.owned()}
        assert lease.fresh
        await agents.turn(lease, "say one", task="t1")
        told = await agents.turn(lease, "recall", task="t2")
        assert "user turns in this conversation: 2" in told.text
        assert {process.pid for process in agents.owner.owned()} == pids


async def test_tools_plans_and_reasoning_arrive_and_every_tool_is_closed(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "think about life\nplan A, B and C\ncreate hello.py that prints hi")
        assert told.outcomes == [Completed("end_turn")]
        assert told.of(Plan)
        assert told.reasoning
        assert set(last_status(told).values()) == {"completed"}
        assert "hi" in (agents.worktree / "hello.py").read_text()


async def test_the_commands_that_came_after_the_session_are_told_in_the_first_turn_once(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, "say one")
        second = await agents.turn(lease, "say two")
        assert len(first.of(Commands)) == 1
        assert second.of(Commands) == []


async def test_another_turn_is_refused_while_one_runs(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "ask")
        asked = await told.asked()
        with pytest.raises(AgentStartFailed, match="works on another turn"):
            await agents.start(lease, "say no", task="t2")
        agents.answer(lease, asked, "allow")
        assert await told.over() == Completed("end_turn")


@pytest.mark.parametrize(
    ("option", "said"), [("allow", "The answer was: allow"), ("reject", "The answer was: reject")]
)
async def test_a_permission_is_answered_by_option(tmp_path: Path, option: str, said: str) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "ask")
        asked = await told.asked()
        assert {each.kind for each in asked.options} == {"allow_once", "reject_once"}
        state = await agents.session_state(lease)
        assert state["open_questions"] == 1
        agents.answer(lease, asked, "no such option")
        agents.answer(lease, asked, option)
        agents.answer(lease, asked, "allow")
        await told.over()
        assert said in told.text
        assert told.of(PermissionWithdrawn) == []


async def test_a_question_that_nobody_wants_to_answer_counts_as_cancelled(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "ask")
        agents.answer(lease, await told.asked(), None)
        await told.over()
        assert "The answer was: none" in told.text


async def test_a_session_that_waits_for_a_person_shows_as_blocked(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "ask")
        asked = await told.asked()
        assert state_of(agents.system.snapshot(), lease.session.path) == "blocked"
        agents.answer(lease, asked, "allow")
        await told.over()
        assert state_of(agents.system.snapshot(), lease.session.path) == "idle"


def state_of(node: object, path: str) -> str:
    nodes = [node]
    for each in nodes:
        if each.path == path:  # type: ignore[attr-defined]
            return str(each.state)  # type: ignore[attr-defined]
        nodes += each.children  # type: ignore[attr-defined]
    raise AssertionError(f"no node {path}")


async def test_the_tree_shows_the_agents_process_and_its_turn(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        assert state_of(agents.system.snapshot(), lease.session.path) == "busy"
        process = lease.session.path.removesuffix("session") + "process"
        state = await agents.system.get_state(process, timeout=5)
        assert state["pid"] in {each.pid for each in agents.owner.owned()}
        agents.cancel(lease)
        await told.over()


async def test_cancel_is_obeyed_and_the_session_stays_warm(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "count to 500 slowly")
        await told.until(lambda told: told.text)
        agents.cancel(lease)
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")
        again = await agents.turn(lease, "say still here", task="t2")
        assert "still here" in again.text
        assert told.outcomes == [Cancelled("asked")]


async def test_cancel_during_a_question_withdraws_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "run sleep 60")
        asked = await told.asked()
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")
        assert told.of(PermissionWithdrawn) == [PermissionWithdrawn(asked.request_key)]
        assert set(last_status(told).values()) == {"failed"}


async def test_a_cancel_of_another_turn_or_of_none_changes_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        agents.cancel(lease, "t0")
        told, _ = await agents.start(lease, "ask")
        agents.cancel(lease, "t0")
        agents.answer(lease, await told.asked(), "allow")
        assert await told.over() == Completed("end_turn")


async def test_a_deaf_agents_turn_ends_all_the_same_and_the_next_one_works(tmp_path: Path) -> None:
    async with rig(tmp_path, limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang deaf")
        agents.cancel(lease)
        outcome = await told.over()
        assert isinstance(outcome, Cancelled)
        assert outcome.rung in ("given_up", "killed")
        agents.release(lease)
        lease = await agents.acquire()
        assert "again" in (await agents.turn(lease, "say again", task="t2")).text


async def test_the_agents_error_is_the_turns_message(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "fail with the model said no")
        assert told.outcomes == [Failed("agent_error", "the model said no")]
        assert "fine" in (await agents.turn(lease, "say fine", task="t2")).text


async def test_the_agents_death_ends_the_turn_with_how_it_died(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "say last words then crash")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Interrupted)
        assert outcome.cause == "agent_died"
        assert "exited with code 3" in outcome.message
        assert "last words" in told.text
        assert told.after_the_end == 0
        await agents.until_no_children()


async def test_a_slow_listener_makes_the_agent_wait_and_loses_nothing(tmp_path: Path) -> None:
    count = 150_000
    async with rig(tmp_path, command=fault("flood", str(count))) as agents:
        lease = await agents.acquire()
        gate = trio.Event()
        told, _ = await agents.start(lease, "go", gate=gate)
        reader = lease.session.path.removesuffix("session") + "reader"
        before, taken = -1, 0
        while before != taken:  # until nothing is read any more
            before = taken
            await trio.sleep(0.2)
            taken = int(str((await agents.system.get_state(reader, timeout=5))["bytes"]))
        assert taken < count * 120
        gate.set()
        await told.over()
        assert told.text == "".join(f"{n} " for n in range(count))


async def test_model_and_mode_are_set_when_asked_and_fall_back_when_not(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        slow, started = await agents.start(lease, "say x", model="practice-slow", task="t1")
        assert started.model == "practice-slow"
        await slow.over()
        told, started = await agents.start(lease, "create a.txt with the text x", mode="plan", task="t2")
        assert started.model == "practice-1"
        await told.over()
        assert not (agents.worktree / "a.txt").exists()
        told, _ = await agents.start(lease, "create a.txt with the text x", task="t3")
        await told.over()
        assert (agents.worktree / "a.txt").exists()


async def test_a_model_that_is_not_offered_is_refused_and_the_session_stays_warm(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        with pytest.raises(
            AgentStartFailed, match=r"does not offer the model gpt-9000\. It offers: practice-1"
        ):
            await agents.turn(lease, "say x", model="gpt-9000")
        assert "x" in (await agents.turn(lease, "say x", task="t2")).text


async def test_a_resumed_session_remembers_and_replays_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "say something memorable")
        known = lease.agent_session_id
    async with rig(tmp_path) as agents:
        lease = await agents.acquire(agents.plan(resume_id=known))
        assert not lease.fresh
        assert lease.agent_session_id == known
        told = await agents.turn(lease, "recall")
        assert "user turns in this conversation: 2" in told.text
        assert "something memorable" not in told.text.split("user turns")[0]


async def test_an_unknown_conversation_is_begun_anew(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire(agents.plan(resume_id="never-existed"))
        assert lease.fresh
        assert lease.agent_session_id != "never-existed"
        assert "x" in (await agents.turn(lease, "say x")).text


async def test_a_listener_that_dies_cancels_its_turn(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang", task="t1")
        agents.system.find("root/listeners/listener2").kill()  # type: ignore[union-attr]
        again = await agents.turn(lease, "say after you", task="t2")
        assert "after you" in again.text
        assert told.outcomes == []


async def test_stopping_the_tree_in_a_turn_tells_its_listener(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        lease.session.stop("the operator said so")
        assert await told.over() == Interrupted(
            "runtime_stopped", "Practice was stopped (shutdown: the operator said so)."
        )
        await agents.until_no_children()


async def test_what_goes_to_the_agent_is_json_of_the_prompt(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        words = 'quotes " and \\ and ünïcode \u2028 end'
        told = await agents.turn(lease, f"say {words}")
        assert json.dumps(words)[1:6] in json.dumps(told.text)
