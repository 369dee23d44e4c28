"""Changes on a terminal: hunks with their numbers, notices in words, and names that steer nothing."""

from typing import Any

import pytest
from click.testing import CliRunner

from boocode.cli.change_view import BASE_CHANGED, diff_lines, name_of, print_change, say_outcome
from boocode.cli.changes import apply, reject
from boocode.cli.errors import USAGE
from boocode.cli.output import plain

TWO_HUNKS = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n@@ -9 +9 @@\n-@@ no header\n+z\n"


def change(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": "chg_1", "path": "a.txt", "old_path": None, "op": "edit", "agent": "practice", "state": "pending",
        "diff": TWO_HUNKS, "binary": False, "additions": 2, "deletions": 2, "error": None, "tier": None,
        "score": None, "base_changed": False,
    }  # fmt: skip
    return {**fields, **more}


def test_several_hunks_have_the_numbers_that_the_option_takes():
    numbered = [line for line in diff_lines(TWO_HUNKS) if line.startswith("@")]
    assert numbered == ["@ hunk 1", "@@ -1 +1 @@", "@ hunk 2", "@@ -9 +9 @@"]
    assert "-@@ no header" in list(diff_lines(TWO_HUNKS))


def test_a_single_hunk_has_no_number_and_an_empty_diff_no_line():
    assert list(diff_lines("@@ -1 +1 @@\n-x\n+y\n")) == ["@@ -1 +1 @@", "-x", "+y"]
    assert list(diff_lines("")) == []


def test_a_changed_base_is_said(capsys):
    print_change(change())
    assert BASE_CHANGED not in capsys.readouterr().out
    print_change(change(base_changed=True))
    assert BASE_CHANGED in capsys.readouterr().out


def test_how_a_change_was_found_is_said_unless_it_was_exact(capsys):
    say_outcome([change(state="applied", tier="exact", score=1.0)])
    assert capsys.readouterr().err == "applied: edit a.txt\n"
    say_outcome([change(state="applied", tier="fuzzy", score=0.913)])
    assert "91% alike" in capsys.readouterr().err
    say_outcome([change(state="applied"), change()], dry_run=True)
    assert capsys.readouterr().err == "would be applied: edit a.txt\nstill waits: edit a.txt\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünï 文.txt", "plain ünï 文.txt"),
        ("tab\tstays", "tab\tstays"),
        ("a\nb", "a\\nb"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("bell\x07 \x9b31m", "bell\\x07 \\x9b31m"),
        ("gpj\u202eexe", "gpj\\u202eexe"),
        ('"caf\\351"', '"caf\\351"'),
    ],
)
def test_what_an_agent_named_is_one_line_that_steers_no_terminal(text, shown):
    assert plain(text) == shown
    assert name_of(change(path=text)) == shown


def test_lines_of_a_diff_steer_no_terminal_either():
    assert list(diff_lines("@@ -1 +1 @@\n+\x1b]0;title\x07\r\n")) == ["@@ -1 +1 @@", "+\\x1b]0;title\\x07\\r"]


def test_a_rename_shows_both_names():
    assert name_of(change(old_path="b.txt")) == "b.txt → a.txt"
    assert name_of(change(old_path="a.txt")) == "a.txt"


@pytest.mark.parametrize("command", [apply, reject])
def test_a_hunk_needs_exactly_one_change(command):
    for names in ([], ["a", "b"]):
        result = CliRunner().invoke(command, ["sess", *names, "--hunk", "1"])
        assert result.exit_code == USAGE
    assert CliRunner().invoke(command, ["sess", "a", "--hunk", "0"]).exit_code == USAGE
