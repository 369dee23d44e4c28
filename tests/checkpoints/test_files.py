"""What a checkpoint holds of plain files, and what a restore makes of them."""

from tests.checkpoints.conftest import FILES, Ground, files_of


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
