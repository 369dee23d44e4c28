"""One `session/update`, as agents really send it, and what it means."""

import json

import pytest

from boocode.adapters.acp.wire import JsonRpcWire
from boocode.domain.acp.incoming import Garbage, Mapped, OwnWords, Updates
from boocode.domain.acp.offers import Offer, SettingsNote
from boocode.domain.acp.tools import MAX_OUTPUT_CHARS
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import (
    Command,
    Commands,
    ModeChanged,
    ModelChanged,
    Notice,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
    ToolCall,
    ToolDiff,
    ToolUpdate,
)


def mapped(**update: object) -> tuple[Mapped, ...]:
    line = {"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}}
    items: list[Mapped] = []
    for incoming in JsonRpcWire().feed(json.dumps(line).encode() + b"\n"):
        assert isinstance(incoming, Updates), incoming
        items += incoming.items
    return tuple(items)


def chunk(text: str, **more: object) -> tuple[Mapped, ...]:
    return mapped(sessionUpdate="agent_message_chunk", content={"type": "text", "text": text}, **more)


def test_a_message_chunk_is_text_and_a_thought_is_reasoning() -> None:
    assert chunk("hi ") == (Text("hi "),)
    thought = mapped(sessionUpdate="agent_thought_chunk", content={"type": "text", "text": "hm"})
    assert thought == (Reasoning("hm"),)


def test_an_empty_chunk_says_nothing_but_may_carry_usage() -> None:
    assert chunk("") == ()
    meta = {"usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}}
    assert chunk("", _meta=meta) == (UsageNote("call", 7, 3),)
    assert chunk("x", _meta={"other": 1}) == (Text("x"),)


def test_the_persons_own_words_in_a_replay_are_not_the_agents() -> None:
    assert mapped(sessionUpdate="user_message_chunk", content={"type": "text", "text": "me"}) == (OwnWords(),)


def test_what_cannot_be_shown_is_named() -> None:
    image = {"type": "image", "data": "aGk=", "mimeType": "image/png"}
    assert mapped(sessionUpdate="agent_message_chunk", content=image) == (
        Notice("The agent sent image/png, which is not shown here."),
    )
    link = {"type": "resource_link", "uri": "file:///a.py", "name": "a.py"}
    assert mapped(sessionUpdate="agent_message_chunk", content=link) == (Text("[a.py](file:///a.py)"),)


def test_a_tool_call_without_kind_and_status_is_pending_and_other() -> None:
    assert mapped(sessionUpdate="tool_call", toolCallId="c1", title="shell") == (
        ToolCall("c1", "shell", kind="other", status="pending"),
    )


def test_a_tool_call_shows_input_output_places_and_diff() -> None:
    events = mapped(
        sessionUpdate="tool_call_update",
        toolCallId=7,
        title=None,
        status="completed",
        kind="edit",
        content=[
            {"type": "content", "content": {"type": "text", "text": "one"}},
            {"type": "diff", "path": "/w/x.txt", "oldText": None, "newText": "x"},
            {"type": "content", "content": {"type": "text", "text": "two"}},
        ],
        locations=[{"path": "/w/x.txt", "line": None}],
        rawInput={"path": "x.txt"},
        rawOutput={"output": "not shown, content is"},
    )
    assert events == (
        ToolUpdate(
            "7",
            kind="edit",
            status="completed",
            input={"path": "x.txt"},
            output="one\ntwo",
            locations=("/w/x.txt",),
            diff=ToolDiff("/w/x.txt", None, "x"),
        ),
    )


@pytest.mark.parametrize(
    ("raw", "output"),
    [
        ("plain", "plain"),
        ({"output": "ran"}, "ran"),
        ({"exit": 1}, '{"exit":1}'),
        ([1], "[1]"),
        (None, None),
        ({}, None),
    ],
)
def test_raw_output_is_shown_where_there_is_no_content(raw: object, output: str | None) -> None:
    assert mapped(sessionUpdate="tool_call_update", toolCallId="c", rawOutput=raw) == (
        ToolUpdate("c", output=output),
    )


def test_a_tools_output_is_bounded_and_says_so() -> None:
    (event,) = mapped(sessionUpdate="tool_call_update", toolCallId="c", rawOutput="x" * 1_000_000)
    assert isinstance(event, ToolUpdate)
    assert event.output is not None
    assert len(event.output) < MAX_OUTPUT_CHARS + 100
    assert "800000 characters left out" in event.output


def test_a_plan_takes_defaults_for_words_it_does_not_know() -> None:
    entries = [
        {"content": "a", "status": "in_progress", "priority": "high"},
        {"content": "b", "status": "odd"},
    ]
    assert mapped(sessionUpdate="plan", entries=entries) == (
        Plan((PlanEntry("a", "in_progress", "high"), PlanEntry("b", "pending", "medium"))),
    )


def test_commands_are_whole_and_may_be_none_at_all() -> None:
    commands = [{"name": "init", "description": "start", "input": {"hint": "x"}}, {"name": "bare"}]
    assert mapped(sessionUpdate="available_commands_update", availableCommands=commands) == (
        Commands((Command("init", "start"), Command("bare", ""))),
    )
    assert mapped(sessionUpdate="available_commands_update", availableCommands=[]) == (Commands(()),)


def test_mode_and_model_come_as_modes_or_as_config_options() -> None:
    assert mapped(sessionUpdate="current_mode_update", currentModeId="plan") == (ModeChanged("plan"),)
    options = [
        {"id": "model", "category": "model", "type": "select", "currentValue": "m2", "options": []},
        {"id": "m", "category": "mode", "type": "select", "currentValue": "build", "options": []},
        {"id": "flag", "type": "boolean", "currentValue": True},
    ]
    assert mapped(sessionUpdate="config_option_update", configOptions=options) == (
        ModelChanged("m2"),
        ModeChanged("build"),
        SettingsNote(Offer()),
    )


@pytest.mark.parametrize("cost", [0.25, {"amount": 0.25, "currency": "USD"}])
def test_a_usage_update_tells_the_sessions_cost(cost: object) -> None:
    note = UsageNote("session", cost=0.25)
    assert mapped(sessionUpdate="usage_update", used=10, size=100, cost=cost) == (note,)
    assert mapped(sessionUpdate="usage_update", used=10, size=100) == ()


def test_unknown_kinds_and_unknown_fields_are_ignored() -> None:
    assert mapped(sessionUpdate="something_new", content=[1, 2]) == ()
    assert mapped(sessionUpdate="plan_removed", id="x") == ()
    assert chunk("x", newField={"a": 1}) == (Text("x"),)


def test_a_known_kind_that_does_not_fit_is_garbage() -> None:
    line = b'{"method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"tool_call"}}}\n'
    assert [type(item) for item in JsonRpcWire().feed(line)] == [Garbage]
