"""Ending a launch with everything that came from it, rung by rung.

| rung | what | until |
| --- | --- | --- |
| 1 | woken if it was stopped, stdin closed, unread output taken | the child ended, or its grace is over |
| 2 | its stop signal to its own group | the child ended, or its grace is over |
| 3 | SIGTERM to the groups that are left (only when the child itself ended in time) | REST_GRACE_S |
| 4 | SIGKILL to every group and member that is left, again until none is | KILL_S |

The stop signal goes to the child's own group alone: PostgreSQL's helpers each lead a group of their own and
would take a signal meant for the postmaster for something else. Members are collected *before* the first rung,
when the tree still shows who came from whom.
"""

from collections.abc import Awaitable, Callable, Iterable
from os import close, pidfd_open
from signal import SIGCONT, SIGKILL, SIGTERM

import trio

from boocode.adapters.processes.child import Child
from boocode.adapters.processes.proctable import Proc, is_same, signal_group, signal_process

REST_GRACE_S = 0.5
KILL_S = 2.0

Members = Callable[[], Awaitable[frozenset[Proc]]]


async def end_tree(child: Child, members: Members) -> bool:
    """Climbs the rungs until nothing is left; False when something could not be killed (stuck in the kernel).

    `members` looks up the living members anew. To be called within a bounded shield.
    """
    left = await members()
    if not child.exited.is_set():
        await _end_leader(child)
        left = await members()
    if left and child.exited.is_set():
        _signal_groups(left, SIGTERM)
        await all_gone(left, REST_GRACE_S)
        left = await members()
    return await _kill_rest(child, left, members)


async def _end_leader(child: Child) -> None:
    grace = child.spec.term_grace_s
    signal_group(child.pid, SIGCONT)  # a stopped one would notice neither the end of its input nor the signal
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child.discard_stdout)
        if child.takes_input:
            child.close_stdin()
            with trio.move_on_after(grace):
                await child.exited.wait()
        if not child.exited.is_set():
            signal_group(child.pid, child.spec.stop_signal)
            with trio.move_on_after(grace):
                await child.exited.wait()
        nursery.cancel_scope.cancel()


async def _kill_rest(child: Child, left: frozenset[Proc], members: Members) -> bool:
    with trio.move_on_after(KILL_S):
        while left or not child.exited.is_set():
            _signal_groups(left, SIGKILL)
            for proc in left:
                signal_process(proc.ident, SIGKILL)
            await all_gone(left, KILL_S)
            await child.exited.wait()
            left = await members()  # what a member forked while it was being killed
        return True
    return False


def _signal_groups(procs: Iterable[Proc], number: int) -> None:
    for pgid in {proc.pgid for proc in procs if is_same(proc.ident)}:
        signal_group(pgid, number)


async def all_gone(procs: Iterable[Proc], seconds: float) -> None:
    """Waits until all of them ended, at most so long."""
    with trio.move_on_after(seconds):
        for proc in procs:
            try:
                descriptor = pidfd_open(proc.pid)
            except OSError:
                continue
            try:
                if is_same(proc.ident):
                    await trio.lowlevel.wait_readable(descriptor)
            finally:
                close(descriptor)
