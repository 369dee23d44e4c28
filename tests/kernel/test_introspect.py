"""Introspection: the tree as data without asking anybody, state on request, suspend, trace, crash log."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import Backoff, Budget, CallTimeout, Restart, tree_of
from tests.kit.children import (
    Boom,
    Crash,
    Do,
    Echo,
    Scripted,
    child,
    dynamic,
    hangs,
    supervising,
    supervisor,
    takes,
)
from tests.kit.virtual_time import lasting, settle


def flat(node) -> dict[str, object]:
    found = {node.path: node}
    for kid in node.children:
        found |= flat(kid)
    return found


@pytest.mark.case(70)
async def test_snapshot_shows_every_node_once_and_a_hanging_one_delays_nobody(tree, probe, autojump_clock):
    def build():
        return [
            child(probe, "idle"),
            child(probe, "hanging", shutdown=1),
            supervisor(
                "sub",
                child(probe, "crashed"),
                dynamic("pool"),
                backoff=Backoff(10, 10, jitter=0),
                budget=Budget(5, 60),
            ),
        ]

    async with tree(*build()) as system:
        await system.find("root/sub/pool").start_child(child(probe, "a"))
        system.find("root/hanging").cast(Do(hangs))
        await settle()
        system.find("root/hanging").cast("queued")
        await trio.sleep(2)
        system.find("root/sub/crashed").cast(Crash(Boom("over")))
        await trio.sleep(4)
        with lasting(0):
            nodes = flat(system.snapshot())

    assert list(nodes) == [
        "root",
        "root/idle",
        "root/hanging",
        "root/sub",
        "root/sub/crashed",
        "root/sub/pool",
        "root/sub/pool/a",
    ]
    assert [node.kind for node in nodes.values()] == [
        "supervisor",
        "worker",
        "worker",
        "supervisor",
        "worker",
        "supervisor",
        "worker",
    ]
    hanging, crashed, sub = nodes["root/hanging"], nodes["root/sub/crashed"], nodes["root/sub"]
    assert (nodes["root/idle"].state, nodes["root/idle"].uptime_s, nodes["root/idle"].busy_s) == (
        "idle",
        6,
        0,
    )
    assert (hanging.state, hanging.busy_s, hanging.mailbox.depth, hanging.mailbox.oldest_ms) == (
        "busy",
        6,
        1,
        6000,
    )
    assert [node.path for node in nodes.values() if not node.is_responsive] == ["root/hanging"]
    assert (hanging.mailbox.capacity, hanging.mailbox.high_water >= 1) == (1024, True)
    assert (crashed.state, crashed.incarnation, crashed.next_restart_due) == ("backing_off", 1, 12)
    assert (crashed.last_exit.kind, crashed.last_exit.at) == ("crashed", 2)
    assert "over" in crashed.last_exit.reason
    assert "Boom" in crashed.last_error
    assert (sub.strategy, sub.restarts_in_window, sub.children[0].restarts) == ("one_for_one", 1, 0)
    assert (nodes["root"].name, hanging.name) == ("root", "hanging")


@pytest.mark.case(71)
async def test_state_of_a_busy_actor_times_out_and_suspend_holds_data_but_not_control(
    tree, probe, autojump_clock
):
    class Open(Scripted):
        def inspect(self):
            return {"secret": 42}

    from boocode.kernel import ChildSpec

    async with tree(ChildSpec(id="a", start=lambda: Open(probe, "a"))) as system:
        assert await system.get_state("root/a", timeout=1) == {"secret": 42}

        system.find("root/a").cast(Do(takes(5)))
        await settle()
        with lasting(2), pytest.raises(CallTimeout):
            await system.get_state("root/a", timeout=2)
        await trio.sleep(5)
        assert (probe.count("handled"), system.dead_letters.total) == (0, 0)

        await system.suspend("root/a")
        system.find("root/a").cast("held")
        await trio.sleep(100)
        assert probe.count("handled") == 0
        assert system.snapshot().children[0].state == "suspended"
        with lasting(0):
            assert await system.get_state("root/a", timeout=1) == {"secret": 42}
        await system.resume("root/a")
        await settle()
        assert probe.details("handled") == ["held"]

        await system.suspend("root/a")
        with lasting(0):
            system.find("root/a").stop("control passes")
            await system.find("root/a").stopped()


async def test_suspending_a_busy_actor_holds_what_is_queued_behind_its_handler(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(takes(1)))
        await settle()
        system.find("root/a").cast("queued")
        await system.suspend("root/a")
        await trio.sleep(5)
        assert probe.count("handled") == 0
        await system.resume("root/a")
        await settle()

    assert probe.details("handled") == ["queued"]


async def test_blocked_and_busy_are_what_the_actor_says(tree, probe, autojump_clock):
    async def wait_for_disk(actor: Scripted) -> None:
        with actor.ctx.blocked("disk"):
            await trio.sleep(1)

    async def begin_turn(actor: Scripted) -> None:
        actor.ctx.set_busy(True, "turn 7")

    async def end_turn(actor: Scripted) -> None:
        actor.ctx.set_busy(False)

    def shown(system) -> tuple[str, str | None]:
        (node,) = system.snapshot().children
        return node.state, node.waits_for

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        ref.cast(Do(wait_for_disk))
        await settle()
        assert shown(system) == ("blocked", "disk")
        await trio.sleep(2)
        assert shown(system) == ("idle", None)
        await ref.call(Do(begin_turn), 1)
        assert shown(system) == ("busy", "turn 7")
        await ref.call(Do(end_turn), 1)
        assert shown(system) == ("idle", None)


async def test_starting_and_stopping_are_visible(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        pool = system.find("root/pool")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(pool.start_child, child(probe, "a", init=takes(1), stop=takes(1)))
            await settle()
            assert system.snapshot().children[0].children[0].state == "starting"
        system.find("root/pool/a").stop("enough")
        await settle()
        assert system.snapshot().children[0].children[0].state == "stopping"


async def test_handled_messages_and_restarts_are_counted(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        for number in range(3):
            ref.cast(number)
        assert await ref.call(Echo(3), 1) == 3
        assert system.snapshot().children[0].handled == 4
        ref.cast(Crash())
        await probe.until("ready", "a", times=2)
        await settle()

        (node,) = system.snapshot().children
        assert (node.incarnation, node.restarts, node.last_exit.kind) == (2, 1, "crashed")


async def test_a_budget_says_how_long_each_restart_counts(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), budget=Budget(3, 60)) as system:
        for times in (2, 3):
            system.find("root/a").cast(Crash())
            await probe.until("ready", "a", times=times)
            await trio.sleep(10)
        root = system.snapshot()
        assert (root.budget.max_restarts, root.budget.period) == (3, 60)
        first, second = root.budget.expires
        assert (first, second) == (60, 70.25)
        assert root.children[0].budget is None

        await trio.sleep_until(60.5)
        assert system.snapshot().budget.expires == (70.25,)
        assert system.snapshot().restarts_in_window == 1


async def test_a_node_says_how_it_is_restarted_and_since_when_it_is_up_and_at_work(
    tree, probe, autojump_clock
):
    await trio.sleep(5)
    async with tree(child(probe, "a", restart=Restart.TRANSIENT)) as system:
        await trio.sleep(2)
        root = system.snapshot()
        (node,) = root.children
        assert (root.restart, node.restart) == (None, "transient")
        assert (node.started_at, node.busy_since, node.mailbox.since) == (5, None, None)
        system.find("root/a").cast(Do(takes(3)))
        await settle()
        system.find("root/a").cast("later")
        await trio.sleep(1)
        (node,) = system.snapshot().children
        assert (node.busy_since, node.mailbox.since) == (7, 7)


async def test_crash_log_keeps_the_traceback_and_the_last_messages_bounded(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast("x" * 100_000)
        system.find("root/a").cast(Crash(Boom("last words")))
        await settle()
        (crash, *_) = system.crash_log.list()

    assert (crash.path, crash.incarnation) == ("root/a", 1)
    assert "last words" in crash.traceback
    assert "handle" in crash.traceback
    assert [message.type for message in crash.messages] == ["str", "Crash"]
    assert all(len(message.text) < 1000 for message in crash.messages)


async def test_operator_stops_and_restarts_at_a_path_without_spending_the_budget(tree, probe, autojump_clock):
    async with tree(supervisor("sub", child(probe, "a")), budget=Budget(0, 60)) as system:
        await system.restart("root/sub/a")
        await settle()
        assert probe.sequence("init", "terminate") == ["init a", "terminate a", "init a"]
        assert system.find("root/sub/a").is_running

        await system.restart("root/sub")
        await settle()
        assert probe.count("init", "a") == 3

        await system.stop("root/sub")
        await trio.sleep(100)
        assert not system.find("root/sub").is_running
        assert probe.count("init", "a") == 3


async def test_trace_shows_messages_only_while_it_is_on(tree, probe, autojump_clock):
    events = []
    async with tree(child(probe, "a")) as system:
        system.telemetry.attach(events.append)
        ref = system.find("root/a")
        for on, message in ((False, 1), (True, "two"), (False, 3.0)):
            system.trace("root/a", on)
            ref.cast(message)
            await settle()

    assert [event.extra["type"] for event in events if event.kind == "message"] == ["str"]


async def test_process_of_an_actor_is_shown(tree, probe):
    import os

    async def own(actor: Scripted) -> None:
        actor.ctx.set_process(os.getpid())

    async def disown(actor: Scripted) -> None:
        actor.ctx.set_process(None)

    async with tree(child(probe, "a")) as system:
        await system.find("root/a").call(Do(own), 5)
        (node,) = system.snapshot().children
        assert node.process.pid == os.getpid()
        assert node.process.rss > 1_000_000
        await system.find("root/a").call(Do(disown), 5)
        assert system.snapshot().children[0].process is None


def test_tree_of_a_spec_describes_it_without_starting_anything(probe):
    described = tree_of(
        supervising([child(probe, "a"), supervisor("sub", child(probe, "b")), dynamic("pool")])
    )

    assert [kid.id for kid in described.children] == ["a", "sub", "pool"]
    assert [kid.kind for kid in described.children] == ["worker", "supervisor", "supervisor"]
    assert [kid.id for kid in described.children[1].children] == ["b"]
    assert described.strategy == "one_for_one"
