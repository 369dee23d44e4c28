"""What a person writes while changes are being applied, or keeps in lines that git's filters drop, is never lost."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.git import GitWorkspaces
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import ApplyConflict, WorkspaceError, WorktreePlace
from tests.adapters.git.conftest import Session, open_session
from tests.adapters.git.test_apply import leftovers, snapshot
from tests.kit.repositories import Repo

NAMES = [f"f{n}.txt" for n in range(4)]
LINES = "".join(f"line {n}\n" for n in range(12))
OWN = LINES.replace("line 2\n", "line 2\nSECRET of the person\n")


def edit_all(session: Session) -> None:
    for name in NAMES:
        session.worktree.write(name, f"agent's {name}\n")


async def failure(session: Session, rows: tuple[ChangeRow, ...]) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as caught:
        await session.apply(*rows)
    return caught.value


async def opened(project: Repo, place: WorktreePlace, act: Callable[[], None], after_writes: int) -> Session:
    """A session in whose exchanges `act` is done once so many files are in place."""
    for name in NAMES:
        project.write(name, f"base of {name}\n")
    project.commit("Four files")
    written: list[str] = []

    def reached(point: str) -> None:
        if point == "swap.written":
            written.append(point)
            if len(written) == after_writes:
                act()

    return await open_session(GitWorkspaces(reached=reached), project, place)


async def test_what_was_written_after_its_exchange_is_left(project: Repo, place: WorktreePlace) -> None:
    def by_hand() -> None:
        project.write("f0.txt", "by hand 0\n")
        project.write("f3.txt", "by hand 3\n")

    session = await opened(project, place, by_hand, after_writes=3)
    edit_all(session)
    error = await failure(session, await session.changes())
    assert error.code == "rollback_failed"
    assert "f0.txt was written meanwhile" in str(error)
    assert "verything is as it was" not in str(error)
    texts = [project.read(name) for name in NAMES]
    assert texts == [b"by hand 0\n", b"base of f1.txt\n", b"base of f2.txt\n", b"by hand 3\n"]
    [stage] = leftovers(project)
    kept = project.root / ".git" / "boocode" / stage
    assert [path.read_bytes() for path in kept.glob("old-*")] == [b"base of f0.txt\n"]


async def test_a_stale_file_alone_leaves_everything_as_it_was(project: Repo, place: WorktreePlace) -> None:
    session = await opened(project, place, lambda: project.write("f3.txt", "by hand\n"), 3)
    edit_all(session)
    before = snapshot(project)
    assert (await failure(session, await session.changes())).code == "conflict"
    after = snapshot(project)
    assert after.pop("f3.txt")[1] == b"by hand\n"
    del before["f3.txt"]
    assert (after, leftovers(project)) == (before, [])


async def test_a_created_file_that_was_edited_since_stays(project: Repo, place: WorktreePlace) -> None:
    def by_hand() -> None:
        project.write("a/new.txt", "by hand\n")
        project.write("f3.txt", "by hand 3\n")

    session = await opened(project, place, by_hand, after_writes=2)
    session.worktree.write("a/new.txt", "agent's\n")
    session.worktree.write("a/other.txt", "agent's\n")
    session.worktree.write("f3.txt", "agent's\n")
    error = await failure(session, await session.changes())
    assert "a/new.txt was written meanwhile" in str(error)
    assert project.read("a/new.txt") == b"by hand\n"
    assert not project.exists("a/other.txt")


async def test_a_file_made_where_one_was_deleted_stays(project: Repo, place: WorktreePlace) -> None:
    def by_hand() -> None:
        project.write("src/deep/er/leaf.txt", "by hand\n")
        project.write("f3.txt", "by hand 3\n")

    session = await opened(project, place, by_hand, after_writes=1)
    os.unlink(session.worktree.path("src/deep/er/leaf.txt"))
    session.worktree.write("f2.txt", "agent's\n")
    session.worktree.write("f3.txt", "agent's\n")
    error = await failure(session, await session.changes())
    assert "src/deep/er/leaf.txt was written meanwhile" in str(error)
    assert project.read("src/deep/er/leaf.txt") == b"by hand\n"
    assert project.read("f2.txt") == b"base of f2.txt\n"


async def test_a_mode_is_not_put_back_on_another_file(project: Repo, place: WorktreePlace) -> None:
    def by_hand() -> None:
        project.write("other", "by hand\n")
        os.chmod(project.path("other"), 0o755)
        os.replace(project.path("other"), project.path("f0.txt"))
        project.write("f3.txt", "by hand 3\n")

    session = await opened(project, place, by_hand, after_writes=1)
    os.chmod(session.worktree.path("f0.txt"), 0o755)
    session.worktree.write("f3.txt", "agent's\n")
    error = await failure(session, await session.changes())
    assert "f0.txt was written meanwhile" in str(error)
    assert project.read("f0.txt") == b"by hand\n"
    assert os.access(project.path("f0.txt"), os.X_OK)


async def test_a_stage_that_cannot_be_removed_is_no_failure(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.worktree.write("README.md", "edited\n")
    rows = await session.changes()
    rmdir = os.rmdir

    def busy(path: str, **options: object) -> None:
        if Path(os.fsdecode(path)).name.startswith("boocode-apply-"):
            raise OSError(16, "Device or resource busy")
        rmdir(path, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", busy)
        await session.apply(*rows)
    assert session.project.read("README.md") == b"edited\n"
    [stage] = leftovers(session.project)
    shutil.rmtree(session.project.root / ".git" / "boocode" / stage)


# Filters that drop lines


@pytest.fixture
async def filtered(git: GitWorkspaces, project: Repo, place: WorktreePlace) -> Session:
    """A project whose clean filter drops the lines that begin with SECRET."""
    project.git("config", "filter.lossy.clean", "sed /^SECRET/d")
    project.git("config", "filter.lossy.smudge", "cat")
    project.write(".gitattributes", "*.conf filter=lossy\n")
    project.write("my.conf", LINES)
    project.write("small.conf", "one\ntwo\nthree\n")
    project.commit("A filter")
    session = await open_session(git, project, place)
    project.write("my.conf", OWN)
    project.write("small.conf", "one\nSECRET of the person\ntwo\nthree\n")
    return session


@pytest.mark.parametrize("wanted", ["quite\nanother\n", None])
async def test_lines_that_a_filter_drops_are_not_lost(filtered: Session, wanted: str | None) -> None:
    if wanted is None:
        os.unlink(filtered.worktree.path("small.conf"))
    else:
        filtered.worktree.write("small.conf", wanted)
    rows = await filtered.changes()
    before = snapshot(filtered.project)
    with pytest.raises(ApplyConflict) as caught:
        await filtered.apply(*rows)
    assert [conflict.path for conflict in caught.value.conflicts] == ["small.conf"]
    assert snapshot(filtered.project) == before


async def test_beside_lines_that_a_filter_drops_a_change_arrives(filtered: Session) -> None:
    filtered.worktree.write("my.conf", LINES.replace("line 9\n", "nine\n"))
    await filtered.apply(*await filtered.changes())
    assert filtered.project.read("my.conf").decode() == OWN.replace("line 9\n", "nine\n")


async def test_what_git_checks_out_is_the_same(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    """A filter that came after the session: both forms are in git, and no line of a person is in them alone."""
    project.write("my.conf", "one\ntwo\n")
    project.commit("Without a filter")
    session = await open_session(git, project, place)
    project.git("config", "filter.upper.clean", "tr A-Z a-z")
    project.git("config", "filter.upper.smudge", "tr a-z A-Z")
    project.write(".git/info/attributes", "*.conf filter=upper\n")
    project.write("my.conf", "ONE\nTWO\n")
    os.unlink(session.worktree.path("my.conf"))
    rows = await session.changes()
    await session.apply(*(row for row in rows if row.change.path == "my.conf"))
    assert not project.exists("my.conf")


async def test_what_git_stores_is_the_same(filtered: Session) -> None:
    """The base was checked out with lines that the project's file is without: nobody's lines are in it alone."""
    filtered.project.git("config", "filter.lossy.smudge", "sed '$aSECRET of the tool'")
    place = evolve(filtered.place, session_id="ses_2", path=filtered.place.path + "-2", branch="boocode/2")
    filtered.project.write("my.conf", LINES)
    session = await open_session(filtered.git, filtered.project, place)
    assert session.worktree.read("my.conf").endswith(b"SECRET of the tool\n")
    os.unlink(session.worktree.path("my.conf"))
    await session.apply(*(row for row in await session.changes() if row.change.path == "my.conf"))
    assert not session.project.exists("my.conf")
