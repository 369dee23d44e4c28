"""The last crashes, each with the last messages its actor had taken before it."""

from __future__ import annotations

import reprlib
import traceback
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

import trio
from attrs import frozen

from boocode.kernel.exits import Crashed

KEPT: Final = 100
_FRAMES: Final = 20  # innermost frames of a traceback
_WIDTH: Final = 200  # characters of a message's repr

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _WIDTH


@frozen
class SeenMessage:
    """A message as far as a report shows it."""

    type: str
    text: str


@frozen
class Crash:
    """One crash; the last of `messages` was being handled, unless a helper task or init failed."""

    path: str
    incarnation: int
    at: float
    error: str
    traceback: str
    messages: tuple[SeenMessage, ...]


class CrashLog:
    """A bounded ring of crashes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._ring: deque[Crash] = deque(maxlen=kept)

    def record(self, path: str, incarnation: int, exit: Crashed, messages: Iterable[Any]) -> str:
        """Add a crash; returns its traceback as text."""
        cause = exit.cause
        seen = tuple(SeenMessage(type(each).__qualname__, _bounded(each)) for each in messages)
        error = f"{type(cause).__name__}: {cause}"
        text = "".join(traceback.format_exception(cause, limit=-_FRAMES))
        self._ring.append(Crash(path, incarnation, trio.current_time(), error, text, seen))
        return text

    def list(self) -> tuple[Crash, ...]:
        """Oldest first."""
        return tuple(self._ring)

    def __len__(self) -> int:
        return len(self._ring)


def _bounded(message: object) -> str:
    try:
        text = _repr.repr(message)
    except Exception as error:  # noqa: BLE001 - a broken repr must not hide the crash
        text = f"<repr raised {type(error).__name__}>"
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
