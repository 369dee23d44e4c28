"""What a child started in a stretch of time is ended, its helpers and it itself are not."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import TICKS_PER_S, is_same, read_proc
from boocode.adapters.processes.strays import Window
from boocode.ports.processes import OwnedProcess

from .conftest import eventually, line, program

PARENT = """
import subprocess, sys
kept = []
for order in sys.stdin:
    kind, command = order.split(maxsplit=1)
    stdin = subprocess.PIPE if kind == "pipe" else None if kind == "inherit" else subprocess.DEVNULL
    child = subprocess.Popen(command.strip(), shell=True, stdin=stdin, start_new_session=kind == "escape")
    kept.append(child)
    print(child.pid, flush=True)
"""


class Parent:
    """A child that starts what it is told to."""

    def __init__(self, owner: LocalProcesses, child: OwnedProcess) -> None:
        self._owner = owner
        self._child = child
        self._buffer = bytearray()

    async def start(self, kind: str, command: str = "exec sleep 300") -> int:
        await self._child.send(f"{kind} {command}\n".encode())
        return int(await line(self._child, self._buffer))

    async def end(self, since: float) -> int:
        return await self._owner.end_strays(self._child.pid, since, now())


@asynccontextmanager
async def parent(owner: LocalProcesses) -> AsyncIterator[Parent]:
    async with owner.launch(program(sys.executable, "-c", PARENT)) as child:
        yield Parent(owner, child)


def now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def a_moment_later() -> float:
    """Now, when whatever started before is at least a clock tick old."""
    begun = now()
    assert eventually(lambda: int(now() * TICKS_PER_S) > int(begun * TICKS_PER_S) + 1)
    return now()


def lives(pid: int) -> bool:
    proc = read_proc(pid)
    return proc is not None and is_same(proc.ident)


async def test_what_was_started_since_is_ended_and_what_was_there_before_is_not(
    owner: LocalProcesses,
) -> None:
    async with parent(owner) as it:
        before = await it.start("null")
        since = a_moment_later()
        after, escaped, inherits = [await it.start(kind) for kind in ("null", "escape", "inherit")]
        assert await it.end(since) == 3
        assert not any(map(lives, (after, escaped, inherits)))
        assert lives(before)
        assert await it.end(since) == 0
        assert lives(await it.start("null"))


async def test_whom_the_child_speaks_to_is_spared_with_all_below(owner: LocalProcesses) -> None:
    async with parent(owner) as it:
        since = a_moment_later()
        helper = await it.start("pipe", "sleep 300 & wait")
        stray = await it.start("null")
        assert await it.end(since) == 1
        assert not lives(stray)
        assert lives(helper)


async def test_both_ends_of_a_pipeline_are_strays(owner: LocalProcesses) -> None:
    async with parent(owner) as it:
        since = a_moment_later()
        shell = await it.start("null", "sleep 300 | cat; true")
        assert eventually(lambda: len(owner.owned()) == 4)
        assert await it.end(since) == 3
        assert not lives(shell)
        assert len(owner.owned()) == 1


async def test_one_that_ignores_sigterm_is_killed(owner: LocalProcesses) -> None:
    async with parent(owner) as it:
        since = a_moment_later()
        stubborn = await it.start("null", "trap '' TERM; while true; do sleep 0.1; done")
        assert await it.end(since) >= 1
        assert not lives(stubborn)


async def test_an_orphan_that_left_its_session_is_found(owner: LocalProcesses) -> None:
    async with parent(owner) as it:
        since = a_moment_later()
        await it.start("null", "setsid sleep 300 </dev/null >/dev/null 2>&1 &")
        assert eventually(lambda: any("sleep 300" in each.command for each in owner.owned()))
        assert await it.end(since) >= 1
        assert not any("sleep 300" in each.command for each in owner.owned())


async def test_a_strangers_pid_is_not_touched(owner: LocalProcesses) -> None:
    assert await owner.end_strays(1, 0.0, now()) == 0


def test_a_window_counts_whole_ticks() -> None:
    proc = read_proc(1)
    assert proc is not None
    started = proc.start / TICKS_PER_S
    tick = 1 / TICKS_PER_S
    assert Window(started + tick / 2, started + 1).holds(proc)
    assert not Window(started + 1.5 * tick, started + 1).holds(proc)
    assert not Window(started - 1, started - tick / 2).holds(proc)


async def test_company_is_whoever_came_from_a_child_besides_it(owner: LocalProcesses) -> None:
    async with parent(owner) as it, owner.launch(program("cat")) as alone:
        assert not await owner.has_company(alone.pid)
        assert not await owner.has_company(1)
        pid = next(each.pid for each in owner.owned() if each.pid != alone.pid)
        await it.start("escape")
        assert await owner.has_company(pid)
