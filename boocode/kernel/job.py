"""The life of a job: a plain task that reports ready, hears of the stop request, and may be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio

from boocode.kernel.actor import Job
from boocode.kernel.context import Context
from boocode.kernel.errors import NotReady
from boocode.kernel.exits import Exit, Normal
from boocode.kernel.incarnation import Host, Incarnation

if TYPE_CHECKING:
    from boocode.kernel.mailbox import Entry
    from boocode.kernel.side_tasks import SideTasks
    from boocode.kernel.slot import Slot


class JobRun(Incarnation):
    """One incarnation of a job."""

    __slots__ = ("_stop", "blocked_on", "busy_with", "ctx", "job", "pid", "side_tasks", "stop_requested")

    def __init__(self, slot: Slot, number: int, host: Host, job: Job) -> None:
        super().__init__(slot, number, host)
        self.job = job
        self.stop_requested = trio.Event()
        self.side_tasks: SideTasks | None = None
        self.blocked_on: str | None = None
        self.busy_with: tuple[float, str | None] | None = None
        self.pid: int | None = None
        self._stop: Exit | None = None
        self.ctx = job.ctx = Context(self)

    def as_job(self) -> JobRun:
        return self

    async def _live(self) -> Exit:
        await self.job.run(self.ctx, _Status(self))
        if not self.is_ready:
            raise NotReady(self.path)
        return self._stop or Normal()

    def _doing(self) -> str | None:
        return self.busy_with[1] if self.busy_with is not None else None

    async def _clean_up(self, exit: Exit) -> Exit:
        if self.side_tasks is not None:
            await self.side_tasks.finish()
        return exit

    def started(self) -> None:
        if not self.is_ready:
            self._report_ready()

    def add_shield(self, scope: trio.CancelScope) -> None:
        """Let a final kill end `scope`."""
        if self.shields is None:
            self.shields = set()
        self.shields.add(scope)
        if self._hard:
            scope.cancel()

    def deliver(self, entry: Entry) -> None:
        sender = entry[1].path if entry[1] is not None else None
        letters = self.slot.system.dead_letters
        letters.record(entry[0], sender=sender, target=self.path, reason="no mailbox")

    def request_stop(self, exit: Exit) -> None:
        if not self.is_ready:
            self.abort_start(exit)
        elif self._stop is None:
            self.is_stopping = True
            self._stop = exit
            self.stop_requested.set()

    def stop_self(self, exit: Exit) -> None:
        self.request_stop(exit)


class _Status:
    """trio's task status, as far as a job needs it."""

    __slots__ = ("_run",)

    def __init__(self, run: JobRun) -> None:
        self._run = run

    def started(self, value: Any = None) -> None:  # noqa: ARG002 - nobody takes a job's value
        self._run.started()
