"""Ending what is left of an instance that is no more. Blocking; for the guard and for the next start.

Standard library only: the guard process uses it. A process is touched only when it is one of the recorded ones (pid
and start time), below one, in a session that a living one leads, or carries a cookie of that instance; never when
it is ourselves or above us, nor for being in a session that one of those leads.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from boocode.adapters.processes.proctable import (
    Ident,
    Proc,
    ancestors,
    descendants,
    is_same,
    scan,
    signal_group,
    signal_process,
)
from boocode.adapters.processes.records import Record

STOP_GRACE_S = 3.0
"""For the stop signals: what PostgreSQL needs for a fast shutdown."""
REST_GRACE_S = 0.5
KILL_S = 5.0


class Found(NamedTuple):
    """A process that was left."""

    ident: Ident
    command: str


class Remains:
    """What is left, looked up anew at each call: members are remembered when their parents are gone."""

    def __init__(self, records: Iterable[Record], carries: Callable[[int], bool]) -> None:
        self._records: Mapping[Ident, Record] = {record.ident: record for record in records}
        self._carries = carries
        self._members: set[Ident] = set(self._records)

    def living(self) -> frozenset[Proc]:
        table = scan()
        spared = ancestors(table, os.getpid())
        roots = [
            proc.pid
            for proc in table.values()
            if proc.pid not in spared
            and self._is_ours(proc, None if proc.sid in spared else table.get(proc.sid))
        ]
        pids = descendants(table, roots)
        found = frozenset(table[pid] for pid in pids if table[pid].is_alive)
        self._members.update(proc.ident for proc in found)
        return found

    def _is_ours(self, proc: Proc, leader: Proc | None) -> bool:
        led = leader is not None and leader.ident in self._members
        return proc.ident in self._members or led or self._carries(proc.pid)

    def leaders(self, procs: Iterable[Proc]) -> Mapping[Proc, int]:
        """Those that were launched, with the signal that asks each to end."""
        return {proc: self._records[proc.ident].stop_signal for proc in procs if proc.ident in self._records}


def end_remains(remains: Remains, grace_s: float = STOP_GRACE_S) -> frozenset[Proc]:
    """Stop signals → grace → SIGTERM to the groups left → SIGKILL to all left; returns all that were found."""
    left = found = remains.living()
    leaders = remains.leaders(left)
    for proc, number in leaders.items():
        signal_group(proc.pgid, number) if proc.pgid == proc.pid else signal_process(proc.ident, number)
    _wait_gone(leaders, grace_s)
    left = remains.living()
    _signal_groups(left, signal.SIGTERM)
    _wait_gone(left, REST_GRACE_S)
    deadline = time.monotonic() + KILL_S
    while (left := remains.living()) and time.monotonic() < deadline:
        found |= left
        _signal_groups(left, signal.SIGKILL)
        for proc in left:
            signal_process(proc.ident, signal.SIGKILL)
        _wait_gone(left, REST_GRACE_S)
    return found


def _signal_groups(procs: Iterable[Proc], number: int) -> None:
    for pgid in {proc.pgid for proc in procs if is_same(proc.ident)}:
        signal_group(pgid, number)


def _wait_gone(procs: Iterable[Proc], seconds: float) -> None:
    """Returns when all of them ended, or when the time is over."""
    poller, waiting = select.poll(), {}
    try:
        for proc in procs:
            try:
                waiting[os.pidfd_open(proc.pid)] = proc
            except OSError:
                continue
        watched = {descriptor for descriptor, proc in waiting.items() if is_same(proc.ident)}
        for descriptor in watched:
            poller.register(descriptor, select.POLLIN)
        deadline = time.monotonic() + seconds
        while watched and (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poller.poll(left * 1000):
                poller.unregister(descriptor)
                watched.discard(descriptor)
    finally:
        for descriptor in waiting:
            os.close(descriptor)
