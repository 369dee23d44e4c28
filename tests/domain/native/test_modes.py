"""What the agent may do without asking, by its mode."""

import pytest

from boocode.domain.native.modes import Effect, manner, mode_names, standing_key, standing_label, verdict
from boocode.domain.native.profiles import BUILT_IN, LEAVES, Leave, Profile

TABLE: dict[Effect, tuple[str, str, str, str]] = {
    "read": ("go", "go", "go", "go"),
    "task": ("refuse", "go", "go", "go"),
    "edit": ("refuse", "ask", "go", "go"),
    "command": ("refuse", "ask", "ask", "go"),
    "foreign": ("refuse", "ask", "ask", "go"),
}
ORDER: tuple[Leave, ...] = ("plan", "ask", "edit", "auto")
CAREFUL = Profile("careful", leave="ask", tools=("look*", "edit_file"))
PLAIN = Profile("plain")
PROFILES = (BUILT_IN, CAREFUL, PLAIN)


@pytest.mark.parametrize("effect", TABLE)
def test_each_leave_does_what_the_table_says(effect: Effect) -> None:
    assert tuple(verdict(leave, effect) for leave in ORDER) == TABLE[effect]


@pytest.mark.parametrize("leave", LEAVES)
def test_each_leave_is_a_mode_of_the_built_in_profile(leave: Leave) -> None:
    found = manner(leave, PROFILES, "edit")
    assert found is not None
    assert (found.mode, found.profile, found.leave) == (leave, BUILT_IN, leave)


def test_without_a_mode_it_is_the_configured_leave() -> None:
    found = manner(None, PROFILES, "plan")
    assert found is not None
    assert (found.mode, found.leave) == ("plan", "plan")


def test_a_profile_brings_its_leave_or_takes_the_configured_one() -> None:
    careful, plain = manner("careful", PROFILES, "auto"), manner("plain", PROFILES, "auto")
    assert careful is not None
    assert plain is not None
    assert (careful.leave, plain.leave) == ("ask", "auto")


@pytest.mark.parametrize("mode", ["boocode", "unknown", "", "Edit"])
def test_there_are_no_other_modes(mode: str) -> None:
    """The built-in profile goes by its leaves, and an empty mode is none."""
    found = manner(mode, PROFILES, "edit")
    assert found is None if mode else found is not None


def test_a_profile_that_bears_a_leaves_name_takes_nothing_away() -> None:
    profiles = (BUILT_IN, Profile("plan", leave="auto"))
    found = manner("plan", profiles, "edit")
    assert found is not None
    assert found.leave == "plan"
    assert mode_names(profiles) == LEAVES


def test_modes_are_the_leaves_and_then_the_profiles() -> None:
    assert mode_names(PROFILES) == ("ask", "edit", "auto", "plan", "careful", "plain")


def test_only_what_the_profile_names_and_the_leave_does_not_forbid_is_offered() -> None:
    careful, plan = manner("careful", PROFILES, "edit"), manner("plan", PROFILES, "edit")
    assert careful is not None
    assert plan is not None
    assert careful.offers("look_up", "read")
    assert careful.offers("edit_file", "edit")
    assert not careful.offers("run_command", "command")
    assert plan.offers("anything", "read")
    assert not plan.offers("edit_file", "edit")


def test_always_covers_a_tool_and_of_commands_one_line_in_one_folder() -> None:
    assert standing_key("t", "foreign", {"command": "a"}) == standing_key("t", "foreign", {"command": "b"})
    assert standing_key("t", "command", {"command": "a"}) != standing_key("t", "command", {"command": "b"})
    assert standing_key("t", "command", {"command": "a"}) != standing_key(
        "t", "command", {"command": "a", "cwd": "b"}
    )
    assert standing_key("t", "foreign", {}) != standing_key("u", "foreign", {})
    assert standing_label("command") != standing_label("edit")
