"""A tree as a whole: opened as a block or run as a task, found, stopped, forced."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import (
    AdminRefused,
    Budget,
    ChildNotFound,
    Crashed,
    CrashLog,
    RestartsExhausted,
    Shutdown,
    SpecError,
    StartFailed,
    open_tree,
    run_tree,
)
from tests.kit.children import Boom, Crash, Do, child, crashes, dynamic, hangs, supervising, supervisor
from tests.kit.trees import raising
from tests.kit.virtual_time import lasting, settle


async def test_run_tree_reports_ready_with_its_system_and_returns_the_roots_exit(probe, autojump_clock):
    exits = []

    async def run(task_status) -> None:
        exits.append(await run_tree(supervising([child(probe, "a")]), task_status=task_status))

    async with trio.open_nursery() as nursery:
        system = await nursery.start(run)
        assert system.find("root/a").is_running
        system.request_stop("enough")
        assert await system.wait_stopped() == Shutdown("enough")

    assert exits == [Shutdown("enough")]
    assert probe.count("ended", "a") == 1


async def test_run_tree_returns_an_escalation_and_raises_a_failed_start(probe, autojump_clock):
    async with trio.open_nursery() as nursery:
        system = await nursery.start(run_tree, supervising([child(probe, "a")], budget=Budget(0, 1)))
        system.find("root/a").cast(Crash())
        how = await system.wait_stopped()
    assert isinstance(how, Crashed)
    assert isinstance(how.cause, RestartsExhausted)

    with raising(StartFailed):
        async with trio.open_nursery() as nursery:
            await nursery.start(run_tree, supervising([child(probe, "b", init=crashes())]))


async def test_requested_stop_ends_the_tree_and_not_the_block(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.request_stop("enough")
        await system.wait_stopped()
        await trio.sleep(5)
        assert not system.root.is_running

    assert trio.current_time() == 5


async def test_force_ends_at_once_what_would_wait_for_ever(tree, probe, autojump_clock):
    stuck = [child(probe, who, stop=hangs, shutdown=None) for who in "abc"]
    with lasting(3):
        async with tree(supervisor("sub", *stuck), child(probe, "d")) as system:
            system.find("root/d").cast(Do(hangs))
            await settle()
            system.request_stop("please")
            await trio.sleep(3)
            system.force_stop("second signal")
            with lasting(0):
                await system.wait_stopped()

    assert probe.count("init") == 4
    assert probe.count("ended", "a") == 0


async def test_paths_lead_to_refs_and_unknown_ones_to_none(tree, probe, autojump_clock):
    async with tree(supervisor("sub", child(probe, "a", name="alice")), dynamic("pool")) as system:
        assert system.find("root") == system.root
        assert system.find("root/sub/a").path == "root/sub/a"
        assert [system.find(path) for path in ("", "sub", "root/nobody", "root/sub/a/deeper")] == [None] * 4
        assert system.whereis("alice").path == "root/sub/a"

        for path in ("root/nobody/x", "root/sub/nobody"):
            with pytest.raises(ChildNotFound):
                await system.stop(path)
        for refused in (system.stop("root"), system.restart("root"), system.suspend("root/sub")):
            with pytest.raises(AdminRefused):
                await refused


async def test_supervisor_is_found_by_its_name(tree, probe, autojump_clock):
    async with tree(dynamic("pool", spec={"name": "sessions"})) as system:
        sessions = system.supervisor("sessions")
        await sessions.start_child(child(probe, "a"))
        assert [info.id for info in sessions.which()] == ["a"]
        assert system.supervisor("nobody").is_running is False


async def test_one_name_twice_in_a_tree_is_refused_before_anything_starts(probe, autojump_clock):
    twins = [child(probe, "a", name="twin"), supervisor("sub", child(probe, "b", name="twin"))]
    with pytest.raises(SpecError, match="twin"):
        async with open_tree(supervising(twins)):
            pytest.fail("the tree must not start")

    assert probe.notes == []


async def test_trees_beside_each_other_share_nothing(tree, probe, autojump_clock):
    async with tree(child(probe, "a", name="n")) as one, tree(child(probe, "b", name="n")) as other:
        one.whereis("n").cast("first")
        other.whereis("n").cast("second")
        one.whereis("m").cast("lost")
        await settle()
        assert (one.dead_letters.total, other.dead_letters.total) == (1, 0)

    assert probe.details("handled", "a") == ["first"]
    assert probe.details("handled", "b") == ["second"]


async def test_error_of_the_block_comes_out_alone_and_after_an_ordered_stop(tree, probe, autojump_clock):
    cause = Boom()
    with pytest.raises(Boom) as raised:
        async with open_tree(supervising([child(probe, "a"), child(probe, "b")])):
            raise cause

    assert raised.value is cause
    assert probe.sequence("ended") == ["ended b", "ended a"]


def test_crash_log_is_a_ring() -> None:
    log = CrashLog(kept=3)

    async def fill() -> None:
        for number in range(10):
            log.record("root/a", number, Crashed(Boom(str(number))), [])

    trio.run(fill)
    assert [crash.incarnation for crash in log.list()] == [7, 8, 9]
