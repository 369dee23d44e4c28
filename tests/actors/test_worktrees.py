"""Worktrees as sessions use them: made at the first request, served in order, looked at."""

import shutil
from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from actors.event_writer import EventWriter
from boocode.adapters.git import GitCheckpoints
from boocode.adapters.postgres import Database, DatabaseSettings, PostgresLog, PostgresStore
from boocode.contracts.resources import Session
from boocode.kernel import ActorDied
from boocode.ports.names import HUB, WORKTREE_OWNERS, WORKTREES
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    InspectWorktree,
    OpenWorktree,
    WorktreePlace,
)
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.actors.store_kit import a_tree, ear, until
from tests.actors.worktree_kit import Crash, Desk
from tests.kit.repositories import Repo, make_repository
from tests.kit.startstop import start_stop_stress

# Opening


async def test_a_session_gets_its_worktree_with_the_first_request_and_keeps_it(desk: Desk) -> None:
    assert await desk.store.get_worktree(desk.session.id) is None
    row, worktree = await desk.open()
    assert row == await desk.store.get_worktree(desk.session.id)
    assert worktree.root.parent == desk.folder
    assert worktree.root.name.startswith("My-project-")
    assert row.base_commit == desk.repo.head()
    assert worktree.git("branch", "--show-current").decode().strip() == row.branch
    worktree.write("a.txt", "a")
    assert (await desk.open())[0] == row
    assert worktree.read("a.txt") == b"a"


async def test_many_who_ask_at_once_get_the_same_worktree(desk: Desk) -> None:
    rows = []

    async def ask() -> None:
        rows.append((await desk.open())[0])

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(ask)
    assert len(rows) == 8
    assert len(set(rows)) == 1
    assert desk.owners() == 1


async def test_sessions_are_served_in_parallel_and_each_in_order(desk: Desk) -> None:
    other = await desk.store.create_session(desk.project.id, "Another")
    assert other is not None
    await desk.open()
    held, release = trio.Event(), trio.Event()

    async def wait() -> None:
        held.set()
        await release.wait()

    desk.git.at["changes"] = wait
    order: list[str] = []

    async def capture() -> None:
        await desk.capture()
        order.append("capture")

    async def inspect() -> None:
        await desk.ask(InspectWorktree(desk.session.id))
        order.append("inspect")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(capture)
        await held.wait()
        nursery.start_soon(inspect)
        await desk.open(other)
        order.append("other")
        release.set()
    assert order == ["other", "capture", "inspect"]


async def test_ten_sessions_get_their_worktrees_at_once(desk: Desk) -> None:
    sessions = [await desk.store.create_session(desk.project.id, f"Session {n}") for n in range(10)]
    opened: list[Repo] = []

    async def open_one(session: Session | None) -> None:
        opened.append((await desk.open(session))[1])

    async with trio.open_nursery() as nursery:
        for session in sessions:
            nursery.start_soon(open_one, session)
    assert len({worktree.root for worktree in opened}) == 10
    assert all(worktree.git("status", "--porcelain") == b"" for worktree in opened)


async def test_an_unknown_session_is_named(desk: Desk) -> None:
    for request in (OpenWorktree("ses_no/../pe"), ApplyChanges("ses_nope"), ApplyChanges("")):
        assert (await desk.refused(request)).code == "not_found"
    assert await desk.ask(InspectWorktree("ses_nope")) is None
    assert await desk.ask(CaptureChanges("ses_nope", None, None)) == ()


async def test_a_project_that_is_no_repository_any_more_is_a_refusal(desk: Desk) -> None:
    shutil.rmtree(desk.repo.root)
    assert (await desk.refused(OpenWorktree(desk.session.id))).code == "not_a_repository"


async def test_a_project_cloned_anew_at_its_path_goes_on_with_a_base_that_it_has(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    row, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    shutil.rmtree(desk.repo.root)
    again = make_repository(desk.repo.root, {"app.py": "one\n", "lib/util.py": "another history\n"})
    assert again.head() != row.base_commit
    opened, _ = await desk.open()
    assert opened.base_commit == again.head()
    assert await desk.store.get_worktree(desk.session.id) == opened
    assert row.base_commit in caplog.text
    assert worktree.read("app.py") == b"changed\n"
    assert sorted(each.path for each in await desk.capture()) == ["app.py", "lib/util.py"]
    caplog.clear()
    assert (await desk.open())[0] == opened
    assert caplog.text == ""


async def test_a_worktree_made_before_its_row_was_kept_is_found_again(desk: Desk) -> None:
    row, worktree = await desk.open()
    worktree.write("a.txt", "a")
    desk.repo.write("later.txt", "later")
    desk.repo.commit()
    await desk.store.forget_worktree(row.id)
    # As after a crash between git and the database: the directory is there, the row is not.
    again = await desk.git.open_worktree(
        WorktreePlace(desk.session.id, row.project_path, row.path, row.branch or "")
    )
    assert again.base_commit == row.base_commit
    assert worktree.read("a.txt") == b"a"


# Looking


async def test_the_state_of_a_worktree_can_be_seen(desk: Desk) -> None:
    assert await desk.ask(InspectWorktree(desk.session.id)) is None
    row, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    worktree.write("new.txt", "new\n")
    info = await desk.ask(InspectWorktree(desk.session.id))
    assert (info.path, info.base_commit, info.dirty, info.untracked) == (row.path, row.base_commit, 1, 1)
    shutil.rmtree(worktree.root)
    assert await desk.ask(InspectWorktree(desk.session.id)) is None


# Owners


async def test_an_owner_that_crashes_tells_its_callers_and_the_next_request_finds_another(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    held, release = trio.Event(), trio.Event()

    async def crash() -> None:
        held.set()
        await release.wait()
        raise Crash

    desk.git.at["changes"] = crash
    outcomes: list[type[Exception]] = []

    async def capture() -> None:
        try:
            await desk.capture()
        except ActorDied as error:
            outcomes.append(type(error))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(capture)
        await held.wait()
        nursery.start_soon(capture)
        await wait_all_tasks_blocked()
        release.set()
    assert outcomes == [ActorDied, ActorDied]
    desk.git.at.clear()
    assert len(await desk.capture()) == 1
    assert desk.owners() == 1


async def test_an_owner_that_is_killed_in_the_middle_of_git_leaves_nothing_half_done(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    held = trio.Event()

    async def for_ever() -> None:
        held.set()
        await trio.sleep_forever()

    desk.git.at["advance_base"] = for_ever
    async with trio.open_nursery() as nursery:

        async def apply() -> None:
            with pytest.raises(ActorDied):
                await desk.apply()

        nursery.start_soon(apply)
        await held.wait()
        desk.system.supervisor(WORKTREE_OWNERS).which()[0].ref.kill()
    desk.git.at.clear()
    assert desk.repo.read("app.py") == b"changed\n"
    assert await desk.apply() == ()  # the journal was finished first, and nothing waits any more
    assert [change.state for change in await desk.listed("applied")] == ["applied"]


async def test_idle_owners_end_and_come_back_when_they_are_needed(
    store: PostgresStore, log: PostgresLog, desk: Desk, tmp_path: Path
) -> None:
    async with a_tree(
        event_writer_child(partial(EventWriter, log)),
        ear(HUB, []),
        *worktree_children(desk.git, GitCheckpoints(), store, str(tmp_path / "other"), idle_ttl_s=0.05),
    ) as system:
        here = Desk(system, store, log, desk.git, desk.repo, desk.project, desk.session, tmp_path / "other")
        _, worktree = await here.open()
        await until(lambda: here.owners() == 0)
        worktree.write("app.py", "changed\n")
        assert [change.path for change in await here.capture()] == ["app.py"]
        await until(lambda: here.owners() == 0)


async def test_a_router_that_dies_takes_no_owner_by_surprise(desk: Desk) -> None:
    await desk.open()
    before = desk.system.whereis(WORKTREES).incarnation
    desk.system.whereis(WORKTREES).kill()
    await until(lambda: desk.system.whereis(WORKTREES).incarnation > before)
    await until(lambda: desk.system.whereis(WORKTREES).is_running)
    assert desk.owners() == 0
    row, _ = await desk.open()
    assert row == await desk.store.get_worktree(desk.session.id)


async def test_the_sub_tree_ended_anyhow_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    away = PostgresStore(Database(DatabaseSettings("postgresql:///never_opened")))
    [child] = worktree_children(desk.git, GitCheckpoints(), away, str(tmp_path / "stress"))
    await start_stop_stress(lambda: child, rounds=12, seed=3)
    assert not (tmp_path / "stress").exists()
