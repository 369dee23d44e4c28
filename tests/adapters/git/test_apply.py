"""Changes written into the project: whole files, all or none, and what stands in the way is named."""

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import trio
from attrs import evolve

from boocode.adapters.git import GitWorkspaces
from boocode.adapters.git.swap import make_stage
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import ApplyConflict, WorkspaceError, WorktreePlace
from tests.adapters.git.conftest import Session, open_session
from tests.kit.repositories import Repo, make_repository


def snapshot(repo: Repo) -> dict[str, tuple[int, bytes]]:
    """Every path of the project but git's own: its mode, and its bytes or its link's target."""
    found: dict[str, tuple[int, bytes]] = {}
    for base, directories, names in os.walk(repo.root):
        if ".git" in directories and base == str(repo.root):
            directories.remove(".git")
        for name in [*names, *directories]:
            path = os.path.join(base, name)
            mode = os.lstat(path).st_mode
            content = b""
            if stat.S_ISLNK(mode):
                content = os.fsencode(os.readlink(path))
            elif stat.S_ISREG(mode):
                content = Path(path).read_bytes()
            found[os.path.relpath(path, repo.root)] = (mode, content)
    return found


def files(repo: Repo) -> dict[str, tuple[int, bytes]]:
    """The snapshot without directories, which git does not know, and without a worktree's link to git."""
    found = snapshot(repo).items()
    return {path: state for path, state in found if not stat.S_ISDIR(state[0]) and path != ".git"}


async def refused(session: Session, *rows: ChangeRow) -> dict[str, str]:
    """Applies what must be refused whole; returns path → reason."""
    before = snapshot(session.project)
    with pytest.raises(ApplyConflict) as caught:
        await session.apply(*rows)
    assert snapshot(session.project) == before
    assert leftovers(session.project) == []
    assert all(conflict.path in str(caught.value) for conflict in caught.value.conflicts)
    return {conflict.path: conflict.reason for conflict in caught.value.conflicts}


def leftovers(repo: Repo) -> list[str]:
    """Stages that an apply should have removed."""
    inside = repo.root / ".git" / "boocode"
    return [name for name in os.listdir(inside) if name != "apply.lock"] if inside.exists() else []


# What is written


async def test_every_kind_of_change_arrives(session: Session) -> None:
    worktree = session.worktree
    worktree.write("new/deep/file.txt", "new\n")
    worktree.write("src/app.py", "edited\n")
    os.unlink(worktree.path("src/deep/er/leaf.txt"))
    os.rename(worktree.path("README.md"), worktree.path("READ.md"))
    os.chmod(worktree.path("run.sh"), 0o755)
    worktree.write("tool", "#!/bin/sh\n", executable=True)
    os.symlink("../src", worktree.path("new/link"))
    worktree.write(b"caf\xe9\n", b"\0\xff\r\n")
    rows = await session.changes()
    await session.apply(*rows)
    assert files(session.project) == files(worktree)
    assert leftovers(session.project) == []


async def test_the_projects_index_and_head_are_left_alone(session: Session) -> None:
    session.worktree.write("src/app.py", "edited\n")
    before = (session.project.git("ls-files", "--stage"), session.project.head())
    await session.apply(*await session.changes())
    assert (session.project.git("ls-files", "--stage"), session.project.head()) == before
    assert session.project.git("status", "--porcelain") == b" M src/app.py\n"


async def test_applying_twice_is_applying_once(session: Session) -> None:
    session.worktree.write("a.txt", "a\n")
    os.rename(session.worktree.path("README.md"), session.worktree.path("READ.md"))
    os.chmod(session.worktree.path("run.sh"), 0o755)
    rows = await session.changes()
    await session.apply(*rows)
    after = snapshot(session.project)
    await session.apply(*rows)
    assert snapshot(session.project) == after


async def test_an_apply_that_was_cut_off_in_the_middle_is_finished_by_the_next(session: Session) -> None:
    session.worktree.write("a.txt", "a\n")
    session.worktree.write("b.txt", "b\n")
    os.rename(session.worktree.path("README.md"), session.worktree.path("READ.md"))
    rows = await session.changes()
    session.project.write("a.txt", "a\n")
    session.project.write("READ.md", session.project.read("README.md"))
    (session.project.root / ".git" / "boocode" / "boocode-apply-dead").mkdir(parents=True)
    await session.apply(*rows)
    assert session.project.read("b.txt") == b"b\n"
    assert not session.project.exists("README.md")
    assert leftovers(session.project) == []


async def test_some_of_the_changes_can_be_applied(session: Session) -> None:
    session.worktree.write("a.txt", "a\n")
    session.worktree.write("b.txt", "b\n")
    rows = await session.changes()
    await session.apply(*(row for row in rows if row.change.path == "b.txt"))
    assert not session.project.exists("a.txt")
    assert session.project.read("b.txt") == b"b\n"


async def test_directories_emptied_by_a_deletion_go_and_others_stay(session: Session) -> None:
    os.mkdir(session.project.path("src/deep/own"))
    os.unlink(session.worktree.path("src/deep/er/leaf.txt"))
    await session.apply(*await session.changes())
    assert not session.project.exists("src/deep/er")
    assert session.project.exists("src/deep/own")


async def test_a_directory_keeps_its_permissions_when_its_last_file_is_exchanged(session: Session) -> None:
    os.chmod(session.project.path("src/deep/er"), 0o700)
    os.unlink(session.worktree.path("src/deep/er/leaf.txt"))
    session.worktree.write("src/deep/er/other.txt", "quite different\n")
    await session.apply(*await session.changes())
    assert stat.S_IMODE(os.stat(session.project.path("src/deep/er")).st_mode) == 0o700


async def test_file_and_directory_can_take_each_others_place(session: Session) -> None:
    os.unlink(session.worktree.path("run.sh"))
    session.worktree.write("run.sh/inner/file", "a new inner file\n")
    os.unlink(session.worktree.path("src/deep/er/leaf.txt"))
    os.rmdir(session.worktree.path("src/deep/er"))
    os.rmdir(session.worktree.path("src/deep"))
    session.worktree.write("src/deep", "now a file of its own\n")
    os.mkdir(session.project.path("src/deep/empty"))
    await session.apply(*await session.changes())
    assert session.project.read("run.sh/inner/file") == b"a new inner file\n"
    assert session.project.read("src/deep") == b"now a file of its own\n"


async def test_permissions_that_the_change_does_not_concern_stay(session: Session) -> None:
    os.chmod(session.project.path("src/app.py"), 0o640)
    os.chmod(session.project.path("run.sh"), 0o700)
    session.worktree.write("src/app.py", "edited\n")
    session.worktree.write("run.sh", "edited\n")
    await session.apply(*await session.changes())
    assert stat.S_IMODE(os.stat(session.project.path("src/app.py")).st_mode) == 0o640
    assert stat.S_IMODE(os.stat(session.project.path("run.sh")).st_mode) == 0o700


async def test_a_chmod_leaves_the_file_itself_in_place(session: Session) -> None:
    os.chmod(session.worktree.path("run.sh"), 0o755)
    inode = os.stat(session.project.path("run.sh")).st_ino
    await session.apply(*await session.changes())
    status = os.stat(session.project.path("run.sh"))
    assert (status.st_ino, stat.S_IMODE(status.st_mode)) == (inode, 0o755)


# What is in the way


GONE = "changed: the lines that it replaces are not there any more"


def edit_app(worktree: Repo) -> None:
    worktree.write("src/app.py", "of the agent\n")


def delete_app(worktree: Repo) -> None:
    os.unlink(worktree.path("src/app.py"))


def create_file(worktree: Repo) -> None:
    worktree.write("new/file.txt", "of the agent\n")


def rename_app(worktree: Repo) -> None:
    os.rename(worktree.path("src/app.py"), worktree.path("src/main.py"))


def make_executable(worktree: Repo) -> None:
    os.chmod(worktree.path("src/app.py"), 0o755)


def to_symlink(worktree: Repo) -> None:
    os.unlink(worktree.path("src/app.py"))
    os.symlink("deep", worktree.path("src/app.py"))


def person_edits(project: Repo) -> None:
    project.write("src/app.py", "of the person\n")


def person_deletes(project: Repo) -> None:
    os.unlink(project.path("src/app.py"))


def person_creates(project: Repo) -> None:
    project.write("new/file.txt", "of the person\n")


def person_makes_a_directory(project: Repo) -> None:
    project.write("new/file.txt/inner", "x")


def person_makes_a_file_of_the_parent(project: Repo) -> None:
    project.write("new", "x")


def person_makes_a_link_of_the_parent(project: Repo) -> None:
    os.symlink("/tmp", project.path("new"))


def person_makes_a_pipe(project: Repo) -> None:
    os.unlink(project.path("src/app.py"))
    os.mkfifo(project.path("src/app.py"))


def person_links(project: Repo) -> None:
    os.rename(project.path("src/app.py"), project.path("src/real.py"))
    os.symlink("real.py", project.path("src/app.py"))


def person_takes_the_target(project: Repo) -> None:
    project.write("src/main.py", "of the person\n")


def person_makes_a_directory_of_the_file(project: Repo) -> None:
    os.unlink(project.path("src/app.py"))
    project.write("src/app.py/inner", "x")


def person_links_the_parent(project: Repo) -> None:
    os.rename(project.path("src"), project.path("elsewhere"))
    os.symlink("elsewhere", project.path("src"))


@pytest.mark.parametrize(
    ("agent", "person", "path", "reason"),
    [
        (edit_app, person_edits, "src/app.py", GONE),
        (edit_app, person_deletes, "src/app.py", "deleted"),
        (edit_app, person_makes_a_pipe, "src/app.py", "not a regular file"),
        (edit_app, person_links, "src/app.py", "changed"),
        (edit_app, person_makes_a_directory_of_the_file, "src/app.py", "is a directory"),
        (edit_app, person_links_the_parent, "src/app.py", "parent is a symbolic link"),
        (delete_app, person_edits, "src/app.py", "changed"),
        (delete_app, person_makes_a_directory_of_the_file, "src/app.py", "is a directory"),
        (delete_app, person_links_the_parent, "src/app.py", "parent is a symbolic link"),
        (delete_app, person_makes_a_pipe, "src/app.py", "not a regular file"),
        (create_file, person_creates, "new/file.txt", "exists"),
        (create_file, person_makes_a_directory, "new/file.txt", "is a directory"),
        (create_file, person_makes_a_file_of_the_parent, "new/file.txt", "parent is not a directory"),
        (create_file, person_makes_a_link_of_the_parent, "new/file.txt", "parent is a symbolic link"),
        (rename_app, person_takes_the_target, "src/main.py", "exists"),
        (make_executable, person_deletes, "src/app.py", "deleted"),
        (to_symlink, person_edits, "src/app.py", "changed"),
    ],
)
async def test_a_conflict_is_named_and_nothing_at_all_is_written(
    session: Session, agent: Callable[[Repo], None], person: Callable[[Repo], None], path: str, reason: str
) -> None:
    session.worktree.write("innocent.txt", "fine\n")
    agent(session.worktree)
    rows = await session.changes()
    person(session.project)
    assert await refused(session, *rows) == {path: reason}


async def test_a_deletion_of_what_is_gone_already_is_done(session: Session) -> None:
    delete_app(session.worktree)
    rows = await session.changes()
    os.rename(session.project.path("src"), session.project.path("gone"))
    session.project.write("src", "a file now\n")
    await session.apply(*rows)
    assert session.project.read("src") == b"a file now\n"


async def test_a_nested_repository_is_refused_by_name(session: Session) -> None:
    os.mkdir(session.worktree.path("vendored"))
    nested = Repo(session.worktree.root / "vendored")
    nested.git("init", "-q")
    nested.commit()
    assert await refused(session, *await session.changes()) == {"vendored": "a nested repository"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../outside.txt", "outside the project"),
        ("/etc/outside.txt", "outside the project"),
        ("a/../../outside.txt", "outside the project"),
        ("", "outside the project"),
        (".git/hooks/pre-commit", "inside .git"),
        ("sub/.GIT/config", "inside .git"),
    ],
)
async def test_a_path_that_leads_astray_is_refused(session: Session, path: str, reason: str) -> None:
    session.worktree.write("a.txt", "a\n")
    [row] = await session.changes()
    assert await refused(session, evolve(row, change=evolve(row.change, path=path))) == {path: reason}


@pytest.mark.parametrize("saved", ["src/app.py", "README.md", "run.sh", "b.txt"])
async def test_a_file_written_between_the_look_and_the_write_is_not_lost(
    session: Session, monkeypatch: pytest.MonkeyPatch, saved: str
) -> None:
    edit_app(session.worktree)
    os.unlink(session.worktree.path("README.md"))
    os.chmod(session.worktree.path("run.sh"), 0o755)
    session.worktree.write("a.txt", "a\n")
    session.worktree.write("b.txt", "b\n")
    rows = await session.changes()
    before = files(session.project)

    def person_is_faster(root: str, git_dir: str) -> str:
        session.project.write(saved, "saved just now\n")
        return make_stage(root, git_dir)

    monkeypatch.setattr("boocode.adapters.git.apply.make_stage", person_is_faster)
    with pytest.raises(ApplyConflict) as caught:
        await session.apply(*rows)
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [(saved, "changed")]
    after = files(session.project)
    assert after.pop(saved)[1] == b"saved just now\n"
    before.pop(saved, None)
    assert after == before


async def test_a_failure_in_the_middle_puts_everything_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    worktree = session.worktree
    os.unlink(worktree.path("src/deep/er/leaf.txt"))
    os.chmod(worktree.path("run.sh"), 0o755)
    worktree.write("README.md", "edited\n")
    worktree.write("new/deep/a.txt", "a\n")
    worktree.write("zzz/last.txt", "last\n")
    rows = await session.changes()
    os.chmod(session.project.path("src/deep/er"), 0o750)
    before = snapshot(session.project)
    link = os.link

    def no_space(source: str, target: bytes, **options: object) -> None:
        if target == b"last.txt":
            raise OSError(28, "No space left on device")
        link(source, target, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("boocode.adapters.git.swap.os.link", no_space)
    with pytest.raises(WorkspaceError, match="No space left") as caught:
        await session.apply(*rows)
    assert caught.value.code == "apply_failed"
    assert snapshot(session.project) == before
    assert leftovers(session.project) == []


async def test_without_hard_links_the_same_is_written_and_put_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: str, target: bytes, **options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("boocode.adapters.git.swap.os.link", no_links)
    worktree = session.worktree
    worktree.write("README.md", "edited\n")
    worktree.write("new/a.txt", "a\n")
    os.symlink("a.txt", worktree.path("new/link"))
    os.unlink(worktree.path("src/deep/er/leaf.txt"))
    rows = await session.changes()
    before = snapshot(session.project)
    replace = os.replace

    def fails_at_readme(source: str, target: bytes, **options: object) -> None:
        if target == b"README.md" and "new-" in str(source):
            raise OSError(5, "Input/output error")
        replace(source, target, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("boocode.adapters.git.swap.os.replace", fails_at_readme)
        with pytest.raises(WorkspaceError, match="Input/output"):
            await session.apply(*rows)
    assert snapshot(session.project) == before
    await session.apply(*rows)
    assert files(session.project) == files(worktree)


# Conversions


async def test_a_converting_project_takes_the_agents_bytes(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write(".gitattributes", "*.txt text eol=crlf\n")
    project.write("notes.txt", b"one\r\ntwo\r\n")
    project.commit()
    session = await open_session(git, project, place)
    session.worktree.write("notes.txt", b"one\r\n2\r\n")
    rows = await session.changes()
    await session.apply(*rows)
    assert project.read("notes.txt") == b"one\r\n2\r\n"
    session = await session.advanced(*rows)
    assert await session.changes() == ()
    session.worktree.write("notes.txt", b"1\r\n2\r\n")
    [row] = await session.changes()
    assert (row.change.additions, row.change.deletions) == (1, 1)
    await session.apply(row)
    assert project.read("notes.txt") == b"1\r\n2\r\n"


@pytest.mark.parametrize("autocrlf", ["true", "false"])
async def test_other_line_endings_in_the_project_stay(session: Session, autocrlf: str) -> None:
    session.worktree.write("src/app.py", "def main():\n    return 2\n")
    rows = await session.changes()
    session.project.write("src/app.py", b"def main():\r\n    return 1\r\n")
    session.project.git("config", "core.autocrlf", autocrlf)
    await session.apply(*rows)
    assert session.project.read("src/app.py") == b"def main():\r\n    return 2\r\n"


# One at a time


async def test_another_process_that_applies_to_the_project_is_waited_for_by_the_person(
    session: Session,
) -> None:
    edit_app(session.worktree)
    rows = await session.changes()
    session.project.write(".git/boocode/apply.lock", b"")
    lock = os.open(session.project.path(".git/boocode/apply.lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with pytest.raises(WorkspaceError, match="Another BooCode") as caught:
            await session.apply(*rows)
    finally:
        os.close(lock)
    assert caught.value.code == "apply_busy"
    await session.apply(*rows)
    assert session.project.read("src/app.py") == b"of the agent\n"


async def test_two_sessions_that_apply_the_same_file_at_once_cannot_both_win(session: Session) -> None:
    place = evolve(session.place, session_id="ses_2", path=session.place.path + "-2", branch="boocode/2")
    other = await open_session(session.git, session.project, place)
    session.worktree.write("src/app.py", "of one\n")
    other.worktree.write("src/app.py", "of the other\n")
    attempts = [(session, await session.changes()), (other, await other.changes())]
    lost = []

    async def attempt(one: Session, rows: tuple[ChangeRow, ...]) -> None:
        try:
            await one.apply(*rows)
        except ApplyConflict:
            lost.append(one)

    async with trio.open_nursery() as nursery:
        for one, rows in attempts:
            nursery.start_soon(attempt, one, rows)
    assert len(lost) == 1
    winner = session if lost == [other] else other
    assert session.project.read("src/app.py") == winner.worktree.read("src/app.py")


async def test_a_worktree_of_the_person_can_be_the_project(
    git: GitWorkspaces, tmp_path: Path, project: Repo
) -> None:
    project.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    linked = Repo(tmp_path / "linked")
    place = WorktreePlace("ses_3", str(linked.root), str(tmp_path / "home" / "w3"), "boocode/3")
    session = await open_session(git, linked, place)
    session.worktree.write("a.txt", "a\n")
    await session.apply(*await session.changes())
    assert linked.read("a.txt") == b"a\n"
    assert not project.exists("a.txt")


async def test_a_large_set_is_applied_whole(git: GitWorkspaces, tmp_path: Path) -> None:
    project = make_repository(tmp_path / "many", {f"d{n % 9}/f{n}": f"{n}\n" for n in range(300)})
    place = WorktreePlace("ses_4", str(project.root), str(tmp_path / "home" / "w4"), "boocode/4")
    session = await open_session(git, project, place)
    for n in range(300):
        session.worktree.write(f"d{n % 9}/f{n}", f"{n} edited\n" * 50)
    rows = await session.changes()
    await session.apply(*rows)
    assert files(project) == files(session.worktree)
