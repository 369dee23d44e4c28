"""A session's worktree: made from HEAD, found again after any crash, and the project's own checkout left alone."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trio
from attrs import evolve

from boocode.adapters.git import GitProgram, GitWorkspaces
from boocode.ports.worktrees import WorkspaceError, WorktreePlace
from tests.adapters.git.conftest import FILES, Session, open_session
from tests.kit.repositories import Repo, make_repository, scratch_in_memory, untouched


def state_of(place: WorktreePlace) -> Path:
    path = Path(place.path)
    return path.parent / ".state" / path.name


# Projects


async def test_the_root_of_a_repository_is_canonical(
    git: GitWorkspaces, project: Repo, tmp_path: Path
) -> None:
    os.symlink(project.root, tmp_path / "shortcut")
    root = str(project.root.resolve())
    assert await git.repository_root(str(tmp_path / "shortcut")) == root
    assert await git.repository_root(str(project.root / "src" / "deep")) == root


@pytest.mark.parametrize("prepare", ["nothing", "directory", "bare", "file"])
async def test_what_is_no_repository_with_files_is_refused(
    git: GitWorkspaces, tmp_path: Path, prepare: str
) -> None:
    path = tmp_path / "elsewhere"
    match prepare:
        case "directory":
            path.mkdir()
        case "bare":
            path.mkdir()
            Repo(path).git("init", "-q", "--bare")
        case "file":
            path.write_text("x")
    with pytest.raises(WorkspaceError, match=str(path)) as caught:
        await git.repository_root(str(path))
    assert caught.value.code == "not_a_repository"


async def test_a_repository_without_a_commit_is_refused_with_advice(
    git: GitWorkspaces, tmp_path: Path
) -> None:
    make_repository(tmp_path / "new")
    with pytest.raises(WorkspaceError, match="git commit") as caught:
        await git.repository_root(str(tmp_path / "new"))
    assert caught.value.code == "no_commits"


async def test_a_missing_git_program_is_named(place: WorktreePlace) -> None:
    git = GitWorkspaces(GitProgram("no-such-git"))
    with pytest.raises(WorkspaceError, match="Install git") as caught:
        await git.open_worktree(place)
    assert caught.value.code == "git_missing"


# Making and finding again


async def test_a_worktree_is_made_from_head_on_a_branch_of_its_own(session: Session) -> None:
    assert session.base == session.project.head()
    assert session.branch == "boocode/1"
    assert {name: session.worktree.read(name).decode() for name in FILES} == FILES
    assert session.worktree.git("symbolic-ref", "HEAD").decode().strip() == "refs/heads/boocode/1"
    assert session.worktree.git("status", "--porcelain") == b""


async def test_the_projects_own_checkout_is_not_touched(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write("README.md", "stashed\n")
    project.git("stash")
    project.write("staged.txt", "staged\n")
    project.git("add", "staged.txt")
    project.write("src/app.py", "dirty\n")
    project.write("untracked.txt", "untracked\n")
    before = untouched(project)
    session = await open_session(git, project, place)
    session.worktree.write("x.txt", "x\n")
    rows = await session.changes()
    await git.status(place, session.base)
    session = await session.advanced(*rows)
    await session.changes()
    await git.remove_worktree(place)
    assert untouched(project) == before


async def test_uncommitted_work_of_the_person_is_not_in_the_worktree(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write("src/app.py", "dirty\n")
    session = await open_session(git, project, place)
    assert session.worktree.read("src/app.py").decode() == FILES["src/app.py"]


async def test_a_detached_head_is_as_good(git: GitWorkspaces, project: Repo, place: WorktreePlace) -> None:
    first = project.head()
    project.write("b.txt", "b")
    project.commit()
    project.git("checkout", "-q", first)
    session = await open_session(git, project, place)
    assert (session.base, session.worktree.exists("b.txt")) == (first, False)


async def test_opening_again_changes_nothing(session: Session) -> None:
    session.worktree.write("src/app.py", "work\n")
    session.project.write("b.txt", "b")
    session.project.commit("The project moves on")
    again = await open_session(session.git, session.project, session.place)
    assert (again.base, again.branch) == (session.base, session.branch)
    assert again.worktree.read("src/app.py") == b"work\n"


async def test_sessions_have_worktrees_of_their_own(session: Session) -> None:
    place = evolve(session.place, session_id="ses_2", path=session.place.path + "-2", branch="boocode/2")
    other = await open_session(session.git, session.project, place)
    session.worktree.write("a.txt", "a")
    assert await other.changes() == ()
    assert [row.change.path for row in await session.changes()] == ["a.txt"]


async def test_many_worktrees_of_one_repository_are_made_at_once(
    git: GitWorkspaces, project: Repo, tmp_path: Path
) -> None:
    places = [
        WorktreePlace(f"ses_{n}", str(project.root), str(tmp_path / "many" / str(n)), f"boocode/{n}")
        for n in range(12)
    ]
    async with trio.open_nursery() as nursery:
        for place in places:
            nursery.start_soon(git.open_worktree, place)
    assert all((Path(place.path) / "README.md").exists() for place in places)


async def test_a_branch_named_boocode_does_not_stand_in_the_way(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.git("branch", "boocode")
    session = await open_session(git, project, place)
    assert session.branch == "boocode-1"
    assert (await open_session(git, project, place)).branch == "boocode-1"


class CutOff(Exception):
    """Stands for the death of BooCode at this very call of git."""


class MortalProgram(GitProgram):
    """Git that is cut off before the nth child, as by a crash of ours."""

    def __init__(self, dies_at: int) -> None:
        super().__init__()
        self.calls = 0
        self._dies_at = dies_at

    async def output(self, *arguments, **options):  # type: ignore[no-untyped-def]
        self.calls += 1
        if self.calls == self._dies_at:
            raise CutOff(arguments)
        return await super().output(*arguments, **options)


@pytest.mark.parametrize("dies_at", range(1, 6))
async def test_a_worktree_that_a_crash_left_half_made_is_made_anew(
    git: GitWorkspaces, project: Repo, place: WorktreePlace, dies_at: int
) -> None:
    program = MortalProgram(dies_at)
    try:
        await GitWorkspaces(program).open_worktree(place)
    except CutOff:
        (Path(place.path) / "half").mkdir(parents=True, exist_ok=True)
    else:
        assert program.calls < dies_at
    session = await open_session(git, project, place)
    assert {name: session.worktree.read(name).decode() for name in FILES} == FILES
    assert await session.changes() == ()
    assert session.worktree.git("status", "--porcelain") == b""
    assert len(project.git("worktree", "list").splitlines()) == 2


async def test_the_base_is_kept_when_the_project_moves_on_between_crash_and_retry(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    first = project.head()
    with pytest.raises(CutOff):
        await GitWorkspaces(MortalProgram(2)).open_worktree(place)
    project.write("b.txt", "b")
    project.commit()
    session = await open_session(git, project, place)
    assert session.base == first
    assert not session.worktree.exists("b.txt")


def prune(session: Session) -> None:
    """Git forgets the worktree, as `git worktree prune` does while its disk is away."""
    shutil.rmtree(session.project.root / ".git" / "worktrees")


def delete_link(session: Session) -> None:
    os.unlink(session.worktree.path(".git"))


def prune_and_delete_link(session: Session) -> None:
    prune(session)
    delete_link(session)


def lose_state(session: Session) -> None:
    shutil.rmtree(state_of(session.place))


def spoil_state(session: Session) -> None:
    (state_of(session.place) / "index.lock").write_bytes(b"")
    (state_of(session.place) / "base").unlink()


@pytest.mark.parametrize("damage", [prune, delete_link, prune_and_delete_link, lose_state, spoil_state])
async def test_damage_around_the_files_is_mended_and_the_files_stay(
    session: Session, damage: Callable[[Session], None]
) -> None:
    session.worktree.write("src/app.py", "committed\n")
    session.worktree.commit("Of the agent")
    session.worktree.write("a.txt", "a\n")
    expected = {(r.change.path, r.change.op, r.new_blob) for r in await session.changes()}
    damage(session)
    again = await open_session(session.git, session.project, session.place)
    assert again.base == session.base
    assert {(r.change.path, r.change.op, r.new_blob) for r in await again.changes()} == expected
    assert again.worktree.git("log", "-1", "--format=%s", "boocode/1") == b"Of the agent\n"
    assert again.worktree.git("status", "--porcelain") == b"?? a.txt\n"


async def test_a_deleted_worktree_comes_back_as_it_was_last_captured(session: Session) -> None:
    session.worktree.write("src/app.py", "edited\n")
    session.worktree.write("a.txt", "a\n")
    os.unlink(session.worktree.path("run.sh"))
    expected = {(r.change.path, r.change.op, r.new_blob) for r in await session.changes()}
    shutil.rmtree(session.worktree.root)
    again = await open_session(session.git, session.project, session.place)
    assert {(r.change.path, r.change.op, r.new_blob) for r in await again.changes()} == expected
    assert not again.worktree.exists("run.sh")


async def test_a_deleted_worktree_comes_back_with_what_was_applied(session: Session) -> None:
    session.worktree.write("src/app.py", "edited\n")
    session = await session.advanced(*await session.changes())
    assert await session.changes() == ()
    shutil.rmtree(session.worktree.root)
    again = await open_session(session.git, session.project, session.place)
    assert again.base == session.base
    assert again.worktree.read("src/app.py") == b"edited\n"
    assert await again.changes() == ()


async def test_files_that_are_not_ours_are_never_overwritten(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    foreign = Repo(Path(place.path))
    foreign.write("mine.txt", "mine")
    with pytest.raises(WorkspaceError, match="Move them away") as caught:
        await git.open_worktree(place)
    assert caught.value.code == "worktree_blocked"
    assert os.listdir(foreign.root) == ["mine.txt"]


async def test_a_sparse_checkout_stays_sparse_and_shows_no_deletions(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write("other/big.txt", "big\n")
    project.commit()
    project.git("sparse-checkout", "set", "src/deep")
    session = await open_session(git, project, place)
    assert not session.worktree.exists("other/big.txt")
    assert await session.changes() == ()
    session.worktree.write("src/deep/er/leaf.txt", "edited\n")
    session = await session.advanced(*await session.changes())
    assert await session.changes() == ()


# Looking and removing


async def test_the_status_counts_what_would_be_lost(session: Session) -> None:
    session.worktree.write("src/app.py", "committed\n")
    session.worktree.commit("Of the agent")
    session.worktree.write("README.md", "dirty\n")
    session.worktree.write("d/a.txt", "a")
    session.worktree.write("d/b.txt", "b")
    info = await session.git.status(session.place, session.base)
    assert (info.path, info.branch, info.base_commit) == (session.place.path, "boocode/1", session.base)
    assert (info.dirty, info.untracked, info.unpushed) == (1, 2, 1)


async def test_commits_that_another_branch_has_are_not_unpushed(session: Session) -> None:
    session.worktree.write("src/app.py", "committed\n")
    session.worktree.commit("Of the agent")
    session.project.git("branch", "kept", "boocode/1")
    assert (await session.git.status(session.place, session.base)).unpushed == 0
    session.project.git("branch", "-D", "kept")
    session.worktree.git("checkout", "-q", "--detach", "HEAD~1")  # its branch still has it
    assert (await session.git.status(session.place, session.base)).unpushed == 1
    session.project.git("tag", "kept", "boocode/1")
    assert (await session.git.status(session.place, session.base)).unpushed == 0


async def test_the_status_meets_no_lock_and_leaves_none(session: Session) -> None:
    registration = session.worktree.git("rev-parse", "--absolute-git-dir").decode().strip()
    lock = Path(registration) / "index.lock"
    lock.write_bytes(b"")
    session.worktree.write("src/app.py", "x\n")
    assert (await session.git.status(session.place, session.base)).dirty == 1
    assert [row.change.path for row in await session.changes()] == ["src/app.py"]
    assert lock.exists()


async def test_an_agents_git_never_meets_a_lock_of_the_status(session: Session) -> None:
    failed: list[bytes] = []
    over = trio.Event()

    async def work() -> None:
        for number in range(25):
            session.worktree.write(f"d/{number % 3}.txt", f"{number}\n")
            add = ["git", "-C", session.place.path, "add", "-A"]
            done = await trio.run_process(add, check=False, capture_stderr=True)
            if done.returncode:
                failed.append(done.stderr)
        over.set()

    async def poll() -> None:
        while not over.is_set():
            await session.git.status(session.place, session.base)
            await session.git.risks(session.place, session.base)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        nursery.start_soon(poll)
    assert failed == []


async def test_a_removed_worktree_leaves_nothing_behind(session: Session) -> None:
    session.worktree.write("a.txt", "a")
    await session.advanced(*await session.changes())
    await session.git.remove_worktree(session.place)
    assert not session.worktree.root.exists()
    assert os.listdir(state_of(session.place).parent) == []
    assert session.project.git("for-each-ref", "refs/boocode", "refs/heads/boocode") == b""
    assert len(session.project.git("worktree", "list").splitlines()) == 1
    await session.git.remove_worktree(session.place)


async def test_a_branch_with_own_commits_is_never_deleted(session: Session) -> None:
    session.worktree.write("src/app.py", "committed\n")
    head = session.worktree.commit("Of the agent")
    await session.git.remove_worktree(session.place)
    assert session.project.git("rev-parse", "boocode/1").decode().strip() == head


async def test_a_branch_that_a_person_has_checked_out_stays(session: Session, tmp_path: Path) -> None:
    session.worktree.git("checkout", "-q", "--detach")
    session.project.git("worktree", "add", "-q", str(tmp_path / "mine"), "boocode/1")
    await session.git.remove_worktree(session.place)
    assert Repo(tmp_path / "mine").git("status", "--porcelain", "--branch").startswith(b"## boocode/1")


async def test_worktrees_of_a_person_survive_the_removal_of_ours(session: Session, tmp_path: Path) -> None:
    session.project.git("worktree", "add", "-q", str(tmp_path / "mine"))
    away = tmp_path / "away"
    session.project.git("worktree", "add", "-q", str(away))
    os.rename(away, tmp_path / "unmounted")
    await session.git.remove_worktree(session.place)
    listed = session.project.git("worktree", "list", "--porcelain")
    assert str(tmp_path / "mine").encode() in listed
    assert str(away).encode() in listed  # not pruned with ours


async def test_a_removal_that_was_cut_off_is_finished_by_the_next(session: Session) -> None:
    await session.git.set_aside(session.place)
    assert await session.git.was_set_aside(session.place)
    assert not session.worktree.root.exists()
    await session.git.remove_worktree(session.place)
    assert not await session.git.was_set_aside(session.place)
    assert len(session.project.git("worktree", "list").splitlines()) == 1


# The loop


@pytest.fixture
def large() -> Iterator[tuple[Repo, WorktreePlace]]:
    with scratch_in_memory() as scratch:
        project = make_repository(scratch / "large", {f"d{n % 50}/f{n}.txt": f"{n}\n" for n in range(5000)})
        yield project, WorktreePlace("ses_9", str(project.root), str(scratch / "home" / "w"), "boocode/9")


async def test_making_a_large_worktree_does_not_stall_the_loop(
    git: GitWorkspaces, large: tuple[Repo, WorktreePlace]
) -> None:
    project, place = large
    lags: list[float] = []

    async def watch() -> None:
        while True:
            due = time.perf_counter() + 0.01
            await trio.sleep(0.01)
            lags.append(time.perf_counter() - due)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        session = await open_session(git, project, place)
        session.worktree.write("d1/f1.txt", "edited\n")
        rows = await session.changes()
        await git.remove_worktree(place)
        nursery.cancel_scope.cancel()
    assert [row.change.path for row in rows] == ["d1/f1.txt"]
    # libgit2 would hold the interpreter for the whole checkout: a single lag as long as all of these together.
    assert max(lags) < 0.3
    assert len(lags) > 10
