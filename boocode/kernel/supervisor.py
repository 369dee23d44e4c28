"""A supervisor: reports what happens to `decide` and performs what it answers. Nothing is decided here.

    child tasks ──Ready, Exited──┐
    timers ──────Due─────────────┤→ inbox → decide(state, event, now) → Start, Stop, Kill, Wake, Answer, …
    anyone ──────Add, Terminate──┘

Its task only ever waits for its inbox, so it answers at once whatever its children are doing. Children run in its
nursery, each in a run scope of its own that is shielded: a cancellation from outside reaches this task alone, which
turns it into `StopAll` and goes on, shielded, until every child is gone. So Ctrl-C, a parent's kill and a requested
stop have one and the same order.

Children begin in the context of whoever opened the tree: nothing of the web request that caused their start comes
along.
"""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import trio
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from boocode.kernel.decide import decide
from boocode.kernel.errors import AlreadyStarted, NotRunning
from boocode.kernel.exits import Exit, Killed, Shutdown
from boocode.kernel.incarnation import Host, Incarnation
from boocode.kernel.lives import incarnate
from boocode.kernel.pending import Pending
from boocode.kernel.ref import ChildInfo, Counts, Ref, SupervisorRef
from boocode.kernel.slot import Slot
from boocode.kernel.spec import DynamicSpec, SupervisorSpec
from boocode.kernel.state import (
    Action,
    Admin,
    Adopt,
    Answer,
    BackOff,
    Begin,
    Due,
    Escalate,
    Exited,
    Finish,
    Forget,
    Halt,
    Happened,
    Ignored,
    Kill,
    Ready,
    ReportReady,
    Start,
    Status,
    Stop,
    StopAll,
    Wake,
    initial,
)
from boocode.kernel.verdicts import judge

if TYPE_CHECKING:
    from boocode.kernel.mailbox import Entry
    from boocode.kernel.spec import AnySupervisorSpec, ChildSpec
    from boocode.kernel.timers import Timer

_CANCELLED: Final = Shutdown("cancelled from outside")


class Supervisor(Incarnation):
    """One incarnation of a supervisor."""

    __slots__ = (
        "_inbox",
        "_nursery",
        "_outcome",
        "_parked",
        "_pending",
        "_tokens",
        "_wakes",
        "slots",
        "spec",
        "state",
    )

    def __init__(self, slot: Slot, number: int, host: Host, spec: AnySupervisorSpec) -> None:
        super().__init__(slot, number, host)
        self.spec = spec
        self.state = initial(spec, slot.path)
        self.slots: dict[str, Slot] = {}
        self._inbox: deque[Happened] = deque([Begin()])
        self._parked: trio.lowlevel.Task | None = None
        self._nursery: trio.Nursery | None = None
        self._outcome: Exit | None = None
        self._tokens = itertools.count(1)
        self._pending: dict[int, Pending] = {}
        self._wakes: dict[str | None, Timer] = {}  # the planned restarts: of a child, or of a group
        for child in getattr(spec, "children", ()):
            self._adopt(child)

    def as_supervisor(self) -> Supervisor:
        return self

    @property
    def nursery(self) -> trio.Nursery:
        """Where children and their helper tasks run."""
        assert self._nursery is not None
        return self._nursery

    # -- its life ------------------------------------------------------------------------------------------

    async def _live(self) -> Exit:
        async with trio.open_nursery() as self._nursery:
            try:
                await self._work()
            except trio.Cancelled:
                self.post(StopAll(_CANCELLED))
                with trio.CancelScope(shield=True):
                    await self._work()
            finally:
                self._leave_nobody()
        assert self._outcome is not None
        return self._outcome

    async def _work(self) -> None:
        """Perform what is decided about each event, until the last child is gone."""
        while self._outcome is None:
            await self._wait()
            while self._inbox:
                for action in self._decide(self._inbox.popleft()):
                    _PERFORM[type(action)](self, action)

    def _decide(self, event: Happened) -> tuple[Action, ...]:
        """What to do about `event`. No local of `_work`: while that waits, it would keep alive whom the event names."""
        before, now = self.state, trio.current_time()
        self.state, actions = decide(before, event, now)
        if isinstance(event, Exited):
            decision = judge(before, event, self.state, actions, now)
            if decision is not None:
                self.slot.system.journal.decided(f"{self.path}/{event.id}", event.incarnation, decision)
        return actions

    def _leave_nobody(self) -> None:
        """However its work ended: no timer of it fires any more, and no child keeps the nursery waiting for ever.

        There is a child left only if performing an action failed, which is a fault of the kernel; shields would
        keep the nursery's cancellation from it.
        """
        for timer in self._wakes.values():
            self.slot.system.timers.cancel(timer)
        self._wakes.clear()
        for slot in self.slots.values():
            if slot.live is not None:
                slot.live.kill_now("its supervisor failed")

    async def _wait(self) -> None:
        if self._inbox:
            await trio.lowlevel.checkpoint()
            return
        self._parked = current_task()
        await wait_task_rescheduled(self._abort_wait)

    def _abort_wait(self, _: Any) -> Abort:
        self._parked = None
        return Abort.SUCCEEDED

    def post(self, event: Happened) -> None:
        """Let the supervisor know. Does not wait; after its end, nothing happens."""
        self._inbox.append(event)
        if self._parked is not None:
            task, self._parked = self._parked, None
            reschedule(task)

    def _close(self, exit: Exit) -> None:
        super()._close(exit)
        self._inbox.clear()
        for pending in self._pending.values():
            pending.resolve(NotRunning(self.path))
        self._pending.clear()
        for slot in self.slots.values():
            self._release(slot)

    # -- what children report ------------------------------------------------------------------------------

    def child_ready(self, child: Incarnation) -> None:
        self.post(Ready(child.slot.name, child.number))

    def child_ended(self, child: Incarnation, exit: Exit, *, ignored: bool) -> None:
        if ignored:
            self.post(Ignored(child.slot.name, child.number))
        else:
            self.post(Exited(child.slot.name, child.number, exit, random.random()))  # noqa: S311 - jitter

    # -- what is asked of it -------------------------------------------------------------------------------

    async def request(self, make: Callable[[int], Admin]) -> None:
        """Post an administrative request and wait for its answer; raises the refusal."""
        if self.is_gone:
            raise NotRunning(self.path)
        token = next(self._tokens)
        pending = self._pending[token] = Pending()
        self.post(make(token))
        try:
            await pending.wait()
        finally:
            self._pending.pop(token, None)

    @property
    def strategy_name(self) -> str:
        return "dynamic" if self.state.is_dynamic else self.state.strategy.value

    def count(self) -> Counts:
        types = [self.slots[kid].spec for kid in self.state.kids]
        supervisors = sum(spec is not None and spec.type == "supervisor" for spec in types)
        active = sum(kid.status in (Status.RUNNING, Status.STOPPING) for kid in self.state.kids.values())
        return Counts(len(types), active, supervisors, len(types) - supervisors)

    def which(self) -> tuple[ChildInfo, ...]:
        kids = self.state.kids.in_order()
        return tuple(
            ChildInfo(
                kid.id, self.ref_of(kid.id), _type(self.slots[kid.id]), kid.status.value, kid.incarnation
            )
            for kid in kids
        )

    def ref_of(self, id: str) -> Ref:
        slot = self.slots[id]
        return SupervisorRef(slot) if _type(slot) == "supervisor" else Ref(slot)

    def deliver(self, entry: Entry) -> None:
        sender = entry[1].path if entry[1] is not None else None
        letters = self.slot.system.dead_letters
        letters.record(entry[0], sender=sender, target=self.path, reason="no mailbox")

    def request_stop(self, exit: Exit) -> None:
        self.is_stopping = True
        self.post(StopAll(exit))

    def abort_start(self, exit: Exit) -> None:
        self.request_stop(exit)

    def kill(self, reason: str) -> None:
        self.request_stop(Killed(reason))

    def kill_now(self, reason: str) -> None:
        self.is_stopping = True
        self.post(Halt(reason))

    # -- actions -------------------------------------------------------------------------------------------

    def _adopt(self, spec: ChildSpec) -> None:
        self.slots[spec.id] = Slot(self.slot.system, f"{self.path}/{spec.id}", spec, self)

    def _start(self, action: Start) -> None:
        slot = self.slots[action.id]
        if action.incarnation > 1:
            slot.restarts += 1
        slot.number = action.incarnation
        assert slot.spec is not None
        start = slot.spec.start
        child: Incarnation
        if isinstance(start, SupervisorSpec | DynamicSpec):
            child = Supervisor(slot, action.incarnation, self, start)
        else:
            child = incarnate(slot, action.incarnation, self, start)
        slot.live = child
        if action.deadline is not None:
            child.start_timer = slot.system.timers.at(action.deadline, child.expire_start)
        slot.system.context.run(partial(self.nursery.start_soon, child.run, name=slot.path))

    def _stop(self, action: Stop) -> None:
        child = self._child(action)
        if child is None:
            return
        child.request_stop(Shutdown())
        if action.deadline is not None:
            limit = child.slot.spec.shutdown if child.slot.spec is not None else None
            reason = f"not gone {limit} s after the stop request"
            child.kill_timer = self.slot.system.timers.at(action.deadline, lambda: child.kill_now(reason))

    def _kill(self, action: Kill) -> None:
        child = self._child(action)
        if child is not None:
            child.kill_now("killed by its supervisor")

    def _child(self, action: Stop | Kill) -> Incarnation | None:
        live = self.slots[action.id].live
        return live if live is not None and live.number == action.incarnation else None

    def _wake(self, action: Wake) -> None:
        timers, earlier = self.slot.system.timers, self._wakes.get(action.id)
        if earlier is not None:
            timers.cancel(earlier)
        self._wakes[action.id] = timers.at(action.at, lambda: self.post(Due(action.id)))

    def _forget(self, action: Forget) -> None:
        self._release(self.slots.pop(action.id))

    def _release(self, slot: Slot) -> None:
        if slot.spec is not None and slot.spec.name is not None:
            slot.system.registry.forget(slot.spec.name, slot)
        slot.forget()

    def _answer(self, action: Answer) -> None:
        error = action.error
        if isinstance(error, AlreadyStarted):
            error.ref = self.ref_of(action.id)
        pending = self._pending.pop(action.token, None)
        if pending is not None:
            pending.resolve(error)

    def _back_off(self, action: BackOff) -> None:
        slot, now = self.slots[action.id], trio.current_time()
        extra = {"due_in": action.due - now, "restarts_in_window": self.state.window.count(now)}
        slot.system.telemetry.emit("backing_off", slot.path, slot.number, exit=slot.last_exit, extra=extra)

    def _escalate(self, action: Escalate) -> None:
        self.slot.system.telemetry.emit("escalated", self.path, self.number, exit=action.exit)

    def _finish(self, action: Finish) -> None:
        self._outcome = action.exit


_PERFORM: Final[dict[type, Callable[[Supervisor, Any], None]]] = {
    Adopt: lambda supervisor, action: supervisor._adopt(action.spec),
    Start: Supervisor._start,
    Stop: Supervisor._stop,
    Kill: Supervisor._kill,
    Wake: Supervisor._wake,
    Forget: Supervisor._forget,
    Answer: Supervisor._answer,
    ReportReady: lambda supervisor, _: supervisor._report_ready(),
    BackOff: Supervisor._back_off,
    Escalate: Supervisor._escalate,
    Finish: Supervisor._finish,
}


def _type(slot: Slot) -> str:
    return "worker" if slot.spec is None else slot.spec.type
