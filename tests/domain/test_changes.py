"""Git's answers, read. What real git answers to real worktrees is tested with the adapter."""

import pytest

from boocode.domain.changes import (
    CUT_NOTE,
    UNSHOWN_NOTE,
    Candidate,
    ChangeFormatError,
    Entry,
    parse_diff,
    parse_status,
)

A, B, NONE = "a" * 40, "b" * 40, "0" * 40


def test_a_status_gives_candidates_with_their_base() -> None:
    output = (
        f"1 .M N... 100644 100644 100755 {A} {A} a file\n.txt\0"
        f"1 .D N... 120000 120000 000000 {B} {B} link\0"
        f"1 D. N... 100644 000000 000000 {A} {NONE} gone\0"
        "? new file\0? nested/\0"
    )
    assert parse_status(output.encode()) == (
        Candidate(b"a file\n.txt", Entry(0o100644, A), 0o100755),
        Candidate(b"link", Entry(0o120000, B), 0),
        Candidate(b"gone", None, 0),
        Candidate(b"new file", None, None),
        Candidate(b"nested/", None, None),
    )


@pytest.mark.parametrize("output", [b"2 R. renamed\0", b"u UU conflict\0", b"garbage\0"])
def test_a_status_that_was_not_asked_for_is_refused(output: bytes) -> None:
    with pytest.raises(ChangeFormatError):
        parse_status(output)


def diff(raw: list[str], counts: list[str], *patches: str) -> bytes:
    head = "".join(field + "\0" for field in raw + counts)
    return (head + "\0" + "".join(patches)).encode()


EDIT = f":100644 100644 {A} {B} M"
PATCH_A = "diff --git a/a b/a\n@@ -1 +1,2 @@\n-x\n+diff --git a/fake b/fake\n+y\n"
PATCH_B = "diff --git a/b b/b\n@@ -1 +1 @@\n-x\n+y\n"


def test_patches_go_to_their_files_whatever_their_lines_say() -> None:
    changes = parse_diff(diff([EDIT, "a", EDIT, "b"], ["2\t1\ta", "1\t1\tb"], PATCH_A, PATCH_B))
    assert [(c.path, c.diff, c.additions, c.deletions) for c in changes] == [
        (b"a", PATCH_A, 2, 1),
        (b"b", PATCH_B, 1, 1),
    ]


def test_a_change_of_type_has_two_patches_and_is_one_edit() -> None:
    typechange = f":100644 120000 {A} {B} T"
    first, second = "diff --git a/t b/t\ndeleted file\n", "diff --git a/t b/t\nnew file\n"
    changes = parse_diff(diff([typechange, "t", EDIT, "b"], ["1\t1\tt", "1\t1\tb"], first, second, PATCH_B))
    assert [(c.op, c.diff) for c in changes] == [("edit", first + second), ("edit", PATCH_B)]


def test_a_rename_has_both_names_and_its_own_counts() -> None:
    raw = [f":100644 100644 {A} {B} R090", "old", "new", EDIT, "b"]
    [rename, edit] = parse_diff(
        diff(raw, ["3\t2\t", "old", "new", "1\t1\tb"], "diff --git a/old b/new\n", PATCH_B)
    )
    assert (rename.op, rename.old_path, rename.path) == ("rename", b"old", b"new")
    assert (rename.additions, rename.deletions, edit.additions) == (3, 2, 1)


def test_a_mode_alone_is_a_chmod_and_with_content_an_edit() -> None:
    raw = [f":100644 100755 {A} {A} M", "a", f":100644 100755 {A} {B} M", "b"]
    changes = parse_diff(diff(raw, ["0\t0\ta", "1\t1\tb"], PATCH_A, PATCH_B))
    assert [c.op for c in changes] == ["chmod", "edit"]


def test_a_binary_file_has_no_counts() -> None:
    [change] = parse_diff(
        diff([EDIT, "a"], ["-\t-\ta"], "diff --git a/a b/a\nBinary files a/a and b/a differ\n")
    )
    assert (change.binary, change.additions, change.deletions) == (True, 0, 0)


def test_text_that_no_database_takes_is_made_harmless() -> None:
    output = diff([EDIT, "a"], ["1\t1\ta"], "diff --git a/a b/a\n") + b"+caf\xe9 \0\n"
    [change] = parse_diff(output)
    assert change.diff.splitlines()[-1] == "+caf\\xe9 ␀"


def test_a_long_diff_is_cut_at_a_line() -> None:
    [change] = parse_diff(diff([EDIT, "a"], ["9\t0\ta"], "diff --git a/a b/a\n" + "+1234567\n" * 9), limit=60)
    assert change.diff == "diff --git a/a b/a\n" + "+1234567\n" * 4 + CUT_NOTE


def test_when_the_output_was_cut_only_whole_patches_count() -> None:
    output = diff([EDIT, "a", EDIT, "b"], ["2\t1\ta", "1\t1\tb"], PATCH_A, PATCH_B[:-5])
    changes = parse_diff(output, truncated=True)
    assert [c.diff for c in changes] == [PATCH_A, UNSHOWN_NOTE]
    assert [c.additions for c in changes] == [2, 1]


def test_no_difference_is_no_change() -> None:
    assert parse_diff(b"") == ()


@pytest.mark.parametrize(
    "output",
    [
        diff([EDIT, "a", EDIT, "b"], ["2\t1\ta", "1\t1\tb"], PATCH_A),
        diff([EDIT, "a"], ["1\t1\tother"], PATCH_A),
        diff([":100644 100644 what"], [], PATCH_A),
        diff([f":100644 100644 {A} {B} X", "a"], ["1\t1\ta"], PATCH_A),
        b":only raw\0a\0",
    ],
)
def test_a_diff_that_does_not_add_up_is_refused(output: bytes) -> None:
    with pytest.raises(ChangeFormatError):
        parse_diff(output)
