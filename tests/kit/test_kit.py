"""The kit itself: what it is there to notice, it notices."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
import trio

from tests.kit.children import Scripted, child, crashes, hangs
from tests.kit.leaks import Footprint
from tests.kit.startstop import start_stop_stress
from tests.kit.trees import raising
from tests.kit.virtual_time import lasting, watchdog


async def test_leaked_system_task_is_named() -> None:
    before = Footprint.now()
    stop = trio.Event()
    trio.lowlevel.spawn_system_task(stop.wait, name="stray")

    with pytest.raises(AssertionError, match="task stray"):
        before.check()
    stop.set()
    await trio.testing.wait_all_tasks_blocked()
    before.check()


async def test_leaked_process_is_named_until_it_is_reaped() -> None:
    before = Footprint.now()
    process = await trio.lowlevel.open_process(["sleep", "60"])

    with pytest.raises(AssertionError, match=f"process {process.pid}"):
        before.check()
    process.kill()
    await process.wait()
    before.check()


async def test_process_of_one_that_was_there_before_is_no_leak() -> None:
    starter = await trio.lowlevel.open_process(
        ["sh", "-c", "read go; sleep 60 & echo $!; wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert starter.stdin
    assert starter.stdout
    before = Footprint.now()
    await starter.stdin.send_all(b"\n")
    started = int(await starter.stdout.receive_some())
    try:
        before.check()
    finally:
        os.kill(started, signal.SIGKILL)
        await starter.wait()
        await starter.stdin.aclose()
        await starter.stdout.aclose()


async def test_deadlock_on_the_virtual_clock_is_reported(autojump_clock) -> None:
    with raising(AssertionError) as raised:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(watchdog)
            await trio.sleep_forever()

    assert "deadlock" in str(raised.only)


async def test_lasting_is_exact(autojump_clock) -> None:
    with lasting(2.5):
        await trio.sleep(2.5)
    with pytest.raises(AssertionError), lasting(1):
        await trio.sleep(2)


async def test_stress_names_the_round_and_the_seed_of_a_child_that_fails(probe, autojump_clock) -> None:
    with pytest.raises(AssertionError, match="round 0 of seed 3"):
        await start_stop_stress(lambda: child(probe, "a", init=crashes()), seed=3)


async def test_stress_notices_a_child_that_hangs_at_its_stop(probe, autojump_clock) -> None:
    with pytest.raises(AssertionError, match="not stopped within 100 s"):
        await start_stop_stress(lambda: child(probe, "a", stop=hangs, shutdown=None), within=100, seed=3)


async def test_stress_notices_a_child_that_leaves_a_task(probe, autojump_clock) -> None:
    async def leak(actor: Scripted) -> None:
        trio.lowlevel.spawn_system_task(trio.sleep, 1000, name="stray")

    with pytest.raises(AssertionError, match="task stray"):
        await start_stop_stress(lambda: child(probe, "a", init=leak), endings=("leave",))
