"""Stashing a worktree: everything in it is kept by a ref first, then its files are those of its HEAD again."""

import os
from pathlib import Path

import pytest

from boocode.contracts.resources import Session, WorktreeInfo
from boocode.kernel import ActorDied
from boocode.ports.names import WORKTREES
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import (
    ApplyChanges,
    InspectWorktree,
    StashWorktree,
    TurnBounds,
    WorkspaceError,
)
from tests.actors.reaper_kit import Home
from tests.kit.repositories import Repo, untouched


async def stash(home: Home, session: Session) -> WorktreeInfo:
    info: WorktreeInfo = await home.ask(StashWorktree(session.id))
    return info


async def pending(home: Home, session: Session) -> list[str]:
    return [change.path for change in await home.store.list_pending(session.id)]


def make_dirty(worktree: Repo) -> None:
    worktree.write("app.py", "staged\n")
    worktree.git("add", "app.py")
    worktree.write("app.py", "changed\n")
    worktree.write("new dir/new.txt", "new\n")
    worktree.git("rm", "-q", "lib/util.py")
    worktree.write("build.log", "ignored\n")


async def test_a_stash_leaves_a_clean_worktree_and_comes_back_with_git_alone(home: Home) -> None:
    before = untouched(home.repo)
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    await home.capture(session)
    info = await home.ask(InspectWorktree(session.id))
    assert (info.dirty, info.untracked, info.unpushed, info.pending, info.stashed) == (2, 1, 0, 3, None)
    info = await stash(home, session)
    ref = f"{home.salvaged(row.id)}-1"
    assert (info.dirty, info.untracked, info.unpushed, info.pending, info.stashed) == (0, 0, 0, 0, ref)
    assert worktree.git("status", "--porcelain") == b""
    assert (worktree.read("app.py"), worktree.read("lib/util.py")) == (b"one\n", b"two\n")
    assert not worktree.exists("new dir")
    assert worktree.read("build.log") == b"ignored\n"
    assert await pending(home, session) == []
    assert worktree.git("stash", "list") == b""
    worktree.git("stash", "apply", "-q", "--index", ref)
    assert worktree.read("app.py") == b"changed\n"
    assert worktree.git("show", ":app.py") == b"staged\n"
    assert worktree.read("new dir/new.txt") == b"new\n"
    assert not worktree.exists("lib/util.py")
    await home.capture(session)
    assert sorted(await pending(home, session)) == ["app.py", "lib/util.py", "new dir/new.txt"]
    assert untouched(home.repo) == before
    assert [each for each in home.refs() if "stashing" in each] == []


async def test_each_stash_has_a_ref_of_its_own(home: Home) -> None:
    session, row, worktree = await home.opened()
    for number in (1, 2):
        worktree.write("app.py", f"{number}\n")
        info = await stash(home, session)
        assert info.stashed == f"{home.salvaged(row.id)}-{number}"
    for number in (1, 2):
        assert worktree.git("show", f"{home.salvaged(row.id)}-{number}:app.py") == b"%d\n" % number


async def test_with_nothing_to_put_aside_there_is_no_ref(home: Home) -> None:
    home.repo.write(".gitattributes", "*.txt text eol=crlf\n")
    home.repo.write("dos.txt", "one\r\n")
    home.repo.commit()
    session, _, worktree = await home.opened()
    worktree.write("build.log", "ignored\n")
    assert (await stash(home, session)).stashed is None
    assert not [ref for ref in home.refs() if "salvage" in ref or "stashing" in ref]
    worktree.write("app.py", "staged\n")
    worktree.git("add", "app.py")
    worktree.write("app.py", "one\n")  # only in the index
    info = await stash(home, session)
    assert worktree.git("show", f"{info.stashed}^2:app.py") == b"staged\n"
    assert worktree.git("status", "--porcelain") == b""


async def test_what_was_applied_before_is_not_offered_back(home: Home) -> None:
    session, _, worktree = await home.opened()
    worktree.write("app.py", "applied\n")
    await home.capture(session)
    await home.ask(ApplyChanges(session.id))
    worktree.write("lib/util.py", "not applied\n")
    await stash(home, session)
    assert worktree.read("app.py") == b"one\n"
    assert worktree.git("status", "--porcelain") == b""
    assert await pending(home, session) == []
    assert home.repo.read("app.py") == b"applied\n"
    worktree.write("lib/util.py", "once more\n")
    await home.capture(session)
    assert await pending(home, session) == ["lib/util.py"]


async def test_a_stash_that_died_is_gone_on_with_by_the_next(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "applied\n")
    await home.capture(session)
    await home.ask(ApplyChanges(session.id))
    home.died_at = "stash.files_back"
    with pytest.raises(ActorDied):
        await stash(home, session)
    assert (await stash(home, session)).stashed == f"{home.salvaged(row.id)}-1"
    assert (await stash(home, session)).stashed is None
    assert await pending(home, session) == []
    assert worktree.git("show", f"{home.salvaged(row.id)}-1:app.py") == b"applied\n"


async def test_what_the_agent_committed_stays_and_is_still_offered(home: Home) -> None:
    session, _, worktree = await home.opened()
    worktree.write("app.py", "committed\n")
    head = worktree.commit("Of the agent")
    worktree.write("lib/util.py", "not committed\n")
    info = await stash(home, session)
    assert worktree.head() == head
    assert info.unpushed == 1
    assert (worktree.read("app.py"), worktree.read("lib/util.py")) == (b"committed\n", b"two\n")
    assert await pending(home, session) == ["app.py"]


async def test_files_come_back_in_the_bytes_of_a_checkout(home: Home) -> None:
    home.repo.write(".gitattributes", "*.txt text eol=crlf\n")
    home.repo.write("dos.txt", "one\r\ntwo\r\n")
    home.repo.write("other.txt", "x\r\n")
    home.repo.commit()
    session, _, worktree = await home.opened()
    assert worktree.read("dos.txt") == b"one\r\ntwo\r\n"
    worktree.write("dos.txt", "one\r\nchanged\r\n")
    await stash(home, session)
    assert (worktree.read("dos.txt"), worktree.read("other.txt")) == (b"one\r\ntwo\r\n", b"x\r\n")
    assert worktree.git("status", "--porcelain") == b""
    assert await pending(home, session) == []


async def test_it_is_refused_during_a_turn_and_without_a_worktree(home: Home) -> None:
    session = await home.session()
    with pytest.raises(WorkspaceError) as caught:
        await stash(home, session)
    assert caught.value.code == "no_worktree"
    session, _, worktree = await home.opened()
    worktree.write("app.py", "changed\n")
    claimed = await home.turn(session)
    home.system.whereis(WORKTREES).cast(TurnBounds(session.id, claimed.task.id, "started"))
    with pytest.raises(WorkspaceError) as caught:
        await stash(home, session)
    assert caught.value.code == "turn_running"
    assert worktree.read("app.py") == b"changed\n"
    assert not [ref for ref in home.refs() if "salvage" in ref]


async def test_in_the_middle_of_a_merge_the_index_is_left_to_git(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.git("checkout", "-q", "-b", "theirs")
    worktree.write("app.py", "theirs\n")
    worktree.commit("Theirs")
    worktree.git("checkout", "-q", row.branch or "")
    worktree.write("app.py", "ours\n")
    worktree.commit("Ours")
    worktree.git("merge", "-q", "theirs", check=False)
    conflict = worktree.git("ls-files", "--unmerged")
    assert conflict
    info = await stash(home, session)
    assert worktree.read("app.py") == b"ours\n"
    assert worktree.git("ls-files", "--unmerged") == conflict
    assert b"<<<<<<<" in worktree.git("show", f"{info.stashed}:app.py")


async def test_a_lock_of_an_agents_git_leaves_everything_kept(home: Home) -> None:
    session, _, worktree = await home.opened()
    worktree.write("app.py", "changed\n")
    worktree.git("add", "app.py")
    lock = Path(worktree.git("rev-parse", "--absolute-git-dir").decode().strip()) / "index.lock"
    lock.write_bytes(b"")
    info = await stash(home, session)
    assert lock.exists()
    assert worktree.read("app.py") == b"one\n"
    assert worktree.git("show", f"{info.stashed}:app.py") == b"changed\n"


async def test_a_repository_inside_stays_where_it_is(home: Home) -> None:
    session, _, worktree = await home.opened()
    nested = Repo(Path(os.fsdecode(worktree.path("nested"))))
    nested.root.mkdir()
    nested.git("init", "-q")
    nested.write("a.txt", "a\n")
    nested.commit()
    nested.write("a.txt", "dirty\n")
    worktree.write("app.py", "changed\n")
    await stash(home, session)
    assert worktree.read("app.py") == b"one\n"
    assert nested.read("a.txt") == b"dirty\n"


@pytest.mark.parametrize("point", ["stash.kept", "stash.files_back"])
async def test_a_death_loses_nothing_and_it_can_be_asked_again(home: Home, point: str) -> None:
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    home.died_at = point
    with pytest.raises(ActorDied):
        await stash(home, session)
    assert worktree.git("show", f"{home.salvaged(row.id)}-1:app.py") == b"changed\n"
    assert worktree.git("show", f"{home.salvaged(row.id)}-1^2:app.py") == b"staged\n"
    info = await stash(home, session)
    # Where its files went back already, the first is finished; otherwise it is as if it had not been.
    assert info.stashed == f"{home.salvaged(row.id)}-{1 if point == 'stash.files_back' else 2}"
    assert (info.dirty, info.untracked, info.pending) == (0, 0, 0)
    assert worktree.git("status", "--porcelain") == b""
    assert not [ref for ref in home.refs() if "stashing" in ref]


async def cut_off_by_an_error(home: Home, session: Session, ref: str) -> None:
    async def away() -> None:
        raise StoreUnavailable("it is away")

    home.git.at["changes"] = away  # the capture comes last, as if the database went then
    with pytest.raises(StoreUnavailable, match=f"What was there is kept as {ref}"):
        await stash(home, session)
    home.git.at.clear()


async def test_an_error_after_the_files_went_back_names_the_ref_and_so_does_the_next_stash(
    home: Home,
) -> None:
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    ref = f"{home.salvaged(row.id)}-1"
    await cut_off_by_an_error(home, session, ref)
    assert worktree.read("app.py") == b"one\n"
    info = await stash(home, session)
    assert (info.stashed, info.dirty, info.untracked) == (ref, 0, 0)
    assert worktree.git("show", f"{ref}:app.py") == b"changed\n"
    assert (await stash(home, session)).stashed is None
    assert not [each for each in home.refs() if "stashing" in each or each == f"{home.salvaged(row.id)}-2"]


async def test_a_stash_cut_off_in_the_middle_of_its_files_is_finished_by_the_next(home: Home) -> None:
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    ref = f"{home.salvaged(row.id)}-1"
    await cut_off_by_an_error(home, session, ref)
    worktree.write("app.py", "changed\n")  # some files as they were, some as in HEAD
    worktree.write("new dir/new.txt", "new\n")
    worktree.git("add", "new dir/new.txt")
    worktree.git("rm", "-q", "--cached", "new dir/new.txt")
    info = await stash(home, session)
    assert (info.stashed, info.dirty, info.untracked) == (ref, 0, 0)
    assert (worktree.read("app.py"), worktree.exists("new dir")) == (b"one\n", False)
    assert [each for each in home.refs() if "salvage" in each] == [ref]


@pytest.mark.parametrize("staged", [False, True])
async def test_new_work_beside_a_stash_that_was_cut_off_is_told_and_then_stashed(
    home: Home, staged: bool
) -> None:
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    ref = f"{home.salvaged(row.id)}-1"
    await cut_off_by_an_error(home, session, ref)
    worktree.write("app.py", "later\n")
    if staged:
        worktree.git("add", "app.py")
        worktree.write("app.py", "changed\n")  # in the files nothing is new
    with pytest.raises(WorkspaceError, match=f"kept as {ref}") as caught:
        await stash(home, session)
    assert caught.value.code == "stash_cut_off"
    assert worktree.read("app.py") == (b"changed\n" if staged else b"later\n")
    info = await stash(home, session)
    assert (info.stashed, info.dirty) == (f"{home.salvaged(row.id)}-2", 0)
    assert worktree.git("show", f"{info.stashed}{'^2' if staged else ''}:app.py") == b"later\n"
    assert worktree.git("show", f"{ref}:app.py") == b"changed\n"


async def test_a_removed_worktree_leaves_no_mark_of_a_stash(home: Home) -> None:
    session, row, worktree = await home.opened()
    make_dirty(worktree)
    await cut_off_by_an_error(home, session, f"{home.salvaged(row.id)}-1")
    assert [each for each in home.refs() if "stashing" in each] == [f"refs/boocode/stashing/{row.id}"]
    worktree.git("reset", "-q", "--hard")
    await home.store.delete_session(session.id)
    await home.look_later()
    await home.look_later()
    assert (await home.state(row.id)).removed_at is not None
    assert not [each for each in home.refs() if "stashing" in each]
