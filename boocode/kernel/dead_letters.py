"""Messages that nobody will handle: counted, the last ones listed, never raised in the sender of a cast."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import trio
from attrs import frozen

KEPT: Final = 1000  # letters listed; the counters know of all

Reason: TypeAlias = Literal[
    "not running", "died", "full", "late reply", "caller gone", "no mailbox", "draining", "refused"
]


@frozen
class DeadLetter:
    """One lost message; `sender` is None for a task outside the tree. `at` is on trio's clock."""

    at: float
    sender: str | None
    target: str
    message_type: str
    reason: Reason


class DeadLetters:
    """A bounded ring of letters and counters by reason."""

    def __init__(self, kept: int = KEPT) -> None:
        self._ring: deque[DeadLetter] = deque(maxlen=kept)
        self._counts: Counter[str] = Counter()

    def record(self, message: object, *, sender: str | None, target: str, reason: Reason) -> None:
        self._counts[reason] += 1
        self._ring.append(DeadLetter(trio.current_time(), sender, target, type(message).__qualname__, reason))

    @property
    def total(self) -> int:
        return self._counts.total()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each reason, since the system started."""
        return dict(self._counts)

    def list(self) -> tuple[DeadLetter, ...]:
        """The last letters, oldest first."""
        return tuple(self._ring)

    def __len__(self) -> int:
        return len(self._ring)
