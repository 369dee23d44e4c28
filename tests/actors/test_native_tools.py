"""The calls of BooCode's own agent: checked, run together or in order, and told to people and to the model."""

import json
from pathlib import Path

import pytest
import trio
import trio.testing

from actors import native_answer
from actors.native_calls import MOST_CALLS
from boocode.domain.events import Completed, Notice, Text, ToolCall, ToolUpdate
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.kernel import KernelError
from boocode.ports.native import NativeChoices, NativeLimits
from tests.actors.agent_kit import WAIT_S, Told
from tests.actors.native_kit import Stage, Tool, native_stage
from tests.contract.stage import tool_statuses

PATH = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}


def results(stage: Stage) -> list[str]:
    """What the model was told of its calls, in its own order."""
    return [str(each["content"]) for each in stage.messages() if each["role"] == "tool"]


def outputs(told: Told) -> list[str]:
    return [event.output for event in told.of(ToolUpdate) if event.status in ("completed", "failed")]


async def test_a_call_is_shown_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    tool = Tool("look", kind="search", schema=PATH)
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), 'call look {"path": "a.py"} then say so')
        call = told.of(ToolCall)[0]
        assert (call.title, call.kind, call.status) == ("look it", "search", "pending")
        assert (call.input, call.locations) == ({"path": "a.py"}, ("some/file",))
        news = [(event.status, event.output) for event in told.of(ToolUpdate)]
        assert news == [("running", None), (None, "half of it"), ("completed", "done")]
        assert tool.called == [{"path": "a.py"}]


async def test_calls_that_only_read_are_made_together(tmp_path: Path) -> None:
    gate = trio.Event()
    tools = Tool("one", gate=gate), Tool("two", gate=gate)
    async with native_stage(tmp_path, *tools) as stage, stage.open() as agents:
        told, _ = await agents.start(await agents.acquire(), "together call one {} & call two {} then say so")
        with trio.fail_after(WAIT_S):
            for tool in tools:
                await tool.begun.wait()
        gate.set()
        assert await told.over() == Completed()
        assert tool_statuses(told) == ["completed", "completed"]


async def test_not_more_of_them_at_once_than_is_allowed(tmp_path: Path) -> None:
    tool = Tool("look", silent_s=0.05)
    choices = NativeChoices(model="scripted-1", limits=NativeLimits(parallel_reads=2))
    async with native_stage(tmp_path, tool, choices=choices) as stage, stage.open() as agents:
        calls = " & ".join(["call look {}"] * 6)
        await agents.turn(await agents.acquire(), f"together {calls} then say so")
        assert len(tool.called) == 6
        assert tool.most_at_once == 2


@pytest.mark.parametrize("effect", ["edit", "command", "foreign", "task"])
async def test_all_others_are_made_one_after_another_in_their_order(tmp_path: Path, effect: str) -> None:
    tool = Tool("act", effect, silent_s=0.02)
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        prompt = 'together call act {"n": 1} & call act {"n": 2} & call act {"n": 3} then say so'
        told = await agents.turn(await agents.acquire(), prompt, mode="auto")
        assert told.outcomes == [Completed()]
        assert tool.called == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert tool.most_at_once == 1


async def test_a_read_behind_an_edit_waits_for_it(tmp_path: Path) -> None:
    edit, look = Tool("edit", "edit", gate=trio.Event()), Tool("look")
    async with native_stage(tmp_path, edit, look) as stage, stage.open() as agents:
        told, _ = await agents.start(
            await agents.acquire(), "together call edit {} & call look {} then say so"
        )
        with trio.fail_after(WAIT_S):
            await edit.begun.wait()
        await trio.testing.wait_all_tasks_blocked(0.01)
        assert look.called == []
        assert edit.gate is not None
        edit.gate.set()
        await told.over()
        assert look.called == [{}]


async def test_results_are_told_to_the_model_in_the_order_of_its_calls(tmp_path: Path) -> None:
    slow, fast = Tool("slow", answer="first", silent_s=0.05), Tool("fast", answer="second")
    async with native_stage(tmp_path, slow, fast) as stage, stage.open() as agents:
        await agents.turn(await agents.acquire(), "together call slow {} & call fast {} then say so")
        assert results(stage) == ["first", "second"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("call lock {}", "There is no tool 'lock'. Did you mean look?"),
        ("call look {}", "path"),
        ('mangle look {"path": ', "JSON"),
    ],
)
async def test_a_call_that_cannot_be_made_is_answered_so_that_the_model_can_do_better(
    tmp_path: Path, call: str, words: str
) -> None:
    tool = Tool("look", schema=PATH)
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), f"{call} then say so")
        assert told.outcomes == [Completed()]
        assert tool.called == []
        assert tool_statuses(told) == ["failed"]
        assert words in results(stage)[0]
        assert outputs(told) == results(stage)


async def test_what_the_tool_itself_refuses_is_its_answer(tmp_path: Path) -> None:
    tool = Tool("look", refuses="That lies outside of the project.")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), "call look {} then say so")
        assert results(stage) == ["That lies outside of the project."]
        assert tool_statuses(told) == ["failed"]


async def test_a_failure_behind_a_tool_is_its_answer_and_the_turn_goes_on(tmp_path: Path) -> None:
    tool = Tool("look", breaks=KernelError("its actor is gone"))
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), "call look {} then say so")
        assert told.outcomes == [Completed()]
        assert "its actor is gone" in results(stage)[0]
        assert tool_statuses(told) == ["failed"]


async def test_a_bug_in_a_tool_ends_the_session_and_the_turn_is_told(tmp_path: Path) -> None:
    tool = Tool("look", breaks=ZeroDivisionError("a bug"))
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call look {} then say so")
        outcome = await told.over()
        assert getattr(outcome, "cause", None) == "internal_error"
        with trio.fail_after(WAIT_S):
            await lease.session.stopped()
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert [type(each).__name__ for each in kept] == ["UserSaid", "AssistantSaid", "ToolSaid"]


async def test_a_long_result_is_shortened_for_the_model_and_not_for_people(tmp_path: Path) -> None:
    tool = Tool("look", answer="x" * 50_000)
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), "call look {} then say so")
        assert len(results(stage)[0]) <= 30_000
        assert "left out" in results(stage)[0]
        assert outputs(told) == ["x" * 50_000]


async def test_a_tool_that_is_silent_for_long_is_heard_of_all_the_same(tmp_path: Path) -> None:
    """Whoever waits for the turn would take it for stalled."""
    tool = Tool("look", gate=trio.Event())
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told, _ = await agents.start(await agents.acquire(), "call look {} then say so")
        with trio.fail_after(WAIT_S):
            await tool.begun.wait()
        await told.until(lambda told: told.of(ToolUpdate)[-1:] == [ToolUpdate("t1-1", output="half of it")])
        batches, events = told.batches, len(told.events)
        await told.until(lambda told: told.batches > batches + 5)
        assert len(told.events) == events
        assert tool.gate is not None
        tool.gate.set()
        assert await told.over() == Completed()


async def test_in_plan_mode_only_reading_is_offered_and_nothing_else_is_done(tmp_path: Path) -> None:
    tools = [Tool(effect, effect) for effect in ("read", "edit", "command", "foreign", "task")]
    async with native_stage(tmp_path, *tools) as stage, stage.open() as agents:
        prompt = "call read {} then call edit {} then say so"
        told = await agents.turn(await agents.acquire(), prompt, mode="plan")
        assert stage.offered() == ["read"]
        assert tool_statuses(told) == ["completed", "failed"]
        assert "cannot be called in the mode plan" in results(stage)[1]
        assert tools[1].called == []


async def test_ids_that_an_endpoint_repeats_stay_apart(tmp_path: Path) -> None:
    """Some count their calls anew in each answer."""
    tool = Tool("look")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, "call look {} then call look {} then say so", task="t1")
        again = await agents.turn(lease, "call look {} then say so", task="t2")
        shown = [event.tool_call_id for event in (*first.of(ToolCall), *again.of(ToolCall))]
        assert len(set(shown)) == 3
        calls = [each["tool_call_id"] for each in stage.messages() if each["role"] == "tool"]
        assert len(set(calls)) == 3


async def test_at_the_limit_of_steps_the_model_has_one_last_word(tmp_path: Path) -> None:
    tool = Tool("look")
    choices = NativeChoices(model="scripted-1", limits=NativeLimits(max_steps=2))
    async with native_stage(tmp_path, tool, choices=choices) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "call look {} then call look {} then say so far")
        assert told.outcomes == [Completed("max_turn_requests")]
        assert stage.offered() == []
        assert "used up the steps" in str(stage.messages()[-1]["content"])
        await agents.turn(lease, "say again", task="t2")
        assert "used up the steps" not in str(stage.messages())
        [notice] = [n for n, event in enumerate(told.events) if isinstance(event, Notice)]
        assert "limit of 2 steps" in told.events[notice].text
        assert max(n for n, event in enumerate(told.events) if isinstance(event, ToolUpdate)) < notice
        assert min(n for n, event in enumerate(told.events) if isinstance(event, Text)) > notice


async def test_a_model_that_calls_on_at_the_limit_is_not_obeyed(tmp_path: Path) -> None:
    tool = Tool("look")
    choices = NativeChoices(model="scripted-1", limits=NativeLimits(max_steps=2))
    async with native_stage(tmp_path, tool, choices=choices) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, " then ".join(["call look {}"] * 5) + " then say so")
        assert told.outcomes == [Completed("max_turn_requests")]
        assert len(tool.called) == 2
        assert len(stage.model.requests) - 1 == 3  # beside the list of models
        assert (await agents.turn(lease, "say again")).outcomes == [Completed()]


async def test_a_profile_may_have_a_limit_of_its_own(tmp_path: Path) -> None:
    tool = Tool("look")
    async with native_stage(tmp_path, tool) as stage:
        stage.world.profiles = (BUILT_IN, Profile("short", max_steps=1))
        async with stage.open() as agents:
            told = await agents.turn(await agents.acquire(), "call look {} then say so", mode="short")
        assert len(tool.called) == 1
        assert told.outcomes == [Completed("max_turn_requests")]


CALL = '<tool_call>{"name": "look", "arguments": {"path": "a.py"}}</tool_call>'


async def test_a_call_that_was_written_as_text_is_made(tmp_path: Path) -> None:
    tool = Tool("look", schema=PATH)
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), f"raw {json.dumps(CALL)} then say so")
        assert tool.called == [{"path": "a.py"}]
        assert "tool_call" not in told.text
        assert told.outcomes == [Completed()]
        [call] = [each for each in stage.messages() if "tool_calls" in each]
        assert "tool_call>" not in str(call)


async def test_one_that_cannot_be_made_is_explained_to_the_model_once(tmp_path: Path) -> None:
    tool = Tool("look", schema=PATH)
    fenced = json.dumps('I call it:\n```json\n{"name": "look", "arguments": {"path": "a.py"}}\n```')
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), f"raw {fenced} then raw {fenced} then say so")
        assert tool.called == []
        assert told.outcomes == [Completed()]
        assert len([seen for seen in stage.model.requests if "messages" in seen.body]) == 2
        assert "[Note from BooCode" in str(stage.messages()[-1]["content"])


async def test_of_too_many_calls_in_one_answer_the_first_are_made(tmp_path: Path) -> None:
    tool = Tool("look")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        calls = " & ".join(["call look {}"] * (MOST_CALLS + 3))
        told = await agents.turn(await agents.acquire(), f"together {calls} then say so")
        assert told.outcomes == [Completed()]
        assert len(tool.called) == MOST_CALLS
        said = results(stage)
        assert len(said) == MOST_CALLS + 3
        assert all("Not made" in each for each in said[MOST_CALLS:])


async def test_an_answer_without_an_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_answer, "MOST_CHARS", 1_000)
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "count 100000")
        assert told.outcomes == [Completed("max_tokens")]
        assert 1_000 < len(told.text) < 2_000
        assert any("limit of tokens" in notice.text for notice in told.of(Notice))
        assert (await agents.turn(lease, "say again", task="t2")).outcomes == [Completed()]


async def test_what_is_nested_and_large_in_a_call_is_shown_cut(tmp_path: Path) -> None:
    async with native_stage(tmp_path, tool := Tool("look")) as stage, stage.open() as agents:
        edits = json.dumps({"edits": [{"new": "y" * 60_000}]})
        told = await agents.turn(await agents.acquire(), f"call look {edits} then say so")
        assert len(str(tool.called)) > 60_000
        assert max(len(str(call.input)) for call in told.of(ToolCall)) < 25_000
