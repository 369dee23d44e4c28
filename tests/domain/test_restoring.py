"""Which steps a restore takes, and how each is judged by what was found."""

import pytest

from boocode.domain.applying import Found, Reason, Step
from boocode.domain.changes import EXECUTABLE, FILE, SYMLINK, ChangeFormatError, Entry
from boocode.domain.restoring import Outside, decide, judge_restore, parents, parse_tree_diff

A, B, C = "a" * 40, "b" * 40, "c" * 40
OLD, NEW = Entry(FILE, A), Entry(FILE, B)
EDIT = Step(b"d/f", OLD, NEW)
CREATION = Step(b"d/f", None, NEW)
DELETION = Step(b"d/f", OLD, None)


def test_a_tree_diff_is_read_as_steps() -> None:
    none = "0" * 40
    output = (
        f":100644 100755 {A} {A} M\0run.sh\0"
        f":000000 120000 {none} {B} A\0new\nline\0"
        f":100644 000000 {C} {none} D\0gone\0"
    ).encode()
    assert parse_tree_diff(output) == (
        Step(b"run.sh", Entry(FILE, A), Entry(EXECUTABLE, A)),
        Step(b"new\nline", None, Entry(SYMLINK, B)),
        Step(b"gone", Entry(FILE, C), None),
    )
    assert parse_tree_diff(b"") == ()


@pytest.mark.parametrize("output", [b":100644 100755 aa M\0run.sh\0", b":100644\0", b"warning: no\0x\0"])
def test_what_is_no_tree_diff_is_refused(output: bytes) -> None:
    with pytest.raises(ChangeFormatError):
        parse_tree_diff(output)


def test_parents_are_named_innermost_first() -> None:
    assert list(parents(b"a/b/c")) == [b"a/b", b"a"]
    assert list(parents(b"a")) == []


def test_ignored_files_are_kept_only_from_deletion() -> None:
    edit, deletion = Step(b"e", OLD, NEW), Step(b"d", OLD, None)
    decision = decide([edit, deletion], Outside(), Outside(), {b"e", b"d"})
    assert (decision.steps, decision.kept_ignored) == ((edit,), (b"d",))


def test_what_either_side_left_out_is_neither_written_nor_deleted() -> None:
    large = Outside(paths=frozenset({b"d/f"}))
    assert decide([CREATION], large, Outside(), ()).steps == ()
    then = decide([DELETION], Outside(), large, ())
    assert then.steps == ()
    assert then.kept_then == frozenset({b"d/f"})


def test_files_in_a_nested_repository_are_taken_only_where_both_sides_hold_them() -> None:
    nested = Outside(repositories=frozenset({b"d"}))
    for now, then in ((nested, Outside()), (Outside(), nested)):
        assert decide([EDIT], now, then, ()).steps == (EDIT,)
        assert decide([CREATION], now, then, ()).steps == ()
        assert decide([DELETION], now, then, ()).steps == ()
    assert decide([Step(b"dd/f", None, NEW)], nested, nested, ()).steps != ()


def judged(step: Step, found: Found, *others: Step, trust_modes: bool = True) -> Reason | str:
    state = {other.path: Found("missing") for other in others} | {step.path: found}
    verdict = judge_restore((step, *others), state, trust_modes=trust_modes)
    conflicts = dict(verdict.conflicts)
    if step.path in conflicts:
        return conflicts[step.path]
    return "write" if step in verdict.writes else "done"


def file(blob: str, *, executable: bool = False) -> Found:
    return Found("file", executable=executable, blob=blob)


@pytest.mark.parametrize(
    ("step", "found", "expected"),
    [
        (EDIT, file(A), "write"),
        (EDIT, file(B), "done"),
        (EDIT, file(C), "changed"),
        (EDIT, file(A, executable=True), "changed"),
        (EDIT, Found("missing"), "deleted"),
        (EDIT, Found("symlink", blob=A), "changed"),
        (EDIT, Found("directory"), "is a directory"),
        (EDIT, Found("other"), "not a regular file"),
        (EDIT, Found("behind symlink", obstacle=b"d"), "parent is a symbolic link"),
        (CREATION, Found("missing"), "write"),
        (CREATION, file(B), "done"),
        (CREATION, file(A), "exists"),
        (CREATION, Found("directory", inside=()), "write"),
        (CREATION, Found("directory", inside=(b"d/f/x",)), "is a directory"),
        (CREATION, Found("behind file", obstacle=b"d"), "parent is not a directory"),
        (DELETION, file(A), "write"),
        (DELETION, file(B), "changed"),
        (DELETION, Found("missing"), "done"),
        (DELETION, Found("directory"), "is a directory"),
        (DELETION, Found("other"), "not a regular file"),
        (DELETION, Found("behind symlink", obstacle=b"d"), "parent is a symbolic link"),
        (DELETION, Found("behind file", obstacle=b"d"), "parent is not a directory"),
        (Step(b"l", None, Entry(SYMLINK, A)), Found("symlink", blob=A), "done"),
        (Step(b"l", OLD, Entry(SYMLINK, A)), file(A), "write"),
        (Step(b"x", OLD, Entry(EXECUTABLE, A)), file(A), "write"),
        (Step(b"x", OLD, Entry(EXECUTABLE, A)), file(A, executable=True), "done"),
    ],
)
def test_a_step_is_judged_by_exactly_what_was_found(step: Step, found: Found, expected: str) -> None:
    assert judged(step, found) == expected


def test_where_the_file_system_has_no_modes_they_do_not_count() -> None:
    assert judged(EDIT, file(A, executable=True), trust_modes=False) == "write"


def test_a_directory_may_take_a_deleted_file_s_place() -> None:
    """Of a restore that was cut off: the directory is there already."""
    deletion = Step(b"d", OLD, None)
    assert judged(deletion, Found("directory"), CREATION) == "done"


def test_a_file_or_symlink_may_have_taken_a_deleted_directory_s_place() -> None:
    behind_link = Found("behind symlink", obstacle=b"d")
    assert judged(DELETION, behind_link, Step(b"d", None, Entry(SYMLINK, A))) == "done"
    assert judged(DELETION, Found("behind file", obstacle=b"d"), Step(b"d", None, NEW)) == "done"


def test_what_is_behind_something_that_goes_is_missing() -> None:
    found = Found("behind symlink", obstacle=b"d")
    assert judged(CREATION, found, Step(b"d", Entry(SYMLINK, A), None)) == "write"
    assert judged(EDIT, found, Step(b"d", Entry(SYMLINK, A), None)) == "deleted"


def test_a_directory_goes_only_with_all_that_is_in_it() -> None:
    found = Found("directory", inside=(b"f/one", b"f/two"))
    arrival = Step(b"f", None, NEW)
    assert judged(arrival, found, Step(b"f/one", OLD, None)) == "is a directory"
    assert judged(arrival, found, Step(b"f/one", OLD, None), Step(b"f/two", OLD, None)) == "write"
