"""May a change be written: the judgement, case by case. What is found on real disks is tested with the adapter."""

import pytest

from boocode.domain.applying import (
    Found,
    Step,
    judge_all,
    refused_before_looking,
    steps_of,
    wanted_executable,
)
from boocode.domain.changes import EXECUTABLE, FILE, GITLINK, SYMLINK, Entry

OLD, NEW, OTHER = Entry(FILE, "1" * 40), Entry(FILE, "2" * 40), Entry(FILE, "3" * 40)


def file(entry: Entry, *, executable: bool = False, equivalent: tuple[str, ...] = ()) -> Found:
    return Found("file", executable=executable, blob=entry.blob, equivalent=frozenset(equivalent))


def verdict(before: Entry | None, after: Entry | None, found: Found) -> str:
    judged = judge_all([Step(b"f", before, after)], {b"f": found})
    if judged.conflicts:
        return judged.conflicts[0][1]
    return "write" if judged.writes else "done"


@pytest.mark.parametrize(
    ("before", "after", "found", "expected"),
    [
        (OLD, NEW, file(OLD), "write"),
        (OLD, NEW, file(NEW), "done"),
        (OLD, NEW, file(OTHER), "changed"),
        (OLD, NEW, file(OTHER, equivalent=(OLD.blob,)), "write"),
        (OLD, NEW, file(OTHER, equivalent=(NEW.blob,)), "done"),
        (OLD, NEW, Found("missing"), "deleted"),
        (OLD, NEW, Found("directory"), "is a directory"),
        (OLD, NEW, Found("symlink", blob=OLD.blob), "changed"),
        (OLD, NEW, Found("other"), "not a regular file"),
        (None, NEW, Found("missing"), "write"),
        (None, NEW, file(NEW), "done"),
        (None, NEW, file(OTHER), "exists"),
        (None, NEW, Found("directory", inside=(b"f/x",)), "is a directory"),
        (None, NEW, Found("directory"), "write"),
        (None, NEW, Found("behind symlink", obstacle=b"d"), "parent is a symbolic link"),
        (None, NEW, Found("behind file", obstacle=b"d"), "parent is not a directory"),
        (OLD, None, file(OLD), "write"),
        (OLD, None, file(OTHER), "changed"),
        (OLD, None, Found("missing"), "done"),
        (OLD, None, Found("directory"), "is a directory"),
        (OLD, None, Found("behind file", obstacle=b"d"), "done"),
        (OLD, None, Found("behind symlink", obstacle=b"d"), "parent is a symbolic link"),
        (OLD, Entry(EXECUTABLE, OLD.blob), file(OLD), "write"),
        (OLD, Entry(EXECUTABLE, OLD.blob), file(OLD, executable=True), "done"),
        (OLD, NEW, file(NEW, executable=True), "done"),
        (OLD, Entry(SYMLINK, NEW.blob), file(OLD), "write"),
        (OLD, Entry(SYMLINK, NEW.blob), Found("symlink", blob=NEW.blob), "done"),
        (Entry(SYMLINK, OLD.blob), NEW, Found("symlink", blob=OLD.blob), "write"),
        (Entry(SYMLINK, OLD.blob), NEW, file(OLD), "changed"),
    ],
)
def test_a_step_is_written_done_or_a_conflict(
    before: Entry | None, after: Entry | None, found: Found, expected: str
) -> None:
    assert verdict(before, after, found) == expected


def test_what_the_set_itself_deletes_is_no_obstacle() -> None:
    steps = [Step(b"d", OLD, None), Step(b"d/x", None, NEW), Step(b"e/y", OLD, None), Step(b"e", None, NEW)]
    found = {
        b"d": file(OLD),
        b"d/x": Found("behind file", obstacle=b"d"),
        b"e/y": file(OLD),
        b"e": Found("directory", inside=(b"e/y",)),
    }
    assert judge_all(steps, found).writes == tuple(steps)
    assert judge_all(steps[1:2], found).conflicts == ((b"d/x", "parent is not a directory"),)
    assert judge_all(steps[3:], found).conflicts == ((b"e", "is a directory"),)


def test_a_rename_is_two_steps_and_an_edit_one() -> None:
    assert steps_of(b"a", b"b", OLD, NEW) == (Step(b"a", OLD, None), Step(b"b", None, NEW))
    assert steps_of(None, b"b", OLD, NEW) == (Step(b"b", OLD, NEW),)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (b"../a", "outside the project"),
        (b"a/../b", "outside the project"),
        (b"/a", "outside the project"),
        (b"a//b", "outside the project"),
        (b"a/.", "outside the project"),
        (b"", "outside the project"),
        (b"a\0b", "outside the project"),
        (b".git", "inside .git"),
        (b"a/.Git/config", "inside .git"),
    ],
)
def test_paths_that_lead_astray_are_refused_unseen(path: bytes, reason: str) -> None:
    assert refused_before_looking([Step(path, None, NEW)]) == {path: reason}


def test_names_that_only_look_dangerous_are_fine() -> None:
    names = [b"..a", b"a..", b".gitignore", b".github/x", b"-rf", b"a\n"]
    assert refused_before_looking([Step(name, None, NEW) for name in names]) == {}


def test_foreign_repositories_and_double_steps_are_refused_unseen() -> None:
    assert refused_before_looking([Step(b"sub", None, Entry(GITLINK, NEW.blob))]) == {
        b"sub": "a nested repository"
    }
    assert refused_before_looking([Step(b"a", OLD, NEW), Step(b"a", OLD, None)]) == {
        b"a": "changed twice in one set"
    }


@pytest.mark.parametrize(
    ("before", "after", "found", "expected"),
    [
        (FILE, FILE, True, True),
        (EXECUTABLE, EXECUTABLE, False, False),
        (FILE, EXECUTABLE, False, True),
        (EXECUTABLE, FILE, True, False),
        (SYMLINK, EXECUTABLE, False, True),
        (EXECUTABLE, SYMLINK, True, False),
    ],
)
def test_the_projects_own_executable_bit_stays_unless_the_change_is_about_it(
    before: int, after: int, found: bool, expected: bool
) -> None:
    step = Step(b"f", Entry(before, OLD.blob), Entry(after, NEW.blob))
    kind = Found("symlink") if before == SYMLINK else file(OLD, executable=found)
    assert wanted_executable(step, kind) is expected


@pytest.mark.parametrize(("inside", "expected"), [((), ()), ((b"f/x",), ()), ((b"f/x", b"f/mine"), (b"f",))])
def test_a_deleted_file_that_has_become_the_directory_of_what_arrives_is_done(inside, expected):
    """As a death leaves it between making the directory and the last file in it; a person's file there conflicts."""
    steps = [Step(b"f", OLD, None), Step(b"f/x", None, NEW)]
    arrived = file(NEW) if inside else Found("missing")
    judged = judge_all(steps, {b"f": Found("directory", inside=inside), b"f/x": arrived})
    assert tuple(path for path, _ in judged.conflicts) == expected
    assert judged.writes == (() if inside else (steps[1],))


def test_a_deleted_file_below_a_directory_that_has_become_the_link_which_arrives_is_done():
    link = Entry(SYMLINK, "4" * 40)
    steps = [Step(b"d/f", OLD, None), Step(b"d", None, link)]
    behind = Found("behind symlink", obstacle=b"d")
    judged = judge_all(steps, {b"d/f": behind, b"d": Found("symlink", blob=link.blob)})
    assert (judged.writes, judged.conflicts) == ((), ())
    judged = judge_all(steps, {b"d/f": behind, b"d": Found("symlink", blob=OTHER.blob)})
    assert judged.conflicts == ((b"d", "exists"),)
