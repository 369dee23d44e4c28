"""Administration: starting, stopping, restarting, deleting and counting children at run time."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import (
    AdminRefused,
    AlreadyPresent,
    AlreadyStarted,
    Backoff,
    ChildNotFound,
    ChildRestarting,
    ChildRunning,
    TooManyChildren,
)
from tests.kit.children import Crash, child, dynamic, supervisor, takes
from tests.kit.virtual_time import lasting, settle

SLOW = Backoff(minimum=1000, maximum=1000, jitter=0)


@pytest.mark.case(36)
async def test_terminate_succeeds_twice_and_an_unknown_id_is_not_found(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        await system.root.terminate_child("a")
        await system.root.terminate_child("a")
        assert probe.count("terminate", "a") == 1

        for method in (system.root.terminate_child, system.root.restart_child, system.root.delete_child):
            with pytest.raises(ChildNotFound):
                await method("nobody")


@pytest.mark.case(37)
async def test_start_of_a_running_id_names_its_ref_and_of_a_stopped_one_says_present(
    tree, probe, autojump_clock
):
    async with tree(child(probe, "a")) as system:
        with pytest.raises(AlreadyStarted) as refused:
            await system.root.start_child(child(probe, "a"))
        assert refused.value.ref.path == "root/a"
        assert refused.value.ref.is_running

        await system.root.terminate_child("a")
        with pytest.raises(AlreadyPresent):
            await system.root.start_child(child(probe, "a"))
        assert probe.count("init", "a") == 1


@pytest.mark.case(38)
async def test_restart_and_delete_are_refused_while_running_and_while_restarting(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), backoff=SLOW) as system:
        for refusal in (ChildRunning, ChildRestarting):
            for method in (system.root.restart_child, system.root.delete_child):
                with pytest.raises(refusal) as refused:
                    await method("a")
                assert isinstance(refused.value, AdminRefused)
            system.find("root/a").cast(Crash())
            await settle()

        await system.root.terminate_child("a")
        await system.root.delete_child("a")
        assert system.root.which() == ()
        await system.root.start_child(child(probe, "a"))
        assert system.find("root/a").is_running


@pytest.mark.case(39)
async def test_count_and_which_agree_and_a_restarting_child_is_not_active(tree, probe, autojump_clock):
    kids = [child(probe, who) for who in ("runs", "crashed", "stopped")]
    async with tree(*kids, supervisor("sub"), dynamic("pool"), backoff=SLOW) as system:
        system.find("root/crashed").cast(Crash())
        await system.root.terminate_child("stopped")
        await settle()
        count = system.root.count()
        which = system.root.which()

        assert (count.specs, count.active, count.supervisors, count.workers) == (5, 3, 2, 3)
        assert [info.id for info in which] == ["runs", "crashed", "stopped", "sub", "pool"]
        assert [info.type for info in which] == ["worker"] * 3 + ["supervisor"] * 2
        assert [system.find(f"root/{info.id}").is_running for info in which] == [
            True,
            False,
            False,
            True,
            True,
        ]


@pytest.mark.case(40)
async def test_max_children_refuses_the_next_and_a_restarting_child_keeps_its_place(
    tree, probe, autojump_clock
):
    async with tree(dynamic("pool", max_children=2, backoff=SLOW)) as system:
        pool = system.find("root/pool")
        await pool.start_child(child(probe, "a"))
        await pool.start_child(child(probe, "b"))
        with pytest.raises(TooManyChildren):
            await pool.start_child(child(probe, "c"))

        system.find("root/pool/a").cast(Crash())
        await settle()
        assert pool.count().active == 1
        with pytest.raises(TooManyChildren):
            await pool.start_child(child(probe, "c"))

        await pool.terminate_child("a")
        await pool.start_child(child(probe, "c"))
        assert pool.count().active == 2


async def test_start_child_waits_for_ready_and_appends(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        with lasting(3):
            ref = await system.root.start_child(child(probe, "b", init=takes(3)))
        assert (ref.path, ref.is_running) == ("root/b", True)
        assert system.root.child("b").path == "root/b"

    assert probe.sequence("terminate") == ["terminate b", "terminate a"]


async def test_two_starts_of_one_id_at_once_give_one_child(tree, probe, autojump_clock):
    outcomes = []

    async def start(pool) -> None:
        try:
            outcomes.append(await pool.start_child(child(probe, "a", init=takes(1))))
        except AlreadyStarted as refused:
            outcomes.append(refused)

    async with tree(dynamic("pool")) as system, trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(start, system.find("root/pool"))

    assert sorted(type(outcome).__name__ for outcome in outcomes)[0] == "AlreadyStarted"
    assert probe.count("init", "a") == 1


async def test_caller_that_gives_up_on_start_child_leaves_a_whole_child_or_none(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        pool = system.find("root/pool")
        with trio.move_on_after(1):
            await pool.start_child(child(probe, "a", init=takes(3)))
        await trio.sleep(10)

        assert pool.count().active == probe.count("ready", "a")
        assert pool.count().specs == pool.count().active
