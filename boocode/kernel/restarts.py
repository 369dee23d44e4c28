"""Restart arithmetic: the sliding window and the backoff. Pure: no clock, no randomness.

Window: a restart at time t counts as long as now - t <= period (the edge is inclusive); the budget is exhausted
when more than max_restarts count. Failed start attempts are recorded like any other restart. The window belongs
to the supervisor, not to a child.

Backoff: delay n (from 0) is min(maximum, minimum · 2ⁿ · (1 + u·jitter)) with u in [0, 1): capped after the jitter,
so that no delay lies above the maximum.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from boocode.kernel.spec import Backoff, Budget

_MAX_EXPONENT: Final = 1000  # 2.0**1024 overflows; the cap is reached long before


@frozen
class Window:
    """The restarts that count, oldest first (seconds on the supervisor's clock)."""

    budget: Budget
    times: tuple[float, ...] = ()

    def recorded(self, now: float) -> tuple[Window, bool]:
        """This window with one more restart at `now`, and whether the budget is exhausted by it."""
        times, exhausted = record(self.times, now, self.budget)
        return Window(self.budget, times), exhausted

    def count(self, now: float) -> int:
        """How many restarts count at `now`."""
        return len(_recent(self.times, now, self.budget.period))


def _recent(times: tuple[float, ...], now: float, period: float) -> tuple[float, ...]:
    first = 0
    while first < len(times) and now - times[first] > period:
        first += 1
    return times[first:]


def record(times: tuple[float, ...], now: float, budget: Budget) -> tuple[tuple[float, ...], bool]:
    """Add a restart at `now`; forget what has left the window. True when the budget is exhausted."""
    counted = (*_recent(times, now, budget.period), now)
    return counted, len(counted) > budget.max_restarts


def delay(backoff: Backoff, attempt: int, u: float) -> float:
    """Seconds to wait before restart number `attempt` (from 0); `u` in [0, 1) chooses within the jitter."""
    grown = backoff.minimum * 2.0 ** min(attempt, _MAX_EXPONENT)
    return min(backoff.maximum, grown * (1 + u * backoff.jitter))


def attempt_after(backoff: Backoff, attempt: int, uptime: float | None) -> int:
    """The attempt number that counts now: 0 again once the child was up for `reset_after` seconds."""
    return 0 if uptime is not None and uptime >= backoff.reset_after else attempt
