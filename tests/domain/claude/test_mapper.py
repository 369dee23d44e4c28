"""Claude's messages as events: on what its program really said, and on what it might say."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.claude.mapper import Mapped, MessageMapper
from boocode.domain.claude.outcome import outcome_of
from boocode.domain.events import (
    AgentEvent,
    Cancelled,
    Completed,
    Failed,
    ModeChanged,
    ModelChanged,
    Notice,
    Outcome,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
    Usage,
)

SAMPLE = Path(__file__).parent / "samples/claude-2.1.329.ndjson"
"""One conversation with that version: a turn for each of TURNS."""
TURNS = ("talk", "tools", "denied", "tasks", "interrupted", "refused", "retried")


def sampled() -> dict[str, tuple[list[AgentEvent], Outcome]]:
    """The events and the outcome of each turn of the sample."""
    mapper, cost = MessageMapper(), 0.0
    turns: list[tuple[list[AgentEvent], Outcome]] = []
    fold, events = TurnFold(cost_before=cost), []
    for line in SAMPLE.read_text().splitlines():
        message = json.loads(line)
        events += fold.take(mapper.take(message))
        if message["type"] == "result":
            outcome = outcome_of(message, cancel_asked=len(turns) == TURNS.index("interrupted"))
            turns.append((events + fold.end(completed=isinstance(outcome, Completed)), outcome))
            cost = fold.meter.cost_now or cost
            fold, events = TurnFold(cost_before=cost), []
    return dict(zip(TURNS, turns, strict=True))


@pytest.fixture(scope="module")
def turns() -> dict[str, tuple[list[AgentEvent], Outcome]]:
    return sampled()


def of(events: list[AgentEvent], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def text(events: list[AgentEvent]) -> str:
    return "".join(event.text for event in of(events, Text))


def test_text_and_reasoning_come_once_and_apart(turns):
    events, outcome = turns["talk"]
    assert text(events) == "good morning\nuser turns: 1"
    assert [event.text for event in of(events, Reasoning)] == ["because"]
    assert (of(events, ModelChanged), of(events, ModeChanged)) == (
        [ModelChanged("scripted-1")],
        [ModeChanged("default")],
    )
    assert outcome == Completed("end_turn")


def test_tools_are_named_placed_and_resolved(turns):
    events, _ = turns["tools"]
    calls = [call for call in of(events, ToolCall) if call.input]
    assert [(call.title, call.kind) for call in calls] == [
        ("Write /srv/repo/a.txt", "edit"),
        ("echo two; exit 3", "execute"),
        ("Read /srv/repo/a.txt", "read"),
        ("Edit /srv/repo/a.txt", "edit"),
    ]
    assert calls[2].locations == ("/srv/repo/a.txt",)
    ends = {event.tool_call_id: event for event in of(events, ToolUpdate)}
    assert [ends[call.tool_call_id].status for call in calls] == [
        "completed",
        "failed",
        "completed",
        "completed",
    ]
    assert "two" in ends[calls[1].tool_call_id].output
    edit = ends[calls[3].tool_call_id].diff
    assert (edit.old_text, edit.new_text) == ("one\n", "three\n")


def test_what_was_denied_failed(turns):
    events, outcome = turns["denied"]
    (end,) = of(events, ToolUpdate)
    assert (end.status, end.output) == ("failed", "The user refused this.")
    assert outcome == Completed("end_turn")


def test_tasks_make_a_plan(turns):
    plans = of(turns["tasks"][0], Plan)
    assert plans == [Plan((PlanEntry("Look"),)), Plan((PlanEntry("Look", "completed"),))]


def test_an_interrupted_turn_is_cancelled_and_keeps_what_was_said(turns):
    events, outcome = turns["interrupted"]
    assert (text(events), outcome) == ("started ", Cancelled("asked"))


def test_a_models_failure_is_the_outcome_and_no_text(turns):
    events, outcome = turns["refused"]
    assert outcome == Failed("agent_error", "API Error: 400 scripted failure 400")
    assert text(events) == ""


def test_a_retry_is_noticed(turns):
    events, outcome = turns["retried"]
    assert "500 server_error" in of(events, Notice)[0].text
    assert (text(events), outcome) == ("saved\nuser turns: 6", Completed("end_turn"))


def test_a_turn_costs_what_the_process_cost_more_after_it(turns):
    usage = {name: of(events, Usage)[-1] for name, (events, _) in turns.items()}
    assert usage["talk"] == Usage(100, 10, pytest.approx(0.0006))
    assert usage["tools"] == Usage(500, 50, pytest.approx(0.003))
    assert usage["retried"] == Usage(100, 10, pytest.approx(0.0006))


# What no sample shows


def block(kind: str, words: str, message_id: str = "m1") -> Mapping[str, object]:
    return {"type": "assistant", "message": {"id": message_id, "content": [{"type": kind, kind: words}]}}


def piece(words: str) -> Mapping[str, object]:
    delta = {"type": "text_delta", "text": words}
    return {"type": "stream_event", "event": {"type": "content_block_delta", "delta": delta}}


START = {"type": "stream_event", "event": {"type": "message_start", "message": {"id": "m1"}}}


def said(*messages: Mapping[str, object]) -> list[Mapped]:
    mapper = MessageMapper()
    return [event for message in messages for event in mapper.take(message)]


@pytest.mark.parametrize(
    ("messages", "shown"),
    [
        ([block("text", "whole")], "whole"),
        ([START, piece("a"), piece("b"), block("text", "ab")], "ab"),
        ([START, piece("a"), block("text", "abc")], "abc"),
        ([START, piece("a"), block("text", "a"), piece("b"), block("text", "b")], "ab"),
        ([START, piece("ab"), block("text", "a"), block("text", "b")], "ab"),
        ([START, piece("a"), START, piece("a"), block("text", "a", "m2")], "aa"),
    ],
    ids=["not streamed", "streamed", "streamed in part", "two blocks", "late blocks", "begun again"],
)
def test_a_text_is_shown_once_however_it_comes(messages, shown):
    assert "".join(event.text for event in said(*messages)) == shown


def test_of_a_sub_agent_only_the_tools_are_shown():
    words = block("text", "mine") | {"parent_tool_use_id": "t1"}
    use = {"type": "tool_use", "id": "t2", "name": "Grep", "input": {"pattern": "x"}}
    call = {"type": "assistant", "parent_tool_use_id": "t1", "message": {"content": [use]}}
    events = said(words, piece("mine") | {"parent_tool_use_id": "t1"}, call)
    assert [(type(event), event.kind) for event in events] == [(ToolCall, "search")]


def test_a_todo_tool_writes_the_plan_whole():
    todos = [{"content": "a", "status": "in_progress"}, {"content": "b", "status": "?"}, "odd"]
    use = {"type": "tool_use", "id": "t1", "name": "TodoWrite", "input": {"todos": todos}}
    (_, plan) = said({"type": "assistant", "message": {"content": [use]}})
    assert plan == Plan((PlanEntry("a", "in_progress"), PlanEntry("b")))


def test_results_of_several_tools_in_one_message_share_no_diff():
    results = [
        {"type": "tool_result", "tool_use_id": name, "content": [{"type": "text", "text": name}]}
        for name in "ab"
    ]
    detail = {"filePath": "f", "content": "x", "originalFile": None}
    events = said({"type": "user", "message": {"content": results}, "tool_use_result": detail})
    assert [(event.tool_call_id, event.output, event.diff) for event in events] == [
        ("a", "a", None),
        ("b", "b", None),
    ]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "assistant"},
        {"type": "assistant", "message": {"content": "text"}},
        {"type": "assistant", "message": {"content": [None, {"type": "image"}, {"type": "text"}]}},
        {"type": "stream_event", "event": None},
        {"type": "stream_event", "event": {"type": "content_block_delta", "delta": {"type": "text_delta"}}},
        {"type": "system", "subtype": "hook_started"},
        {"type": "user", "message": {"content": "[Request interrupted by user]"}},
        {"type": "result"},
        {"type": "news_of_tomorrow"},
    ],
)
def test_what_nobody_knows_says_nothing(message):
    assert said(message) == []


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"is_error": True, "errors": ["one", {"message": "two"}]}, "one; two"),
        ({"is_error": True, "result": " API Error "}, "API Error"),
        ({"is_error": True, "api_error_status": 529}, "The model's server answered with status 529."),
        ({"subtype": "error_max_turns", "is_error": True}, "The agent stopped at its limit of steps."),
        ({"is_error": True}, "The agent ended its turn with an error (no reason given)."),
        ({"terminal_reason": "aborted_tools"}, "The agent stopped its turn by itself (aborted_tools)."),
    ],
)
def test_an_errors_words_are_the_best_that_it_has(result, words):
    assert outcome_of(result, cancel_asked=False) == Failed("agent_error", words)
    assert outcome_of(result, cancel_asked=True) == Cancelled("asked")
