"""What a salvage ref keeps: files, index and HEAD, in the shape of git's stash, to be had back with git alone."""

import os
import shutil
from pathlib import Path

import pytest
from attrs import define

from boocode.adapters.git import GitCheckpoints
from boocode.ports.worktrees import SALVAGE_REFS, WorkspaceError
from tests.adapters.git.conftest import Session
from tests.kit.repositories import Repo, untouched

REF = SALVAGE_REFS + "wt_1"


@define
class Salvage:
    session: Session

    async def write(self, ref: str = REF) -> str:
        captured = await GitCheckpoints().capture(self.session.place, ref, "What was there")
        commit = await self.session.git.salvage(self.session.place, ref, captured.commit)
        assert commit is not None
        return commit

    def git(self, *arguments: str) -> bytes:
        return self.session.project.git(*arguments)

    def line(self, *arguments: str) -> str:
        return self.git(*arguments).decode().strip()


@pytest.fixture
def salvage(session: Session) -> Salvage:
    return Salvage(session)


ODD = {
    "src/app.py": b"changed\r\nmixed\n",
    "new dir/a file": b"\x00\xff binary",
    "new\nline.txt": b"no newline at the end",
    "-dash": b"",
}


def make_dirty(worktree: Repo) -> None:
    """Staged, then changed; new files with odd names; a link, a mode, a deletion; something ignored."""
    worktree.write("README.md", "staged\n")
    worktree.git("add", "README.md")
    worktree.write("README.md", "after it was staged\n")
    for name, content in ODD.items():
        worktree.write(name, content)
    worktree.write(b"caf\xe9", "latin")
    os.symlink("../nowhere", worktree.path("link"))
    os.chmod(worktree.path("run.sh"), 0o755)
    os.unlink(worktree.path("src/deep/er/leaf.txt"))
    worktree.write(".gitignore", "*.log\n")
    worktree.write("big.log", "ignored\n")


async def test_files_come_back_byte_for_byte_with_git_alone(salvage: Salvage) -> None:
    make_dirty(salvage.session.worktree)
    await salvage.write()
    for name, content in ODD.items():
        assert salvage.git("show", f"{REF}:{name}") == content
    listed = salvage.git("ls-tree", "-r", "-z", "--name-only", REF).split(b"\0")[:-1]
    assert b"caf\xe9" in listed
    assert b"src/deep/er/leaf.txt" not in listed
    assert b"big.log" not in listed
    modes = {
        line.split(b"\t")[1]: line.split(b" ")[0]
        for line in salvage.git("ls-tree", "-r", "-z", REF).split(b"\0")[:-1]
    }
    assert (modes[b"run.sh"], modes[b"link"]) == (b"100755", b"120000")
    assert salvage.git("show", f"{REF}:link") == b"../nowhere"
    assert salvage.git("show", f"{REF}:README.md") == b"after it was staged\n"
    assert salvage.git("show", f"{REF}^2:README.md") == b"staged\n"


async def test_the_first_parent_is_an_unpushed_head_on_no_branch(salvage: Salvage) -> None:
    worktree = salvage.session.worktree
    worktree.git("checkout", "-q", "--detach")
    worktree.write("src/app.py", "committed\n")
    head = worktree.commit("Nowhere else")
    await salvage.write()
    await salvage.session.git.remove_worktree(salvage.session.place)
    salvage.git("gc", "-q", "--prune=now")
    assert salvage.line("rev-parse", f"{REF}^1") == head
    assert salvage.git("show", f"{REF}^:src/app.py") == b"committed\n"


async def test_git_takes_it_for_a_stash(salvage: Salvage) -> None:
    worktree = salvage.session.worktree
    make_dirty(worktree)
    await salvage.session.changes()  # so that there are refs of the session to be kept as well
    before = {name: worktree.read(name) for name in (*ODD, "README.md", "run.sh", ".gitignore")}
    await salvage.write()
    again = Repo(worktree.root.parent / "again")
    salvage.git("worktree", "add", "-q", "--detach", str(again.root), "main")
    again.git("stash", "apply", "-q", REF)
    assert {name: again.read(name) for name in before} == before
    assert not again.exists("src/deep/er/leaf.txt")
    assert os.readlink(again.path("link")) == b"../nowhere"
    indexed = Repo(worktree.root.parent / "indexed")
    salvage.git("worktree", "add", "-q", "--detach", str(indexed.root), "main")
    indexed.git("stash", "apply", "-q", "--index", REF)
    assert indexed.git("show", ":README.md") == b"staged\n"
    assert indexed.read("README.md") == b"after it was staged\n"


async def test_what_waited_to_be_applied_stays_reachable(salvage: Salvage) -> None:
    session = salvage.session
    session.worktree.write("src/app.py", "pending\n")
    rows = await session.changes()
    pending = salvage.line("rev-parse", "refs/boocode/pending/ses_1")
    session = await session.advanced(*rows)
    session.worktree.write("src/app.py", "later\n")
    await salvage.write()
    await session.git.remove_worktree(session.place)
    salvage.git("reflog", "expire", "--expire=now", "--all")
    salvage.git("gc", "-q", "--prune=now")
    assert salvage.git("for-each-ref", "--format=%(refname)", "refs/boocode").decode().split() == [REF]
    reachable = salvage.line("rev-list", REF).split()
    assert {pending, session.base} <= set(reachable)


async def test_a_project_and_a_worktree_are_not_touched_by_it(salvage: Salvage) -> None:
    session = salvage.session
    session.project.write("README.md", "mine\n")
    session.project.git("stash")
    make_dirty(session.worktree)
    registration = Path(session.worktree.git("rev-parse", "--absolute-git-dir").decode().strip())
    project, worktree = untouched(session.project), untouched(session.worktree)
    index = (registration / "index").read_bytes()
    (registration / "index.lock").write_bytes(b"")
    await salvage.write()
    assert (registration / "index").read_bytes() == index
    (registration / "index.lock").unlink()
    assert (untouched(session.project), untouched(session.worktree)) == (project, worktree)
    assert not [
        name
        for name in os.listdir(Path(session.place.path).parent / ".state" / "project-1")
        if "scratch" in name
    ]


async def test_all_stages_of_a_conflict_are_kept(salvage: Salvage) -> None:
    worktree = salvage.session.worktree
    worktree.git("checkout", "-q", "-b", "theirs")
    worktree.write("src/app.py", "theirs\n")
    worktree.commit("Theirs")
    worktree.git("checkout", "-q", "boocode/1")
    worktree.write("src/app.py", "ours\n")
    worktree.commit("Ours")
    worktree.git("merge", "-q", "theirs", check=False)
    assert b"UU src/app.py" in worktree.git("status", "--porcelain")
    await salvage.write()
    assert b"<<<<<<<" in salvage.git("show", f"{REF}:src/app.py")
    assert salvage.git("show", f"{REF}^2:src/app.py") == b"ours\n"
    stages = [salvage.git("show", f"{REF}^2^{n}:src/app.py") for n in (2, 3, 4)]
    assert stages == [b"def main():\n    return 1\n", b"ours\n", b"theirs\n"]


async def test_an_index_that_cannot_be_read_is_an_error(salvage: Salvage) -> None:
    worktree = salvage.session.worktree
    index = Path(worktree.git("rev-parse", "--absolute-git-dir").decode().strip()) / "index"
    index.write_bytes(b"rubbish")
    with pytest.raises(WorkspaceError):
        await salvage.write()


async def test_a_branch_without_a_commit_is_refused(salvage: Salvage) -> None:
    salvage.session.worktree.git("checkout", "-q", "--orphan", "new")
    with pytest.raises(WorkspaceError) as caught:
        await salvage.write()
    assert caught.value.code == "no_commits"


async def test_of_a_lost_worktree_the_last_capture_is_kept(salvage: Salvage) -> None:
    session = salvage.session
    session.worktree.write("src/app.py", "committed\n")
    head = session.worktree.commit("Of the agent")
    session.worktree.write("new.txt", "pending\n")
    await session.changes()
    shutil.rmtree(session.worktree.root)
    commit = await session.git.salvage(session.place, REF, None)
    assert salvage.line("rev-parse", REF) == commit
    assert salvage.line("rev-parse", f"{REF}^1") == head
    assert salvage.git("show", f"{REF}:new.txt") == b"pending\n"
    # What an earlier salvage kept is not lost when it is written again.
    await session.git.remove_worktree(session.place)
    assert await session.git.salvage(session.place, REF, None) is not None
    assert commit in salvage.line("rev-list", REF).split()


async def test_of_what_was_never_there_nothing_is_kept(salvage: Salvage) -> None:
    await salvage.session.git.remove_worktree(salvage.session.place)
    assert await salvage.session.git.salvage(salvage.session.place, REF, None) is None
    assert salvage.git("for-each-ref", "refs/boocode") == b""


async def test_stashes_are_numbered_and_none_is_written_over(salvage: Salvage) -> None:
    git, project = salvage.session.git, salvage.session.place.project_path
    assert await git.next_stash_ref(project, "wt_1") == f"{REF}-1"
    for name in (f"{REF}-1", f"{REF}-9", f"{REF}-10", f"{REF}-x", f"{REF}2-77"):
        salvage.git("update-ref", name, "main")
    assert await git.next_stash_ref(project, "wt_1") == f"{REF}-11"
