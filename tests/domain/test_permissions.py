"""Which option answers for a person who did not."""

import pytest

from boocode.contracts.resources import PermissionOption
from boocode.domain.events import Cancelled, Completed, Failed, Interrupted
from boocode.domain.permissions import (
    OnTimeout,
    in_words,
    selected,
    selection_of,
    timed_out,
    timed_out_selection,
    timeout_option,
    why_over,
    withdrawn,
    withdrawn_with,
)

ONCE = PermissionOption("a", "Allow", "allow_once")
ALWAYS = PermissionOption("b", "Always allow", "allow_always")
NO = PermissionOption("c", "Reject", "reject_once")
NEVER = PermissionOption("d", "Never", "reject_always")


@pytest.mark.parametrize(
    ("options", "on_timeout", "expected"),
    [
        ((ONCE, ALWAYS, NO, NEVER), "deny", "c"),
        ((ONCE, NEVER), "deny", "d"),
        ((ONCE, ALWAYS), "deny", None),
        ((NO, ONCE), "allow", "a"),
        ((), "deny", None),
    ],
)
def test_a_timeout_chooses_by_kind(
    options: tuple[PermissionOption, ...], on_timeout: OnTimeout, expected: str | None
):
    assert timeout_option(options, on_timeout) == expected


def test_a_timeout_never_allows_for_ever():
    assert timeout_option((ALWAYS, NO), "allow") is None


def test_an_outcome_says_who_decided():
    assert selected("x") == "selected:x"
    assert timed_out("x") == "timed_out:x"
    assert timed_out(None) == "timed_out:cancelled"
    assert withdrawn("it is over") == "withdrawn:it is over"


@pytest.mark.parametrize(
    ("outcome", "answered_by", "words"),
    [
        (selected("a"), "person", "Answered by a person: 'Allow'."),
        (selected("a"), "policy", "Allowed by the project's permission policy: 'Allow'."),
        (timed_out("c"), "deadline", "Timed out: nobody answered in time, so the answer was 'Reject'."),
        (timed_out(None), "deadline", "Timed out: nobody answered in time, so the answer was cancelled."),
        (withdrawn("It died."), None, "Withdrawn: It died."),
    ],
)
def test_an_outcome_says_who_gave_it_and_a_deadline_is_no_denial(outcome, answered_by, words):
    assert in_words(outcome, answered_by, (ONCE, NO)) == words


def test_the_choice_of_a_deadline_is_told_from_a_persons():
    assert selection_of(selected("a")) == "a"
    assert timed_out_selection(selected("a"), (ONCE,)) is None
    assert timed_out_selection(timed_out("a"), (ONCE,)) == "a"
    assert selection_of(timed_out("a")) is None
    assert timed_out_selection(timed_out(None), (ONCE, NO)) is None


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Completed(), "The turn is over."),
        (Cancelled(), "The turn was stopped."),
        (Failed("stalled", "It said nothing."), "It said nothing."),
        (Interrupted("runtime_died", "BooCode ended."), "BooCode ended."),
    ],
)
def test_a_question_that_a_turn_leaves_open_ends_with_the_turns_reason(outcome, why):
    assert why_over(outcome) == why
    assert withdrawn_with(outcome) == f"withdrawn:{why}"
