"""Backoff: restarts wait, longer each time; the supervisor never does."""

from __future__ import annotations

import math

import pytest
import trio

from boocode.kernel import Backoff, Budget, NotRunning
from boocode.kernel.restarts import delay
from tests.kit.children import Boom, Crash, Echo, End, child, supervisor
from tests.kit.virtual_time import lasting, settle

AMPLE = Budget(1000, 1)
ROUNDING = 1e-9


async def waits_before_restart(probe, system, crashes: int) -> list[float]:
    """Crash `a` as soon as it is up, that many times; the seconds from each crash to the next start."""
    for number in range(1, crashes + 1):
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=number + 1)
    starts = probe.times("init", "a")[1:]
    return [start - crash for crash, start in zip(probe.times("crash", "a"), starts, strict=True)]


@pytest.mark.case(46)
async def test_delays_double_up_to_the_cap_and_jitter_never_passes_it(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), backoff=Backoff(1, 8, jitter=0.0), budget=AMPLE) as system:
        assert await waits_before_restart(probe, system, 6) == [1, 2, 4, 8, 8, 8]
    probe.clear()

    async with tree(child(probe, "a"), backoff=Backoff(1, 9, jitter=0.5), budget=AMPLE) as system:
        jittered = await waits_before_restart(probe, system, 8)
    for wait, least in zip(jittered, [1, 2, 4, 8, 9, 9, 9, 9], strict=True):
        assert least - ROUNDING <= wait <= min(9, least * 1.5) + ROUNDING
    assert len(set(jittered[:4])) > 1

    assert delay(Backoff(1, 9, jitter=0.5), 3, math.nextafter(1, 0)) == 9


@pytest.mark.case(47)
async def test_sequence_restarts_after_enough_uptime_and_not_before(tree, probe, autojump_clock):
    backoff = Backoff(1, 64, jitter=0.0, reset_after=10)
    async with tree(child(probe, "a"), backoff=backoff, budget=AMPLE) as system:
        for lives, uptime in enumerate([0, 0, 9.75, 10.25, 0], start=2):
            await trio.sleep(uptime)
            system.find("root/a").cast(Crash())
            await probe.until("ready", "a", times=lives)

    waits = [b - a for a, b in zip(probe.times("crash", "a"), probe.times("init", "a")[1:], strict=True)]
    assert waits == [1, 2, 4, 1, 2]


@pytest.mark.case(48)
async def test_supervisor_answers_at_once_while_a_child_waits_in_backoff(tree, probe, autojump_clock):
    patient = Backoff(1000, 1000, jitter=0)
    with lasting(0):
        async with tree(child(probe, "a"), child(probe, "b"), backoff=patient) as system:
            system.find("root/a").cast(Crash())
            await settle()

            assert system.root.count().active == 1
            assert [info.id for info in system.root.which()] == ["a", "b"]
            assert system.snapshot().children[0].state == "backing_off"
            assert system.snapshot().children[0].next_restart_due == 1000
            await system.root.start_child(child(probe, "c"))
            await system.root.terminate_child("b")
            await system.root.restart_child("b")
            with pytest.raises(NotRunning) as refused:
                await system.find("root/a").call(Echo(1), timeout=5)
            assert refused.value.due_in == 1000

    assert probe.count("init", "a") == 1


@pytest.mark.case(49)
async def test_terminating_a_waiting_child_cancels_its_restart(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), backoff=Backoff(10, 10, jitter=0)) as system:
        system.find("root/a").cast(Crash())
        await trio.sleep(5)
        with lasting(0):
            await system.root.terminate_child("a")
        await trio.sleep(1000)

        assert probe.count("init", "a") == 1
        await system.root.restart_child("a")
        assert probe.count("init", "a") == 2


async def test_planned_restart_is_forgotten_with_its_supervisor(tree, probe, autojump_clock):
    async with tree(supervisor("sub", child(probe, "a"), backoff=Backoff(50, 50, jitter=0))) as system:
        system.find("root/sub/a").cast(Crash())
        await trio.sleep(1)
        assert len(system.timers) == 1
        await system.root.terminate_child("sub")
        assert len(system.timers) == 0
        await trio.sleep(1000)

    assert probe.count("init", "a") == 1


async def test_clean_exits_of_a_permanent_child_back_off_too(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), backoff=Backoff(2, 2, jitter=0)) as system:
        system.find("root/a").cast(End())
        await probe.until("ready", "a", times=2)

    assert probe.times("init", "a") == [0, 2]


async def test_failed_attempts_back_off_further(tree, probe, autojump_clock):
    async def fail_thrice(actor) -> None:
        if 1 < probe.count("init", "a") <= 4:
            raise Boom

    kid = child(probe, "a", init=fail_thrice)
    async with tree(kid, backoff=Backoff(1, 100, jitter=0.0), budget=AMPLE) as system:
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)

    assert probe.times("init", "a") == [0, 1, 3, 7, 15]
