"""Telemetry: one event for each start and each exit; who raises while listening listens no more."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import Budget, Crashed, Shutdown
from tests.kit.children import Boom, Crash, child, supervisor, takes
from tests.kit.virtual_time import settle


@pytest.mark.case(72)
async def test_each_start_and_exit_emits_one_event_and_a_raising_handler_is_detached(
    tree, probe, autojump_clock
):
    cause = Boom()
    events = []
    calls = []

    def bad_listener(event) -> None:
        calls.append(event)
        raise RuntimeError("listener")

    async with tree(child(probe, "a", init=takes(1), stop=takes(2))) as system:
        system.telemetry.attach(bad_listener)
        system.telemetry.attach(events.append)
        await trio.sleep(3)
        system.find("root/a").cast(Crash(cause))
        await probe.until("ready", "a", times=2)
        await settle()
        await trio.sleep(4)

    seen = [event for event in events if event.kind in ("started", "exited") and event.path == "root/a"]
    assert [(event.kind, event.incarnation, event.at) for event in seen] == [
        ("exited", 1, 6),
        ("started", 2, 7.25),
        ("exited", 2, 13.25),
    ]
    assert [event.exit for event in seen] == [Crashed(cause), None, Shutdown()]
    assert [event.duration for event in seen] == [5, 1, 6]
    assert len(calls) == 1
    assert probe.count("init", "a") == 2


async def test_restart_and_escalation_are_events(tree, probe, autojump_clock):
    kinds = []
    async with tree(supervisor("sub", child(probe, "a"), budget=Budget(1, 60))) as system:
        system.telemetry.attach(lambda event: kinds.append((event.kind, event.path)))
        for _ in range(2):
            system.find("root/sub/a").cast(Crash())
            await trio.sleep(1)
        await system.suspend("root/sub/a")
        await system.resume("root/sub/a")

    for kind in ("restarted", "backing_off", "suspended", "resumed"):
        assert (kind, "root/sub/a") in kinds
    assert kinds.count(("escalated", "root/sub")) == 1
    assert ("restarted", "root/sub") in kinds


async def test_detached_handler_hears_nothing(tree, probe, autojump_clock):
    events = []
    async with tree(child(probe, "a")) as system:
        detach = system.telemetry.attach(events.append)
        detach()
        system.find("root/a").cast(Crash())
        await trio.sleep(1)

    assert events == []
