"""Restores and worktrees in words."""

from typing import Any

import pytest
from click.testing import CliRunner

from boocode.cli.checkpoints import MAX_NAMES, preview_lines, restore
from boocode.cli.errors import USAGE
from boocode.cli.worktrees import state_of


def preview(**more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"written": [], "deleted": [], "kept": [], "kept_ignored": [], "head_moved": 0}
    return {**empty, "hidden_messages": [], "shown_messages": [], **more}


def test_a_preview_says_each_thing_that_would_happen():
    full = preview(
        written=["a\nb"], deleted=["c"], kept=[{"path": "big", "reason": "too large"}], kept_ignored=["d.log"],
        head_moved=2, hidden_messages=["m1", "m2"],
    )  # fmt: skip
    assert list(preview_lines(full, would=True)) == [
        "would be written: a\\nb",
        "would be deleted: c",
        "left as it is: big (too large)",
        "left, since it is ignored: d.log",
        "Commits made since: 2. They stay on their branch.",
        "Messages that would leave the chat: 2; that come back: 0.",
    ]
    assert "was written: a\\nb" in list(preview_lines(full, would=False))


def test_other_history_is_said():
    assert "HEAD is on other history" in "".join(preview_lines(preview(head_moved=None), would=True))


def test_nothing_to_do_is_said_before_and_is_silent_after():
    assert list(preview_lines(preview(), would=True)) == [
        "Nothing would change: the worktree is as in this checkpoint."
    ]
    assert list(preview_lines(preview(), would=False)) == []


def test_a_long_list_is_cut_and_says_so():
    lines = list(preview_lines(preview(written=[f"f{n}" for n in range(MAX_NAMES + 7)]), would=True))
    assert len(lines) == MAX_NAMES + 1
    assert "7 more" in lines[-1]


def test_without_a_terminal_restore_wants_a_yes():
    result = CliRunner().invoke(restore, ["ckpt_1"])
    assert result.exit_code == USAGE
    assert "--yes" in result.output


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "in use"),
        ({"orphaned_at": "t"}, "orphan, not looked at yet"),
        ({"orphaned_at": "t", "condemned_at": "t"}, "orphan, removed at the next look"),
        ({"orphaned_at": "t", "kept_because": "2 files"}, "orphan, kept: 2 files"),
        ({"orphaned_at": "t", "removed_at": "t"}, "removed"),
        ({"orphaned_at": "t", "removed_at": "t", "salvage_ref": "refs/x"}, "removed, kept as refs/x"),
    ],
)
def test_a_worktree_says_whether_it_goes_and_why_not(fields, words):
    none = dict.fromkeys(("orphaned_at", "condemned_at", "removed_at", "kept_because", "salvage_ref"))
    assert state_of({**none, **fields}) == words
