"""What happens in the tree, as events for whoever attaches: the log, the supervision page, tests.

Each event is in the journal as well, whether a handler is attached or not; only traced messages are not. A handler is
called at once, in the task where the event happens; it must not wait. One that raises is detached
(the error stays in `detached`) and never hurts an actor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import trio
from attrs import Factory, frozen

from boocode.kernel.exits import Exit
from boocode.kernel.journal import Journal

EventKind: TypeAlias = Literal[
    "started",  # an incarnation is ready; duration: seconds its start took
    "start_failed",  # it never became ready
    "exited",  # a ready incarnation is gone; duration: seconds it was up
    "restarted",  # the started one replaces an earlier one
    "backing_off",  # a restart is planned; extra: due_in, restarts_in_window
    "escalated",  # a supervisor used up its budget
    "suspended",
    "resumed",
    "evicted",  # a pool ends one that nobody uses; extra: reason
    "reaped",  # what outlived its owner was ended; extra: reason
    "message",  # only while traced; extra: type, lane
]


@frozen
class Event:
    """One fact. `at` is on trio's clock, `duration` in seconds."""

    kind: EventKind
    path: str
    incarnation: int
    at: float
    exit: Exit | None = None
    duration: float | None = None
    extra: Mapping[str, object] = Factory(dict)


Handler: TypeAlias = Callable[[Event], None]


class Telemetry:
    """The attached handlers of one system, and its journal."""

    def __init__(self) -> None:
        self.journal = Journal()
        self._handlers: tuple[Handler, ...] = ()
        self.detached: list[tuple[Handler, Exception]] = []

    def attach(self, handler: Handler) -> Callable[[], None]:
        """Send events to `handler` from now on; the returned function detaches it."""
        self._handlers = (*self._handlers, handler)
        return lambda: self.detach(handler)

    def detach(self, handler: Handler) -> None:
        self._handlers = tuple(known for known in self._handlers if known is not handler)

    def emit(
        self,
        kind: EventKind,
        path: str,
        incarnation: int,
        *,
        exit: Exit | None = None,
        duration: float | None = None,
        extra: Mapping[str, object] | None = None,
        doing: str | None = None,
    ) -> None:
        """`doing`: what an ended one had declared to be doing."""
        now = trio.current_time()
        if kind != "message":
            self.journal.record(
                kind, path, incarnation, now, exit=exit, duration=duration, extra=extra, doing=doing
            )
        if not self._handlers:
            return
        event = Event(kind, path, incarnation, now, exit, duration, extra or {})
        for handler in self._handlers:
            try:
                handler(event)
            except Exception as error:  # noqa: BLE001 - whatever an observer does, the observed goes on
                self.detach(handler)
                self.detached.append((handler, error))
