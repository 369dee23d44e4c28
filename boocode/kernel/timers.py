"""All deadlines of one system in one task.

A heap of (time, number, timer) and one sleeping task whose cancel scope carries the earliest deadline: arming a
timer is a heap push, not a scope of its own (a `fail_after` costs as much as the call it guards). Cancelled timers
stay in the heap until they are due or outnumber the living ones; then the heap is built anew, so that a million
calls answered early leave nothing behind.

Callbacks run in the timer task, must not wait and must not raise.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from typing import Final

import trio

_FEW: Final = 256  # cancelled entries that are not worth a clean-up


class Timer:
    """One armed deadline. `due` is on trio's clock."""

    __slots__ = ("callback", "due")

    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback

    @property
    def is_armed(self) -> bool:
        return self.callback is not None


class Timers:
    """The timer wheel of one system; `run` is its task."""

    __slots__ = ("_cancelled", "_heap", "_number", "_scope")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._number = itertools.count()
        self._cancelled = 0
        self._scope: trio.CancelScope | None = None

    def at(self, due: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` at `due` (trio clock; the past means as soon as possible)."""
        timer = Timer(due, callback)
        heapq.heappush(self._heap, (due, next(self._number), timer))
        if self._heap[0][2] is timer and self._scope is not None:
            self._scope.deadline = due
        return timer

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.at(trio.current_time() + seconds, callback)

    def cancel(self, timer: Timer) -> None:
        """Forget a timer; one that fired or was cancelled already is left alone."""
        if timer.callback is None:
            return
        timer.callback = None
        self._cancelled += 1
        if self._cancelled > _FEW and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].callback is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def __len__(self) -> int:
        """How many are armed."""
        return len(self._heap) - self._cancelled

    async def run(self) -> None:
        """Fire what is due, for ever; ends by cancellation."""
        while True:
            with trio.CancelScope(deadline=self._heap[0][0] if self._heap else math.inf) as self._scope:
                await trio.sleep_forever()
            self._scope = None
            self._fire(trio.current_time())

    def _fire(self, now: float) -> None:
        while self._heap and self._heap[0][0] <= now:
            timer = heapq.heappop(self._heap)[2]
            callback, timer.callback = timer.callback, None
            if callback is None:
                self._cancelled -= 1
            else:
                callback()
