"""For tests only: ends this very process with SIGKILL at a named point, as a crash or a loss of power would.

    BOOCODE_CRASH_AT=apply.swapped      at the first time that the work comes by this point
    BOOCODE_CRASH_AT=apply.swapped:3    at the third time
    BOOCODE_CRASH_AT=*:7                at the seventh point of any name

Without the variable nothing of this is wired in. No handler runs and nothing is flushed: what must survive a death is
what is on the disk, in git and in the database at that moment.
"""

import os
import signal
from collections.abc import Mapping

from boocode.ports.crash_points import ANY, CRASH_POINTS, Reached, pass_by

VARIABLE = "BOOCODE_CRASH_AT"


class Crashing:
    """A `Reached` that lets its process die at the `nth` time that it is called with `point` (ANY: whichever)."""

    def __init__(self, point: str, nth: int = 1) -> None:
        self._point = point
        self._left = nth

    def __call__(self, point: str) -> None:
        if self._point in (point, ANY):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def crashing_from(environ: Mapping[str, str]) -> Reached:
    """What the environment asks for; `pass_by` when it asks for nothing. Raises ValueError for an unknown point."""
    asked = environ.get(VARIABLE)
    return pass_by if not asked else parse_crash(asked)


def parse_crash(asked: str) -> Crashing:
    """`name`, `name:nth` or `*:nth`. Raises ValueError saying what is wrong."""
    point, _, nth = asked.partition(":")
    if point != ANY and point not in CRASH_POINTS:
        raise ValueError(f"{VARIABLE} names the crash point {point!r}; there are {', '.join(CRASH_POINTS)}.")
    if nth and not (nth.isdecimal() and int(nth)):
        raise ValueError(f"{VARIABLE} wants the point's {nth!r}th time; it counts from 1.")
    return Crashing(point, int(nth or 1))
