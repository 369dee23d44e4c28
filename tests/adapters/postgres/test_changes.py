"""Pending changes: the message they belong to, and what becomes of one that is split."""

from typing import Any

import pytest
from attrs import evolve

from boocode.adapters.postgres import PostgresStore
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import SplitChange
from boocode.ports.store import ChangeRow
from tests.adapters.postgres.safety_scenes import Desk, a_desk, change, decided
from tests.adapters.postgres.scenes import Pen


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> Desk:
    return await a_desk(store, pen)


async def in_a_turn(desk: Desk, *rows: ChangeRow) -> tuple[Any, ...]:
    """What waits, the turn's task, its message."""
    await desk.begin_turn()
    assert desk.claimed is not None
    claimed = desk.claimed
    waiting = await desk.store.replace_pending(desk.session_id, claimed.task.id, "practice", rows)
    await desk.end_turn()
    return waiting, claimed.task.id, claimed.message_id


async def test_a_change_belongs_to_the_message_of_its_task(desk: Desk) -> None:
    (one,), task_id, message_id = await in_a_turn(desk, change("a"))
    assert (one.task_id, one.message_id) == (task_id, message_id)
    assert (one.tier, one.score, one.base_changed) == (None, None, False)


async def test_a_change_of_an_earlier_turn_keeps_its_own_task_and_message(desk: Desk) -> None:
    _, first_task, first_message = await in_a_turn(desk)
    rows = (change("a", first_task), change("b", None, first_message), change("c"))
    (by_task, by_message, own), task_id, message_id = await in_a_turn(desk, *rows)
    assert (by_task.task_id, by_task.message_id) == (first_task, first_message)
    assert (by_message.task_id, by_message.message_id) == (task_id, first_message)
    assert own.message_id == message_id


async def test_an_unknown_message_falls_back_to_that_of_the_task(desk: Desk) -> None:
    (one,), _, message_id = await in_a_turn(desk, change("a", None, "msg_gone"))
    assert one.message_id == message_id


async def test_changes_go_with_their_session_whatever_they_point_to(desk: Desk) -> None:
    (one,), *_ = await in_a_turn(desk, change("a"))
    assert await desk.store.delete_session(desk.session_id)
    assert await desk.store.get_changes([one.id]) == ()


# splitting


def halves(row: ChangeRow) -> SplitChange:
    first = evolve(
        row, change=evolve(row.change, diff="--- first", additions=1, deletions=0), new_blob="half"
    )
    rest = evolve(
        row, change=evolve(row.change, id="chg_rest", diff="--- rest", additions=0), old_blob="half"
    )
    return SplitChange(first, rest)


async def test_a_split_change_waits_as_two_of_the_same_turn(desk: Desk) -> None:
    (one,), task_id, message_id = await in_a_turn(desk, change("a"))
    (row,) = await desk.store.get_changes([one.id])
    first, rest = await desk.store.split_change(halves(row))
    assert (first.id, first.diff, rest.id, rest.diff) == (one.id, "--- first", "chg_rest", "--- rest")
    assert {(each.task_id, each.message_id, each.agent, each.path) for each in (first, rest)} == {
        (task_id, message_id, "practice", "a")
    }
    assert await desk.store.list_pending(desk.session_id) == (first, rest)
    blobs = [(row.old_blob, row.new_blob) for row in await desk.store.get_changes([first.id, rest.id])]
    assert blobs == [("old", "half"), ("half", "new")]


async def test_the_rest_can_be_split_again_and_each_is_decided_alone(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    (row,) = await desk.store.get_changes([one.id])
    await desk.store.split_change(halves(row))
    (rest,) = await desk.store.get_changes(["chg_rest"])
    third = evolve(rest, change=evolve(rest.change, id="chg_third"))
    await desk.store.split_change(SplitChange(rest, third))
    operation_id = await desk.begin_operation("apply")
    await desk.store.finish_decision(operation_id, "applied", [decided("chg_rest")], desk.worktree.id, "b1")
    assert [each.id for each in await desk.store.list_pending(desk.session_id)] == [one.id, "chg_third"]


async def test_halves_are_superseded_together(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    (row,) = await desk.store.get_changes([one.id])
    await desk.store.split_change(halves(row))
    (again,) = await desk.waiting("a")
    assert [each.id for each in await desk.store.list_pending(desk.session_id)] == [again.id]


async def test_a_change_that_was_decided_is_not_split(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    (row,) = await desk.store.get_changes([one.id])
    await desk.store.set_change_state([one.id], "pending", "rejected")
    with pytest.raises(StoreRejected, match="does not wait any more"):
        await desk.store.split_change(halves(row))
    assert await desk.store.get_changes(["chg_rest"]) == ()


async def test_one_path_never_waits_twice_unless_it_was_split(desk: Desk) -> None:
    with pytest.raises(StoreRejected, match="pending_changes_one_per_path"):
        await desk.waiting("a", "a")
