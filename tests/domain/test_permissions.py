"""Which option answers for a person who did not."""

import pytest

from boocode.contracts.resources import PermissionOption
from boocode.domain.permissions import OnTimeout, selected, timed_out, timeout_option, withdrawn

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
