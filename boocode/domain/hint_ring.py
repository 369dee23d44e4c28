"""The recent frames of a topic that no log keeps: numbered, bounded in count and bytes."""

from collections import deque

from boocode.contracts.frames import WireFrame


class HintRing:
    """Numbers frames and remembers the newest of them.

    `start` should grow from one process to the next (milliseconds since the epoch do), so that a number that a
    client brings from before a restart is never mistaken for one of now. Who numbers the frames elsewhere may leave
    numbers out: what is added then must have a larger number than all before, and what came between counts as lost.
    """

    __slots__ = ("_bytes", "_floor", "_frames", "_max_bytes", "_max_frames", "last_seq")

    def __init__(self, start: int, max_frames: int = 1024, max_bytes: int = 1_000_000) -> None:
        self.last_seq = start
        self._floor = start
        """Of what came up to here something is gone."""
        self._frames: deque[WireFrame] = deque()
        self._bytes = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes

    def add(self, frame: WireFrame) -> None:
        """`frame.seq` must be larger than `last_seq`."""
        if frame.seq > self.last_seq + 1:
            self._floor = frame.seq - 1
        self.last_seq = frame.seq
        self._frames.append(frame)
        self._bytes += len(frame.data)
        while len(self._frames) > self._max_frames or self._bytes > self._max_bytes:
            gone = self._frames.popleft()
            self._bytes -= len(gone.data)
            self._floor = max(self._floor, gone.seq)

    def pass_over(self, seq: int) -> None:
        """A frame with this number went by that nobody will ask for again."""
        self.last_seq = seq

    def since(self, seq: int) -> tuple[WireFrame, ...] | None:
        """All frames after `seq`; None when some of them are gone or `seq` is not one of ours."""
        if seq > self.last_seq or seq < self._floor:
            return None
        return tuple(frame for frame in self._frames if frame.seq > seq)

    def newest(self, after: int, limit: int) -> tuple[WireFrame, ...]:
        """At most `limit` of the frames after `after` that are still here, oldest first."""
        return tuple([frame for frame in self._frames if frame.seq > after][:limit])
