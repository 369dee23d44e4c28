"""What a sub-task may do: never more than its parent, unless a person says so."""

import itertools

import pytest
from attrs import evolve

from boocode.domain.native.delegating import Delegated, Wish, delegate
from boocode.domain.native.profiles import BUILT_IN, LEAVES, Leave, Profile
from tests.domain.native.test_sub_tasks import TASK

AGENTS = ("boocode", "goose")
PROFILES = (BUILT_IN, Profile("bold", leave="auto"), Profile("plain"))
SIZES: tuple[Leave, ...] = ("plan", "ask", "edit", "auto")


def given(wish: Wish, mode: str | None = None, leave: Leave = "edit") -> Delegated | str:
    return delegate(wish, evolve(TASK, mode=mode, model="m"), AGENTS, PROFILES, leave)


@pytest.mark.parametrize(("parent", "child"), tuple(itertools.product(LEAVES, LEAVES)))
def test_only_a_larger_leave_is_asked_about(parent: Leave, child: Leave) -> None:
    found = given(Wish("x", profile=child), mode=parent)
    assert found == Delegated("boocode", child, "m", asks=SIZES.index(child) > SIZES.index(parent))


def test_a_profile_counts_by_its_own_leave_or_the_configured_one() -> None:
    asked = {
        (mode, profile): isinstance(found := given(Wish("x", profile=profile), mode, "ask"), Delegated)
        and found.asks
        for mode in ("ask", "edit", "bold", None)
        for profile in ("bold", "plain")
    }
    assert asked == {
        ("ask", "bold"): True,
        ("ask", "plain"): False,
        ("edit", "bold"): True,
        ("edit", "plain"): False,
        ("bold", "bold"): False,
        ("bold", "plain"): False,
        (None, "bold"): True,
        (None, "plain"): False,
    }


def test_another_agent_is_always_asked_about_and_takes_nothing_of_the_parent() -> None:
    assert given(Wish("x", agent="goose"), "auto") == Delegated("goose", None, None, asks=True)


def test_what_is_not_said_is_as_with_the_parent_but_for_its_profile() -> None:
    """One that only leads would have children that only lead."""
    assert given(Wish("x"), "bold") == Delegated("boocode", "auto", "m", asks=False)
    assert given(Wish("x", model="other"), None, "ask") == Delegated("boocode", "ask", "other", asks=False)


def test_a_parent_whose_profile_is_gone_may_what_is_configured() -> None:
    assert given(Wish("x"), "gone", "ask") == Delegated("boocode", "ask", "m", asks=False)
    assert given(Wish("x", profile="edit"), "gone", "ask") == Delegated("boocode", "edit", "m", asks=True)
