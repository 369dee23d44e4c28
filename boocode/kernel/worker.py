"""The life of an actor: park, take a burst, handle one message at a time, end.

Rules owned here: a stop lets the running handler finish and overtakes whatever is queued; a drain empties the queue
first; a suspended actor handles control only; an unexpected exception ends the actor and everyone who waits for it
is told at once; `terminate` runs exactly once for each init that succeeded, under the clean-up scope.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import trio

from boocode.kernel import monitors
from boocode.kernel.actor import Actor
from boocode.kernel.calls import Call, CallRefused
from boocode.kernel.coalescing import make_mailbox
from boocode.kernel.context import Context, Delivery, TimerId
from boocode.kernel.errors import ActorDied, MailboxFull, NotRunning
from boocode.kernel.exits import Crashed, Exit, Killed, Shutdown, named
from boocode.kernel.incarnation import Host, Incarnation
from boocode.kernel.mailbox import BURST, Entry
from boocode.kernel.spec import Overflow

if TYPE_CHECKING:
    from boocode.kernel.monitors import Down, MonitorId
    from boocode.kernel.side_tasks import SideTasks
    from boocode.kernel.slot import Slot

_STOP: Final = object()  # tag of the control entry that ends the loop
_DOWN: Final = object()
_FEW_DEFERRED: Final = 64
INSPECT: Final = object()  # the message of a state query


class Worker(Incarnation):
    """One incarnation of an actor."""

    __slots__ = (
        "_calls",
        "_deferred",
        "_deferred_bound",
        "_recent",
        "_stop",
        "actor",
        "blocked_on",
        "busy_with",
        "call",
        "ctx",
        "handled",
        "mailbox",
        "pid",
        "side_tasks",
        "timers",
        "watching",
    )

    def __init__(self, slot: Slot, number: int, host: Host, actor: Actor) -> None:
        super().__init__(slot, number, host)
        assert slot.spec is not None
        self.actor = actor
        self.mailbox = make_mailbox(slot.spec.mailbox)
        self.ctx = actor.ctx = Context(self)
        self.handled = 0
        self.call: Call | None = None  # the call being handled
        self.watching: dict[MonitorId, Incarnation | None] | None = None
        self.timers: dict[TimerId, Delivery] | None = None
        self.side_tasks: SideTasks | None = None
        self.blocked_on: str | None = None
        self.busy_with: tuple[float, str | None] | None = None  # declared by the actor: since, with what
        self.pid: int | None = None
        self._stop: Exit | None = None
        self._deferred: set[Call] | None = None
        self._deferred_bound = _FEW_DEFERRED  # more than these are looked through for answered ones
        self._recent: deque[Any] | None = None

    def as_worker(self) -> Worker:
        return self

    # -- its life ------------------------------------------------------------------------------------------

    async def _live(self) -> Exit:
        await self.actor.init()
        self._report_ready()
        wait = self.mailbox.wait
        while self._stop is None:
            await wait()
            self.busy_since = self.mailbox.since = trio.current_time()
            await self._burst()
            self.busy_since = None
            if self.mailbox.is_sealed and self._stop is None and not self.mailbox.depth:
                self._stop = Shutdown("drained")
        return self._stop

    async def _burst(self) -> None:
        """Handle what is there, up to the bound of one burst.

        The first branch is the common case with `take` and `_handle_plain` written out: it runs per message.
        """
        box, handle = self.mailbox, self.actor.handle
        recent = self._recent
        if recent is None:
            recent = self._recent = deque(maxlen=self.actor.remember)
        for _ in range(BURST):
            if box.is_plain and box.data:
                message, sender, tag = box.data.popleft()
                if tag is None:
                    recent.append(message)
                    try:
                        await handle(message)
                    except CallRefused:
                        self._lost((message, sender, tag), "refused")
                    self.handled += 1
                    continue
            else:
                entry = None if self._stop is not None else box.take()
                if entry is None:
                    return
                message, sender, tag = entry
                if box.is_watched:
                    self._trace(message, tag)
            await self._handle_tagged(message, sender, tag)
        return

    async def _handle_tagged(self, message: Any, sender: Incarnation | None, tag: Any) -> None:
        if isinstance(tag, Call):
            if message is INSPECT:
                self._answer_query(tag)
                return
            await self._handle_call(message, tag)
        elif tag is _STOP:
            self.stop_self(message)
            return
        elif tag is None or self._is_wanted(message, tag):
            assert self._recent is not None
            self._recent.append(message)
            try:
                await self.actor.handle(message)
            except CallRefused:
                self._lost((message, sender, tag), "refused")
        else:
            return
        self.handled += 1

    def _is_wanted(self, message: Any, tag: Any) -> bool:
        """False for a Down or a timer's message that was taken back while it was queued."""
        if tag is _DOWN:
            return self.watching is not None and self.watching.pop(message.monitor, self) is not self
        wanted: bool = tag.take_delivery()
        return wanted

    async def _handle_call(self, message: Any, call: Call) -> None:
        assert self._recent is not None
        self._recent.append(message)
        self.call = call
        try:
            result = await self.actor.handle(message)
        except CallRefused as refusal:
            if not call.fail(refusal.reason):
                self._late(call, refusal.reason)
        else:
            deferred = self._deferred is not None and call in self._deferred
            if not deferred and not call.reply(result):
                self._late(call, result)
        self.call = None

    def _answer_query(self, call: Call) -> None:
        if call.is_open:  # else nobody waits any more: no side effect
            call.reply(self.actor.inspect())

    def defer(self) -> Call:
        """Take the running call out of the handler's hands; its result is not sent."""
        if self.call is None:
            raise RuntimeError(f"{self.path}: defer() outside the handling of a call")
        if self._deferred is None:
            self._deferred = set()
        if len(self._deferred) > self._deferred_bound:
            self._deferred = {call for call in self._deferred if call.is_open or call is self.call}
            self._deferred_bound = max(_FEW_DEFERRED, 2 * len(self._deferred))
        self._deferred.add(self.call)
        return self.call

    # -- its end -------------------------------------------------------------------------------------------

    def _close(self, exit: Exit) -> None:
        super()._close(exit)
        self.busy_since = trio.current_time()
        for timer in (self.timers or {}).values():
            timer.cancel()
        self.timers = None
        monitors.unwatch_all(self)
        died = [*(self._deferred or ()), *([self.call] if self.call is not None else ())]
        for call in died:
            call.fail(ActorDied(self.path, exit))
        for entry in self.mailbox.close():
            tag = entry[2]
            if isinstance(tag, Call):
                tag.fail(ActorDied(self.path, exit))
            elif tag is None:
                self._lost(entry, "died")

    def _last_messages(self) -> Iterable[Any]:
        return self._recent or ()

    def _doing(self) -> str | None:
        return self.busy_with[1] if self.busy_with is not None else None

    async def _clean_up(self, exit: Exit) -> Exit:
        how = await self._terminate(exit) if self.is_ready else exit
        if self.side_tasks is not None:
            await self.side_tasks.finish()
            if isinstance(self._doom, Crashed) and not isinstance(how, Crashed):
                return self._doom  # a helper failed in its own clean-up
        return how

    async def _terminate(self, exit: Exit) -> Exit:
        spec = self.slot.spec
        assert spec is not None
        limit = math.inf if spec.shutdown is None else spec.shutdown
        if self._hard:
            limit = 0.0
        self._deadline = trio.current_time() + limit
        scope = trio.CancelScope(deadline=self._deadline, shield=True)
        if self._hard or limit == 0:
            scope.cancel()
        self.add_shield(scope)
        try:
            with scope:
                await self.actor.terminate(exit)
        except Exception as error:  # noqa: BLE001 - recorded as the cause, not lost
            if not isinstance(exit, Crashed):
                return Crashed(error)
            exit.cause.add_note(f"then terminate raised {named(error)}")
        if scope.cancelled_caught and not isinstance(exit, Crashed | Killed):
            late = Killed(f"its clean-up did not end within {spec.shutdown} s")
            return self._doom if isinstance(self._doom, Killed) else late
        return exit

    def add_shield(self, scope: trio.CancelScope) -> None:
        """Bound `scope` by the end of the clean-up and by a final kill."""
        if self.shields is None:
            self.shields = set()
        self.shields.add(scope)
        scope.deadline = min(scope.deadline, self._deadline)
        if self._hard:
            scope.cancel()

    # -- requests from outside -----------------------------------------------------------------------------

    def deliver(self, entry: Entry) -> None:
        box = self.mailbox
        depth = len(box.data)
        if 0 < depth < box.room:
            box.data.append(entry)
            if depth >= box.high_water:
                box.high_water = depth + 1
        elif box.is_sealed:
            self._lost(entry, "died" if self.is_gone else "draining")
        else:
            lost = box.offer(entry)
            if lost is not None:
                self._overflowed(entry, lost)

    def _overflowed(self, entry: Entry, lost: Entry) -> None:
        full = MailboxFull(self.path, self.mailbox.capacity)
        if lost is entry and self.mailbox.overflow is Overflow.REJECT:
            raise full
        self._lost(lost, "full")
        if isinstance(lost[2], Call):
            lost[2].fail(full)

    def accept_call(self, call: Call, request: object, sender: Incarnation | None) -> None:
        if self.mailbox.is_sealed:
            raise NotRunning(self.path)
        self.mailbox.offer_call(call, (request, sender, call))

    def withdraw(self, call: Call) -> None:
        self.mailbox.withdraw(call)

    def tell_down(self, down: Down) -> None:
        if not self.is_gone:
            self.mailbox.control((down, None, _DOWN))

    def query(self, call: Call) -> None:
        """Ask for `inspect()` between two messages."""
        self.mailbox.control((INSPECT, None, call))

    def request_stop(self, exit: Exit) -> None:
        if not self.is_ready:
            self.abort_start(exit)
        elif not self.is_gone:
            self.is_stopping = True
            self.mailbox.control((exit, None, _STOP), first=True)

    def request_drain(self, exit: Exit) -> None:
        if not self.is_ready:
            self.abort_start(exit)
        elif not self.is_gone:
            self.is_stopping = True
            self.mailbox.seal()
            self.suspend(on=False)

    def stop_self(self, exit: Exit) -> None:
        """End after the running handler."""
        self.is_stopping = True
        self._stop = exit
        self.mailbox.nudge()

    def suspend(self, on: bool) -> None:
        super().suspend(on)
        self.mailbox.held = self.suspended
        self.mailbox.nudge()

    # -- inside --------------------------------------------------------------------------------------------

    def _lost(self, entry: Entry, reason: Any) -> None:
        sender = entry[1].path if entry[1] is not None else None
        self.slot.system.dead_letters.record(entry[0], sender=sender, target=self.path, reason=reason)

    def _late(self, call: Call, answer: object) -> None:
        reason = call.over or "late reply"
        self.slot.system.dead_letters.record(answer, sender=self.path, target="caller", reason=reason)

    def _trace(self, message: Any, tag: Any) -> None:
        extra = {"type": type(message).__qualname__, "lane": "data" if tag is None else type(tag).__name__}
        self.slot.system.telemetry.emit("message", self.path, self.number, extra=extra)
