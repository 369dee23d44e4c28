"""An event log in memory and a scripted client socket: the same ports as the real ones."""

from collections.abc import Callable

import trio

from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.frames import MessageDelta, WireFrame, chat_topic
from boocode.contracts.parsing import parse_json
from boocode.ports.broadcast import SocketGone, SocketStalled
from boocode.ports.store import StoreUnavailable

AT = "2026-01-01T00:00:00.000Z"


class MemoryLog:
    """The EventLog port over a list. `is_away` makes every read fail as a lost database does."""

    def __init__(self) -> None:
        self.frames: dict[str, list[WireFrame]] = {}
        self.is_away = False
        self.reads = 0
        self.on_read: Callable[[], None] = lambda: None

    def open(self, chat_id: str) -> None:
        self.frames.setdefault(chat_id, [])

    def append(self, chat_id: str, *texts: str) -> tuple[WireFrame, ...]:
        """What a commit does; the frames are what Publish carries afterwards."""
        log = self.frames.setdefault(chat_id, [])
        new = []
        for text in texts:
            body = encode_body(MessageDelta("msg_1", "text", text))
            new.append(wire_frame(chat_topic(chat_id), len(log) + 1, "message_delta", AT, body))
            log.append(new[-1])
        return tuple(new)

    async def read(self, chat_id: str, since: int, limit: int) -> tuple[WireFrame, ...]:
        await trio.lowlevel.checkpoint()
        self._check()
        self.reads += 1
        found = tuple(self.frames.get(chat_id, [])[since : since + limit])
        self.on_read()
        await trio.lowlevel.checkpoint()
        return found

    async def last_seq(self, chat_id: str) -> int | None:
        await trio.lowlevel.checkpoint()
        self._check()
        return len(self.frames[chat_id]) if chat_id in self.frames else None

    def _check(self) -> None:
        if self.is_away:
            raise StoreUnavailable("it was sent away", retry_in=0.05)


class ScriptedSocket:
    """A ClientSocket whose client reads `capacity` bytes and then only when told to."""

    def __init__(self, capacity: float = float("inf"), stall_s: float = 5.0) -> None:
        self.peer = "scripted"
        self.idle_s = 0.0
        self.pings = 0
        self.closed_with: tuple[int, str] | None = None
        self.is_aborted = False
        self.messages: list[bytes] = []
        self.needs_flush = False
        self._room = capacity
        self._stall_s = stall_s
        self._more = trio.Event()

    @property
    def heard(self) -> list[dict[str, object]]:
        """Every frame that reached the client, in order."""
        found: list[dict[str, object]] = []
        for message in self.messages:
            value = parse_json(message)
            found.extend(value if isinstance(value, list) else [value])  # type: ignore[list-item]
        return found

    def frames(self, topic: str) -> list[dict[str, object]]:
        return [frame for frame in self.heard if frame.get("topic") == topic and "seq" in frame]

    def seqs(self, topic: str) -> list[object]:
        return [frame["seq"] for frame in self.frames(topic)]

    def kinds(self) -> list[object]:
        return [frame["type"] for frame in self.heard]

    def read_more(self, size: float = float("inf")) -> None:
        """The client reads so many bytes more."""
        self._room += size
        self._more.set()
        self._more = trio.Event()

    def send_now(self, framed: bytes) -> bool:
        if self.is_aborted or self.closed_with or len(framed) > self._room:
            return False
        self._room -= len(framed)
        self.messages.append(_payload(framed))
        return True

    async def flush(self) -> None:
        await trio.lowlevel.checkpoint()

    async def send(self, payload: bytes) -> None:
        await trio.lowlevel.checkpoint()
        with trio.move_on_after(self._stall_s) as patience:
            while len(payload) > self._room and not self.is_aborted:
                await self._more.wait()
        if patience.cancelled_caught:
            raise SocketStalled("it reads nothing")
        if self.is_aborted or self.closed_with:
            raise SocketGone("it is closed")
        self._room -= len(payload)
        self.messages.append(payload)

    def ping(self) -> None:
        self.pings += 1

    async def close(self, code: int, reason: str) -> None:
        await trio.lowlevel.checkpoint()
        self.closed_with = (code, reason)

    def abort(self) -> None:
        self.is_aborted = True
        self._more.set()


def _payload(framed: bytes) -> bytes:
    size = framed[1]
    return framed[{126: 4, 127: 10}.get(size, 2) :]
