"""Start: left to right, each ready before the next, and a start that fails leaves nothing half-started."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import (
    ChildSpec,
    Ignore,
    Job,
    NotReady,
    Restart,
    StartFailed,
    StartTimeout,
    open_tree,
)
from tests.kit.children import (
    Boom,
    Crash,
    Do,
    Scripted,
    child,
    crashes,
    dynamic,
    hangs,
    in_turn,
    nothing,
    supervising,
    supervisor,
    takes,
)
from tests.kit.trees import raising
from tests.kit.virtual_time import lasting, settle


@pytest.mark.case(6)
async def test_children_start_left_to_right_each_after_the_one_before_is_ready(tree, probe, autojump_clock):
    async with tree(*(child(probe, who, init=takes(1)) for who in "abc")):
        pass

    assert probe.sequence("init", "ready") == ["init a", "ready a", "init b", "ready b", "init c", "ready c"]
    assert probe.times("init") == [0, 1, 2]


@pytest.mark.case(7)
async def test_start_returns_only_after_every_child_is_ready(tree, probe, autojump_clock):
    with lasting(3):
        start = trio.current_time()
        async with tree(
            child(probe, "a", init=takes(1)), supervisor("sub", child(probe, "b", init=takes(2)))
        ):
            assert trio.current_time() - start == 3
            assert probe.sequence("ready") == ["ready a", "ready b"]


@pytest.mark.case(8)
async def test_failed_first_start_stops_the_earlier_ones_in_reverse_and_is_not_retried(
    tree, probe, autojump_clock
):
    cause = Boom("no disk")
    with raising(StartFailed) as failed:
        async with tree(
            child(probe, "a"), child(probe, "b"), child(probe, "c", init=crashes(cause)), child(probe, "d")
        ):
            pytest.fail("the tree must not start")

    assert "c" in str(failed.only.child)
    assert failed.only.cause is cause
    assert probe.sequence("init", "terminate") == ["init a", "init b", "init c", "terminate b", "terminate a"]


@pytest.mark.case(9)
async def test_init_beyond_start_timeout_is_cancelled_at_that_instant_and_fails_the_start(
    tree, probe, autojump_clock
):
    with lasting(2.5), raising(StartFailed) as failed:
        async with tree(child(probe, "a", init=hangs, start_timeout=2.5)):
            pytest.fail("the tree must not start")

    assert isinstance(failed.only.cause, StartTimeout)
    assert probe.times("init cancelled", "a") == [2.5]


@pytest.mark.case(10)
async def test_ignored_init_leaves_a_spec_without_a_process_and_a_temporary_one_vanishes(
    tree, probe, autojump_clock
):
    kids = [
        child(probe, restart.name, init=in_turn(crashes(Ignore()), nothing), restart=restart)
        for restart in Restart
    ]
    async with tree(*kids) as system:
        assert {info.id for info in system.root.which()} == {"PERMANENT", "TRANSIENT"}
        assert (system.root.count().specs, system.root.count().active) == (2, 0)
        assert probe.count("ready") == 0

        await trio.sleep(100)
        assert probe.count("init") == 3

        await system.root.restart_child("PERMANENT")
        assert system.root.count().active == 1


class Forgetful(Job):
    """Returns without ever saying that it is ready."""

    async def run(self, ctx, task_status) -> None:
        await trio.lowlevel.checkpoint()


@pytest.mark.case(11)
async def test_start_function_that_returns_without_reporting_ready_is_an_error(tree, autojump_clock):
    with raising(StartFailed) as failed:
        async with tree(ChildSpec(id="a", start=Forgetful)):
            pytest.fail("the tree must not start")

    assert isinstance(failed.only.cause, NotReady)


class Brief(Job):
    """Ready, and gone in the same tick."""

    async def run(self, ctx, task_status) -> None:
        task_status.started()
        raise Boom


@pytest.mark.case(12)
async def test_ready_and_crashed_in_one_tick_is_started_once_then_exited_once(tree, autojump_clock):
    events = []
    async with tree(dynamic("pool")) as system:
        system.telemetry.attach(lambda event: events.append((event.kind, event.path)))
        await system.find("root/pool").start_child(ChildSpec(id="a", start=Brief, restart=Restart.TEMPORARY))
        await settle()
        mine = [kind for kind, path in events if path == "root/pool/a"]

    assert mine == ["started", "exited"]


@pytest.mark.case(13)
async def test_cancelling_while_a_child_is_in_init_leaves_nothing_half_started(tree, probe, autojump_clock):
    with lasting(1), trio.move_on_after(1):
        async with tree(child(probe, "a"), child(probe, "b", init=hangs), child(probe, "c")):
            pytest.fail("the tree must not start")

    assert probe.sequence("init", "init cancelled", "terminate") == [
        "init a",
        "init b",
        "init cancelled b",
        "terminate a",
    ]


async def test_every_incarnation_is_a_fresh_actor(tree, probe, autojump_clock):
    made = []

    def factory() -> Scripted:
        made.append(Scripted(probe, "a"))
        return made[-1]

    async with tree(ChildSpec(id="a", start=factory)) as system:
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)

    assert len(made) == 2
    assert made[0] is not made[1]


async def test_failed_start_of_a_dynamic_child_reaches_the_caller_and_keeps_no_spec(
    tree, probe, autojump_clock
):
    async with tree(dynamic("pool")) as system:
        pool = system.find("root/pool")
        with raising(StartFailed) as failed:
            await pool.start_child(child(probe, "a", init=crashes()))
        assert isinstance(failed.only.cause, Boom)
        assert pool.count().specs == 0


async def test_body_that_raises_stops_the_tree_and_the_error_comes_out(probe, autojump_clock):
    with raising(Boom):
        async with open_tree(supervising([child(probe, "a")])):
            raise Boom

    assert probe.sequence("init", "ended") == ["init a", "ended a"]


async def test_handler_runs_helpers_in_the_actors_own_nursery(tree, probe, autojump_clock):
    async def helper(task_status=trio.TASK_STATUS_IGNORED) -> None:
        task_status.started("up")
        probe.note("helping", "a")
        await trio.sleep_forever()

    async def start_helper(actor: Scripted) -> str:
        return await actor.ctx.run_task(helper)

    async with tree(child(probe, "a")) as system:
        assert await system.find("root/a").call(Do(start_helper), 1) == "up"
        assert probe.count("helping") == 1


async def test_crash_of_a_helper_crashes_its_actor_with_that_cause(tree, probe, autojump_clock):
    cause = Boom("helper")

    async def helper() -> None:
        raise cause

    async def start_helper(actor: Scripted) -> None:
        actor.ctx.start_task(helper)

    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(start_helper))
        await probe.until("ready", "a", times=2)

    (first, _) = probe.details("terminate", "a")
    assert first.cause is cause
