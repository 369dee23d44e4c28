"""What happened in the tree, kept: numbered, bounded, recorded whether anybody looks or not.

Two rings, so that the order of things (connections that come and go, turns that end well) never pushes out what
somebody will ask about: crashes, restarts, escalations, evictions, suspensions. An entry holds words and numbers, never
an exception: frames of a traceback would keep alive all that the dead one had.

The numbers are those of the topic on which the tree is followed; what else is told there takes its own from here, so
that everything told stands in one order. They begin with the milliseconds since the epoch: a number from before a
restart of the process is never mistaken for one of now.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import define

from boocode.kernel.exits import Exit, ExitKind, describe, is_abnormal
from boocode.kernel.exits import kind as kind_of

if TYPE_CHECKING:
    from boocode.kernel.telemetry import EventKind
    from boocode.kernel.verdicts import Decision

NOTABLE: Final = 1024
PLAIN: Final = 512
_UNDECIDED: Final = 4096
_REASON: Final = 1000  # characters
_NOTHING: Final[Mapping[str, object]] = {}


@define(eq=False)
class Entry:
    """One event. `at` on trio's clock, `duration` in seconds. `decision` follows a moment after an exit."""

    number: int
    kind: EventKind
    path: str
    incarnation: int
    at: float
    is_notable: bool
    exit_kind: ExitKind | None
    reason: str | None
    duration: float | None
    extra: Mapping[str, object]
    doing: str | None
    """What the ended one had declared to be doing."""
    decision: Decision | None = None


class Journal:
    """The last events of one system, and who numbers them."""

    def __init__(self, notable: int = NOTABLE, plain: int = PLAIN, first: int | None = None) -> None:
        self.last = time.time_ns() // 1_000_000 if first is None else first - 1
        self._notable: deque[Entry] = deque(maxlen=notable)
        self._plain: deque[Entry] = deque(maxlen=plain)
        self._undecided: dict[tuple[str, int], Entry] = {}

    def take_number(self) -> int:
        """For something else that is told on the same topic."""
        self.last += 1
        return self.last

    def record(
        self,
        kind: EventKind,
        path: str,
        incarnation: int,
        at: float,
        *,
        exit: Exit | None = None,
        duration: float | None = None,
        extra: Mapping[str, object] | None = None,
        doing: str | None = None,
    ) -> None:
        """Add an event."""
        is_notable = is_abnormal(exit) if kind == "exited" and exit is not None else kind != "started"
        entry = Entry(
            self.take_number(),
            kind,
            path,
            incarnation,
            at,
            is_notable,
            None if exit is None else kind_of(exit),
            None if exit is None else describe(exit)[:_REASON],
            duration,
            extra or _NOTHING,
            doing,
        )
        (self._notable if is_notable else self._plain).append(entry)
        if kind in ("exited", "start_failed"):
            if len(self._undecided) >= _UNDECIDED:  # supervisors that ended before they decided
                self._undecided.clear()
            self._undecided[path, incarnation] = entry

    def decided(self, path: str, incarnation: int, decision: Decision) -> None:
        """What was done about the exit of this incarnation."""
        entry = self._undecided.pop((path, incarnation), None)
        if entry is not None:
            entry.decision = decision

    def entries(self, *, notable: bool = False) -> Iterator[Entry]:
        """Oldest first; only the notable ones, or all."""
        if notable:
            return iter(tuple(self._notable))
        return heapq.merge(tuple(self._notable), tuple(self._plain), key=lambda entry: entry.number)

    def newest(self, *, notable: bool = False) -> Iterator[Entry]:
        """Newest first."""
        rings = (self._notable,) if notable else (self._notable, self._plain)
        return heapq.merge(
            *(tuple(reversed(ring)) for ring in rings), key=lambda entry: entry.number, reverse=True
        )

    def after(self, number: int) -> list[Entry]:
        """Those with a larger number, oldest first: quick when there are few."""
        found: list[Entry] = []
        for entry in self.newest():
            if entry.number <= number:
                break
            found.append(entry)
        return found[::-1]

    def __len__(self) -> int:
        return len(self._notable) + len(self._plain)
