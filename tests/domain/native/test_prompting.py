"""The system prompt."""

from attrs import evolve

from boocode.domain.native.profiles import BUILT_IN, LEAVES, Profile
from boocode.domain.native.prompting import Surroundings, system_prompt

ALL = ("list_files", "read_file", "search_files", "edit_file", "create_file", "run_command", "load_skill")
HERE = Surroundings("/srv/here", "edit", ALL)


def test_only_tools_that_are_offered_are_named():
    whole = system_prompt(BUILT_IN, HERE)
    assert "For edit_file copy" in whole
    assert "run the tests" in whole
    reading = system_prompt(BUILT_IN, evolve(HERE, leave="plan", tools=("read_file", "list_files")))
    for name in ("edit_file", "create_file", "run_command", "new_task", "search_files"):
        assert name not in reading
    assert "You may only look" in reading


def test_without_tools_nothing_is_said_of_tools():
    assert "tool" not in system_prompt(BUILT_IN, evolve(HERE, tools=()))


def test_each_leave_is_told_in_other_words():
    assert len({system_prompt(BUILT_IN, evolve(HERE, leave=leave)) for leave in LEAVES}) == len(LEAVES)


def test_the_folder_is_named():
    assert "You work in the git worktree /srv/here." in system_prompt(BUILT_IN, HERE)


def test_a_profiles_prompt_takes_the_place_of_the_first_part():
    prompt = system_prompt(
        Profile("poet", "Answer in verse."), evolve(HERE, instructions="## AGENTS.md\n\nTabs.")
    )
    assert prompt.startswith("Answer in verse.\n\n# Where you are")
    assert "You are BooCode" not in prompt
    assert prompt.endswith("## AGENTS.md\n\nTabs.")


def test_skills_are_listed_while_they_can_be_loaded():
    skills = evolve(HERE, skills=(("release", "How a release is made."),))
    assert "- release: How a release is made." in system_prompt(BUILT_IN, skills)
    assert "release" not in system_prompt(BUILT_IN, evolve(skills, tools=("read_file",)))


def test_the_built_in_part_stays_short():
    """Each prompt of a small model pays for it."""
    assert len(system_prompt(BUILT_IN, HERE)) < 2_500
