"""Strays: what a child has started in a stretch of time and left running. Found, and ended one by one.

A child's own helpers must not be taken for strays. Those that it had before the stretch are told by their start; one
that it started in it (a language server at the first edit, say) by this: somebody speaks to it. Its stdin is a socket,
or a pipe that an older process of the child holds too. In a shell's pipeline both ends are new.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from signal import SIGKILL, SIGTERM

import trio
from attrs import frozen

from boocode.adapters.processes.ladder import all_gone
from boocode.adapters.processes.proctable import (
    TICKS_PER_S,
    Ident,
    Proc,
    open_pipes,
    signal_process,
    stdin_of,
)

TERM_GRACE_S = 0.5
KILL_S = 2.0


@frozen
class Window:
    """A stretch of the boot-time clock, in seconds."""

    since: float
    until: float

    def holds(self, proc: Proc) -> bool:
        """Started in it. The table counts in clock ticks (10 ms): one that began in the tick of `since` is held too."""
        return int(self.since * TICKS_PER_S) <= proc.start <= self.until * TICKS_PER_S


def strays(
    members: Collection[Proc], leader: Ident, window: Window, ours: Collection[int]
) -> frozenset[Proc]:
    """Those of a launch's living members; `ours` are the pipes between the leader and us. Reads /proc."""
    young = {proc.pid: proc for proc in members if proc.ident != leader and window.holds(proc)}
    if not young:
        return frozenset()
    older = [proc for proc in members if proc.pid not in young]
    held = frozenset[int]().union(*(open_pipes(proc.pid) for proc in older)) - frozenset(ours)
    spared = {pid for pid in young if _is_spoken_to(pid, held)}
    below = _below(members, spared)
    chosen = young.keys() - below
    # What a stray starts while it is being ended is one too, however late.
    return frozenset(proc for proc in members if proc.pid in _below(members, chosen) - below)


def _is_spoken_to(pid: int, held: Collection[int]) -> bool:
    stdin = stdin_of(pid)
    return stdin is not None and (stdin[0] == "socket" or stdin[1] in held)


def _below(members: Iterable[Proc], roots: Iterable[int]) -> frozenset[int]:
    """The roots and what descends from them."""
    found = set(roots)
    procs = sorted(members, key=lambda proc: proc.start)
    before = -1
    while before != len(
        found
    ):  # a parent may be in the list behind its child, when the clock's tick is the same
        before = len(found)
        found |= {proc.pid for proc in procs if proc.ppid in found}
    return frozenset(found)


async def end_each(look: Callable[[], Awaitable[frozenset[Proc]]]) -> int:
    """SIGTERM → grace → SIGKILL until `look` finds none; how many were found. Not by groups: a stray may share the
    group of the child that goes on."""
    found = left = await look()
    _signal(left, SIGTERM)
    await all_gone(left, TERM_GRACE_S)
    with trio.move_on_after(KILL_S):
        while left and (left := await look()):
            found |= left
            _signal(left, SIGKILL)
            await all_gone(left, KILL_S)
    return len({proc.ident for proc in found})


def _signal(procs: Iterable[Proc], number: int) -> None:
    for proc in procs:
        signal_process(proc.ident, number)
