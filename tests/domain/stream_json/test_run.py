"""One run of a one-shot agent: what its recorded output means, and what odd output means."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import (
    AgentEvent,
    Commands,
    Completed,
    Failed,
    Interrupted,
    ModelChanged,
    Notice,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
    Usage,
)
from boocode.domain.stream_json.command import Flavour, flavour_of
from boocode.domain.stream_json.run import Line, Run

SAMPLES = Path(__file__).parent / "samples"
RECORDED = sorted(path.name for path in SAMPLES.iterdir())


def run(flavour: Flavour = Flavour.CLAUDE) -> Run:
    return Run("Agent", flavour, TurnFold(cost_before=0.0))


def recorded(program: str, scenario: str) -> list[Line]:
    return [json.loads(line) for line in (SAMPLES / program / f"{scenario}.ndjson").read_text().splitlines()]


def played(program: str, scenario: str) -> tuple[Run, list[AgentEvent]]:
    """The whole recording, a line at a time."""
    it = run(flavour_of((program.split("-")[0],)))
    events = [event for line in recorded(program, scenario) for event in it.take([line])]
    return it, [*events, *it.end(it.outcome("exited", exited_well=True))]


def text_of(events: list[AgentEvent], kind: type[Text] | type[Reasoning] = Text) -> str:
    return "".join(event.text for event in events if isinstance(event, kind))


def tools(events: list[AgentEvent]) -> Mapping[str, tuple[str, str | None, str | None]]:
    """The last that was said of each tool: status, output, kind."""
    known: dict[str, tuple[str, str | None, str | None]] = {}
    for event in events:
        if isinstance(event, ToolCall):
            known[event.tool_call_id] = (event.status, event.output, event.kind)
        elif isinstance(event, ToolUpdate):
            kind = known[event.tool_call_id][2]
            known[event.tool_call_id] = (event.status or "", event.output, event.kind or kind)
    return known


@pytest.mark.parametrize("program", RECORDED)
def test_an_edit_is_text_thinking_and_a_tool_each_once(program: str) -> None:
    it, events = played(program, "edit")
    assert it.outcome("exited", exited_well=True) == Completed("end_turn")
    assert text_of(events) == "all done\nuser turns: 1"
    assert text_of(events, Reasoning) == "let me think"
    (tool,) = tools(events).values()
    assert tool[0] == "completed"
    assert tool[2] == "edit"
    assert [event for event in events if isinstance(event, Usage)][-1].input_tokens == 200
    assert [event.model for event in events if isinstance(event, ModelChanged)] == ["scripted-1"]
    assert any(isinstance(event, Commands) and event.commands for event in events)
    assert it.session_id is not None
    assert it.is_begun


@pytest.mark.parametrize("program", RECORDED)
def test_two_calls_of_one_message_are_two_tools(program: str) -> None:
    _, events = played(program, "shell")
    outputs = [output for _, output, _ in tools(events).values()]
    assert len(outputs) == 2
    assert outputs[0] == "one"
    assert "3" in str(outputs[1])
    assert text_of(events) == "both ran\nuser turns: 1"


@pytest.mark.parametrize("program", RECORDED)
def test_a_tool_that_was_not_permitted_is_told_once(program: str) -> None:
    _, events = played(program, "refused")
    (notice,) = [event.text for event in events if isinstance(event, Notice)]
    assert "did not permit itself to use" in notice
    assert "cannot ask" in notice
    assert [status for status, _, _ in tools(events).values()] == ["failed"]


@pytest.mark.parametrize("program", RECORDED)
def test_a_refused_request_fails_the_turn_in_its_own_words(program: str) -> None:
    it, _ = played(program, "bad-request")
    outcome = it.outcome("exited with code 1", exited_well=False)
    assert isinstance(outcome, Failed)
    assert outcome.message == "API Error: 400 scripted failure 400"


@pytest.mark.parametrize("program", RECORDED)
def test_an_answer_after_a_failure_is_an_answer(program: str) -> None:
    it, events = played(program, "retried")
    assert it.outcome("exited", exited_well=True) == Completed("end_turn")
    assert text_of(events) == "late\nuser turns: 1"


@pytest.mark.parametrize("program", RECORDED)
def test_a_conversation_that_it_does_not_know_cannot_be_resumed(program: str) -> None:
    it, _ = played(program, "unknown-conversation")
    assert it.could_not_begin


def test_an_agent_that_only_prints_is_kept_as_text() -> None:
    it = run()
    events = it.take(["Hello,\n", "this is all I can.\n", "42\n"])
    assert text_of(events) == "Hello,\nthis is all I can.\n42\n"
    assert it.outcome("exited with code 0", exited_well=True) == Completed()


def test_an_agent_that_only_prints_and_fails_has_died() -> None:
    it = run()
    it.take(["Traceback\n"])
    assert it.outcome("exited with code 1", exited_well=False) == Interrupted(
        "agent_died", "Agent exited with code 1."
    )


def test_a_broken_line_is_shown_as_a_notice_and_does_not_end_the_turn() -> None:
    it = run()
    events = it.take(['{"type": "assis\n', {"type": "result", "subtype": "success"}])
    assert [event for event in events if isinstance(event, Notice)] == [
        Notice('Agent wrote something that is no message, which was left out: {"type": "assis')
    ]
    assert it.outcome("exited with code 0", exited_well=True) == Completed("end_turn")


def test_messages_without_a_result_are_a_death() -> None:
    it = run()
    it.take([{"type": "system", "subtype": "init", "session_id": "s1"}])
    assert it.outcome("exited with code 0", exited_well=True) == Interrupted(
        "agent_died", "Agent exited with code 0."
    )


def test_an_open_tool_is_closed_at_the_end() -> None:
    it = run()
    block = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "sleep 60"}}
    it.take([{"type": "assistant", "message": {"content": [block]}}])
    outcome = it.outcome("was killed by signal 9", exited_well=False)
    assert it.end(outcome) == [ToolUpdate("t1", status="failed")]


def test_nothing_is_heard_after_the_result() -> None:
    it = run()
    later = {"type": "assistant", "message": {"content": [{"type": "text", "text": "late"}]}}
    assert it.take([{"type": "result", "subtype": "success"}, later, "more\n"]) == []


def test_calls_of_qwen_are_summed_because_its_result_counts_what_was_resumed() -> None:
    it = run(Flavour.QWEN)
    calls = [
        {"type": "assistant", "message": {"content": [], "usage": {"input_tokens": n, "output_tokens": 1}}}
        for n in (100, 0, 50)
    ]
    result = {"type": "result", "subtype": "success", "usage": {"input_tokens": 900, "output_tokens": 90}}
    events = it.take([*calls, result])
    assert [event for event in events if isinstance(event, Usage)][-1] == Usage(150, 3)


def test_the_cost_of_a_turn_is_what_the_conversation_cost_more_than_before() -> None:
    it = Run("Agent", Flavour.CLAUDE, TurnFold(cost_before=0.5))
    events = it.take([{"type": "result", "subtype": "success", "total_cost_usd": 0.75}])
    assert events == [Usage(cost=0.25)]


def test_the_limit_of_steps_is_named() -> None:
    it = run()
    it.take([{"type": "result", "subtype": "error_max_turns", "is_error": True}])
    assert it.outcome("exited", exited_well=True) == Failed(
        "agent_error", "The agent stopped at its limit of steps."
    )
