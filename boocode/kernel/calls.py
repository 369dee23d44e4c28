"""Calls: a request, the place where its caller waits, and who may answer it.

A call ends in exactly one way: a reply, the callee's death, its timeout, or the caller's own cancellation. What
comes after the end goes to dead letters and harms neither side.

A handler that calls makes its actor wait; `check_cycle` walks from callee to callee along those waits and refuses
the call that would close a circle, before anything is sent. Calls from helper tasks do not make their actor wait.
"""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import trio
from trio.lowlevel import Abort, reschedule, wait_task_rescheduled

from boocode.kernel.errors import CallCycle, CallTimeout, KernelError

if TYPE_CHECKING:
    from boocode.kernel.dead_letters import DeadLetters, Reason
    from boocode.kernel.incarnation import Incarnation
    from boocode.kernel.timers import Timers

R = TypeVar("R")

current: Final[contextvars.ContextVar[Incarnation | None]] = contextvars.ContextVar("actor", default=None)
"""The incarnation on whose behalf the running task works; None outside the tree."""


class Request(Generic[R]):
    """Base of call messages: `class Lease(Request[LeaseGranted])` makes `ref.call(Lease())` typed."""

    __slots__ = ()


class CallRefused(KernelError):
    """Raised in `handle` to answer a call with an error: the caller gets `reason`, the actor lives on."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Call:
    """One waiting caller."""

    __slots__ = ("_error", "_outcome", "_task", "caller", "over", "target", "timeout")

    def __init__(self, target: str, timeout: float, caller: Incarnation | None = None) -> None:
        self.target = target
        self.caller = caller  # the actor whose handler waits; None for a helper or an outsider
        self.timeout = timeout
        self.over: Reason | None = None  # why a reply comes too late
        self._task: trio.lowlevel.Task | None = None
        self._outcome: Any = None
        self._error: BaseException | None = None

    async def wait(self, timers: Timers, target: Incarnation | None = None) -> Any:
        """Park until the end of the call. Raises what it was failed with, or CallTimeout."""
        self._task = trio.lowlevel.current_task()
        timer = timers.after(self.timeout, self._expire)
        try:
            await wait_task_rescheduled(self._abandon)
        finally:
            timers.cancel(timer)
            if target is not None:
                target.withdraw(self)
        error, self._error = self._error, None
        if error is None:
            return self._outcome
        try:
            raise error
        finally:
            del error  # or the traceback would hold this frame, and this frame the traceback

    def reply(self, value: Any) -> bool:
        """Answer; False when the call is over."""
        if self._task is None:
            return False
        self._outcome = value
        self._wake()
        return True

    def fail(self, error: BaseException) -> bool:
        """Answer with an exception; False when the call is over."""
        if self._task is None:
            return False
        self._error = error
        self._wake()
        return True

    @property
    def is_open(self) -> bool:
        return self._task is not None

    def _wake(self) -> None:
        task, self._task = self._task, None
        assert task is not None
        self.over = self.over or "late reply"
        if self.caller is not None:
            self.caller.waits_on = None  # from now on, not from its next step: the callee may call it back
        reschedule(task)

    def _expire(self) -> None:
        self.fail(CallTimeout(self.target, self.timeout))

    def _abandon(self, _: Any) -> Abort:
        self._task = None
        self.over = "caller gone"
        return Abort.SUCCEEDED


class ReplyTo:
    """A deferred answer: kept by an actor that called `ctx.defer()`, used once, from anywhere."""

    __slots__ = ("_call", "_dead_letters", "_owner")

    def __init__(self, call: Call, owner: Incarnation, dead_letters: DeadLetters) -> None:
        self._call = call
        self._owner = owner
        self._dead_letters = dead_letters

    @property
    def is_open(self) -> bool:
        """False once the caller has its answer, timed out or went away."""
        return self._call.is_open

    def reply(self, value: object) -> None:
        if not self._call.reply(value):
            self._late(value)

    def fail(self, error: Exception) -> None:
        if not self._call.fail(error):
            self._late(error)

    def _late(self, answer: object) -> None:
        reason = self._call.over or "late reply"
        self._dead_letters.record(answer, sender=self._owner.path, target="caller", reason=reason)


def check_cycle(caller: Incarnation, callee: Incarnation) -> None:
    """CallCycle if `callee` waits, directly or through others, for `caller`."""
    path = [caller.path]
    at: Incarnation | None = callee
    while at is not None:
        path.append(at.path)
        if at is caller:
            raise CallCycle(tuple(path))
        at = at.waits_on
