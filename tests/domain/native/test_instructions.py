"""Instructions of a project, put together."""

from boocode.domain.native.instructions import LEAST_CHARS, MOST_CHARS, InstructionText, put_together, room

AGENTS = InstructionText("AGENTS.md", "Use tabs.\n")


def test_each_is_named():
    text, warnings = put_together([AGENTS, InstructionText("CLAUDE.md", "Say please.")], [], 1000)
    assert text == "## AGENTS.md\n\nUse tabs.\n\n## CLAUDE.md\n\nSay please."
    assert warnings == ()


def test_what_says_the_same_is_said_once():
    for copy in ("Use tabs.", "\nUse tabs.\n\n", "@AGENTS.md\n", "", "  \n"):
        assert put_together([AGENTS, InstructionText("CLAUDE.md", copy)], [], 1000) == (
            "## AGENTS.md\n\nUse tabs.",
            (),
        )


def test_what_is_too_long_is_cut_and_people_are_told():
    text, warnings = put_together([InstructionText("AGENTS.md", "x" * 500)], [], 100)
    assert text == f"## AGENTS.md\n\n{'x' * 100}\n(cut here; the rest is in AGENTS.md)"
    assert warnings == (
        "AGENTS.md has 500 characters; the agent is given the first 100 and told to read the rest itself.",
    )


def test_those_of_folders_are_only_named():
    text, _ = put_together([], ["web/AGENTS.md", "api/CLAUDE.md"], 100)
    assert text.endswith("before you work in it:\n- web/AGENTS.md\n- api/CLAUDE.md")


def test_nothing_is_nothing():
    assert put_together([], [], 100) == ("", ())


def test_the_room_is_about_a_quarter_of_the_window():
    assert room(8_192) == 8_192
    assert room(None) == room(1_000_000) == MOST_CHARS
    assert room(1) == LEAST_CHARS
