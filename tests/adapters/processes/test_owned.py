"""owned() tells what lives; rss() what it weighs; starting does not hold up the loop."""

from __future__ import annotations

import os
import threading
import time
from functools import partial

import psutil
import trio

from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import command_line

from .conftest import eventually, pids_from, program, shell


def descendants_that_live() -> set[int]:
    return {
        process.pid
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    }


async def test_owned_equals_what_the_system_says(owner: LocalProcesses) -> None:
    before = descendants_that_live()
    script = (
        "setsid sleep 71 & echo $!; sleep 72 & echo $!; (setsid sh -c 'sleep 73 & echo $!'); echo 0; exec cat"
    )
    async with owner.launch(shell(script)) as child, owner.launch(program("cat", label="other")) as other:
        *pids, _ = await pids_from(child, 4)
        # It has the shell's words, and "setsid" before its own, for its first instants.
        assert eventually(lambda: command_line(pids[0]) == "sleep 71")
        infos = {info.pid: info for info in owner.owned()}
        assert set(infos) == {child.pid, other.pid, *pids} == descendants_that_live() - before
        assert {infos[pid].label for pid in pids} == {"test"}
        assert infos[other.pid].label == "other"
        assert infos[pids[0]].command == "sleep 71"
        assert abs(infos[child.pid].started_at - time.time()) < 60
        os.kill(other.pid, 9)
        await other.wait()
        assert other.pid not in {info.pid for info in owner.owned()}
    assert owner.owned() == ()
    assert descendants_that_live() == before


async def test_the_weight_is_that_of_the_whole_tree(owner: LocalProcesses) -> None:
    hold = "import time; x = bytearray(30_000_000); print(flush=True); time.sleep(60)"
    script = f"python3 -c '{hold}' & python3 -c '{hold}'"
    async with owner.launch(shell(script)) as child:
        got = b""
        while len(got) < 2:
            got += await child.receive()
        weight = owner.rss(child.pid)
        assert weight is not None
        assert 60_000_000 < weight < 200_000_000
        assert owner.rss(child.pid) == weight  # the cached one
    assert owner.rss(child.pid) is None


async def test_starting_children_does_not_hold_up_the_loop(owner: LocalProcesses) -> None:
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            began = time.perf_counter()
            await trio.sleep(0.001)
            worst = max(worst, time.perf_counter() - began - 0.001)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        for _ in range(50):
            async with owner.launch(program("true")) as child:
                await child.wait()
        nursery.cancel_scope.cancel()
    assert worst < 0.2


async def test_busy_worker_threads_do_not_keep_children_from_starting(owner: LocalProcesses) -> None:
    release = threading.Event()
    limiter = trio.to_thread.current_default_thread_limiter()
    async with trio.open_nursery() as nursery:
        for _ in range(int(limiter.total_tokens)):
            nursery.start_soon(partial(trio.to_thread.run_sync, release.wait))
        while limiter.available_tokens:
            await trio.lowlevel.checkpoint()
        try:
            with trio.fail_after(10):
                async with owner.launch(shell("setsid sleep 74 & cat")) as child:
                    await child.send(b"x")
                    assert await child.receive() == b"x"
        finally:
            release.set()
