"""When streamed frames leave a turn: the first at once, later ones together, at most one parting in 16 ms.

A token that comes alone is not delayed at all; in a burst, what comes within one interval leaves as one
coalesced batch. Text kept back is never more than one interval old.
"""

from attrs import define, field

from boocode.contracts.frames import FrameBody
from boocode.domain.transcript import coalesce

INTERVAL_S = 0.016


@define
class Outbox:
    """Frames that wait; times are seconds of any steady clock."""

    interval: float = INTERVAL_S
    _waiting: list[FrameBody] = field(factory=list)
    _last: float = float("-inf")

    def put(self, frames: tuple[FrameBody, ...]) -> None:
        self._waiting.extend(frames)

    def due_in(self, now: float) -> float | None:
        """Seconds until what waits should leave: 0 = now, None = nothing waits."""
        if not self._waiting:
            return None
        return max(0.0, self._last + self.interval - now)

    def take(self, now: float) -> tuple[FrameBody, ...]:
        """Everything that waits, coalesced; the interval starts anew."""
        frames = coalesce(self._waiting)
        self._waiting.clear()
        self._last = now
        return frames
