"""The reaper: orphans go after their grace, in two looks, and only where nothing is lost with them."""

import os
import shutil
from pathlib import Path

import pytest

from boocode.kernel import ActorDied
from boocode.ports.names import REAPER, WORKTREES
from boocode.ports.reaping import LookNow
from boocode.ports.safety_store import Operation
from boocode.ports.store import WorktreeRow
from boocode.ports.worktrees import ApplyChanges, InspectWorktree, OpenWorktree, ReapWorktree, TurnBounds
from tests.actors.reaper_kit import LATER_S, Home
from tests.actors.store_kit import until
from tests.kit.repositories import Repo, make_repository, untouched

# What goes


async def test_a_clean_orphan_is_condemned_then_removed_and_can_be_had_again(home: Home) -> None:
    before = untouched(home.repo)
    row, worktree = await home.orphan()
    assert (await home.look()).condemned == ()  # its grace
    assert (await home.state(row.id)).condemned_at is None
    assert (await home.look_later()).condemned == (row.id,)
    assert worktree.root.exists()
    assert (await home.state(row.id)).condemned_at is not None
    assert (await home.look()).reaped == (row.id,)
    assert not worktree.root.exists()
    assert not (home.folder / ".state" / worktree.root.name).exists()
    assert len(home.repo.git("worktree", "list").splitlines()) == 1
    state = await home.state(row.id)
    assert (state.removed_at is None, state.salvage_ref) == (False, home.salvaged(row.id))
    assert home.refs() == [home.salvaged(row.id), "refs/heads/main"]
    assert home.repo.git("show", f"{home.salvaged(row.id)}:lib/util.py") == b"two\n"
    assert untouched(home.repo) == before
    assert home.passed[-3:] == ["reap.salvaged", "reap.set_aside", "reap.removed"]
    assert len(home.told) == 1
    assert row.path in home.told[0]
    assert (await home.look()).reaped == ()


async def test_a_worktree_with_a_session_is_never_judged(home: Home) -> None:
    _, row, worktree = await home.opened()
    await home.look_later()
    looked = await home.look_later()
    assert (looked.condemned, looked.reaped, looked.kept) == ((), (), ())
    assert await home.ask(ReapWorktree(row.made_for, row.id)) is False
    assert worktree.exists("app.py")


async def test_what_was_applied_is_no_loss(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "applied\n")
    worktree.write("new.txt", "applied\n")
    await home.capture(session)
    await home.ask(ApplyChanges(session.id))
    await home.store.delete_session(session.id)
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)
    assert home.repo.git("show", f"{home.salvaged(row.id)}:new.txt") == b"applied\n"
    assert home.repo.read("new.txt") == b"applied\n"


async def test_ignored_files_do_not_keep_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("build.log", "ignored\n")
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)


async def test_a_branch_that_was_merged_goes_with_its_worktree(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "committed\n")
    head = worktree.commit("Of the agent")
    home.repo.git("merge", "-q", "--ff-only", row.branch or "")
    await home.store.delete_session(session.id)
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)
    assert f"refs/heads/{row.branch}" not in home.refs()
    assert home.repo.git("rev-parse", f"{home.salvaged(row.id)}^").decode().strip() == head


# What stays


async def kept(home: Home, row: WorktreeRow) -> str:
    """After two looks it is there, and why."""
    await home.look_later()
    assert (await home.look()).kept == (row.id,)
    assert os.path.isdir(row.path)  # noqa: ASYNC240 - nothing else runs
    state = await home.state(row.id)
    assert (state.removed_at, state.condemned_at, state.salvage_ref) == (None, None, None)
    assert state.kept_because is not None
    return state.kept_because


async def test_a_dirty_one_is_kept_with_the_reason(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("app.py", "changed\n")
    os.unlink(worktree.path("lib/util.py"))
    worktree.write("a new one.txt", "new\n")
    worktree.write("d/e.txt", "new\n")
    assert await kept(home, row) == "2 changed files, 2 untracked files"
    assert worktree.read("a new one.txt") == b"new\n"


async def test_commits_that_are_nowhere_else_keep_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("app.py", "1\n")
    worktree.commit("One")
    worktree.write("app.py", "2\n")
    head = worktree.commit("Two")
    assert await kept(home, row) == "2 commits that are nowhere else"
    home.repo.git("tag", "mine", head)
    await home.look()
    assert (await home.look()).reaped == (row.id,)


async def test_commits_of_a_detached_head_keep_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.git("checkout", "-q", "--detach")
    worktree.write("app.py", "1\n")
    worktree.commit("On no branch")
    assert await kept(home, row) == "1 commit that is nowhere else"


async def test_commits_of_the_branch_that_it_has_left_keep_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("app.py", "1\n")
    worktree.commit("On its branch")
    worktree.git("checkout", "-q", "--detach", "HEAD~1")
    assert await kept(home, row) == "1 commit that is nowhere else"


async def test_a_repository_inside_that_git_tracks_by_its_commit_keeps_it(home: Home) -> None:
    """Git's status is silent about it, and its history is nowhere else."""
    session, row, worktree = await home.opened()
    inner = make_repository(worktree.root / "inner", {"kept.txt": "only here\n"})
    head = worktree.commit("With a repository inside")
    home.repo.git("branch", "taken-over", head)
    await home.store.delete_session(session.id)
    assert await kept(home, row) == "the repositories of its submodules"
    assert inner.read("kept.txt") == b"only here\n"


async def test_what_git_was_told_to_overlook_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.git("update-index", "--assume-unchanged", "app.py")
    worktree.write("app.py", "unseen\n")
    assert worktree.git("status", "--porcelain") == b""
    assert await kept(home, row) == "1 changed file"


async def test_an_ignored_file_that_is_staged_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("dear.log", "dear\n")
    worktree.git("add", "-f", "dear.log")
    assert await kept(home, row) == "1 changed file"


async def test_what_is_only_in_the_index_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("app.py", "staged\n")
    worktree.git("add", "app.py")
    worktree.write("app.py", "one\n")
    assert await kept(home, row) == "1 changed file"


async def test_an_index_that_cannot_be_read_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    index = Path(worktree.git("rev-parse", "--absolute-git-dir").decode().strip()) / "index"
    index.write_bytes(b"rubbish")
    assert "index" in await kept(home, row)


async def test_a_repository_that_is_away_keeps_it(home: Home, tmp_path: Path) -> None:
    row, _ = await home.orphan()
    os.rename(home.repo.root, tmp_path / "moved")
    assert "could not be looked at" in await kept(home, row)


async def test_a_rebase_in_the_middle_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    home.repo.write("app.py", "theirs\n")
    home.repo.commit("Theirs")
    worktree.write("app.py", "ours\n")
    worktree.commit("Ours")
    worktree.git("rebase", "main", check=False)
    assert "a rebase that is not over" in await kept(home, row)


async def test_a_lock_of_a_person_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    home.repo.git("worktree", "lock", "--reason", "wait for me", str(worktree.root))
    assert await kept(home, row) == "a lock: wait for me"


async def test_a_program_that_works_in_it_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    before = os.getcwd()
    os.chdir(worktree.root / "lib")
    try:
        assert f"({os.getpid()}) at work in it" in await kept(home, row)
    finally:
        os.chdir(before)


async def test_a_directory_in_its_place_that_is_a_link_is_left_alone(home: Home, tmp_path: Path) -> None:
    row, worktree = await home.orphan()
    os.rename(worktree.root, tmp_path / "moved")
    os.symlink(tmp_path / "moved", worktree.root)
    assert "symbolic link" in await kept(home, row)
    assert (tmp_path / "moved" / "app.py").exists()


async def test_one_that_became_dirty_after_it_was_condemned_is_kept(home: Home) -> None:
    row, worktree = await home.orphan()
    assert (await home.look_later()).condemned == (row.id,)
    worktree.write("late.txt", "late\n")
    assert (await home.look()).kept == (row.id,)
    assert (await home.state(row.id)).condemned_at is None
    os.unlink(worktree.path("late.txt"))
    assert (await home.look()).condemned == (row.id,)
    assert (await home.state(row.id)).kept_because is None


async def test_somebody_who_comes_while_it_is_being_kept_saves_it(home: Home) -> None:
    row, worktree = await home.orphan()
    await home.look_later()
    home.at["reap.salvaged"] = lambda: worktree.write("late.txt", "late\n")
    assert (await home.look()).kept == (row.id,)
    assert worktree.read("late.txt") == b"late\n"
    assert (await home.state(row.id)).kept_because == "somebody came to work in it"
    home.at.clear()
    assert (await home.look()).kept == (row.id,)
    assert (await home.state(row.id)).kept_because == "1 untracked file"


async def test_an_exchange_of_files_that_was_cut_off_keeps_it(home: Home) -> None:
    row, worktree = await home.orphan()
    cut_off = Operation("op_1", "apply", row.made_for, row.id, {"by": "/another/home"})
    await home.store.begin_operation(cut_off)
    assert "cut off" in await kept(home, row)
    assert worktree.exists("app.py")


async def test_a_turn_that_outlived_its_session_holds_it(home: Home) -> None:
    session, row, worktree = await home.opened()
    claimed = await home.turn(session)
    home.system.whereis(WORKTREES).cast(TurnBounds(session.id, claimed.task.id, "started"))
    await home.store.delete_session(session.id)
    await home.look_later()
    assert (await home.look()).kept == (row.id,)
    assert worktree.exists("app.py")


# What lies about


async def test_worktrees_of_other_homes_are_left_alone(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another home" / "worktrees" / "project-x"
    home.repo.git("worktree", "add", "-q", str(elsewhere))
    row = WorktreeRow(
        "wt_other", None, home.project.id, str(home.repo.root), str(elsewhere), "project-x", home.repo.head()
    )
    await home.store.adopt_worktree(row)
    await home.look_later()
    await home.look()
    state = await home.state("wt_other")
    assert (state.condemned_at, state.kept_because, state.removed_at) == (None, None, None)
    assert (elsewhere / "app.py").exists()


async def forget(home: Home, row: WorktreeRow) -> None:
    """As if the row had never been: another database, or a crash before it was written."""
    await home.store.forget_worktree(row.id)


async def test_a_worktree_without_a_row_becomes_an_orphan_with_a_grace_of_its_own(home: Home) -> None:
    row, worktree = await home.orphan()
    await home.look_later()
    await forget(home, row)
    home.ahead_s = 0.0
    assert (await home.look()).adopted == (row.path,)
    [found] = await home.store.list_worktrees()
    assert (found.path, found.session_id, found.project_id) == (row.path, None, home.project.id)
    again = await home.store.worktree_by_id(found.id)
    assert again is not None
    assert (again.base_commit, again.made_for, again.branch) == (row.base_commit, row.made_for, row.branch)
    assert (await home.look()).condemned == ()
    assert (await home.look_later()).condemned == (found.id,)
    assert (await home.look()).reaped == (found.id,)
    assert not worktree.root.exists()


async def test_a_worktree_whose_row_was_never_written_goes_back_to_its_session(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "work\n")
    await forget(home, row)
    assert (await home.look()).adopted == (row.path,)
    found = await home.store.get_worktree(session.id)
    assert found is not None
    assert (found.path, found.base_commit) == (row.path, row.base_commit)
    assert worktree.read("app.py") == b"work\n"


async def test_a_session_takes_back_what_was_adopted_meanwhile(home: Home) -> None:
    session, row, _ = await home.opened()
    await forget(home, row)
    await home.store.adopt_worktree(
        WorktreeRow("wt_a", None, None, row.project_path, row.path, row.branch, row.base_commit)
    )
    again = await home.ask(OpenWorktree(session.id))
    assert (again.id, again.session_id, again.made_for) == ("wt_a", session.id, session.id)
    found = await home.store.get_worktree(session.id)
    assert found is not None
    assert found.orphaned_at is None


async def test_one_that_git_forgot_is_adopted_and_kept(home: Home) -> None:
    row, worktree = await home.orphan()
    await home.ask(InspectWorktree(row.made_for))
    await forget(home, row)
    shutil.rmtree(home.repo.root / ".git" / "worktrees")
    assert (await home.look()).adopted == (row.path,)
    await home.look_later()
    [state] = await home.store.list_worktrees()
    assert state.kept_because is not None
    assert "git has forgotten it" in state.kept_because
    assert worktree.exists("app.py")


async def test_directories_that_are_not_ours_are_told_once_and_left_alone(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    (home.folder / "notes").mkdir(parents=True)
    (home.folder / "notes" / "mine.txt").write_text("mine")
    other = make_repository(home.folder / "another", {"a.txt": "a"})
    home.repo.git("worktree", "add", "-q", str(home.folder / "mine"))
    assert [(await home.look_later()).adopted for _ in range(3)] == [(), (), ()]
    lines = [
        record.getMessage() for record in caplog.records if "no worktree that BooCode made" in record.message
    ]
    assert len(lines) == 3
    assert (home.folder / "notes" / "mine.txt").read_text() == "mine"
    assert other.exists("a.txt")
    assert Repo(home.folder / "mine").exists("app.py")
    assert await home.store.list_worktrees() == ()


async def test_an_orphan_whose_directory_is_gone_leaves_its_pending_bytes_by_ref(home: Home) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "pending\n")
    await home.capture(session)
    await home.store.delete_session(session.id)
    shutil.rmtree(worktree.root)
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)
    assert len(home.repo.git("worktree", "list").splitlines()) == 1
    assert (await home.state(row.id)).salvage_ref == home.salvaged(row.id)
    assert home.repo.git("show", f"{home.salvaged(row.id)}:app.py") == b"pending\n"
    assert not [ref for ref in home.refs() if "pending" in ref or "base" in ref]


async def test_a_lost_worktree_with_own_commits_keeps_its_branch(home: Home) -> None:
    row, worktree = await home.orphan()
    worktree.write("app.py", "committed\n")
    head = worktree.commit("Of the agent")
    shutil.rmtree(worktree.root)
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)
    assert home.repo.git("rev-parse", f"refs/heads/{row.branch}").decode().strip() == head


async def test_a_row_is_closed_when_directory_and_repository_are_gone(home: Home) -> None:
    row, worktree = await home.orphan()
    shutil.rmtree(worktree.root)
    shutil.rmtree(home.repo.root)
    await home.look_later()
    assert (await home.look()).reaped == (row.id,)
    assert (await home.state(row.id)).salvage_ref is None


async def test_a_session_whose_directory_is_gone_is_told_and_made_again(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    session, row, worktree = await home.opened()
    shutil.rmtree(worktree.root)
    await home.look_later()
    assert f"The worktree {row.path} is gone" in caplog.text
    await home.ask(OpenWorktree(session.id))
    assert worktree.read("app.py") == b"one\n"


async def test_nothing_is_said_of_worktrees_while_their_folder_is_away(home: Home, tmp_path: Path) -> None:
    row, _ = await home.orphan()
    os.rename(home.folder, tmp_path / "away")
    await home.look_later()
    assert (await home.look()).reaped == ()
    assert (await home.state(row.id)).condemned_at is None
    os.rename(tmp_path / "away", home.folder)
    await home.look()
    assert (await home.look()).reaped == (row.id,)


async def test_what_a_crash_left_half_made_goes_too(home: Home) -> None:
    row, worktree = await home.orphan()
    state = home.folder / ".state"
    (state / worktree.root.name / "making").write_bytes(b"")
    (state / "project-none").mkdir()
    (state / "project-none" / "making").write_bytes(b"")
    os.utime(state / "project-none", (0, 0))
    worktree.write("half.txt", "half\n")
    await home.look_later()
    assert not (state / "project-none").exists()
    assert (await home.look()).reaped == (row.id,)
    assert not worktree.root.exists()


# Deaths


@pytest.mark.parametrize("point", ["reap.salvaged", "reap.set_aside", "reap.removed"])
async def test_a_death_at_any_point_is_made_good_by_the_next_looks(home: Home, point: str) -> None:
    session, row, worktree = await home.opened()
    worktree.write("app.py", "applied\n")
    await home.capture(session)
    await home.ask(ApplyChanges(session.id))
    await home.store.delete_session(session.id)
    await home.look_later()
    home.died_at = point
    with pytest.raises(ActorDied):
        await home.ask(ReapWorktree(row.made_for, row.id))
    await home.look()
    assert (await home.look()).reaped in ((row.id,), ())
    assert not worktree.root.exists()
    state = await home.state(row.id)
    assert (state.removed_at is None, state.salvage_ref) == (False, home.salvaged(row.id))
    assert home.repo.git("show", f"{home.salvaged(row.id)}:app.py") == b"applied\n"
    assert len(home.repo.git("worktree", "list").splitlines()) == 1
    assert os.listdir(home.folder / ".state") == []


async def test_a_death_in_the_middle_of_deleting_loses_no_salvage(home: Home) -> None:
    row, worktree = await home.orphan()
    await home.look_later()
    home.died_at = "reap.set_aside"
    with pytest.raises(ActorDied):
        await home.ask(ReapWorktree(row.made_for, row.id))
    aside = home.folder / ".state" / f"{worktree.root.name}.removed"
    os.unlink(aside / "app.py")
    await home.look()
    assert (await home.look()).reaped in ((row.id,), ())
    assert home.repo.git("show", f"{home.salvaged(row.id)}:app.py") == b"one\n"


# Checkpoints, and the actor itself


async def test_checkpoints_of_a_deleted_chat_go_after_the_grace(home: Home) -> None:
    session, _, worktree = await home.opened()
    await home.checkpoint(session)
    worktree.write("app.py", "two\n")
    await home.checkpoint(session)
    living, _, _ = await home.opened()
    await home.checkpoint(living)
    refs = [ref for ref in home.refs() if "checkpoints" in ref]
    assert len(refs) == 3
    commit = home.repo.git("rev-parse", f"refs/boocode/checkpoints/{session.chats[0].id}/2").decode().strip()
    await home.store.delete_session(session.id)
    assert (await home.look()).dropped == ()
    assert len((await home.look_later()).dropped) == 2
    assert [ref for ref in home.refs() if "checkpoints" in ref] == [
        ref for ref in refs if living.chats[0].id in ref
    ]
    assert (await home.look()).dropped == ()
    home.repo.git("gc", "-q", "--prune=now")
    assert home.repo.git("cat-file", "-e", commit, check=False) == b""
    assert b"commit" not in home.repo.git("cat-file", "-t", commit, check=False)


async def test_a_look_that_is_asked_for_during_another_comes_after_it(home: Home) -> None:
    row, _ = await home.orphan()
    home.ahead_s = 7200.0
    reaper = home.system.whereis(REAPER)
    for _ in range(5):
        reaper.cast(LookNow())
    await home.look()
    looked = await home.look()
    assert looked.condemned == ()
    assert (await home.state(row.id)).condemned_at is not None


async def test_a_reaper_looks_as_soon_as_it_is_there(home: Home) -> None:
    row, worktree = await home.orphan()
    home.ahead_s = LATER_S
    for _ in range(2):
        await restart(home)
        assert (await home.look()).kept == ()
    assert not worktree.root.exists()
    assert (await home.state(row.id)).removed_at is not None


async def restart(home: Home) -> None:
    reaper = home.system.whereis(REAPER)
    before = reaper.incarnation
    reaper.kill()
    await until(
        lambda: home.system.whereis(REAPER).incarnation > before and home.system.whereis(REAPER).is_running
    )
