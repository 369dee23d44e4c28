"""One life of a child: one task, from start to end.

The shape of every life, whatever it runs (an actor, a job, a supervisor):

    start ─ init ─ ready ─ … ─ end: 1 close the mailbox, answer queued calls   4 free the name
                                    2 terminate within its time                5 tell monitors
                                    3 end helper tasks                         6 tell the supervisor

Two scopes of the kernel's own bound it. The *run scope* is around init and handlers; it is shielded, so that outer
cancellation reaches supervisors only, who then stop their children in order. The *clean-up scope* is around
`terminate`. A kill cancels the one or both. Failures are caught outside the run scope: an error raised while being
cancelled is the exit's cause, not lost. What is neither Cancelled nor an Exception goes through, after the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import trio

from boocode.kernel import monitors
from boocode.kernel.calls import Call, current
from boocode.kernel.errors import Ignore, NotRunning, StartTimeout
from boocode.kernel.exits import Crashed, Exit, Killed, Normal, is_clean

if TYPE_CHECKING:
    from boocode.kernel.job import JobRun
    from boocode.kernel.mailbox import Entry
    from boocode.kernel.monitors import MonitorId
    from boocode.kernel.slot import Slot
    from boocode.kernel.supervisor import Supervisor
    from boocode.kernel.telemetry import EventKind
    from boocode.kernel.timers import Timer
    from boocode.kernel.worker import Worker


class Host(Protocol):
    """Who started an incarnation and hears of it: its supervisor, or the system for the root."""

    def child_ready(self, child: Incarnation) -> None: ...

    def child_ended(self, child: Incarnation, exit: Exit, *, ignored: bool) -> None: ...

    @property
    def nursery(self) -> trio.Nursery: ...


class Incarnation:
    """Base of the three kinds. Subclasses give `_live` and say how they are asked to stop."""

    __slots__ = (
        "_deadline",
        "_doom",
        "_hard",
        "_limits",
        "_stoppers",
        "busy_since",
        "exit",
        "host",
        "is_gone",
        "is_ready",
        "is_stopping",
        "kill_timer",
        "number",
        "path",
        "run_scope",
        "shields",
        "slot",
        "start_timer",
        "started_at",
        "suspended",
        "task",
        "waits_on",
        "watchers",
    )

    def __init__(self, slot: Slot, number: int, host: Host) -> None:
        self.slot = slot
        self.path = slot.path
        self.number = number
        self.host = host
        self.task: trio.lowlevel.Task | None = None
        self.run_scope = trio.CancelScope(shield=True)
        self.shields: set[trio.CancelScope] | None = None  # clean-up limits: the run's end, `shielded`
        self.started_at = trio.current_time()  # of the start; of readiness once ready
        self.busy_since: float | None = None
        self.waits_on: Incarnation | None = None  # the callee of the call its handler waits for
        self.watchers: dict[MonitorId, Worker] | None = None
        self.start_timer: Timer | None = None
        self.kill_timer: Timer | None = None
        self.is_ready = False
        self.is_stopping = False
        self.is_gone = False  # nothing is accepted any more
        self.suspended = False
        self.exit: Exit | None = None
        self._doom: Exit | None = None  # the exit of a cancelled run scope
        self._hard = False  # killed for good: no clean-up beyond its first checkpoint
        self._deadline = math.inf  # of the clean-up, once it runs
        self._stoppers: list[trio.Event] | None = None

    # -- its life ------------------------------------------------------------------------------------------

    @trio.lowlevel.enable_ki_protection  # Ctrl-C in the middle of the books would leave them open; it goes to main
    async def run(self) -> None:
        """The task. Ends with everyone told; raises only what nobody may swallow."""
        self.task = trio.lowlevel.current_task()
        current.set(self)
        fatal: BaseException | None = None
        ignored = False
        how: Exit = Normal()
        try:
            with self.run_scope:
                self._claim_name()
                how = await self._live()
        except Ignore as error:
            ignored = not self.is_ready
            how = Normal() if ignored else Crashed(error)
        except Exception as error:  # noqa: BLE001 - the child's failure is its supervisor's business
            how = Crashed(error)
        except BaseException as error:  # noqa: BLE001 - raised again below, when everyone was told
            fatal, how = error, Crashed(error)
        else:
            if self.run_scope.cancelled_caught:
                how = self._doom or Killed()
        self._close(how)
        doing = self._doing()  # now: its clean-up may declare otherwise
        try:
            how = await self._clean_up(how)
        except BaseException as error:  # noqa: BLE001 - raised again below, when everyone was told
            fatal, how = error, Crashed(error)
        self._farewell(how, ignored, doing)
        if fatal is not None:
            raise fatal

    async def _live(self) -> Exit:
        """Become ready, work, end. Runs in the run scope."""
        raise NotImplementedError

    async def _clean_up(self, exit: Exit) -> Exit:
        """What runs after the run scope; returns the exit, which the clean-up may change."""
        return exit

    def _last_messages(self) -> Iterable[object]:
        """For the crash log: what it had taken last, the oldest first."""
        return ()

    def _doing(self) -> str | None:
        """What it has declared to be doing, for the journal."""
        return None

    def _claim_name(self) -> None:
        spec = self.slot.spec
        if spec is not None and spec.name is not None:
            self.slot.system.registry.claim(spec.name, self.slot)

    def _report_ready(self) -> None:
        self.is_ready = True
        system = self.slot.system
        if self.start_timer is not None:
            system.timers.cancel(self.start_timer)
            self.start_timer = None
        now = trio.current_time()
        took, self.started_at = now - self.started_at, now
        system.telemetry.emit("started", self.path, self.number, duration=took)
        if self.number > 1:
            system.telemetry.emit("restarted", self.path, self.number, duration=took)
        self.host.child_ready(self)

    # -- what it is ----------------------------------------------------------------------------------------

    def as_worker(self) -> Worker | None:
        """Itself, if it is an actor's."""
        return None

    def as_job(self) -> JobRun | None:
        """Itself, if it is a job's."""
        return None

    def as_supervisor(self) -> Supervisor | None:
        """Itself, if it is a supervisor's."""
        return None

    # -- its end -------------------------------------------------------------------------------------------

    def _close(self, exit: Exit) -> None:
        """Accept nothing any more; answer whoever waits."""
        self.exit = exit
        self.is_gone = self.is_stopping = True

    def _farewell(self, exit: Exit, ignored: bool, doing: str | None) -> None:
        slot, system = self.slot, self.slot.system
        for timer in (self.start_timer, self.kill_timer):
            if timer is not None:
                system.timers.cancel(timer)
        self.exit = exit
        if slot.spec is not None and slot.spec.name is not None:
            system.registry.release(slot.spec.name, slot)
        now = trio.current_time()
        error = None
        if isinstance(exit, Crashed):
            error = system.crash_log.record(self.path, self.number, exit, self._last_messages())
        slot.ended(exit, now, error)
        monitors.announce(self, exit)
        for event in self._stoppers or ():
            event.set()
        if not ignored:
            kind: EventKind = "exited" if self.is_ready else "start_failed"
            took = now - self.started_at
            system.telemetry.emit(kind, self.path, self.number, exit=exit, duration=took, doing=doing)
        self.host.child_ended(self, exit, ignored=ignored)

    async def wait_gone(self) -> Exit:
        """Until everyone was told of its end."""
        if self._stoppers is None:
            self._stoppers = []
        if self.slot.live is self:
            event = trio.Event()
            self._stoppers.append(event)
            await event.wait()
        assert self.exit is not None
        return self.exit

    # -- requests from outside; none of them waits ----------------------------------------------------------

    def deliver(self, entry: Entry) -> None:
        """Take a cast; never raises but MailboxFull."""
        raise NotImplementedError

    def accept_call(self, call: Call, request: object, sender: Incarnation | None) -> None:  # noqa: ARG002
        """Queue a call; NotRunning if none can be answered any more."""
        raise NotRunning(self.path)

    def withdraw(self, call: Call) -> None:
        """The call is over: it need not wait for room any more."""

    def request_stop(self, exit: Exit) -> None:
        """Finish the running handler, then end with `exit`."""
        raise NotImplementedError

    def request_drain(self, exit: Exit) -> None:
        """Refuse what comes, handle what is queued, then end with `exit`."""
        self.request_stop(exit)

    def suspend(self, on: bool) -> None:
        """Hold the data lane; control passes."""
        if self.suspended != on and not self.is_gone:
            self.suspended = on
            self.slot.system.telemetry.emit("suspended" if on else "resumed", self.path, self.number)

    def abort_start(self, exit: Exit) -> None:
        """Cancel its init; nothing was promised to anyone yet."""
        self._end_run(exit)

    def kill(self, reason: str) -> None:
        """Interrupt the running handler; the clean-up still has its time. Interrupt a running clean-up."""
        if self.is_gone:
            self.kill_now(reason)
            return
        self.is_stopping = True
        self._end_run(Killed(reason))

    def kill_now(self, reason: str) -> None:
        """End it at once: the clean-up runs to its first checkpoint, and no shield holds."""
        self._hard = self.is_stopping = True
        self._end_run(Killed(reason))
        for scope in tuple(self.shields or ()):
            scope.cancel()

    def fail(self, error: Exception) -> None:
        """Crash it from outside its handler (a helper task did)."""
        self._end_run(Crashed(error))

    def expire_start(self) -> None:
        """Its start timeout has come."""
        spec = self.slot.spec
        assert spec is not None
        assert spec.start_timeout is not None
        self.abort_start(Crashed(StartTimeout(self.path, spec.start_timeout)))

    def _end_run(self, exit: Exit) -> None:
        if self._doom is None or is_clean(self._doom):
            self._doom = exit
        self.run_scope.cancel()
