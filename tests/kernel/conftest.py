"""Kernel tests run on a jumping clock: what stands still there must be stopped from outside."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest


class WallLimitError(BaseException):
    """Not an Exception: a supervisor would take it for its child's crash and go on."""


WALL_LIMIT = 60
"""Real seconds for one test. Only a deadlock behind a shield, which no cancellation ends, gets that far."""


@pytest.fixture(autouse=True)
def wall_limit() -> Iterator[None]:
    """Break out of a run that hangs where even the `tree` fixture's watchdog cannot reach."""

    def too_long(number: int, frame: FrameType | None) -> None:
        raise WallLimitError(f"the test still runs after {WALL_LIMIT} real seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, WALL_LIMIT)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
