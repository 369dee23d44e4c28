"""The journal of operations, and decisions about changes: written once, together."""

import pytest
import trio

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import PendingChange
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import Operation
from tests.adapters.postgres.safety_scenes import Desk, a_desk, decided
from tests.adapters.postgres.scenes import Pen, Sql


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> Desk:
    return await a_desk(store, pen)


def operation(id_: str, session_id: str = "s1", **plan: object) -> Operation:
    return Operation(id_, "apply", session_id, "w1", plan)


async def test_open_operations_are_listed_oldest_first(store: PostgresStore) -> None:
    made = [operation(f"op{n}", f"s{n % 2}") for n in range(3)]
    for each in made:
        await store.begin_operation(each)
    assert await store.open_operations() == tuple(made)
    assert await store.open_operations("s0") == (made[0], made[2])
    await store.end_operation("op0", "undone", "no space\0")
    assert await store.open_operations("s0") == (made[2],)


async def test_a_plan_comes_back_as_it_was_written(store: PostgresStore) -> None:
    plan = {"paths": ["a\udcff\0b", "ü\n"], "steps": [{"mode": 0o100644, "blob": None}], "n": 2**53, "x": {}}
    await store.begin_operation(operation("op1", plan=plan))
    assert (await store.open_operations())[0].plan == {"plan": plan}


async def test_an_operation_begun_twice_is_one(store: PostgresStore) -> None:
    await store.begin_operation(operation("op1", first=True))
    await store.end_operation("op1", "done")
    await store.begin_operation(operation("op1", first=False))
    assert await store.open_operations() == ()


async def test_the_first_end_of_an_operation_wins(store: PostgresStore, sql: Sql) -> None:
    await store.begin_operation(operation("op1"))
    await store.end_operation("op1", "stuck", "a file is in the way")
    await store.end_operation("op1", "done")
    assert await sql("SELECT state || ': ' || error FROM operations") == "stuck: a file is in the way"
    await store.end_operation("unknown", "done")


async def test_operations_outlive_their_session(desk: Desk) -> None:
    operation_id = await desk.begin_operation()
    await desk.store.remove_project(desk.project_id)
    assert [each.id for each in await desk.store.open_operations(desk.session_id)] == [operation_id]


# decisions


async def test_applied_changes_keep_what_undoes_them(desk: Desk) -> None:
    one, two = await desk.waiting("a", "b")
    wanted = (decided(one.id), decided(two.id, before=None))
    operation_id = await desk.begin_operation("apply")
    done = await desk.store.finish_decision(operation_id, "applied", wanted, desk.worktree.id, "base1")
    assert [(each.id, each.state, each.tier, each.score) for each in done] == [
        (one.id, "applied", "fuzzy", 0.9),
        (two.id, "applied", "fuzzy", 0.9),
    ]
    assert await desk.store.get_decided([two.id, one.id, "unknown"]) == wanted
    found = await desk.store.get_worktree(desk.session_id)
    assert found is not None
    assert found.base_commit == "base1"
    assert await desk.store.open_operations() == ()


async def test_a_rewound_change_is_not_applied_any_more(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    first, second = await desk.begin_operation("apply"), await desk.begin_operation("rewind")
    await desk.store.finish_decision(first, "applied", [decided(one.id)], desk.worktree.id, "base1")
    (done,) = await desk.store.finish_decision(
        second, "rewound", [decided(one.id)], desk.worktree.id, "base2"
    )
    assert (done.state, done.tier, done.score) == ("rewound", "fuzzy", 0.9)
    assert await desk.store.get_decided([one.id]) == ()


async def test_only_rows_in_the_right_state_are_decided(desk: Desk) -> None:
    one, two, three = await desk.waiting("a", "b", "c")
    await desk.store.set_change_state([one.id], "pending", "rejected")
    operation_id = await desk.begin_operation("apply")
    all_three = [decided(each.id) for each in (one, two, three)]
    done = await desk.store.finish_decision(operation_id, "applied", all_three, desk.worktree.id, "base1")
    assert [each.id for each in done] == [two.id, three.id]
    again = await desk.begin_operation("rewind")
    await desk.store.set_change_state([two.id], "applied", "rewound")
    done = await desk.store.finish_decision(again, "rewound", all_three, desk.worktree.id, "base2")
    assert [each.id for each in done] == [three.id]


async def test_a_decision_repeated_gives_the_same_rows_and_moves_nothing(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    operation_id = await desk.begin_operation("apply")
    first = await desk.store.finish_decision(
        operation_id, "applied", [decided(one.id)], desk.worktree.id, "base1"
    )
    await desk.store.move_base(desk.worktree.id, "base2")
    again = await desk.store.finish_decision(
        operation_id, "applied", [decided(one.id)], desk.worktree.id, "base1"
    )
    assert again == first
    found = await desk.store.get_worktree(desk.session_id)
    assert found is not None
    assert found.base_commit == "base2"


async def test_two_decisions_at_once_apply_once(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    operations = [await desk.begin_operation("apply") for _ in range(6)]
    answers: list[tuple[PendingChange, ...]] = []

    async def decide(operation_id: str) -> None:
        answers.append(
            await desk.store.finish_decision(
                operation_id,
                "applied",
                [decided(one.id, before=operation_id)],
                desk.worktree.id,
                operation_id,
            )
        )

    async with trio.open_nursery() as nursery:
        for operation_id in operations:
            nursery.start_soon(decide, operation_id)
    assert sorted(len(answer) for answer in answers) == [0, 0, 0, 0, 0, 1]


async def test_a_decision_that_nobody_began_is_refused(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    with pytest.raises(StoreRejected, match="never begun"):
        await desk.store.finish_decision(
            "op_unknown", "applied", [decided(one.id)], desk.worktree.id, "base1"
        )
    assert [each.state for each in await desk.store.list_pending(desk.session_id)] == ["pending"]


async def test_a_change_applied_before_that_was_kept_has_nothing_that_undoes_it(desk: Desk) -> None:
    (one,) = await desk.waiting("a")
    await desk.store.set_change_state([one.id], "pending", "applied")
    assert await desk.store.get_decided([one.id]) == ()
