"""Broadcast: how subscribers join the hub, and what a socket must be able to do.

The hub passes frames on by a plain function call to the subscriber's sink, which must not wait: a fan-out to
a thousand sockets is a thousand calls, not a thousand messages. What a socket does not take at once is the
sink's to keep, within a bound.
"""

from typing import Protocol

from attrs import frozen

from boocode.contracts.frames import WireFrame
from boocode.kernel import Ref, Request


class FrameBatch:
    """Consecutive frames of one topic, and their WebSocket message, built once for all subscribers."""

    __slots__ = ("_framed", "first", "frames", "is_durable", "last", "size_bytes", "topic")

    def __init__(self, topic: str, frames: tuple[WireFrame, ...], *, is_durable: bool) -> None:
        self.topic = topic
        self.frames = frames
        self.first = frames[0].seq
        self.last = frames[-1].seq
        self.size_bytes = sum(len(frame.data) for frame in frames)
        self.is_durable = is_durable
        self._framed: bytes | None = None

    @property
    def framed(self) -> bytes:
        """All frames as one unmasked WebSocket text message, header included."""
        if self._framed is None:
            frames = self.frames
            payload = frames[0].data if len(frames) == 1 else b"[" + b",".join(f.data for f in frames) + b"]"
            self._framed = text_message(payload)
        return self._framed


def text_message(payload: bytes) -> bytes:
    """RFC 6455 5.2: a final, unmasked text frame, as a server sends it."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 65_536:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


class Sink(Protocol):
    """Where the hub puts the frames of one subscription."""

    def offer(self, batch: FrameBatch) -> None:
        """Takes them, or remembers that they exist. Never waits, never raises."""
        ...


@frozen(eq=False)
class Subscribe(Request["Joined"]):
    """Call to the hub: from now on the frames of the topic are offered to the sink, until Unsubscribe or the
    holder's end. Refused: UnknownTopic, StoreUnavailable."""

    topic: str
    sink: Sink
    holder: Ref
    since: int | None = None
    """For topics that are not durable: replay what the hub still has after it."""


@frozen
class Joined:
    last_seq: int
    """Frames after this one are offered; those before are in the log."""
    is_durable: bool
    replay: tuple[WireFrame, ...] | None = ()
    """For topics that are not durable; None when the hub no longer has them all."""


@frozen(eq=False)
class Unsubscribe:
    """Cast to the hub."""

    topic: str
    sink: Sink


@frozen
class WatchTopic:
    """Cast to the hub: tell `watcher`, now and at each change, whether anybody follows this topic without a log. One
    watcher a topic; forgotten when the hub restarts."""

    topic: str
    watcher: Ref


@frozen
class TopicFollowed:
    """Cast by the hub to the watcher of a topic."""

    topic: str
    is_followed: bool


@frozen
class ReadHints(Request["Hints"]):
    """Call to the hub: the last frames of a topic that is not durable, after `after`."""

    topic: str
    after: int
    limit: int


@frozen
class Hints:
    frames: tuple[WireFrame, ...]
    last_seq: int


class BroadcastError(Exception):
    """Base of what is refused or lost on the way to a subscriber."""


class UnknownTopic(BroadcastError):
    """There is no such topic, or no such chat."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"There is no topic {topic[:100]!r}. Topics are chat:ID, user and supervision.")
        self.topic = topic


@frozen
class ClientMessage:
    """Cast to a connection: one message that its client sent."""

    data: str | bytes


class SocketGone(BroadcastError):
    """The client closed the socket, or it was given up."""


class SocketStalled(SocketGone):
    """The client took no byte for the whole send deadline."""


class ClientSocket(Protocol):
    """One accepted WebSocket, from the connection actor's side."""

    @property
    def peer(self) -> str: ...
    @property
    def idle_s(self) -> float:
        """Seconds since the client sent anything at all, an answer to a ping included."""
        ...

    def send_now(self, framed: bytes) -> bool:
        """Takes a whole WebSocket message without waiting, or refuses it (False) while an earlier one is not
        out. What the network does not take at once is kept; `flush` sends it."""
        ...

    @property
    def needs_flush(self) -> bool: ...
    async def flush(self) -> None:
        """Raises SocketGone or SocketStalled."""
        ...

    async def send(self, payload: bytes) -> None:
        """One text message. Raises SocketGone or SocketStalled; a cancel in its middle ends the socket."""
        ...

    def ping(self) -> None:
        """Asks the client for a sign of life; skipped while something else is on its way out."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """The closing handshake's first half. The caller brings the deadline, and `abort` after it."""
        ...

    def abort(self) -> None:
        """Drops the connection at once."""
        ...
