"""Looking over all that is below us: who belongs to which launch, and the zombies that we adopted."""

import time
from collections.abc import Container, Mapping
from os import getpid, getsid

import trio

from boocode.adapters.processes.attribution import Launched, Survey, attribute
from boocode.adapters.processes.cookies import Instance, launch_of
from boocode.adapters.processes.entry import Entry
from boocode.adapters.processes.proctable import (
    Ident,
    Proc,
    direct_children,
    holds_pipe,
    read_proc,
    scan,
)
from boocode.adapters.processes.subreaper import reap

ABANDONED_S = 10.0
"""A zombie that nobody waited for so long is nobody's: whoever starts a process here waits on its pidfd."""


class Surveyor:
    """Reads the owner's entries and refreshes what they know of their members."""

    def __init__(self, instance: Instance, entries: Mapping[int, Entry], starting: Container[int]) -> None:
        self._instance = instance
        self._entries = entries
        self._starting = starting
        self._thread = trio.CapacityLimiter(1)
        self._lock = trio.Lock()
        self._began = -1.0
        self._latest = Survey()
        self._attributed: dict[Ident, int] = {}
        self._zombies: dict[Ident, float] = {}

    async def fresh(self) -> Survey:
        """One that began after this call did; those who wait together share it. Never blocks the loop."""
        asked = time.monotonic()
        async with self._lock:
            if self._began <= asked:
                self._began = time.monotonic()
                launched = self._launched()
                self._digest(await trio.to_thread.run_sync(self._take, launched, limiter=self._thread))
            return self._latest

    def now(self) -> Survey:
        """One taken here, for those who cannot wait: some milliseconds."""
        self._digest(self._take(self._launched()))
        return self._latest

    def may_find_more(self, leaving: Entry, elsewhere: frozenset[Ident]) -> bool:
        """Whether we are the parent of somebody who may come from that launch, besides its child.

        `elsewhere` are processes registered for other launches. No survey: this is asked at every end.
        """
        children = direct_children()
        if children is None:
            return True
        settled = {ident for entry in self._entries.values() if entry is not leaving for ident in entry.known}
        procs = [read_proc(pid) for pid in children - self._leaders()]
        return any(
            proc is not None
            and proc.ident not in settled
            and proc.ident not in elsewhere
            and launch_of(proc, self._instance) in (None, leaving.number)
            for proc in procs
        )

    def _leaders(self) -> frozenset[int]:
        return frozenset(entry.child.pid for entry in self._entries.values())

    def _launched(self) -> tuple[Launched, ...]:
        return tuple(entry.launched for entry in self._entries.values())

    def _take(self, launched: tuple[Launched, ...]) -> Survey:
        def marked_as(proc: Proc) -> int | None:
            number = launch_of(proc, self._instance)
            if number is not None:
                return number
            return next((each.number for each in launched if holds_pipe(proc.pid, each.pipes)), None)

        return attribute(scan(), getpid(), launched, marked_as)

    def _digest(self, survey: Survey) -> None:
        self._latest = survey
        for entry in self._entries.values():
            entry.known = frozenset(proc.ident for proc in survey.alive(entry.number))
        self._reap(survey)
        self._attributed = {proc.ident: number for number, procs in survey.members.items() for proc in procs}

    def _reap(self, survey: Survey) -> None:
        """Collects the zombies that are certainly adopted, and no others: an exit code is read only once."""
        now = time.monotonic()
        zombies = {proc: number for proc, number in _below(survey).items() if not proc.is_alive}
        self._zombies = {proc.ident: self._zombies.get(proc.ident, now) for proc in zombies}
        for proc, number in zombies.items():
            if self._is_adopted(proc, number, now - self._zombies[proc.ident]) and _is_still(proc):
                reap(proc)

    def _is_adopted(self, zombie: Proc, number: int | None, dead_s: float) -> bool:
        if number is None:  # a zombie shows its cookie no more, but it did before
            number = self._attributed.get(zombie.ident)
        if number is not None:
            # The launched child itself is its launch's to collect, also before the launch is in the table.
            return number not in self._starting and zombie.pid not in self._leaders()
        # What others in this program start is in our session, or leads one of its own.
        return zombie.sid not in (getsid(0), zombie.pid) or dead_s > ABANDONED_S


def _below(survey: Survey) -> dict[Proc, int | None]:
    """Our direct children, each with its launch."""
    me = getpid()
    members = {proc: number for number, procs in survey.members.items() for proc in procs if proc.ppid == me}
    return {**dict.fromkeys(survey.strangers), **members}


def _is_still(zombie: Proc) -> bool:
    proc = read_proc(zombie.pid)
    return proc is not None and proc.ident == zombie.ident
