"""Repositories inside the worktree, and what the worktree's own repository is in the middle of."""

import shutil
from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.git import GitWorkspaces
from boocode.ports.checkpoints import LeftOut
from boocode.ports.worktrees import WorktreePlace
from tests.checkpoints.conftest import FILES, Ground, files_of
from tests.kit.repositories import Repo, make_repository

NESTED = LeftOut("vendor/lib", "nested repository")


@pytest.mark.parametrize("files", [{"a.txt": "inner\n"}, None], ids=["with commits", "without commits"])
async def test_c12_nested_repositories_are_left_out_by_name(
    ground: Ground, files: dict[str, str] | None
) -> None:
    work = ground.worktree
    before = await ground.capture()
    nested = make_repository(work.root / "vendor/lib", files)
    nested.write("untracked.txt", "theirs\n")
    work.write("vendor/own.txt", "ours\n")
    target = await ground.capture()
    assert target.left_out == (NESTED,)
    assert ground.held(target.commit) == {*(name.encode() for name in FILES), b"vendor/own.txt"}
    nested.write("untracked.txt", "changed\n")
    inner = files_of(nested.root)
    plan = await ground.restore(before.commit)
    assert (plan.deleted, plan.kept) == (("vendor/own.txt",), (NESTED,))
    assert files_of(nested.root) == inner
    nested.git("status")


async def test_c12_a_dirty_submodule_is_left_out(ground: Ground, tmp_path: Path) -> None:
    work = ground.worktree
    upstream = make_repository(tmp_path / "upstream", {"a.txt": "one\n"})
    work.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(upstream.root), "sub")
    work.commit("With a submodule")
    target = await ground.capture()
    assert target.left_out == (LeftOut("sub", "nested repository"),)
    assert b".gitmodules" in ground.held(target.commit)
    work.write("sub/a.txt", "dirty\n")
    work.write("sub/new.txt", "new\n")
    work.write("src/app.py", "changed\n")
    plan = await ground.restore(target.commit)
    assert plan.written == ("src/app.py",)
    assert work.read("sub/a.txt") == b"dirty\n"
    assert work.read("sub/new.txt") == b"new\n"


async def test_c12_a_directory_that_became_a_repository_keeps_its_files(ground: Ground) -> None:
    """What the worktree's git tracks in it is still held; the rest is the new repository's."""
    work = ground.worktree
    before = (await ground.capture()).commit
    work.write("src/untracked.py", "held until then\n")
    await ground.capture()
    Repo(work.root / "src").git("init", "-q")
    work.write("src/app.py", "changed\n")
    work.write("src/theirs.py", "new\n")
    now = await ground.capture()
    assert now.left_out == (LeftOut("src", "nested repository"),)
    assert ground.held(now.commit) == {name.encode() for name in FILES}
    plan = await ground.restore(before)
    assert (plan.written, plan.deleted) == (("src/app.py",), ())
    assert work.read("src/untracked.py") == b"held until then\n"
    assert work.exists("src/.git/HEAD")


async def test_c12_what_was_a_repository_is_not_deleted_when_it_is_none_any_more(ground: Ground) -> None:
    work = ground.worktree
    make_repository(work.root / "vendor/lib", {"a.txt": "inner\n"})
    target = (await ground.capture()).commit
    shutil.rmtree(work.root / "vendor/lib/.git")
    plan = await ground.restore(target)
    assert (plan.deleted, plan.kept) == ((), (NESTED,))
    assert work.read("vendor/lib/a.txt") == b"inner\n"


async def test_c13_commits_made_since_stay(ground: Ground) -> None:
    work = ground.worktree
    target = (await ground.capture()).commit
    work.write("src/app.py", "committed\n")
    work.commit("One")
    work.write("two.txt", "two\n")
    head = work.commit("Two")
    branch = work.git("symbolic-ref", "HEAD")
    plan = await ground.restore(target)
    assert plan.head_moved == 2
    assert (work.head(), work.git("symbolic-ref", "HEAD")) == (head, branch)
    assert work.read("src/app.py") == FILES["src/app.py"].encode()
    assert not work.exists("two.txt")


async def test_c13_a_rewritten_branch_is_other_history(ground: Ground) -> None:
    work = ground.worktree
    work.write("one.txt", "one\n")
    work.commit("One")
    target = (await ground.capture()).commit
    work.git("commit", "-q", "--amend", "-m", "Another one")
    assert (await ground.plan(target)).head_moved is None


async def test_c14_detached_head(ground: Ground) -> None:
    work = ground.worktree
    work.git("checkout", "-q", "--detach")
    captured = await ground.capture()
    assert captured.head == work.head()
    work.write("src/app.py", "changed\n")
    await ground.restore(captured.commit)
    assert work.read("src/app.py") == FILES["src/app.py"].encode()
    assert work.git("symbolic-ref", "-q", "HEAD", check=False) == b""


async def test_c14_unborn_branch(ground: Ground) -> None:
    work = ground.worktree
    work.git("checkout", "-q", "--orphan", "fresh")
    work.git("rm", "-r", "-q", "--cached", ".")
    before = files_of(work.root)
    captured = await ground.capture()
    assert captured.head is None
    work.write("src/app.py", "changed\n")
    work.write("new.txt", "new\n")
    plan = await ground.restore(captured.commit)
    assert plan.head_moved == 0
    assert files_of(work.root) == before
    work.commit("The first of this branch")
    assert (await ground.plan(captured.commit)).head_moved is None


async def test_c14_rebase_in_progress(ground: Ground) -> None:
    work = ground.worktree
    branch = work.git("symbolic-ref", "--short", "HEAD").decode().strip()
    work.git("checkout", "-q", "-b", "other")
    work.write("src/app.py", "other\n")
    work.commit("Other")
    work.git("checkout", "-q", branch)
    work.write("src/app.py", "mine\n")
    work.commit("Mine")
    work.git("rebase", "-q", "other", check=False)
    before = files_of(work.root)
    index = work.git("ls-files", "--stage", "-z")
    assert b"<<<<<<<" in work.read("src/app.py")
    target = (await ground.capture()).commit
    work.write("src/app.py", "resolved\n")
    await ground.restore(target)
    assert files_of(work.root) == before
    assert work.git("ls-files", "--stage", "-z") == index
    work.git("rebase", "--abort")


async def test_c15_a_session_in_a_subdirectory_leaves_siblings_alone(ground: Ground, tmp_path: Path) -> None:
    """The project was given by one of its directories; beside its worktree there is another session's."""
    inner = evolve(
        ground.place,
        session_id="ses_2",
        project_path=str(ground.project.root / "src"),
        path=str(tmp_path / "home/worktrees/project-2"),
        branch="boocode/2",
    )
    await GitWorkspaces().open_worktree(inner)
    other = evolve(ground, place=inner)
    ground.worktree.write("sibling.txt", "of the other session\n")
    ground.project.write("src/person.py", "of a person\n")
    siblings = files_of(ground.worktree.root), files_of(ground.project.root)
    target = (await other.capture()).commit
    other.worktree.write("src/app.py", "changed\n")
    other.worktree.write("docs/new.txt", "new\n")
    plan = await other.restore(target)
    assert (plan.written, plan.deleted) == (("src/app.py",), ("docs/new.txt",))
    assert (files_of(ground.worktree.root), files_of(ground.project.root)) == siblings


async def test_nothing_of_a_person_s_is_touched(ground: Ground, place: WorktreePlace) -> None:
    work = ground.worktree
    work.write("staged.txt", "staged\n")
    work.git("add", "staged.txt")
    work.write("stashed.txt", "stashed\n")
    work.git("add", "stashed.txt")
    work.git("stash", "-q", "--", "stashed.txt")

    def state() -> list[bytes]:
        return [
            repo.git(*arguments)
            for repo in (ground.project, work)
            for arguments in (
                ("rev-parse", "HEAD"),
                ("symbolic-ref", "HEAD"),
                ("for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
                ("ls-files", "--stage", "-z"),
                ("stash", "list"),
            )
        ]

    before = state()
    target = (await ground.capture()).commit
    work.write("new.txt", "new\n")
    (work.root / "staged.txt").unlink()
    await ground.restore(target)
    assert state() == before


async def test_a_symlink_to_the_worktree_itself_makes_nothing_foreign(ground: Ground) -> None:
    work = ground.worktree
    before = files_of(work.root)
    target = (await ground.capture()).commit
    shutil.rmtree(work.root / "src")
    (work.root / "src").symlink_to("../project-1")
    now = await ground.capture()
    assert now.left_out == ()
    await ground.restore(target)
    assert files_of(work.root) == before
