"""Worktrees as rows: found by their session while it lives, by their id after it, and judged by the reaper."""

import time

import pytest
from attrs import evolve

from boocode.adapters.postgres import PostgresStore
from boocode.ports.database import StoreRejected
from boocode.ports.store import WorktreeRow
from tests.adapters.postgres.safety_scenes import Desk, a_desk
from tests.adapters.postgres.scenes import Pen, a_session


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> Desk:
    return await a_desk(store, pen)


async def orphan(desk: Desk) -> WorktreeRow:
    await desk.store.delete_session(desk.session_id)
    row = await desk.store.worktree_by_id(desk.worktree.id)
    assert row is not None
    return row


async def test_an_orphan_is_found_by_its_id_and_says_whom_it_was_made_for(desk: Desk) -> None:
    before = time.time() - 5
    row = await orphan(desk)
    assert await desk.store.get_worktree(desk.session_id) is None
    assert (row.session_id, row.made_for) == (None, desk.session_id)
    assert row.orphaned_at is not None
    assert row.orphaned_at > before


async def test_an_orphan_stays_without_its_project(desk: Desk) -> None:
    await desk.store.remove_project(desk.project_id)
    row = await desk.store.worktree_by_id(desk.worktree.id)
    assert row is not None
    assert (row.project_id, row.project_path) == (None, desk.worktree.project_path)


async def test_saving_an_orphan_keeps_since_when_it_is_one(desk: Desk) -> None:
    row = await orphan(desk)
    await desk.store.save_worktree(evolve(row, branch="other"))
    assert await desk.store.worktree_by_id(row.id) == evolve(row, branch="other")


async def test_the_reapers_look_keeps_the_time_of_the_first_sentence(desk: Desk) -> None:
    id_ = desk.worktree.id
    await desk.store.note_worktree(id_, condemned=True, kept_because=None)
    first = await desk.store.worktree_by_id(id_)
    assert first is not None
    assert first.condemned_at is not None
    await desk.store.note_worktree(id_, condemned=True, kept_because=None)
    assert await desk.store.worktree_by_id(id_) == first


async def test_a_worktree_that_is_not_safe_to_remove_says_why_and_is_pardoned(desk: Desk) -> None:
    id_ = desk.worktree.id
    await desk.store.note_worktree(id_, condemned=True, kept_because=None)
    await desk.store.note_worktree(id_, condemned=False, kept_because="2 changed files\0")
    (shown,) = await desk.store.list_worktrees()
    assert (shown.condemned_at, shown.kept_because) == (None, "2 changed files\ufffd")


async def test_a_removed_worktree_is_listed_only_when_asked_for(desk: Desk) -> None:
    row = await orphan(desk)
    await desk.store.worktree_removed(row.id, "refs/boocode/salvage/x")
    assert await desk.store.list_worktrees() == ()
    assert await desk.store.worktree_by_id(row.id) is None
    (shown,) = await desk.store.list_worktrees(removed=True)
    assert (shown.id, shown.salvage_ref) == (row.id, "refs/boocode/salvage/x")
    assert shown.removed_at is not None


async def test_a_second_removal_changes_neither_time_nor_ref(desk: Desk) -> None:
    await desk.store.worktree_removed(desk.worktree.id, "refs/boocode/salvage/x")
    (first,) = await desk.store.list_worktrees(removed=True)
    await desk.store.worktree_removed(desk.worktree.id, None)
    assert await desk.store.list_worktrees(removed=True) == (first,)


async def test_worktrees_are_listed_oldest_first(store: PostgresStore, pen: Pen) -> None:
    made = [(await a_desk(store, pen)).worktree.id for _ in range(3)]
    assert [one.id for one in await store.list_worktrees()] == made


async def test_a_worktree_that_only_git_knew_is_an_orphan_from_now_on(store: PostgresStore) -> None:
    session = await a_session(store)
    row = WorktreeRow("wt_1", None, session.project_id, "/src", "/wt/x", None, "base", made_for="sess_lost")
    await store.adopt_worktree(row)
    found = await store.worktree_by_id("wt_1")
    assert found is not None
    assert found.orphaned_at is not None
    assert found == evolve(row, orphaned_at=found.orphaned_at)


async def test_a_known_worktree_is_not_adopted(desk: Desk) -> None:
    for stranger in (
        evolve(desk.worktree, id="wt_x", session_id=None, made_for="other"),
        evolve(desk.worktree, id="wt_x", session_id=None, path="/elsewhere"),
    ):
        await desk.store.adopt_worktree(stranger)
    assert [one.id for one in await desk.store.list_worktrees()] == [desk.worktree.id]
    assert await desk.store.get_worktree(desk.session_id) == desk.worktree


async def test_a_worktree_of_an_unknown_project_is_adopted_without_it(store: PostgresStore) -> None:
    await store.adopt_worktree(WorktreeRow("wt_1", None, "proj_gone", "/src", "/wt/x", None, "base"))
    found = await store.worktree_by_id("wt_1")
    assert found is not None
    assert (found.project_id, found.made_for) == (None, "wt_1")


async def test_two_living_worktrees_are_never_made_for_the_same_session(desk: Desk) -> None:
    await orphan(desk)
    second = evolve(desk.worktree, id="wt_2", session_id=None, path="/wt/2")
    with pytest.raises(StoreRejected, match="worktrees_one_per_maker"):
        await desk.store.save_worktree(second)
    await desk.store.forget_worktree(desk.worktree.id)
    await desk.store.save_worktree(second)
    assert [one.id for one in await desk.store.list_worktrees()] == ["wt_2"]
