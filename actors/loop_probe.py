"""Measures how late the event loop wakes a timer: the one number that says whether anything stalls it."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import trio

from boocode.kernel import Actor
from boocode.ports.supervision import ReadLag

PERIOD_S: Final = 0.05
WINDOW: Final = 200
"""Samples kept: ten seconds."""


class LoopProbe(Actor):
    def __init__(self) -> None:
        self._late_ms: deque[float] = deque([0.0], maxlen=WINDOW)

    async def init(self) -> None:
        self.ctx.start_task(self._measure, name="measure")

    async def handle(self, message: Any) -> float | None:
        return self._p99() if isinstance(message, ReadLag) else None

    def inspect(self) -> Mapping[str, object]:
        return {"p99_ms": self._p99(), "max_ms": max(self._late_ms)}

    def _p99(self) -> float:
        ordered = sorted(self._late_ms)
        return round(ordered[int(len(ordered) * 0.99)] if len(ordered) >= 100 else ordered[-1], 2)

    async def _measure(self) -> None:
        while True:
            due = trio.current_time() + PERIOD_S
            await trio.sleep_until(due)
            self._late_ms.append((trio.current_time() - due) * 1000)
