"""The files that can be named in a prompt, of real repositories."""

import time
from pathlib import Path

import pytest
import trio

from boocode.adapters.git import GitWorkspaces
from boocode.adapters.git import listing as module
from boocode.adapters.git.listing import FileListings
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.threads import Threads
from boocode.ports.worktrees import WorkspaceError
from tests.kit.repositories import Repo


async def found(git: GitWorkspaces, root: Path, query: str = "", *, committed: bool = False) -> set[str]:
    return {item.path for item in (await git.find_files(str(root), query, 200, committed=committed)).items}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is ever fresh enough."""
    stale(monkeypatch)


def stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH_S", -1.0)
    monkeypatch.setattr(module, "FRESH_TIMES", -1.0)


async def test_tracked_and_untracked_files_are_found_and_ignored_and_deleted_ones_are_not(
    git: GitWorkspaces, project: Repo, at_once: None
) -> None:
    root = project.root
    (root / ".gitignore").write_text("*.log\nbuild/\n")
    (root / "build").mkdir()
    for name in ("noise.log", "build/out.bin", "new file.txt", "src/added.py"):
        (root / name).write_text("x")
    (root / "run.sh").unlink()
    (root / "README.md").unlink()
    project.git("rm", "-q", "--cached", "README.md")
    files = await found(git, root)
    assert files == {
        ".gitignore", "new file.txt", "src", "src/added.py", "src/app.py", "src/deep", "src/deep/er",
        "src/deep/er/leaf.txt",
    }  # fmt: skip


async def test_without_a_worktree_it_is_what_was_committed(
    git: GitWorkspaces, project: Repo, at_once: None
) -> None:
    (project.root / "new.txt").write_text("x")
    (project.root / "run.sh").unlink()
    files = await found(git, project.root, committed=True)
    assert "run.sh" in files
    assert "new.txt" not in files


async def test_names_that_are_no_text_and_names_of_conflicts_come_once(
    git: GitWorkspaces, project: Repo, at_once: None
) -> None:
    odd = bytes(project.root) + b"/caf\xe9\n.txt"
    with open(odd, "wb"):  # noqa: ASYNC230 - nothing else runs
        pass
    project.git("checkout", "-q", "-b", "other")
    (project.root / "run.sh").write_text("echo theirs\n")
    project.git("commit", "-qam", "theirs")
    project.git("checkout", "-q", "-")
    (project.root / "run.sh").write_text("echo ours\n")
    project.git("commit", "-qam", "ours")
    project.git("merge", "-q", "other", check=False)
    page = await git.find_files(str(project.root), "", 200, committed=False)
    shown = [item.path for item in page.items]
    assert shown.count("run.sh") == 1
    assert '"caf\\351\n.txt"' in shown


async def test_an_empty_commit_has_no_files(git: GitWorkspaces, project: Repo, at_once: None) -> None:
    project.git("rm", "-qr", ".")
    project.git("commit", "-qm", "nothing")
    assert await found(git, project.root) == set()
    assert await found(git, project.root, committed=True) == set()


async def test_a_folder_that_is_not_there_is_said(git: GitWorkspaces, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(WorkspaceError) as refused:
            await git.find_files(str(tmp_path / "gone"), "", 5, committed=False)
        assert refused.value.code == "not_found"


class Counting(GitProgram):
    """Git, and how often it was run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    async def output(self, *arguments, **how):  # type: ignore[no-untyped-def, override]
        self.runs += 1
        return await super().output(*arguments, **how)


async def test_a_listing_is_made_once_for_all_who_ask_and_anew_when_it_is_old(
    project: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Counting()
    listings = FileListings(program, Threads())
    root = str(project.root)
    async with trio.open_nursery() as nursery:
        for query in ("a", "ap", "app", ""):
            nursery.start_soon(lambda query=query: listings.find(root, query, 5, committed=False))
    assert program.runs == 1
    (project.root / "later.txt").write_text("x")
    assert not (await listings.find(root, "later", 5, committed=False)).items
    stale(monkeypatch)
    assert (await listings.find(root, "later", 5, committed=False)).items
    assert program.runs == 2


async def test_a_listing_that_took_long_is_used_longer(
    project: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Counting()
    listings = FileListings(program, Threads())
    monkeypatch.setattr(module, "FRESH_S", -1.0)
    monkeypatch.setattr(module, "FRESH_TIMES", 1_000_000.0)
    for _ in range(2):
        await listings.find(str(project.root), "a", 5, committed=False)
    assert program.runs == 1
    monkeypatch.setattr(module, "LATEST_S", -1.0)  # but not for ever
    await listings.find(str(project.root), "a", 5, committed=False)
    assert program.runs == 2


async def test_what_nobody_asks_for_is_forgotten(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNUSED_S", 0.2)
    program = Counting()
    listings = FileListings(program, Threads())
    for runs in (1, 2):
        for committed in (False, True):
            await listings.find(str(project.root), "app", 5, committed=committed)
        kept = dict(listings._kept)
        assert kept
        with trio.fail_after(30):
            while listings._kept:
                await trio.sleep(0.01)
        assert program.runs == 2 * runs
        ages = [trio.current_time() - each.used_at for each in kept.values()]
        assert min(ages) >= 0.2


async def test_whoever_leaves_while_git_lists_spoils_nothing_for_the_next(project: Repo) -> None:
    listings = FileListings(GitProgram(), Threads())
    for delay in (0.0, 0.001, 0.005):
        with trio.move_on_after(delay):
            await listings.find(str(project.root), "", 5, committed=False)
    assert (await listings.find(str(project.root), "app.py", 5, committed=False)).items


async def test_what_is_kept_is_bounded(
    project: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Counting()
    listings = FileListings(program, Threads())
    copies = [tmp_path / f"copy{number}" for number in range(4)]
    for copy in copies:
        project.git("clone", "-q", str(project.root), str(copy))
    monkeypatch.setattr(module, "KEPT_PATHS", 15)
    for copy in copies:
        await listings.find(str(copy), "", 5, committed=False)
    assert sum(len(each.index or ()) for each in listings._kept.values()) <= 15
    assert str(copies[-1]) in {place.root for place in listings._kept}
    monkeypatch.setattr(module, "MAX_PATHS", 2)
    assert len(await found_by(listings, copies[0])) <= 3  # two files, and perhaps the folder of one


async def found_by(listings: FileListings, root: Path) -> list[str]:
    return [item.path for item in (await listings.find(str(root), "", 200, committed=False)).items]


async def test_twenty_thousand_files_are_searched_at_once_after_the_first_time(
    git: GitWorkspaces, tmp_path: Path, git_environment: Path
) -> None:
    root = tmp_path / "large"
    root.mkdir()
    repo = Repo(root)
    repo.git("init", "-q")
    for folder in range(200):
        (root / f"part{folder}").mkdir()
        for number in range(100):
            (root / f"part{folder}" / f"module_{number}.py").touch()
    repo.git("add", "-A")
    repo.git("commit", "-qm", "many")
    await git.find_files(str(root), "", 20, committed=False)
    start = time.perf_counter()
    for query in ("module_7", "p17m9", "nothing like it"):
        await git.find_files(str(root), query, 20, committed=False)
    assert (time.perf_counter() - start) / 3 < 1.0  # ten times what it may take
