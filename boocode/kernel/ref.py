"""Addresses. A ref names a place in the tree (or a registered name), not an incarnation: it stays valid across
restarts, is compared by what it names, and never keeps anything alive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import trio
from attrs import frozen
from trio.lowlevel import current_task

from boocode.kernel.calls import Call, Request, check_cycle, current
from boocode.kernel.errors import CallCycle, NotRunning
from boocode.kernel.exits import Exit, Shutdown
from boocode.kernel.slot import Slot
from boocode.kernel.spec import ChildSpec
from boocode.kernel.state import Add, Admin, Cycle, Delete, Revive, Terminate

if TYPE_CHECKING:
    from boocode.kernel.incarnation import Incarnation
    from boocode.kernel.supervisor import Supervisor
    from boocode.kernel.system import System

R = TypeVar("R")


class Ref:
    """The address of one child."""

    __slots__ = ("slot",)

    def __init__(self, slot: Slot) -> None:
        self.slot = slot  # for the kernel: the place this ref names at present

    @property
    def path(self) -> str:
        return self.slot.path

    @property
    def name(self) -> str:
        """The registered name, or the last part of the path."""
        spec = self.slot.spec
        return spec.name if spec is not None and spec.name is not None else self.slot.name

    @property
    def incarnation(self) -> int:
        """The number of the latest start attempt; 0 before the first."""
        return self.slot.number

    @property
    def is_running(self) -> bool:
        """Ready and not ended. A moment's truth."""
        live = self.slot.live
        return live is not None and live.is_ready and not live.is_gone

    # -- messages ------------------------------------------------------------------------------------------

    def cast(self, message: object) -> None:
        """Send and forget. MailboxFull if the target's rule is REJECT; nobody there: a dead letter."""
        slot = self.slot
        live = slot.live
        if live is not None:
            live.deliver((message, current.get(), None))
        else:
            sender = current.get()
            path = sender.path if sender is not None else None
            slot.system.dead_letters.record(message, sender=path, target=slot.path, reason="not running")

    async def call(self, request: Request[R], timeout: float) -> R:
        """Ask and wait at most `timeout` seconds, sending and the target's init included.

        Raises CallTimeout; ActorDied when the target ends first; NotRunning when there is none (with `due_in`);
        CallCycle when the target waits for the caller; MailboxFull when the queued call is displaced; or what the
        target answered with (CallRefused, ReplyTo.fail). Cancelling it leaves the target's work untouched.
        """
        if not timeout >= 0:
            raise ValueError(f"a call needs a timeout in seconds >= 0, got {timeout!r}")
        slot = self.slot
        target = slot.live
        if target is None:
            raise _not_running(slot)
        caller = _calling_actor()
        if caller is not None:
            check_cycle(caller, target)
        call = Call(slot.path, timeout, caller)
        target.accept_call(call, request, caller or current.get())
        if caller is None:
            answer: R = await call.wait(slot.system.timers, target)
            return answer
        caller.waits_on = target
        try:
            answer = await call.wait(slot.system.timers, target)
        finally:
            caller.waits_on = None
        return answer

    # -- its end -------------------------------------------------------------------------------------------

    def stop(self, reason: str = "stop requested") -> None:
        """Ask it to end after its running handler. Its supervisor applies its restart rule."""
        if self.slot.live is not None:
            self.slot.live.request_stop(Shutdown(reason))

    def drain(self, reason: str = "drained") -> None:
        """Ask it to end after what is queued now; it accepts nothing more."""
        if self.slot.live is not None:
            self.slot.live.request_drain(Shutdown(reason))

    def kill(self, reason: str = "killed by request") -> None:
        """Interrupt its running handler; `terminate` still runs, within the spec's shutdown seconds."""
        if self.slot.live is not None:
            self.slot.live.kill(reason)

    async def stopped(self) -> Exit:
        """Until the present incarnation is gone; at once, with the last exit, if there is none."""
        live = self.slot.live
        if live is not None:
            return await live.wait_gone()
        await trio.lowlevel.checkpoint()
        return self.slot.last_exit or Shutdown("not running")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self.slot is other.slot

    def __hash__(self) -> int:
        return hash(id(self.slot))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path} #{self.incarnation}>"


class NamedRef(Ref):
    """Whoever is registered under a name at the moment of use."""

    __slots__ = ("_name", "_system")

    def __init__(self, system: System, name: str) -> None:
        self._system = system
        self._name = name

    @property
    def slot(self) -> Slot:  # type: ignore[override]  # looked up anew at each use
        return self._system.registry.lookup(self._name) or Slot(self._system, self._name, None)

    @property
    def name(self) -> str:
        return self._name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedRef) and (self._system, self._name) == (other._system, other._name)

    def __hash__(self) -> int:
        return hash(self._name)


@frozen
class Counts:
    """How many specs a supervisor holds, how many run, and of which type they are."""

    specs: int
    active: int
    supervisors: int
    workers: int


@frozen
class ChildInfo:
    """One child in `which()`: `state` is the status its supervisor sees."""

    id: str
    ref: Ref
    type: str
    state: str
    incarnation: int


class SupervisorRef(Ref):
    """The address of a supervisor, and its administration.

    Requests are decided at once, whatever its children do; start and restart answer when the child is ready,
    terminate when it is gone. Refusals are AdminRefused subclasses. NotRunning: there is no supervisor.
    """

    __slots__ = ()

    async def start_child(self, spec: ChildSpec) -> Ref:
        """AlreadyStarted, AlreadyPresent, TooManyChildren, or StartFailed with the cause."""
        await self._request(lambda token: Add(token, spec))
        ref = self.child(spec.id)
        return ref if ref is not None else Ref(Slot(self.slot.system, f"{self.path}/{spec.id}", None))

    async def terminate_child(self, id: str) -> None:
        """Stop it and leave it stopped; done at once when it is. ChildNotFound."""
        supervisor = self._supervisor()
        caller = _calling_actor()
        place = supervisor.slots.get(id)
        if caller is not None and place is not None and place.live is not None:
            _refuse_own_end(caller, place.live)
        await self._request(lambda token: Terminate(token, id))

    async def restart_child(self, id: str) -> Ref:
        """Start a stopped child again. ChildNotFound, ChildRunning, ChildRestarting, StartFailed."""
        await self._request(lambda token: Revive(token, id))
        return self._supervisor().ref_of(id)

    async def delete_child(self, id: str) -> None:
        """Forget a stopped child. ChildNotFound, ChildRunning, ChildRestarting."""
        await self._request(lambda token: Delete(token, id))

    async def cycle_child(self, id: str) -> None:
        """The operator's restart: stop and start it, with whom its supervisor's strategy ties to it."""
        await self._request(lambda token: Cycle(token, id))

    def count(self) -> Counts:
        return self._supervisor().count()

    def which(self) -> tuple[ChildInfo, ...]:
        """Its children in start order."""
        return self._supervisor().which()

    def child(self, id: str) -> Ref | None:
        supervisor = self._supervisor()
        return supervisor.ref_of(id) if id in supervisor.slots else None

    async def _request(self, make: Callable[[int], Admin]) -> None:
        await self._supervisor().request(make)

    def _supervisor(self) -> Supervisor:
        live = self.slot.live
        supervisor = live.as_supervisor() if live is not None and not live.is_gone else None
        if supervisor is None:
            raise _not_running(self.slot)
        return supervisor


class NamedSupervisorRef(NamedRef, SupervisorRef):
    """The supervisor registered under a name at the moment of use."""

    __slots__ = ()


def _calling_actor() -> Incarnation | None:
    """The actor whose handler is calling; None in helper tasks, which keep no actor waiting."""
    caller = current.get()
    return caller if caller is not None and caller.task is current_task() else None


def _refuse_own_end(caller: Incarnation, target: Incarnation) -> None:
    """CallCycle for waiting for the end of oneself or of the sub-tree one lives in."""
    check_cycle(caller, target)
    if f"{caller.path}/".startswith(f"{target.path}/"):
        raise CallCycle((caller.path, target.path, caller.path))


def _not_running(slot: Slot) -> NotRunning:
    due_in = None if slot.due is None else max(0.0, slot.due - trio.current_time())
    return NotRunning(slot.path, due_in)
