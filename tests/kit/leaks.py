"""Finds what a test left behind: trio tasks, child processes, open files, threads of ours."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import trio
from attrs import frozen

TICKS = os.sysconf("SC_CLK_TCK")


def living_tasks() -> frozenset[trio.lowlevel.Task]:
    """Every task of this run, trio's own included; call it from inside the run."""
    found: set[trio.lowlevel.Task] = set()
    root = trio.lowlevel.current_root_task()
    left = [root] if root else []
    while left:
        task = left.pop()
        found.add(task)
        left.extend(kid for nursery in task.child_nurseries for kid in nursery.child_tasks)
    return frozenset(found)


def tasks_below(task: trio.lowlevel.Task) -> frozenset[trio.lowlevel.Task]:
    """The tasks in nurseries of that task, at any depth."""
    found: set[trio.lowlevel.Task] = set()
    left = [task]
    while left:
        for nursery in left.pop().child_nurseries:
            found |= nursery.child_tasks
            left.extend(nursery.child_tasks)
    return frozenset(found)


def living_processes(since: float = 0.0) -> frozenset[int]:
    """Process ids of our descendants, zombies included: one that nobody waited for is a leak too.

    `since`: only those born after it (seconds since the boot). What an earlier test let go may be given to us in the
    middle of this one, for a process owner makes this program adopt orphans; it is not this test's leak.
    """
    descendants = psutil.Process().children(recursive=True)
    return frozenset(each.pid for each in descendants if _born(each.pid) >= since)


def _ancestors(pid: int) -> frozenset[int]:
    """What a process that was there before starts meanwhile is its own affair: PostgreSQL, say, and its vacuum."""
    try:
        return frozenset(each.pid for each in psutil.Process(pid).parents())
    except psutil.NoSuchProcess:
        return frozenset()


def _born(pid: int) -> float:
    """Seconds since the boot, to the kernel's tick; psutil's own is only as exact as the time of the boot."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    return int(stat.rpartition(")")[2].split()[19]) / TICKS


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) - 1 / TICKS


def open_files() -> int:
    """How many file descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))


def _is_trios_own(task: trio.lowlevel.Task) -> bool:
    """Trio keeps a few system tasks; a system task of anybody else is a leak."""
    return (task.coro.__qualname__ or "").startswith(("Runner.", "TrioToken.", "EntryQueue."))


@frozen
class Footprint:
    """What was alive at one instant. Compare a later one against it."""

    tasks: frozenset[trio.lowlevel.Task]
    processes: frozenset[int]
    at: float

    @classmethod
    def now(cls) -> Footprint:
        return cls(living_tasks(), living_processes(), _now())

    def left_behind(self) -> list[str]:
        """Names of what lives now and did not then; tasks that the caller still nurses are its affair."""
        mine = tasks_below(trio.lowlevel.current_task())
        tasks = [task for task in living_tasks() - self.tasks - mine if not _is_trios_own(task)]
        processes = [
            pid
            for pid in living_processes(self.at) - self.processes
            if not (_ancestors(pid) & self.processes)
        ]
        return [f"task {task.name}" for task in tasks] + [f"process {pid}" for pid in processes]

    def check(self) -> None:
        """Raise AssertionError naming what leaked."""
        left = self.left_behind()
        assert not left, f"left behind: {', '.join(sorted(left))}"
