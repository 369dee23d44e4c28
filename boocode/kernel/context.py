"""What an actor or job may ask of the kernel: its own identity, others' addresses, timers, helpers, the end."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final, NewType

import trio

from boocode.kernel import monitors
from boocode.kernel.calls import ReplyTo
from boocode.kernel.exits import Exit, Normal
from boocode.kernel.monitors import MonitorId
from boocode.kernel.ref import Ref, SupervisorRef
from boocode.kernel.side_tasks import SideTasks

if TYPE_CHECKING:
    from boocode.kernel.job import JobRun
    from boocode.kernel.system import System
    from boocode.kernel.timers import Timer
    from boocode.kernel.worker import Worker

TimerId = NewType("TimerId", int)

_timer_ids: Final = itertools.count(1)


class Context:
    """The kernel as one incarnation sees it."""

    __slots__ = ("_run",)

    def __init__(self, run: Worker | JobRun) -> None:
        self._run = run

    # -- identity ------------------------------------------------------------------------------------------

    @property
    def ref(self) -> Ref:
        """This child's address; stable across its restarts."""
        return Ref(self._run.slot)

    @property
    def path(self) -> str:
        return self._run.path

    @property
    def name(self) -> str:
        """The registered name, or the last part of the path."""
        spec = self._run.slot.spec
        return spec.name if spec is not None and spec.name is not None else self._run.slot.name

    @property
    def incarnation(self) -> int:
        return self._run.number

    @property
    def system(self) -> System:
        return self._run.slot.system

    def now(self) -> float:
        """Seconds on trio's clock."""
        return trio.current_time()

    def whereis(self, name: str) -> Ref:
        """The address of whoever is registered as `name` when it is used."""
        return self.system.whereis(name)

    def supervisor(self, name: str) -> SupervisorRef:
        """The administration of the supervisor that is registered as `name` when it is used."""
        return self.system.supervisor(name)

    # -- the end of others ---------------------------------------------------------------------------------

    def monitor(self, ref: Ref) -> MonitorId:
        """One `Down` to `handle` when the target's present incarnation is gone; at once if there is none."""
        return monitors.watch(self._worker("monitor"), ref.slot)

    def demonitor(self, id: MonitorId) -> None:
        """No `Down` for this monitor any more, not even a queued one."""
        monitors.unwatch(self._worker("demonitor"), id)

    # -- timers --------------------------------------------------------------------------------------------

    def send_after(self, seconds: float, message: object) -> TimerId:
        """Send `message` to this actor once, in the data lane; dies with the incarnation."""
        return self._arm(Delivery(self._worker("send_after"), message, seconds, repeats=False))

    def send_every(self, seconds: float, message: object) -> TimerId:
        """Send `message` every `seconds`; while one is undelivered the next is left out."""
        if seconds <= 0:
            raise ValueError(f"send_every needs a period above 0 s, got {seconds!r}")
        return self._arm(Delivery(self._worker("send_every"), message, seconds, repeats=True))

    def cancel_timer(self, id: TimerId) -> None:
        """Nothing arrives from this timer any more, not even what is queued."""
        timers = self._worker("cancel_timer").timers
        delivery = timers.pop(id, None) if timers else None
        if delivery is not None:
            delivery.cancel()

    def _arm(self, delivery: Delivery) -> TimerId:
        worker = delivery.worker
        if worker.is_gone:
            return delivery.id
        if worker.timers is None:
            worker.timers = {}
        worker.timers[delivery.id] = delivery
        delivery.arm()
        return delivery.id

    # -- helper tasks --------------------------------------------------------------------------------------

    def start_task(self, fn: Callable[..., Awaitable[Any]], *args: Any, name: str | None = None) -> None:
        """Run `fn(*args)` beside this actor; cancelled after `terminate`; its crash is the actor's."""
        self._side_tasks().start(fn, args, name)

    async def run_task(self, fn: Callable[..., Awaitable[Any]], *args: Any, name: str | None = None) -> Any:
        """Like `start_task` for `fn(*args, task_status=…)`; returns what it passed to `started`.

        Raises what `fn` raises before that. Cancelling this call cancels the start.
        """
        return await self._side_tasks().start_ready(fn, args, name)

    def _side_tasks(self) -> SideTasks:
        run = self._run
        if run.side_tasks is None:
            run.side_tasks = SideTasks(run, run.host.nursery)
        return run.side_tasks

    # -- the end of itself ---------------------------------------------------------------------------------

    def stop(self, exit: Exit = Normal()) -> None:  # noqa: B008 - frozen
        """End with `exit` after the running handler."""
        self._run.stop_self(exit)

    @property
    def stop_requested(self) -> trio.Event:
        """A job's signal to end; an actor is stopped between two messages instead."""
        job = self._run.as_job()
        if job is None:
            raise RuntimeError(f"{self.path} is an actor: a stop waits for its handler, see ctx.stop")
        return job.stop_requested

    @asynccontextmanager
    async def shielded(self, seconds: float) -> AsyncIterator[None]:
        """Clean-up that outer cancellation does not interrupt, bounded by `seconds` and by the kill."""
        with trio.CancelScope(deadline=trio.current_time() + seconds, shield=True) as scope:
            self._run.add_shield(scope)
            try:
                yield
            finally:
                if self._run.shields is not None:
                    self._run.shields.discard(scope)
        if scope.cancelled_caught:
            await trio.lowlevel.checkpoint()  # a kill goes on past the shield

    # -- answers and appearance ----------------------------------------------------------------------------

    def defer(self) -> ReplyTo:
        """Answer the running call later; what `handle` returns is not sent."""
        worker = self._worker("defer")
        return ReplyTo(worker.defer(), worker, self.system.dead_letters)

    @contextmanager
    def blocked(self, what: str) -> Iterator[None]:
        """Show in the tree that this actor waits for `what`."""
        before, self._run.blocked_on = self._run.blocked_on, what
        try:
            yield
        finally:
            self._run.blocked_on = before

    def set_busy(self, flag: bool, what: str | None = None) -> None:
        """Declare work between messages, as a turn in progress."""
        self._run.busy_with = (trio.current_time(), what) if flag else None

    def set_process(self, pid: int | None) -> None:
        """The operating system's process this actor owns, or None once it is reaped."""
        self._run.pid = pid

    def _worker(self, asked: str) -> Worker:
        worker = self._run.as_worker()
        if worker is None:
            raise RuntimeError(f"{self.path} is a job: it has no mailbox, so {asked} is for actors")
        return worker


class Delivery:
    """A timer of an actor, from arming to the delivery of its message."""

    __slots__ = ("_message", "_repeats", "_seconds", "_timer", "id", "is_queued", "worker")

    def __init__(self, worker: Worker, message: object, seconds: float, *, repeats: bool) -> None:
        self.id = TimerId(next(_timer_ids))
        self.worker = worker
        self.is_queued = False
        self._message = message
        self._seconds = seconds
        self._repeats = repeats
        self._timer: Timer | None = None

    def arm(self) -> None:
        self._timer = self.worker.slot.system.timers.after(self._seconds, self._fire)

    def cancel(self) -> None:
        if self._timer is not None:
            self.worker.slot.system.timers.cancel(self._timer)
            self._timer = None

    def take_delivery(self) -> bool:
        """The message is about to be handled; False if it was cancelled while it was queued."""
        self.is_queued = False
        timers = self.worker.timers
        if timers is None or self.id not in timers:
            return False
        if not self._repeats:
            del timers[self.id]
        return True

    def _fire(self) -> None:
        if not self.is_queued:
            self.is_queued = True
            self.worker.mailbox.force((self._message, None, self))
        if self._repeats:
            due = self._timer.due + self._seconds if self._timer is not None else trio.current_time()
            self._timer = self.worker.slot.system.timers.at(due, self._fire)
