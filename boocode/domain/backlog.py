"""Frames that wait for one slow socket: bounded in bytes, joined into few messages."""

from collections import deque
from collections.abc import Iterable

COST_PER_FRAME_BYTES = 64
"""What a queued frame costs beside its bytes, so that many tiny frames are bounded too."""


class Backlog:
    """First in, first out. A frame is a JSON object as bytes."""

    __slots__ = ("_frames", "budget_bytes", "size_bytes")

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.size_bytes = 0
        self._frames: deque[bytes] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def has_room(self, size_bytes: int) -> bool:
        """An empty backlog takes anything: a frame larger than the budget must get through some day."""
        return not self._frames or self.size_bytes + size_bytes <= self.budget_bytes

    def put(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self._frames.append(frame)
            self.size_bytes += len(frame) + COST_PER_FRAME_BYTES

    def take(self, max_bytes: int) -> bytes:
        """The next message: one frame as it is, or a JSON array of several, together about `max_bytes`.
        The backlog must not be empty."""
        taken = [self._pop()]
        size = len(taken[0])
        while self._frames and size + len(self._frames[0]) < max_bytes:
            taken.append(self._pop())
            size += len(taken[-1])
        return taken[0] if len(taken) == 1 else b"[" + b",".join(taken) + b"]"

    def _pop(self) -> bytes:
        frame = self._frames.popleft()
        self.size_bytes -= len(frame) + COST_PER_FRAME_BYTES
        return frame
