"""What a checkpoint holds of plain files, and what a restore makes of them."""

import os
import shutil

import pytest

from boocode.domain.pathnames import read_path
from boocode.ports.checkpoints import RestoreConflict
from boocode.ports.worktrees import WorkspaceError
from tests.checkpoints.conftest import FILES, Ground, files_of
from tests.kit.repositories import Repo


async def test_c01_tracked_edit(ground: Ground) -> None:
    before = files_of(ground.worktree.root)
    target = (await ground.capture()).commit
    ground.worktree.write("src/app.py", "def main():\n    return 2\n")
    plan = await ground.restore(target)
    assert (plan.written, plan.deleted) == (("src/app.py",), ())
    assert files_of(ground.worktree.root) == before


async def test_c02_untracked_create_edit_and_delete(ground: Ground) -> None:
    work = ground.worktree
    work.write("notes/edited.txt", "one\n")
    work.write("notes/deleted.txt", "kept\n")
    before = files_of(work.root)
    target = (await ground.capture()).commit
    work.write("notes/edited.txt", "two\n")
    (work.root / "notes/deleted.txt").unlink()
    work.write("new/deep/created.txt", "new\n")
    plan = await ground.restore(target)
    assert plan.written == ("notes/deleted.txt", "notes/edited.txt")
    assert plan.deleted == ("new/deep/created.txt",)
    assert files_of(work.root) == before
    assert not work.exists("new")


async def test_c03_ignored_files_are_left_alone(ground: Ground) -> None:
    work = ground.worktree
    work.write("old.log", "before\n")
    target = await ground.capture()
    assert ground.held(target.commit) == {name.encode() for name in FILES}
    work.write("old.log", "after\n")
    work.write("build/out.o", "object\n")
    work.write("src/app.py", "changed\n")
    plan = await ground.restore(target.commit)
    assert (plan.written, plan.deleted, plan.kept_ignored) == (("src/app.py",), (), ())
    assert work.read("old.log") == b"after\n"
    assert work.read("build/out.o") == b"object\n"


async def test_c05_staged_then_changed(ground: Ground) -> None:
    work = ground.worktree
    work.write("src/app.py", "staged\n")
    work.git("add", "src/app.py")
    work.write("src/app.py", "changed after staging\n")
    target = (await ground.capture()).commit
    index = work.git("ls-files", "--stage", "-z")
    work.write("src/app.py", "later\n")
    await ground.restore(target)
    assert work.read("src/app.py") == b"changed after staging\n"
    assert work.git("ls-files", "--stage", "-z") == index


async def test_c06_executable_bit_both_ways(ground: Ground) -> None:
    work = ground.worktree
    os.chmod(work.path("run.sh"), 0o755)
    target = (await ground.capture()).commit
    os.chmod(work.path("run.sh"), 0o644)
    os.chmod(work.path("README.md"), 0o755)
    now = (await ground.capture()).commit
    plan = await ground.restore(target)
    assert plan.written == ("README.md", "run.sh")
    assert os.stat(work.path("run.sh")).st_mode & 0o777 == 0o755
    assert os.stat(work.path("README.md")).st_mode & 0o777 == 0o644
    await ground.restore(now)
    assert os.stat(work.path("run.sh")).st_mode & 0o777 == 0o644
    assert os.stat(work.path("README.md")).st_mode & 0o777 == 0o755


async def test_c06_mode_and_content_change_together(ground: Ground) -> None:
    work = ground.worktree
    before = files_of(work.root)
    target = (await ground.capture()).commit
    work.write("run.sh", "other\n", executable=True)
    await ground.restore(target)
    assert files_of(work.root) == before


KINDS = ("file", "symlink", "dangling symlink", "directory", "missing")


def make(work: Repo, kind: str) -> None:
    """Puts this at the path `it`, whatever was there."""
    path = work.root / "it"
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    match kind:
        case "file":
            work.write("it", "a file\n")
        case "symlink":
            path.symlink_to("src")
        case "dangling symlink":
            path.symlink_to("/no/such\nplace")
        case "directory":
            work.write("it/one.py", "one\n")
            work.write("it/app.py", "two\n")


@pytest.mark.parametrize("after", KINDS)
@pytest.mark.parametrize("before", KINDS)
async def test_c07_c08_every_kind_becomes_every_other(ground: Ground, before: str, after: str) -> None:
    work = ground.worktree
    make(work, before)
    first = files_of(work.root)
    target = (await ground.capture()).commit
    make(work, after)
    second = files_of(work.root)
    now = (await ground.capture()).commit
    await ground.restore(target)
    assert files_of(work.root) == first
    await ground.restore(now)
    assert files_of(work.root) == second


async def test_c08_a_directory_with_ignored_files_stays_where_a_file_was(ground: Ground) -> None:
    work = ground.worktree
    make(work, "file")
    target = (await ground.capture()).commit
    make(work, "directory")
    work.write("it/precious.log", "nobody else has this\n")
    before = files_of(work.root)
    with pytest.raises(RestoreConflict) as caught:
        await ground.restore(target)
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [("it", "is a directory")]
    assert files_of(work.root) == before


ODD_NAMES = [
    b"new\nline",
    b'"quoted"',
    b"-dash",
    b"--option=x",
    b"not utf-8 \xff\xfe",
    b"trailing blank ",
    b" leading",
    b"tab\there",
    b":(top)magic",
    b"*.py",
    b"back\\slash",
    b"\xe2\x80\xaeltr",
    b"git~1",
    b"\\303\\251",
]


async def test_c09_odd_names(ground: Ground) -> None:
    work = ground.worktree
    for number, name in enumerate(ODD_NAMES):
        work.write(name, f"{number}\n")
        work.write(name + b".d/" + name, f"inner {number}\n")
    before = files_of(work.root)
    target = (await ground.capture()).commit
    assert ground.held(target).issuperset(ODD_NAMES)
    for name in ODD_NAMES:
        work.write(name, "changed\n")
        shutil.rmtree(work.path(name + b".d"))
        work.write(b"more/" + name, "new\n")
    after = files_of(work.root)
    now = (await ground.capture()).commit
    plan = await ground.restore(target)
    assert {read_path(path) for path in plan.deleted} == {b"more/" + name for name in ODD_NAMES}
    assert files_of(work.root) == before
    await ground.restore(now)
    assert files_of(work.root) == after


async def test_c11_empty_directories_are_not_kept(ground: Ground) -> None:
    work = ground.worktree
    (work.root / "empty/inner").mkdir(parents=True)
    target = await ground.capture()
    assert ground.held(target.commit) == {name.encode() for name in FILES}
    (work.root / "empty/inner").rmdir()
    (work.root / "empty").rmdir()
    (work.root / "other").mkdir()
    plan = await ground.restore(target.commit)
    assert plan.is_empty
    assert not work.exists("empty")
    assert work.exists("other")


async def test_c11_directories_that_a_restore_empties_go(ground: Ground) -> None:
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("a/b/c/d.txt", "new\n")
    (work.root / "a/b/empty").mkdir()
    await ground.restore(target)
    assert not work.exists("a/b/c")
    assert work.exists("a/b/empty")


async def test_c21_restoring_twice_and_restoring_a_restore(ground: Ground) -> None:
    work = ground.worktree
    before = files_of(work.root)
    target = (await ground.capture()).commit
    work.write("src/app.py", "two\n")
    work.write("new.txt", "new\n")
    (work.root / "README.md").unlink()
    changed = files_of(work.root)
    now = (await ground.capture()).commit
    first = await ground.git.restore(ground.place, now, target)
    assert files_of(work.root) == before
    assert await ground.git.restore(ground.place, now, target) == first
    assert files_of(work.root) == before
    assert (await ground.restore(target)).is_empty
    await ground.restore(now)
    assert files_of(work.root) == changed


async def test_c22_empty_tree(ground: Ground) -> None:
    work = ground.worktree
    full = files_of(work.root)
    before = (await ground.capture()).commit
    for name in FILES:
        (work.root / name).unlink()
    shutil.rmtree(work.root / "src")
    empty = await ground.capture()
    assert ground.held(empty.commit) == set()
    await ground.restore(before)
    assert files_of(work.root) == full
    plan = await ground.restore(empty.commit)
    assert set(plan.deleted) == set(FILES)
    assert files_of(work.root) == {}


async def test_nothing_changed_makes_no_new_checkpoint(ground: Ground) -> None:
    first = await ground.capture()
    ground.worktree.write("src/app.py", FILES["src/app.py"])
    again = await ground.capture(previous=first.commit)
    assert (again.is_new, again.commit) == (False, first.commit)
    assert len(ground.refs()) == 1


async def test_another_head_with_the_same_files_is_another_checkpoint(ground: Ground) -> None:
    ground.worktree.write("src/app.py", "two\n")
    first = await ground.capture()
    head = ground.worktree.commit()
    second = await ground.capture(previous=first.commit)
    assert (second.is_new, second.head) == (True, head)
    assert (await ground.plan(first.commit)).head_moved == 1


async def test_a_checkpoint_is_kept_by_its_ref_alone(ground: Ground) -> None:
    ground.worktree.write("new.txt", "new\n")
    commit = (await ground.capture()).commit
    assert ground.project.git("rev-parse", ground.last_ref).decode().strip() == commit
    await ground.git.keep(str(ground.project.root), "refs/boocode/checkpoints/cht_1/kept", commit)
    refs = ground.refs()
    await ground.git.drop(str(ground.project.root), [*refs, "refs/boocode/checkpoints/cht_1/none"])
    assert ground.refs() == []
    ground.project.git("gc", "--quiet", "--prune=now")
    with pytest.raises(WorkspaceError) as caught:
        await ground.plan(commit)
    assert caught.value.code == "checkpoint_gone"
    with pytest.raises(WorkspaceError) as caught:
        await ground.git.keep(str(ground.project.root), "refs/boocode/checkpoints/cht_1/kept", commit)
    assert caught.value.code == "checkpoint_gone"


async def test_dropped_refs_may_be_packed_ones(ground: Ground) -> None:
    await ground.capture()
    ground.project.git("pack-refs", "--all")
    await ground.git.drop(str(ground.project.root), ground.refs())
    assert ground.refs() == []


async def test_a_capture_after_all_objects_of_the_last_one_went(ground: Ground) -> None:
    ground.worktree.write("new.txt", "only in a checkpoint\n")
    await ground.capture()
    await ground.git.drop(str(ground.project.root), ground.refs())
    ground.project.git("gc", "--quiet", "--prune=now")
    before = files_of(ground.worktree.root)
    again = (await ground.capture()).commit
    (ground.worktree.root / "new.txt").unlink()
    await ground.restore(again)
    assert files_of(ground.worktree.root) == before
