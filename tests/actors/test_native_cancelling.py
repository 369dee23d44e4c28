"""Cancels of BooCode's own agent at every point of a turn: it ends once, nothing goes on, the next turn works."""

from pathlib import Path

import pytest
import trio
import trio.testing

from actors.native_loop import CANCELLED
from boocode.domain.events import Cancelled, Completed, Interrupted, PermissionAsked, PermissionWithdrawn
from boocode.domain.native.conversation import AssistantSaid, ToolSaid, UserSaid
from boocode.domain.native.conversation import Told as Note
from boocode.ports.agents import AgentStartFailed, Lease, SessionLimits, StartTurn
from tests.actors.agent_kit import WAIT_S, Rig, Told, eventually
from tests.actors.native_kit import Stage, Tool, native_stage
from tests.contract.stage import tool_statuses, user_turns


async def _ended(agents: Rig, lease: Lease, told: Told) -> None:
    agents.cancel(lease)
    agents.cancel(lease)
    assert await told.over() == Cancelled("asked")
    again = await agents.turn(lease, "say here again", task="next")
    assert "here again" in again.text
    assert len(told.outcomes) == 1
    assert told.after_the_end == 0


async def _asked_of(stage: Stage) -> None:
    async def asked() -> bool:
        await trio.lowlevel.checkpoint()
        return any("messages" in seen.body for seen in stage.model.requests)

    await eventually(asked)


async def test_before_the_model_says_anything_the_request_goes_and_the_prompt_stays(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        await _asked_of(stage)
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")
        hung = next(seen for seen in stage.model.requests if "messages" in seen.body)

        async def gone() -> bool:
            await trio.lowlevel.checkpoint()
            return hung.client_gone

        await eventually(gone)
        assert stage.world.memory.kept[lease.agent_session_id] == [UserSaid("hang"), Note(CANCELLED)]


async def test_what_it_had_said_stays_in_the_conversation(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "stall")
        await told.until(lambda told: "started" in told.text)
        await _ended(agents, lease, told)
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert kept[:2] == [UserSaid("stall"), AssistantSaid("started ")]


@pytest.mark.parametrize("effect", ["read", "command"])
async def test_a_running_tool_is_ended_and_its_call_answered(tmp_path: Path, effect: str) -> None:
    tool = Tool("act", effect, gate=trio.Event())
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so", mode="auto")
        with trio.fail_after(WAIT_S):
            await tool.begun.wait()
        await _ended(agents, lease, told)
        assert tool.ended == 1
        assert tool_statuses(told) == ["failed"]
        [said] = [each for each in stage.messages() if each["role"] == "tool"]
        assert "stopped before" in str(said["content"])


async def test_of_tools_that_run_together_those_that_ended_keep_their_results(tmp_path: Path) -> None:
    fast, slow = Tool("fast"), Tool("slow", gate=trio.Event())
    async with native_stage(tmp_path, fast, slow) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "together call slow {} & call fast {} then say so")
        await told.until(lambda told: "completed" in tool_statuses(told))
        await _ended(agents, lease, told)
        kept = stage.world.memory.kept[lease.agent_session_id]
        results = {each.name: each for each in kept if isinstance(each, ToolSaid)}
        assert (results["fast"].text, results["fast"].failed) == ("done", False)
        assert results["slow"].failed


async def test_calls_that_were_not_begun_are_answered_too(tmp_path: Path) -> None:
    one, two = Tool("one", "edit", gate=trio.Event()), Tool("two", "edit")
    async with native_stage(tmp_path, one, two) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "together call one {} & call two {} then say so")
        with trio.fail_after(WAIT_S):
            await one.begun.wait()
        await _ended(agents, lease, told)
        assert two.called == []
        assert len([each for each in stage.messages() if each["role"] == "tool"]) == 2


async def test_a_question_is_withdrawn_and_an_answer_to_it_changes_nothing(tmp_path: Path) -> None:
    tool = Tool("act", "foreign")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so")
        asked = await told.asked()
        agents.cancel(lease)
        agents.answer(lease, asked, "allow")
        assert await told.over() == Cancelled("asked")
        assert told.of(PermissionWithdrawn) == [PermissionWithdrawn(asked.request_key)]
        assert tool.called == []
        again, _ = await agents.start(lease, "call act {} then say so", task="t2")
        await again.until(lambda told: told.of(PermissionAsked))
        agents.answer(lease, asked, "allow")  # the old one
        await trio.testing.wait_all_tasks_blocked(0.01)
        assert tool.called == []
        agents.answer(lease, again.of(PermissionAsked)[0], "allow")
        assert await again.over() == Completed()


async def test_a_turn_behind_one_that_is_being_cancelled_waits_for_its_place(tmp_path: Path) -> None:
    tool = Tool("act", gate=trio.Event())
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so")
        with trio.fail_after(WAIT_S):
            await tool.begun.wait()
        agents.cancel(lease)
        again, _ = await agents.start(lease, "say next", task="t2")
        assert await again.over() == Completed()
        assert told.outcomes == [Cancelled("asked")]


class _Deaf(Tool):
    """Does not let itself be ended, until its gate opens."""

    async def run(self, arguments, tell):  # type: ignore[no-untyped-def]
        self.begun.set()
        assert self.gate is not None
        with trio.CancelScope(shield=True):
            await self.gate.wait()
        return await super().run(arguments, tell)


async def test_a_tool_that_does_not_end_costs_the_session_and_the_turn_is_over_in_time(
    tmp_path: Path,
) -> None:
    tool = _Deaf("act", gate=trio.Event())
    async with (
        native_stage(tmp_path, tool, limits=SessionLimits(cancel_s=0.2)) as stage,
        stage.open() as agents,
    ):
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so")
        with trio.fail_after(WAIT_S):
            await tool.begun.wait()
        agents.cancel(lease)
        assert await told.over() == Cancelled("killed")
        assert tool.gate is not None
        tool.gate.set()
        with trio.fail_after(WAIT_S):
            await lease.session.stopped()
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert user_turns(await agents.turn(again, "say again")) == 2
        assert len(told.outcomes) == 1


async def test_a_listener_that_is_gone_cancels_its_turn(tmp_path: Path) -> None:
    tool = Tool("act", gate=trio.Event())
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        listener, _ = await agents.listener()
        await lease.session.call(StartTurn("t1", "call act {} then say so", listener), timeout=WAIT_S)
        with trio.fail_after(WAIT_S):
            await tool.begun.wait()
        listener.kill()

        async def over() -> bool:
            return (await agents.session_state(lease))["turn"] is None

        await eventually(over)
        assert tool.ended == 1
        assert (await agents.turn(lease, "say again", task="t2")).outcomes == [Completed()]


async def test_a_cancel_before_the_turn_began_refuses_it(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        stage.world.gate = trio.Event()
        listener, told = await agents.listener()

        async with trio.open_nursery() as nursery:

            async def refused() -> None:
                with pytest.raises(AgentStartFailed, match="before it began"):
                    await lease.session.call(StartTurn("t1", "say so", listener), timeout=WAIT_S)

            nursery.start_soon(refused)

            async def begun() -> bool:
                return (await agents.session_state(lease))["turn"] == "t1"

            await eventually(begun)
            agents.cancel(lease)
        stage.world.gate = None
        assert told.outcomes == []
        assert (await agents.turn(lease, "say again", task="t2")).outcomes == [Completed()]


@pytest.mark.parametrize(("prompt", "turns"), [("say so", 2), ("/help", 1)])
async def test_a_cancel_before_the_tools_are_there_keeps_the_prompt(
    tmp_path: Path, prompt: str, turns: int
) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        stage.world.tools_gate = trio.Event()
        told, _ = await agents.start(lease, prompt)
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")
        stage.world.tools_gate = None
        again = await agents.turn(lease, "say again", task="t2")
        assert again.outcomes == [Completed()]
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert sum(isinstance(each, UserSaid) for each in kept) == turns


@pytest.mark.parametrize("prompt", ["stall", "call act {} then say so"])
async def test_a_session_that_is_stopped_tells_its_turn_and_keeps_what_had_come(
    tmp_path: Path, prompt: str
) -> None:
    tool = Tool("act", gate=trio.Event())
    async with native_stage(tmp_path, tool) as stage:
        async with stage.open() as agents:
            lease = await agents.acquire()
            told, _ = await agents.start(lease, prompt)
            await told.until(lambda told: "started" in told.text or tool.begun.is_set())
            lease.session.kill("stopped in a test")
            outcome = await told.over()
            assert isinstance(outcome, Interrupted)
            assert outcome.cause == "runtime_stopped"
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert kept[0] == UserSaid(prompt)
        last = kept[-1]
        assert isinstance(last, ToolSaid | AssistantSaid)
        assert tool.ended == len(tool.called)
        assert len(told.outcomes) == 1
        assert told.after_the_end == 0


async def test_cancels_at_any_moment_leave_nothing_behind(tmp_path: Path) -> None:
    """A turn of many steps, cut off after each of its events in turn."""
    tools = Tool("look"), Tool("act", "foreign")
    prompt = "reason about it then together call look {} & call look {} then call act {} then say this is it"
    async with native_stage(tmp_path, *tools) as stage, stage.open() as agents:
        whole = await agents.turn(await agents.acquire(agents.plan("whole")), prompt, mode="auto")
        assert whole.outcomes == [Completed()]
        lease = await agents.acquire()
        for at in range(len(whole.events)):
            told, _ = await agents.start(lease, prompt, task=f"t{at}", mode="auto")
            await told.until(lambda told, at=at: len(told.events) > at or told.outcomes)
            agents.cancel(lease, f"t{at}")
            outcome = await told.over()
            assert outcome in (Cancelled("asked"), Completed())
        assert all(tool.ended == len(tool.called) for tool in tools)
        assert user_turns(await agents.turn(lease, "say again")) >= 1
        kept = stage.world.memory.kept[lease.agent_session_id]
        calls = [call.id for each in kept if isinstance(each, AssistantSaid) for call in each.calls]
        answered = [each.call_id for each in kept if isinstance(each, ToolSaid)]
        assert sorted(calls) == sorted(answered)


async def test_a_result_that_is_there_when_the_session_is_killed_is_the_only_one_of_its_call(
    tmp_path: Path,
) -> None:
    quick, slow = Tool("look"), Tool("wait", gate=trio.Event())
    async with native_stage(tmp_path, quick, slow) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "together call look {} & call wait {} then say never")
        await told.until(lambda told: "completed" in tool_statuses(told))
        lease.session.kill("in a test")
        assert isinstance(await told.over(), Interrupted)
        await agents.until_no_children()
        kept = stage.world.memory.kept[lease.agent_session_id]
        said = [(each.name, each.failed) for each in kept if isinstance(each, ToolSaid)]
        assert said == [("look", False), ("wait", True)]
