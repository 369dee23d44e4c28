"""`python -m benchmarks.processes`: launching and ending children beside bare `trio.lowlevel.open_process`.

The contestants take turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Awaitable, Callable

import trio

from benchmarks.table import Row, Target, show
from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import scan
from boocode.ports.processes import LaunchSpec

STARTS = 150
AT_ONCE = 8
STREAM_BYTES = 256 * 1024 * 1024
GRACE_S = 0.2
ESCAPED = "trap '' TERM; setsid sh -c \"trap '' TERM; sleep 99\" & setsid sleep 98 & echo; sleep 97"
STREAM = f"head -c {STREAM_BYTES} /dev/zero"


def spec(*command: str) -> LaunchSpec:
    return LaunchSpec(command, "/", dict(os.environ), "bench", term_grace_s=GRACE_S)


async def bare(*command: str) -> trio.Process:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    env = dict(os.environ)  # as ours is given one: encoding it is part of the price
    return await trio.lowlevel.open_process(command, env=env, start_new_session=True, **pipes)  # type: ignore[call-overload,no-any-return]


async def start_ours(owner: LocalProcesses) -> float:
    began = time.perf_counter()
    async with owner.launch(spec("/bin/true")) as child:
        started = time.perf_counter() - began
        await child.wait()
    return started


async def start_bare() -> float:
    began = time.perf_counter()
    process = await bare("/bin/true")
    started = time.perf_counter() - began
    await process.wait()
    await close(process)
    return started


async def life_ours(owner: LocalProcesses) -> float:
    began = time.perf_counter()
    await start_ours(owner)
    return time.perf_counter() - began


async def life_bare() -> float:
    began = time.perf_counter()
    await start_bare()
    return time.perf_counter() - began


async def stream_ours(owner: LocalProcesses) -> float:
    async with owner.launch(spec("sh", "-c", STREAM)) as child:
        began, got = time.perf_counter(), 0
        while chunk := await child.receive():
            got += len(chunk)
        return got / (time.perf_counter() - began)


async def stream_bare() -> float:
    process = await bare("sh", "-c", STREAM)
    began, got = time.perf_counter(), 0
    assert process.stdout is not None
    while chunk := await process.stdout.receive_some(65_536):
        got += len(chunk)
    speed = got / (time.perf_counter() - began)
    await process.wait()
    await close(process)
    return speed


async def close(process: trio.Process) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            await pipe.aclose()


async def in_turn(
    ours: Callable[[], Awaitable[float]], theirs: Callable[[], Awaitable[float]], runs: int
) -> tuple[float, float]:
    """The two medians."""
    pairs = [(await ours(), await theirs()) for _ in range(runs)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


async def stall(launch: Callable[[], Awaitable[float]]) -> float:
    """How late, at the 99th percentile, a task is that wants to run each millisecond while children start."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + 0.001
            await trio.sleep(0.001)
            late.append(time.perf_counter() - due)

    async def start() -> None:
        for _ in range(STARTS // AT_ONCE):
            await launch()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tick)
        async with trio.open_nursery() as starters:
            for _ in range(AT_ONCE):
                starters.start_soon(start)
        nursery.cancel_scope.cancel()
    return statistics.quantiles(late, n=100)[98]


async def ending(owner: LocalProcesses) -> float:
    """Seconds beyond both graces that a deaf tree with escapees takes to be gone."""
    async with owner.launch(spec("sh", "-c", ESCAPED)) as child:
        await child.receive()
        began = time.perf_counter()
    return time.perf_counter() - began - 2 * GRACE_S


def zombies() -> int:
    return sum(proc.ppid == os.getpid() and not proc.is_alive for proc in scan().values())


async def rows() -> list[Row]:
    owner = LocalProcesses()

    async def launch() -> float:
        return await life_ours(owner)

    await launch(), await life_bare()
    started = await in_turn(lambda: start_ours(owner), start_bare, STARTS)
    lived = await in_turn(launch, life_bare, STARTS)
    streamed = await in_turn(lambda: stream_ours(owner), stream_bare, 3)
    late = (await stall(launch), await stall(life_bare))
    name, few = "open_process", Target("at most", 1.3)
    within, none = Target("at most", 1.0, "figure"), Target("at most", 0.0, "figure")
    return [
        Row("C1", "start a child", started[0], "s", (name, started[1]), few),
        Row("C2", "start, wait, all gone", lived[0], "s", (name, lived[1])),
        Row("C3", "loop late while starting, p99", late[0], "s", (name, late[1])),
        Row("C4", "its stdout, bytes", streamed[0], "/s", (name, streamed[1]), Target("at least", 0.9)),
        Row("C5", "a deaf tree's end beyond its grace", await ending(owner), "s", None, within),
        Row("C6", "zombies after all that", zombies(), "", None, none),
    ]


if __name__ == "__main__":
    show(trio.run(rows))
