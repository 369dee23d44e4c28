"""The last crashes, each with the last messages its actor had taken before it."""

from __future__ import annotations

import reprlib
import traceback
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

import trio
from attrs import frozen

from boocode.kernel.exits import Crashed, named, said

KEPT: Final = 100
_FRAMES: Final = 20  # innermost frames of a traceback
_WIDTH: Final = 200  # characters of a message's repr
_CAUSES: Final = 20  # of one crash
_WORDS: Final = 2000  # characters of a cause's message
_SAME: Final = 0.01  # seconds between a crash's record and its event

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _WIDTH


Relation: TypeAlias = Literal["raised", "cause", "context", "part"]


@frozen
class SeenMessage:
    """A message as far as a report shows it."""

    type: str
    text: str


@frozen
class Cause:
    """One exception of a chain, and how it belongs to the one above it."""

    relation: Relation
    depth: int
    type: str
    message: str
    notes: tuple[str, ...]
    stack: traceback.StackSummary

    @property
    def traceback(self) -> str:
        """Its own frames, the innermost last."""
        return "".join(self.stack.format())


@frozen
class Crash:
    """One crash; the last of `messages` was being handled, unless a helper task or init failed. `causes` begins with
    what was raised; each is followed by what it came from."""

    path: str
    incarnation: int
    at: float
    error: str
    traceback: str
    messages: tuple[SeenMessage, ...]
    causes: tuple[Cause, ...] = ()


class CrashLog:
    """A bounded ring of crashes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._ring: deque[Crash] = deque(maxlen=kept)

    def record(self, path: str, incarnation: int, exit: Crashed, messages: Iterable[Any]) -> str:
        """Add a crash; returns its traceback as text."""
        cause = exit.cause
        seen = tuple(SeenMessage(type(each).__qualname__, _bounded(each)) for each in messages)
        text = "".join(traceback.format_exception(cause, limit=-_FRAMES))
        causes = causes_of(cause)
        self._ring.append(Crash(path, incarnation, trio.current_time(), named(cause), text, seen, causes))
        return text

    def find(self, path: str, incarnation: int, at: float) -> Crash | None:
        """How this incarnation crashed at that time; None if it did not, or too long ago. Numbers of incarnations
        begin anew when a supervisor does: the time tells them apart."""
        return next(
            (
                crash
                for crash in reversed(self._ring)
                if crash.path == path and crash.incarnation == incarnation and abs(crash.at - at) < _SAME
            ),
            None,
        )

    def list(self) -> tuple[Crash, ...]:
        """Oldest first."""
        return tuple(self._ring)

    def __len__(self) -> int:
        return len(self._ring)


def causes_of(error: BaseException) -> tuple[Cause, ...]:
    """The chain, each exception once, at most `_CAUSES`: first what was raised, then depth first what is behind it."""
    found: list[Cause] = []
    seen: set[int] = set()
    waiting: list[tuple[BaseException, Relation, int]] = [(error, "raised", 0)]
    while waiting and len(found) < _CAUSES:
        each, relation, depth = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        found.append(_cause(each, relation, depth))
        waiting += [(behind, how, depth + 1) for behind, how in reversed(_behind(each))]
    return tuple(found)


def _behind(error: BaseException) -> list[tuple[BaseException, Relation]]:
    behind: list[tuple[BaseException, Relation]] = []
    if isinstance(error, BaseExceptionGroup):
        behind += [(part, "part") for part in error.exceptions]
    if error.__cause__ is not None:
        behind.append((error.__cause__, "cause"))
    elif error.__context__ is not None and not error.__suppress_context__:
        behind.append((error.__context__, "context"))
    return behind


def _cause(error: BaseException, relation: Relation, depth: int) -> Cause:
    stack = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), limit=-_FRAMES)
    notes = tuple(str(note)[:_WORDS] for note in getattr(error, "__notes__", ()))
    return Cause(relation, depth, type(error).__qualname__, said(error)[:_WORDS], notes, stack)


def _bounded(message: object) -> str:
    try:
        text = _repr.repr(message)
    except Exception as error:  # noqa: BLE001 - a broken repr must not hide the crash
        text = f"<repr raised {type(error).__name__}>"
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
