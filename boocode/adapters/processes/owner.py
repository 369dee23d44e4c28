"""The process owner: every child process of BooCode is launched here and ended here.

Which rule it owns: after the block of `launch` nothing of the child is left. What it must not do: touch a
process that something else in this program started.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from os import getpid
from pathlib import Path
from signal import SIGKILL, SIGTERM

import trio

from boocode.adapters.processes.child import Child
from boocode.adapters.processes.cookies import Instance, new_instance
from boocode.adapters.processes.entry import Entry
from boocode.adapters.processes.ladder import end_tree
from boocode.adapters.processes.launch import Launch
from boocode.adapters.processes.leftovers import RUN_FOLDER, journal_path
from boocode.adapters.processes.proctable import Ident, Proc, signal_process
from boocode.adapters.processes.records import Record
from boocode.adapters.processes.register import Register
from boocode.adapters.processes.scratch import Scratch
from boocode.adapters.processes.spawn import Spawned, spawn
from boocode.adapters.processes.strays import Window, end_each, strays
from boocode.adapters.processes.subreaper import become_subreaper
from boocode.adapters.processes.surveys import Surveyor
from boocode.ports.processes import LaunchSpec, OwnedProcess, OwnedProcessInfo

SPAWN_THREADS = 8
GUARD_SCRIPT = str(Path(__file__).with_name("guard.py"))


def guard_spec() -> LaunchSpec:
    """Isolated and without site packages: ready in some milliseconds, and deaf to what users configure."""
    command = (sys.executable, "-I", "-S", GUARD_SCRIPT, str(getpid()))
    return LaunchSpec(command, cwd="/", env={}, label="process guard")


class LocalProcesses:
    """Implements ProcessOwner on this machine. One a program; needs no background task of its own.

    With a home, each launch is recorded below HOME/run for `settle_leftovers` of the next start.
    """

    def __init__(self, home: str | None = None) -> None:
        become_subreaper()
        self.instance: Instance = new_instance(home)
        self._register = Register(
            self.instance, journal_path(home, self.instance) if home is not None else None
        )
        self._scratch = Scratch(Path(home, RUN_FOLDER) if home is not None else None, self.instance)
        self._entries: dict[int, Entry] = {}
        self._starting: set[int] = set()
        self._last_number = 0
        self._surveyor = Surveyor(self.instance, self._entries, self._starting)
        # A limiter of our own: forty busy workers elsewhere must not keep an agent from starting.
        self._spawn_threads = trio.CapacityLimiter(SPAWN_THREADS)

    def launch(self, spec: LaunchSpec) -> AbstractAsyncContextManager[OwnedProcess]:
        return Launch(partial(self._start, spec), self._end)

    def owned(self) -> tuple[OwnedProcessInfo, ...]:
        survey = self._surveyor.now()
        infos = [
            entry.describe(proc) for entry in self._entries.values() for proc in survey.alive(entry.number)
        ]
        return tuple(sorted(infos, key=lambda info: info.pid))

    def rss(self, pid: int) -> int | None:
        asked = self._entry_of(pid)
        if asked is not None and asked.rss is None:
            survey = self._surveyor.now()
            for entry in self._entries.values():
                entry.measure(survey.alive(entry.number))
        return asked.rss if asked is not None else None

    async def end_strays(self, pid: int, since: float, until: float) -> int:
        entry = self._entry_of(pid)
        if entry is None:
            return 0
        window = Window(since, until)

        async def look() -> frozenset[Proc]:
            members = await self._members(entry.number)
            return strays(members, entry.child.ident, window, entry.child.pipes)

        return await end_each(look)

    async def has_company(self, pid: int) -> bool:
        entry = self._entry_of(pid)
        members = await self._members(entry.number) if entry is not None else frozenset()
        return any(entry is not None and proc.ident != entry.child.ident for proc in members)

    def _entry_of(self, pid: int) -> Entry | None:
        return next((entry for entry in self._entries.values() if entry.child.pid == pid), None)

    async def sweep(self) -> int:
        survey = await self._surveyor.fresh()
        found = 0
        for number, procs in survey.members.items():
            entry = self._entries.get(number)
            if entry is not None and not entry.block_left:
                self._keep_adopted(entry, procs)
            elif number not in self._starting:
                found += self._kill_late(procs)
        for entry in [each for each in self._entries.values() if each.block_left and each.child.reap()]:
            self._strike_off(entry)
        return found

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[OwnedProcess]:
        async with Launch(partial(self._start, guard_spec()), self._end) as child:
            if child.stdin_descriptor is not None:
                self._register.attach_guard(child.stdin_descriptor)
            try:
                await child.receive()  # that it is deaf to signals by now, or the end
                yield child
            finally:
                self._register.detach_guard()

    def close(self) -> None:
        """After the last launch has ended."""
        self._register.close()

    async def _start(self, spec: LaunchSpec) -> Child:
        self._last_number += 1
        number = self._last_number
        self._starting.add(number)
        try:
            # Once its thread runs it cannot be cancelled: no child gets lost between there and here.
            spawned = await trio.to_thread.run_sync(self._spawn, spec, number, limiter=self._spawn_threads)
            child = Child(spec, spawned)
            self._entries[number] = Entry(number, child)
        finally:
            self._starting.discard(number)
        return child

    def _spawn(self, spec: LaunchSpec, number: int) -> Spawned:
        env = self._scratch.environment(spec, number)
        try:
            spawned = spawn(spec, self.instance.cookie(number), env)
        except BaseException:
            self._scratch.remove(number)
            raise
        self._register.add(Record(spawned.ident, spec.stop_signal, number, spec.label))
        return spawned

    async def _end(self, child: Child) -> None:
        entry = next(entry for entry in self._entries.values() if entry.child is child)
        # Of a child that ended nothing is left unless we adopted somebody: the common case costs nothing.
        if not child.exited.is_set() or self._surveyor.may_find_more(entry, self._elsewhere(entry)):
            with trio.move_on_after(child.spec.stop_bound_s):
                await end_tree(child, partial(self._members, entry.number))
        entry.block_left = True
        if child.exited.is_set():
            self._strike_off(entry)
        if self._scratch.has(entry.number):
            await trio.to_thread.run_sync(self._scratch.remove, entry.number, limiter=self._spawn_threads)

    def _elsewhere(self, entry: Entry) -> frozenset[Ident]:
        records = self._register.records()
        return frozenset(record.ident for record in records if record.launch != entry.number)

    def _strike_off(self, entry: Entry) -> None:
        del self._entries[entry.number]
        for ident in (entry.child.ident, *entry.adopted):
            self._register.remove(ident)

    async def _members(self, number: int) -> frozenset[Proc]:
        return (await self._surveyor.fresh()).alive(number)

    def _keep_adopted(self, entry: Entry, procs: frozenset[Proc]) -> None:
        """Registers members that moved out of the child's tree: a guard could not find them by it."""
        me, leader = getpid(), entry.child.ident
        adopted = {proc.ident for proc in procs if proc.ppid == me and proc.is_alive and proc.ident != leader}
        for ident in adopted - entry.adopted:
            self._register.add(Record(ident, SIGTERM, entry.number, entry.child.spec.label))
        for ident in entry.adopted - adopted:
            self._register.remove(ident)
        entry.adopted = frozenset(adopted)

    @staticmethod
    def _kill_late(procs: frozenset[Proc]) -> int:
        """What hid from the end of its launch gets no second grace."""
        alive = [proc for proc in procs if proc.is_alive]
        for proc in alive:
            signal_process(proc.ident, SIGKILL)
        return len(alive)
