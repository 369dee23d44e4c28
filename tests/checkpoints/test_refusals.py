"""What is left out, what is refused, and that a failure leaves everything as it was."""

import errno
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.git import GitCheckpoints, GitProgram
from boocode.ports.checkpoints import LeftOut, RestoreConflict
from boocode.ports.worktrees import WorkspaceError
from tests.checkpoints.conftest import MAX_FILE_BYTES, Ground, files_of

LARGE = b"x" * (MAX_FILE_BYTES + 1)


async def test_c17_a_file_over_the_limit_is_listed_and_never_deleted(ground: Ground) -> None:
    work = ground.worktree
    before = await ground.capture()
    work.write("data/large.bin", LARGE)
    work.write("data/small.bin", b"small")
    target = await ground.capture()
    assert target.left_out == (LeftOut("data/large.bin", "too large"),)
    assert b"data/large.bin" not in ground.held(target.commit)
    plan = await ground.restore(before.commit)
    assert (plan.deleted, plan.kept) == (("data/small.bin",), target.left_out)
    assert work.read("data/large.bin") == LARGE


async def test_c17_a_file_that_grew_over_the_limit_is_not_overwritten(ground: Ground) -> None:
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("src/app.py", LARGE)
    work.write("README.md", "changed\n")
    plan = await ground.restore(target)
    assert (plan.written, plan.kept) == (("README.md",), (LeftOut("src/app.py", "too large"),))
    assert work.read("src/app.py") == LARGE


async def test_c17_a_file_that_was_over_the_limit_then_is_not_deleted_now(ground: Ground) -> None:
    work = ground.worktree
    work.write("data.bin", LARGE)
    target = (await ground.capture()).commit
    work.write("data.bin", "small by now\n")
    plan = await ground.restore(target)
    assert (plan.deleted, plan.kept) == ((), (LeftOut("data.bin", "too large"),))
    assert work.exists("data.bin")


async def test_what_is_left_out_makes_another_checkpoint(ground: Ground) -> None:
    first = await ground.capture()
    ground.worktree.write("large.bin", LARGE)
    second = await ground.capture(previous=first.commit)
    assert second.is_new
    assert not (await ground.capture(previous=second.commit)).is_new


def make_socket(directory: Path, name: str) -> None:
    """By a short way to the directory: a socket's address has room for little more than a hundred bytes."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(f"/proc/self/fd/{opened}/{name}")
    finally:
        os.close(opened)


async def test_sockets_and_pipes_are_not_there(ground: Ground) -> None:
    work = ground.worktree
    os.mkfifo(work.path("pipe"))
    make_socket(work.root, "socket")
    target = await ground.capture()
    (work.root / "README.md").unlink()
    os.mkfifo(work.path("README.md"))
    now = await ground.capture()
    assert now.left_out == (LeftOut("README.md", "not a file"),)
    plan = await ground.restore(target.commit)
    assert (plan.written, plan.kept) == ((), now.left_out)


async def test_names_that_no_tree_holds_are_left_out(ground: Ground) -> None:
    work = ground.worktree
    work.write("odd/.GIT/config", "[core]\n")
    (work.root / ".gitmodules").symlink_to("README.md")
    captured = await ground.capture()
    assert captured.left_out == (
        LeftOut(".gitmodules", "not a file"),
        LeftOut("odd/.GIT/config", "not a file"),
    )


class FailingProgram(GitProgram):
    """Git, with one of its commands failing."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command

    async def output(self, *arguments, **options):  # type: ignore[no-untyped-def]
        failing = self.command in arguments
        return await super().output("no-such-command" if failing else arguments[0], *arguments[1:], **options)


@pytest.mark.parametrize("command", ["ls-files", "diff-files", "update-index", "write-tree"])
async def test_c18_a_failing_capture_leaves_no_checkpoint(ground: Ground, command: str) -> None:
    earlier = await ground.capture()
    ground.worktree.write("new.txt", "new\n")
    failing = evolve(ground, git=GitCheckpoints(FailingProgram(command)))
    with pytest.raises(WorkspaceError) as caught:
        await failing.capture(previous=earlier.commit)
    assert caught.value.code == "checkpoint_failed"
    assert len(ground.refs()) == 1
    assert b"new.txt" in ground.held((await ground.capture(previous=earlier.commit)).commit)


async def test_c18_a_broken_index_is_made_anew(ground: Ground) -> None:
    await ground.capture()
    [index] = Path(ground.place.path).parent.glob(".state/*/checkpoint-index")
    index.write_bytes(b"DIRC broken")
    ground.worktree.write("new.txt", "new\n")
    assert b"new.txt" in ground.held((await ground.capture()).commit)


async def test_c18_a_broken_index_of_the_worktree_is_no_reason_to_guess(ground: Ground) -> None:
    index = Path(ground.worktree.git("rev-parse", "--git-dir").decode().strip()) / "index"
    index.write_bytes(b"DIRC broken")
    with pytest.raises(WorkspaceError) as caught:
        await ground.capture()
    assert caught.value.code == "checkpoint_failed"
    assert ground.refs() == []


Change = Callable[[Ground], None]


def edit(ground: Ground) -> None:
    ground.worktree.write("src/app.py", "by a person, since\n")


def delete(ground: Ground) -> None:
    (ground.worktree.root / "src/app.py").unlink()


def make_executable(ground: Ground) -> None:
    os.chmod(ground.worktree.path("src/app.py"), 0o755)


def make_directory(ground: Ground) -> None:
    delete(ground)
    ground.worktree.write("src/app.py/inside", "inside\n")


def create(ground: Ground) -> None:
    ground.worktree.write("deleted.txt", "made again\n")


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (edit, "src/app.py", "changed"),
        (delete, "src/app.py", "deleted"),
        (make_executable, "src/app.py", "changed"),
        (make_directory, "src/app.py", "is a directory"),
        (create, "deleted.txt", "exists"),
    ],
)
async def test_what_changed_since_the_safety_checkpoint_is_a_conflict(
    ground: Ground, change: Change, path: str, reason: str
) -> None:
    work = ground.worktree
    work.write("deleted.txt", "held\n")
    target = (await ground.capture()).commit
    work.write("src/app.py", "by the agent\n")
    work.write("README.md", "by the agent\n")
    (work.root / "deleted.txt").unlink()
    now = (await ground.capture()).commit
    change(ground)
    before = files_of(work.root)
    with pytest.raises(RestoreConflict) as caught:
        await ground.git.restore(ground.place, now, target)
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [(path, reason)]
    assert files_of(work.root) == before


async def test_c19_read_only_files_are_restored(ground: Ground) -> None:
    work = ground.worktree
    work.write("kept.txt", "one\n")
    target = (await ground.capture()).commit
    work.write("kept.txt", "two\n")
    work.write("new.txt", "new\n")
    os.chmod(work.path("kept.txt"), 0o444)
    os.chmod(work.path("new.txt"), 0o444)
    await ground.restore(target)
    assert work.read("kept.txt") == b"one\n"
    assert not work.exists("new.txt")


@pytest.mark.parametrize("failing_at", ["swap.staged", "swap.deleted", "swap.written"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
async def test_c19_a_failure_in_the_middle_puts_everything_back(
    ground: Ground, failing_at: str, number: int
) -> None:
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("src/app.py", "changed\n")
    work.write("new/one.txt", "new\n")
    os.chmod(work.path("run.sh"), 0o755)
    shutil.rmtree(work.root / "src/deep")
    (work.root / "src/deep").symlink_to("/")
    before = files_of(work.root)

    def fail(point: str) -> None:
        if point == failing_at:
            raise OSError(number, os.strerror(number))

    failing = evolve(ground, git=GitCheckpoints(reached=fail))
    with pytest.raises(WorkspaceError) as caught:
        await failing.restore(target)
    assert caught.value.code == "restore_failed"
    assert files_of(work.root) == before
    await ground.restore(target)
    assert not work.exists("new")


async def test_c19_objects_that_are_gone_touch_nothing(ground: Ground) -> None:
    work = ground.worktree
    work.write("src/app.py", "only in the checkpoint\n")
    target = (await ground.capture()).commit
    blob = ground.project.git("rev-parse", f"{target}:src/app.py").decode().strip()
    work.write("src/app.py", "changed\n")
    work.write("new.txt", "new\n")
    now = (await ground.capture()).commit
    (ground.project.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    before = files_of(work.root)
    with pytest.raises(WorkspaceError):
        await ground.git.restore(ground.place, now, target)
    assert files_of(work.root) == before


async def test_c23_a_symlinked_parent_planted_since_is_refused(ground: Ground, tmp_path: Path) -> None:
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("src/app.py", "changed\n")
    work.write("src/new.py", "new\n")
    now = (await ground.capture()).commit
    outside = tmp_path / "outside"
    shutil.copytree(work.root / "src", outside)
    shutil.rmtree(work.root / "src")
    (work.root / "src").symlink_to(outside)
    before = files_of(outside)
    with pytest.raises(RestoreConflict) as caught:
        await ground.git.restore(ground.place, now, target)
    assert {c.reason for c in caught.value.conflicts} == {"parent is a symbolic link"}
    assert files_of(outside) == before


async def test_c23_a_symlinked_parent_that_was_captured_is_a_change_like_any(
    ground: Ground, tmp_path: Path
) -> None:
    work = ground.worktree
    before = files_of(work.root)
    target = (await ground.capture()).commit
    outside = tmp_path / "outside"
    (work.root / "src").rename(outside)
    (work.root / "src").symlink_to(outside)
    there = files_of(outside)
    now = await ground.capture()
    assert not any(path.startswith(b"src/") for path in ground.held(now.commit))
    plan = await ground.restore(target)
    assert plan.deleted == ("src",)
    assert files_of(work.root) == before
    assert files_of(outside) == there


async def test_c23_a_symlinked_parent_planted_in_the_middle_is_refused(
    ground: Ground, tmp_path: Path
) -> None:
    """After everything was judged, and before anything is written."""
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("src/app.py", "changed\n")
    outside = tmp_path / "outside"

    def plant(point: str) -> None:
        if point == "swap.staged":
            (work.root / "src").rename(outside)
            (work.root / "src").symlink_to(outside)

    planted = evolve(ground, git=GitCheckpoints(reached=plant))
    with pytest.raises(WorkspaceError) as caught:
        await planted.restore(target)
    assert caught.value.code in ("restore_conflict", "restore_failed")
    assert (outside / "app.py").read_bytes() == b"changed\n"


async def test_c23_a_symlink_in_place_of_the_worktree_is_no_worktree(ground: Ground, tmp_path: Path) -> None:
    root = ground.worktree.root
    root.rename(tmp_path / "elsewhere")
    root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceError) as caught:
        await ground.capture()
    assert caught.value.code == "no_worktree"


async def test_a_worktree_that_is_gone_is_refused_with_a_reason(ground: Ground) -> None:
    target = (await ground.capture()).commit
    shutil.rmtree(ground.worktree.root)
    for ask in (ground.capture(), ground.git.plan(ground.place, target, target)):
        with pytest.raises(WorkspaceError) as caught:
            await ask
        assert caught.value.code == "no_worktree"
