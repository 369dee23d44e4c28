"""What client and server say to each other on the WebSocket beside frames."""

from typing import ClassVar, TypeAlias

from attrs import frozen

MAX_SEQ = 2**53 - 1
"""The largest whole number that every client can hold exactly."""


@frozen
class Subscribe:
    """`since` = "I have everything up to it"; without it only what comes from now on is sent."""

    type: ClassVar[str] = "subscribe"
    topic: str
    since: int | None = None


@frozen
class Unsubscribe:
    type: ClassVar[str] = "unsubscribe"
    topic: str


@frozen
class Ping:
    type: ClassVar[str] = "ping"


ClientFrame: TypeAlias = Subscribe | Unsubscribe | Ping


@frozen
class Subscribed:
    """Sent before any frame of the topic."""

    type: ClassVar[str] = "subscribed"
    topic: str
    last_seq: int


@frozen
class Unsubscribed:
    type: ClassVar[str] = "unsubscribed"
    topic: str


@frozen
class Resync:
    """The client was too slow. A durable topic continues from the log without a gap; of another topic frames
    up to `last_seq` were left out and what they told must be fetched."""

    type: ClassVar[str] = "resync"
    topic: str
    last_seq: int


@frozen
class Pong:
    type: ClassVar[str] = "pong"


@frozen
class SocketError:
    """A client frame that cannot be followed; it never closes the socket by itself."""

    type: ClassVar[str] = "error"
    code: str
    detail: str
    topic: str | None = None


ControlFrame: TypeAlias = Subscribed | Unsubscribed | Resync | Pong | SocketError
