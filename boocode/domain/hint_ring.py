"""The recent frames of a topic that no log keeps: numbered, bounded in count and bytes."""

from collections import deque

from boocode.contracts.frames import WireFrame


class HintRing:
    """Numbers frames without gaps and remembers the newest of them.

    `start` should grow from one process to the next (milliseconds since the epoch do), so that a number that a
    client brings from before a restart is never mistaken for one of now.
    """

    __slots__ = ("_bytes", "_frames", "_max_bytes", "_max_frames", "last_seq")

    def __init__(self, start: int, max_frames: int = 1024, max_bytes: int = 1_000_000) -> None:
        self.last_seq = start
        self._frames: deque[WireFrame] = deque()
        self._bytes = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes

    def add(self, frame: WireFrame) -> None:
        """`frame.seq` must be `last_seq + 1`."""
        self.last_seq = frame.seq
        self._frames.append(frame)
        self._bytes += len(frame.data)
        while len(self._frames) > self._max_frames or self._bytes > self._max_bytes:
            self._bytes -= len(self._frames.popleft().data)

    def since(self, seq: int) -> tuple[WireFrame, ...] | None:
        """All frames after `seq`; None when some of them are gone or `seq` is not one of ours."""
        if seq > self.last_seq or seq < self.last_seq - len(self._frames):
            return None
        return tuple(frame for frame in self._frames if frame.seq > seq)

    def newest(self, after: int, limit: int) -> tuple[WireFrame, ...]:
        """At most `limit` of the frames after `after` that are still here, oldest first."""
        return tuple([frame for frame in self._frames if frame.seq > after][:limit])
