"""Helpers for tests on trio's jumping clock (`autojump_clock` must stand in the test's own signature).

The clock jumps as soon as every task is blocked, so a wait costs nothing and instants are exact. A deadlock
under it spins in silence: `watchdog` turns that into a failure that says when everything stood still.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

FOREVER = 1_000_000.0
"""Virtual seconds after which nothing in any test can still be on its way."""

REAL_LIMIT = 120.0
"""Seconds that a test on the real clock may take."""


async def settle() -> None:
    """Let everything run that can run now, without moving the clock."""
    await wait_all_tasks_blocked()


async def until(instant: float) -> None:
    """Sleep until that second of the run's clock, then let what is due at it happen."""
    await trio.sleep_until(instant)
    await settle()


@contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """The block takes exactly that many virtual seconds."""
    start = trio.current_time()
    yield
    assert trio.current_time() - start == seconds


def is_virtual() -> bool:
    return isinstance(trio.lowlevel.current_clock(), MockClock)


async def watchdog() -> None:
    """Fail when the test is still there after all the time in the world."""
    limit = FOREVER if is_virtual() else REAL_LIMIT
    await trio.sleep(limit)
    raise AssertionError(
        f"still waiting after {limit:g} {'virtual ' if is_virtual() else ''}seconds: a deadlock"
    )
