"""Errors in words, outcomes, the cancel ladder, permissions."""

import pytest
from msgspec import convert

from boocode.domain.acp.cancelling import CancelLadder
from boocode.domain.acp.errors import as_error, error_text
from boocode.domain.acp.messages import PermissionParams, PromptResult, RpcError
from boocode.domain.acp.permissions import asked, outcome
from boocode.domain.acp.stopping import outcome_of, remark
from boocode.domain.events import Cancelled, Completed, Failed, PermissionOption


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            {"code": -32603, "message": "Internal error", "data": {"details": "400 bad model"}},
            "400 bad model",
        ),
        (
            {"code": -32603, "message": "Internal error", "data": {"errorName": "APIError"}},
            "APIError: Internal error",
        ),
        ({"code": -32000, "message": "Authentication required"}, "Authentication required"),
        ({"code": -1, "message": "No", "data": "why"}, "No: why"),
        ({"code": -1, "message": "No: why", "data": "why"}, "No: why"),
        ({"code": -7}, "JSON-RPC error -7"),
        ({"data": {"error": {"message": "deep"}}}, "deep"),
        ("just text", "just text"),
    ],
)
def test_an_error_is_told_in_the_agents_own_words(error: object, text: str) -> None:
    read = as_error(error)
    assert read is not None
    assert error_text(read) == text


def test_a_long_error_is_bounded() -> None:
    assert len(error_text(RpcError(message="x" * 100_000))) == 2_000


def test_whether_a_turn_was_cancelled_is_ours_to_know() -> None:
    assert outcome_of(PromptResult("end_turn"), cancel_asked=True) == Cancelled("asked")
    assert outcome_of(RpcError(message="aborted"), cancel_asked=True) == Cancelled("asked")
    assert outcome_of(PromptResult("cancelled"), cancel_asked=False) == Completed("cancelled")
    assert outcome_of(RpcError(message="m"), cancel_asked=False) == Failed("agent_error", "m")
    assert outcome_of(PromptResult(None), cancel_asked=False) == Completed("end_turn")


def test_an_unusual_end_is_remarked() -> None:
    assert remark(Completed("end_turn")) is None
    assert remark(Cancelled()) is None
    assert "tokens" in (remark(Completed("max_tokens")) or "")


def ladder() -> CancelLadder:
    return CancelLadder.begin(100.0, deadline_s=5.0)


def test_the_ladder_waits_probes_once_and_then_gives_up_a_quiet_living_agent() -> None:
    first, step = ladder().step(102.0)
    assert step == "wait"
    probed, step = first.step(103.0)
    assert step == "probe"
    again, step = probed.probe_answered().step(104.0)
    assert step == "wait"
    assert again.step(105.0)[1] == "give_up"


def test_a_deaf_agent_is_killed_at_the_deadline() -> None:
    probed, _ = ladder().step(103.0)
    assert probed.step(105.0)[1] == "kill"


def test_an_agent_that_goes_on_talking_is_killed_at_the_deadline() -> None:
    probed, _ = ladder().step(103.0)
    assert probed.probe_answered().heard_event(104.0).step(105.0)[1] == "kill"
    assert probed.probe_answered().heard_event(101.0).step(105.0)[1] == "give_up"


def test_the_ladder_says_when_to_look_again() -> None:
    assert ladder().next_check(101.0) == 2.0
    probed, _ = ladder().step(103.0)
    assert probed.next_check(103.0) == 2.0
    assert probed.next_check(200.0) == 0.0


def question(**tool: object) -> PermissionParams:
    options = [
        {"optionId": "proceed_once", "name": "Yes", "kind": "allow_once"},
        {"optionId": "cancel", "kind": "reject_once"},
        {"optionId": "odd", "name": "Odd", "kind": "something_else"},
    ]
    return convert({"sessionId": "s", "toolCall": tool, "options": options}, PermissionParams)


def test_options_are_told_apart_by_kind_and_unknown_kinds_left_out() -> None:
    assert asked("1", question(toolCallId="t", title="Run ls")).options == (
        PermissionOption("proceed_once", "Yes", "allow_once"),
        PermissionOption("cancel", "cancel", "reject_once"),
    )


def test_a_question_without_a_tool_id_gets_one_of_its_own() -> None:
    event = asked("9", question(title="Run ls", rawInput={"command": "ls"}))
    assert event.tool.tool_call_id == "permission-9"
    assert event.tool.input == {"command": "ls"}
    assert event.title == "Run ls"


def test_an_answer_is_selected_or_cancelled() -> None:
    assert outcome("yes") == {"outcome": {"outcome": "selected", "optionId": "yes"}}
    assert outcome(None) == {"outcome": {"outcome": "cancelled"}}


def test_a_deadlines_answer_can_be_told_from_a_persons() -> None:
    late = outcome("no", timed_out=True)
    assert late == {"outcome": {"outcome": "selected", "optionId": "no"}, "_meta": {"boocode/timedOut": True}}
    assert outcome(None, timed_out=True)["_meta"] == late["_meta"]
