"""Taking edits back, case by case; what holds for all of them is in `test_properties`."""

import pytest

from boocode.domain.patching import (
    Applied,
    Edit,
    Refused,
    apply_edit,
    apply_edits,
    rewind_edit,
    rewind_edits,
    undoing,
)

BEFORE = "def first(a):\n    return a\n\n\ndef second(b):\n    return b\n\n\ndef third(c):\n    return c\n"


def applied(content: bytes, old: str, new: str, *, replace_all: bool = False) -> bytes:
    outcome = apply_edit(content, old, new, replace_all=replace_all)
    assert isinstance(outcome, Applied), outcome
    return outcome.content


@pytest.mark.parametrize(
    ("content", "old", "new"),
    [
        (b"a\nb\nc\n", "b\n", ""),
        (b"a\nb\nb\nc\n", "a\nb\n", "a\n"),
        (b"foo  \nbar\n", "foo\nbar\n", "baz\n"),
        (b"a\r\nb\nc\r\n", "a\nb\n", "x\ny\nz\n"),
        (b"\xef\xbb\xbfa\r\nb", "b", "c\nd\n"),
        (b"\tfoo()\n\t\tbar()\n", "  foo()\n    bar()\n", "  baz()\n"),
        (b"x = 1\n" * 50 + b"y = 1\n" + b"x = 1\n" * 50, "y = 1\n", "x = 1\n"),
        (b"last", "last", "last\n"),
    ],
    ids=["deletion", "of twin lines", "trim", "mixed endings", "mark", "tabs", "made alike", "last newline"],
)
def test_what_undoes_an_edit_gives_the_bytes_back(content: bytes, old: str, new: str) -> None:
    after = applied(content, old, new)
    undo = undoing(content, after)
    assert undo is not None
    back = rewind_edits(after, undo)
    assert isinstance(back, Applied)
    assert back.content == content


def test_places_far_apart_are_undone_one_by_one_and_lines_between_stay() -> None:
    content = "".join(f"line {n}\n" for n in range(100)).encode()
    outcome = apply_edits(content, [Edit("line 10\n", "TEN\n"), Edit("line 80\n", "EIGHTY\n")])
    assert isinstance(outcome, Applied)
    undo = undoing(content, outcome.content)
    assert undo is not None
    assert len(undo) == 2
    moved_on = outcome.content.replace(b"line 50\n", b"by hand\n")
    back = rewind_edits(moved_on, undo)
    assert isinstance(back, Applied)
    assert back.content == content.replace(b"line 50\n", b"by hand\n")


def test_lines_by_hand_around_the_edit_stay() -> None:
    after = applied(BEFORE.encode(), "    return b\n", "    check(b)\n    return b + 1\n")
    undo = undoing(BEFORE.encode(), after)
    assert undo is not None
    moved_on = after.replace(b"def second", b"# by hand\ndef second").replace(
        b"\n\n\ndef third", b"\n# by hand too\n\n\ndef third"
    )
    back = rewind_edits(moved_on, undo)
    assert isinstance(back, Applied)
    assert back.content == moved_on.replace(b"    check(b)\n    return b + 1\n", b"    return b\n")


@pytest.mark.parametrize(
    "by_hand", [b"    return b + 12\n", b"    return b + 1  # why?\n", b"    return (b + 1)\n"]
)
def test_a_written_line_that_was_changed_by_hand_is_not_taken_away(by_hand: bytes) -> None:
    after = applied(BEFORE.encode(), "    return b\n", "    check(b)\n    return b + 1\n")
    undo = undoing(BEFORE.encode(), after)
    assert undo is not None
    back = rewind_edits(after.replace(b"    return b + 1\n", by_hand), undo)
    assert isinstance(back, Refused)
    assert back.code == "drift"
    assert by_hand.decode().strip() in back.hint


def test_undone_by_hand_already() -> None:
    after = applied(BEFORE.encode(), "    return b\n", "    return b + 1\n")
    undo = undoing(BEFORE.encode(), after)
    assert undo is not None
    back = rewind_edits(BEFORE.encode(), undo)
    assert isinstance(back, Refused)
    assert back.code == "already_applied"


def test_all_of_it_or_nothing() -> None:
    content = "".join(f"line {n}\n" for n in range(100)).encode()
    outcome = apply_edits(content, [Edit("line 10\n", "TEN\n"), Edit("line 80\n", "EIGHTY\n")])
    assert isinstance(outcome, Applied)
    undo = undoing(content, outcome.content)
    assert undo is not None
    assert isinstance(rewind_edits(outcome.content.replace(b"EIGHTY", b"by hand"), undo), Refused)


def test_nothing_undoes_what_is_not_text_or_is_empty() -> None:
    assert undoing(b"a\0", b"b") is None
    assert undoing(b"a", b"\xff") is None
    assert undoing(b"a", b"") is None
    assert undoing(b"a\n", b"a\n") == ()


def test_the_swapped_edit_by_its_text_alone() -> None:
    edit = Edit("beta", "gamma")
    after = applied(b"alpha beta\n", edit.old, edit.new)
    back = rewind_edit(after, edit)
    assert isinstance(back, Applied)
    assert back.content == b"alpha beta\n"


@pytest.mark.parametrize(
    ("content", "edit", "code"),
    [
        (b"a\n", Edit("gone\n", ""), "empty_old"),
        (b"x\nx\n", Edit("y", "x"), "ambiguous"),
        (b"changed\n", Edit("old", "new"), "not_found"),
        (None, Edit("old", "new"), "file_missing"),
    ],
)
def test_the_swapped_edit_refuses_where_it_cannot_tell(content: bytes | None, edit: Edit, code: str) -> None:
    back = rewind_edit(content, edit)
    assert isinstance(back, Refused)
    assert back.code == code
