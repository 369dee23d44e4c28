"""Diffs read again, chosen among, and parted. Against git's own diffs they are tested with the adapter."""

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.changes import CUT_NOTE, UNSHOWN_NOTE
from boocode.domain.hunks import Run, counts, lines_of, part, read_diff, selected

OLD = "".join(f"line {n}\n" for n in range(30))
NEW = OLD.replace("line 3\n", "line three\n").replace("line 25\n", "").replace("line 14\n", "line 14\nmore\n")
HEADER = "diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n"
BLOBS = ("a" * 40, "b" * 40, "c" * 40)


def diff_of(old: str, new: str, header: str = HEADER) -> str:
    lines = [*unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True))][2:]
    return header + "".join(lines)


def test_hunks_name_the_lines_of_both_sides() -> None:
    shown = read_diff(diff_of(OLD, NEW))
    assert shown is not None
    assert shown.header == HEADER
    assert shown.runs == (Run((3, 4), (3, 4)), Run((15, 15), (15, 16)), Run((25, 26), (26, 26)))
    assert shown.text() == diff_of(OLD, NEW)
    assert counts(shown) == (2, 2)


@pytest.mark.parametrize("cut", [diff_of(OLD, NEW) + CUT_NOTE, UNSHOWN_NOTE, diff_of(OLD, NEW)[:-30]])
def test_a_diff_that_is_not_whole_has_no_hunks_to_choose(cut: str) -> None:
    assert read_diff(cut) is None


def test_two_patches_are_not_one_diff() -> None:
    assert read_diff(diff_of("a\n", "") + diff_of("", "target")) is None


def test_a_diff_without_lines_has_no_hunks() -> None:
    shown = read_diff("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n")
    assert shown is not None
    assert shown.hunks == ()


def test_a_line_that_reads_like_a_head_is_a_line() -> None:
    old, new = "@@ -1 +1 @@\nx\n", "@@ -1 +1 @@\ny\n"
    shown = read_diff(diff_of(old, new))
    assert shown is not None
    assert len(shown.hunks) == 1
    assert selected(old.encode(), new.encode(), shown.hunks, {0}) == new.encode()


def test_missing_newlines_at_the_end_are_kept() -> None:
    diff = f"{HEADER}@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
    shown = read_diff(diff)
    assert shown is not None
    assert shown.text() == diff
    assert selected(b"a\nb", b"a\nc\n", shown.hunks, {0}) == b"a\nc\n"


def test_only_the_chosen_hunks_are_taken_over() -> None:
    shown = read_diff(diff_of(OLD, NEW))
    assert shown is not None
    chosen = selected(OLD.encode(), NEW.encode(), shown.hunks, {0, 2}).decode()
    assert chosen == OLD.replace("line 3\n", "line three\n").replace("line 25\n", "")


def test_the_bytes_come_from_the_files_and_not_from_the_text() -> None:
    old, new = b"caf\xe9\r\nb\n", b"caf\xe8\r\nb\n"
    shown = read_diff(f"{HEADER}@@ -1,2 +1,2 @@\n-caf\\xe9\r\n+caf\\xe8\r\n b\n")
    assert shown is not None
    assert selected(old, new, shown.hunks, {0}) == new


def test_a_rename_and_a_mode_go_with_the_lower_part() -> None:
    header = (
        "diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 90%\n"
        "rename from x\nrename to y\nindex 1111111..2222222\n--- a/x\n+++ b/y\n"
    )
    shown = read_diff(diff_of(OLD, NEW, header))
    assert shown is not None
    parted = part(shown, {1}, BLOBS)
    assert parted.lower.header == header.replace("1111111..2222222", "aaaaaaa..bbbbbbb")
    assert parted.upper.header == "diff --git a/y b/y\nindex bbbbbbb..ccccccc 100755\n--- a/y\n+++ b/y\n"


TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "@@ -1 +1 @@\n", "-x\n", " y\n"]), max_size=40)


@given(TEXTS, TEXTS, st.sets(st.integers(0, 8)))
def test_parts_put_together_are_the_whole(old: list[str], new: list[str], chosen: set[int]) -> None:
    lines = [*unified_diff(old, new, n=1)][2:]
    shown = read_diff(HEADER + "".join(lines))
    assert shown is not None
    before, after = "".join(old).encode(), "".join(new).encode()
    between = selected(before, after, shown.hunks, chosen)
    parted = part(shown, chosen, BLOBS)
    everything = range(len(shown.hunks))
    assert selected(before, after, shown.hunks, everything) == after
    assert selected(before, between, parted.lower.hunks, everything) == between
    assert selected(between, after, parted.upper.hunks, everything) == after
    assert read_diff(parted.lower.text()) == parted.lower
    assert read_diff(parted.upper.text()) == parted.upper
    assert b"".join(lines_of(after)) == after
