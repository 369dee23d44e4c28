"""A topic without a log, as the hub keeps it: its last frames, who follows it, who wants to know that. Not an actor."""

from contextlib import suppress
from datetime import UTC, datetime

from actors.frame_batches import batches, consecutive
from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.frames import FrameBody, WireFrame
from boocode.domain.hint_ring import HintRing
from boocode.kernel import MailboxFull, Ref
from boocode.ports.broadcast import Hints, Joined, Sink, TopicFollowed


class HintTopic:
    """`start`: the number before the first frame's."""

    def __init__(self, topic: str, start: int) -> None:
        self.topic = topic
        self.sinks: dict[Sink, None] = {}
        self._ring = HintRing(start)
        self._watcher: Ref | None = None

    def publish(self, body: FrameBody, at: float) -> None:
        """A frame that is numbered here; `at` in seconds since the epoch."""
        when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        frame = wire_frame(self.topic, self._ring.last_seq + 1, body.type, when, encode_body(body))
        self._ring.add(frame)
        self._offer((frame,))

    def relay(self, frames: tuple[WireFrame, ...], *, is_kept: bool) -> None:
        """Frames that have their numbers; those that were told already are dropped."""
        fresh = tuple(frame for frame in frames if frame.seq > self._ring.last_seq)
        for frame in fresh:
            if is_kept:
                self._ring.add(frame)
            else:
                self._ring.pass_over(frame.seq)
        for run in consecutive(fresh):
            self._offer(run)

    def _offer(self, frames: tuple[WireFrame, ...]) -> None:
        for batch in batches(self.topic, frames, is_durable=False):
            for sink in tuple(self.sinks):
                sink.offer(batch)

    def read(self, after: int, limit: int) -> Hints:
        return Hints(self._ring.newest(after, limit), self._ring.last_seq)

    def join(self, sink: Sink, since: int | None) -> Joined:
        self.sinks[sink] = None
        if len(self.sinks) == 1:
            self._tell_watcher()
        replay = () if since is None else self._ring.since(since)
        return Joined(self._ring.last_seq, is_durable=False, replay=replay)

    def leave(self, sink: Sink) -> None:
        if sink in self.sinks:
            del self.sinks[sink]
            if not self.sinks:
                self._tell_watcher()

    def watch(self, watcher: Ref) -> None:
        """From now on `watcher` hears whether anybody follows."""
        self._watcher = watcher
        self._tell_watcher()

    def _tell_watcher(self) -> None:
        if self._watcher is not None:
            with suppress(MailboxFull):
                self._watcher.cast(TopicFollowed(self.topic, bool(self.sinks)))
