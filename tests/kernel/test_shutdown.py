"""Shutdown: right to left, each child with its own full time, and afterwards nothing is alive."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import Killed, Restart, Shutdown, kind, open_tree
from tests.kit.children import (
    Boom,
    Crash,
    Do,
    End,
    Scripted,
    child,
    crashes,
    dynamic,
    hangs,
    hangs_under_a_shield,
    in_turn,
    job,
    nothing,
    supervising,
    supervisor,
    takes,
)
from tests.kit.leaks import Footprint, living_tasks
from tests.kit.startstop import start_stop_stress
from tests.kit.virtual_time import lasting, settle


@pytest.mark.case(14)
async def test_children_stop_right_to_left_each_after_the_one_before_is_gone(tree, probe, autojump_clock):
    async with tree(*(child(probe, who, stop=takes(1)) for who in "abc")):
        pass

    assert probe.sequence("terminate", "ended") == [
        "terminate c",
        "ended c",
        "terminate b",
        "ended b",
        "terminate a",
        "ended a",
    ]
    assert probe.times("terminate") == [0, 1, 2]
    assert probe.details("terminate", "a") == [Shutdown()]


@pytest.mark.case(15)
async def test_child_that_ignores_stop_is_killed_at_its_own_timeout_and_the_others_keep_theirs(
    tree, probe, autojump_clock
):
    with lasting(2 + 4):
        async with tree(child(probe, "a", stop=takes(4)), child(probe, "b", stop=hangs, shutdown=2)):
            pass

    assert probe.times("terminate cancelled", "b") == [2]
    assert probe.times("ended", "a") == [6]


@pytest.mark.case(16)
async def test_shutdown_of_zero_kills_without_a_graceful_stop(tree, probe, autojump_clock):
    with lasting(0):
        async with tree(child(probe, "a", stop=takes(3), shutdown=0)) as system:
            system.find("root/a").cast(Do(hangs))
            await settle()

    assert [kind(how) for how in probe.details("terminate", "a")] in ([], ["killed"])
    assert probe.count("ended", "a") == 0


@pytest.mark.case(17)
async def test_shutdown_of_none_waits_as_long_as_it_takes(tree, probe, autojump_clock):
    with lasting(100_000):
        async with tree(child(probe, "a", stop=takes(100_000), shutdown=None)):
            pass

    assert probe.count("ended", "a") == 1


@pytest.mark.case(18)
async def test_child_stuck_in_cleanup_under_a_shield_is_killed_at_the_same_deadline(
    tree, probe, autojump_clock
):
    async def hangs_in_finally(actor: Scripted) -> None:
        try:
            await trio.sleep_forever()
        finally:
            probe.note("cleanup", actor.who)
            await hangs_under_a_shield(actor)

    with lasting(3 + 2):
        async with tree(
            child(probe, "a", stop=hangs_under_a_shield, shutdown=2), child(probe, "b", shutdown=3)
        ) as system:
            system.find("root/b").cast(Do(hangs_in_finally))
            await settle()

    assert probe.count("cleanup", "b") == 1
    assert probe.times("terminate", "a") == [3]
    assert probe.times("ended", "a") + probe.times("terminate cancelled", "a") == [5]


@pytest.mark.case(19)
async def test_dynamic_children_stop_together_under_one_timer(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        pool = system.find("root/pool")
        for number in range(100):
            await pool.start_child(child(probe, f"k{number}", stop=takes(1)))
        leaving = trio.current_time()

    assert trio.current_time() - leaving == 1
    assert probe.count("ended") == 100


@pytest.mark.case(20)
async def test_children_that_exit_by_themselves_during_shutdown_neither_hang_it_nor_restart(
    tree, probe, autojump_clock
):
    async def crash_soon(ctx) -> None:
        await ctx.stop_requested.wait()
        raise Boom

    async def leave_by_itself(ctx) -> None:
        await trio.sleep(1)

    async def crash_by_itself(ctx) -> None:
        await trio.sleep(1)
        raise Boom

    with lasting(2):
        async with tree(
            job(probe, "leaves", leave_by_itself),
            job(probe, "crashes", crash_by_itself),
            job(probe, "on request", crash_soon),
            child(probe, "in cleanup", stop=crashes()),
            child(probe, "last", stop=takes(2)),
        ):
            pass

    assert probe.sequence("init") == [
        f"init {who}" for who in ("leaves", "crashes", "on request", "in cleanup", "last")
    ]


@pytest.mark.case(21)
async def test_outer_cancellation_gives_the_same_order_as_a_requested_stop(probe, autojump_clock):
    def build():
        return supervising(
            [
                child(probe, "a", stop=takes(1)),
                supervisor(
                    "sub",
                    child(probe, "b", stop=takes(1)),
                    supervisor("subsub", child(probe, "c", stop=takes(1)), child(probe, "d", stop=takes(1))),
                    child(probe, "e", stop=takes(1)),
                ),
                child(probe, "f", stop=takes(1)),
            ]
        )

    before = Footprint.now()
    async with open_tree(build()):
        pass
    requested = probe.sequence("terminate", "ended")
    probe.clear()
    with trio.CancelScope() as outside:
        async with open_tree(build()):
            outside.cancel()
            await trio.sleep_forever()
    cancelled = probe.sequence("terminate", "ended")
    before.check()

    assert requested[:2] == ["terminate f", "ended f"]
    assert [line[-1] for line in requested[::2]] == list("fedcba")
    assert cancelled == requested
    assert set(map(kind, probe.details("terminate"))) == {"shutdown"}


@pytest.mark.case(22)
async def test_after_shutdown_no_task_process_or_timer_of_the_subtree_is_left(tree, probe):
    async def busy(actor: Scripted) -> None:
        actor.ctx.start_task(trio.sleep_forever)
        actor.ctx.send_after(3600, "late")
        actor.ctx.send_every(3600, "often")
        await actor.ctx.run_task(sleeper)

    async def sleeper(task_status) -> None:
        process = await trio.lowlevel.open_process(["sleep", "3600"])
        try:
            task_status.started()
            await process.wait()
        finally:
            process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()

    sub = supervisor("sub", child(probe, "a", init=busy), supervisor("subsub", child(probe, "b", init=busy)))
    async with tree(child(probe, "calm")) as system:
        before = Footprint.now()
        await system.root.start_child(sub)
        assert len(living_tasks()) >= len(before.tasks) + 6

        await system.root.terminate_child("sub")
        await settle()
        before.check()
        assert trio.lowlevel.current_statistics().seconds_to_next_deadline < 3000


async def test_shield_that_held_already_is_cut_by_the_kill_as_well(tree, probe, autojump_clock):
    with lasting(3):
        async with tree(child(probe, "a", shutdown=3)) as system:
            system.find("root/a").cast(Do(hangs_under_a_shield))
            await settle()

    assert probe.times("terminate", "a") == [3]


async def test_clean_up_after_a_crash_has_the_childs_shutdown_time_and_no_more(tree, probe, autojump_clock):
    async with tree(child(probe, "a", stop=in_turn(hangs, nothing), shutdown=2)) as system:
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)

    assert probe.times("terminate cancelled", "a") == [2]
    assert probe.times("ready", "a") == [0, 2.25]


async def test_child_that_ends_itself_leaves_what_is_queued(tree, probe, autojump_clock):
    async with tree(child(probe, "a", restart=Restart.TEMPORARY)) as system:
        ref = system.find("root/a")
        for message in (1, End(), 2, 3):
            ref.cast(message)
        await ref.stopped()
        letters = [letter.message_type for letter in system.dead_letters.list()]

    assert probe.details("handled") == [1]
    assert letters == ["int", "int"]


async def test_stop_lets_the_running_handler_finish(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(takes(2)))
        system.find("root/a").cast("queued")
        await settle()

    assert probe.times("terminate", "a") == [2]
    assert probe.count("handled") == 0


async def test_second_stop_request_changes_nothing(tree, probe, autojump_clock):
    with lasting(1):
        async with tree(child(probe, "a", stop=takes(1))) as system:
            system.request_stop("once")
            system.request_stop("twice")
            await system.wait_stopped()

    assert probe.sequence("init", "terminate", "ended") == ["init a", "terminate a", "ended a"]


async def test_kill_interrupts_a_handler_that_a_stop_is_waiting_for(tree, probe, autojump_clock):
    async with tree(child(probe, "a", shutdown=100, restart=Restart.TEMPORARY)) as system:
        ref = system.find("root/a")
        ref.cast(Do(hangs))
        await settle()
        ref.stop("please")
        await trio.sleep(1)
        ref.kill("now")
        with lasting(0):
            how = await ref.stopped()

    assert how == Killed("now")


async def test_start_stop_stress_leaves_nothing(probe):
    def make():
        return supervisor(
            "sub",
            child(probe, "a", init=takes(0.001), stop=takes(0.001)),
            job(probe, "b"),
            dynamic("pool"),
            child(probe, "c"),
        )

    await start_stop_stress(make, rounds=25, seed=7, span=0.01)


async def test_start_stop_stress_of_a_crashing_child_leaves_nothing(probe, autojump_clock):
    def make():
        async def crash_later(actor: Scripted) -> None:
            actor.ctx.send_after(0.01, Crash())

        return child(probe, "a", init=crash_later, restart=Restart.TEMPORARY)

    await start_stop_stress(make, rounds=60, seed=11, span=0.03, endings=("leave", "kill", "drain"))
