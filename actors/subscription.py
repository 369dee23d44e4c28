"""One topic on one socket: from the log or live, never both, never a frame twice or left out.

A subscription is the hub's sink. In step with its topic it passes batches straight on; when the socket's budget
is used up it falls back to the log, tells the client (`resync`), and reads from there at the client's own speed.
"""

from collections.abc import Callable

import trio

from boocode.contracts.codec import control_frame
from boocode.contracts.frames import CHAT_PREFIX
from boocode.contracts.socket import ControlFrame, Resync, Subscribed
from boocode.domain.backlog import Backlog
from boocode.domain.cursor import Cursor
from boocode.ports.broadcast import ClientSocket, FrameBatch, Joined, text_message


class Outgoing:
    """All that is on its way to one client: straight to the socket while nothing waits, else into a bounded
    backlog that the connection's sender empties."""

    def __init__(self, socket: ClientSocket, budget_bytes: int) -> None:
        self.backlog = Backlog(budget_bytes)
        self._socket = socket
        self._work = trio.Event()
        self._room = trio.Event()
        self._is_sending = False

    def say(self, frame: ControlFrame) -> None:
        """Always taken; the connection ends when a client lets answers pile up."""
        data = control_frame(frame)
        if not (self._is_free() and self._send_now(text_message(data))):
            self.add((data,))

    def pass_on(self, batch: FrameBatch, skip: int) -> bool:
        """False, and nothing taken, when the budget is used up."""
        if skip == 0 and self._is_free() and self._send_now(batch.framed):
            return True
        if not self.backlog.has_room(batch.size_bytes):
            return False
        self.add(tuple(frame.data for frame in batch.frames[skip:]))
        return True

    def add(self, frames: tuple[bytes, ...]) -> None:
        self.backlog.put(frames)
        self._work.set()

    def _is_free(self) -> bool:
        """Nothing waits that must come first; what the sender has taken out and not sent counts as well."""
        return not self.backlog and not self._is_sending

    def _send_now(self, framed: bytes) -> bool:
        taken = self._socket.send_now(framed)
        if taken and self._socket.needs_flush:
            self._work.set()
        return taken

    async def send_all(self, max_message_bytes: int) -> None:
        """For ever: what waits goes out, several frames a message. Raises SocketGone or SocketStalled."""
        while True:
            await self._work.wait()
            self._work = trio.Event()
            self._is_sending = True
            if self._socket.needs_flush:
                await self._socket.flush()
            while self.backlog:
                await self._socket.send(self.backlog.take(max_message_bytes))
                if self._has_drained():
                    self._room.set()
            self._is_sending = False
            self._room.set()

    async def drained(self) -> None:
        """Waits until most of the backlog is out."""
        while not self._has_drained():
            self._room = trio.Event()
            await self._room.wait()

    def _has_drained(self) -> bool:
        return self.backlog.size_bytes * 4 <= self.backlog.budget_bytes


class Subscription:
    """States: joining (`cursor` is None) → in step ⇄ lagging."""

    def __init__(self, topic: str, since: int | None, out: Outgoing, on_lag: Callable[[], None]) -> None:
        self.topic = topic
        self.since = since
        self.cursor: Cursor | None = None
        self.is_durable = topic.startswith(CHAT_PREFIX)
        self.is_closed = False
        self.retry_at = 0.0
        self._on_lag = on_lag
        self._announced = 0
        self._owes_resync = False
        self._out = out

    @property
    def chat_id(self) -> str:
        return self.topic.removeprefix(CHAT_PREFIX)

    @property
    def needs_attention(self) -> bool:
        return self.cursor is None or self.cursor.is_lagging

    def offer(self, batch: FrameBatch) -> None:
        """The hub's frames. Sync: between the look at the cursor and the socket nothing else runs."""
        if self.is_closed:
            return
        cursor = self.cursor
        if cursor is None:
            self._announced = max(self._announced, batch.last)
            return
        skip = cursor.fresh_from(batch.first, batch.last)
        if skip is not None:
            if self._out.pass_on(batch, skip):
                cursor.advance(batch.last)
                return
            cursor.fall_behind(batch.last)
            self._owes_resync = True
        if cursor.is_lagging:
            self._on_lag()

    def joined(self, answer: Joined) -> None:
        """From here on the client hears of the topic: first where it stands, then what it has missed."""
        self._out.say(Subscribed(self.topic, answer.last_seq))
        start = answer.last_seq if self.since is None else self.since
        if self.is_durable:
            self.cursor = Cursor(start)
            self.cursor.fall_behind(max(answer.last_seq, self._announced))
            if start > answer.last_seq:
                self.cursor.is_lagging = True  # the client knows more than the hub: only the log can tell
            return
        replay = answer.replay
        self.cursor = Cursor(answer.last_seq)
        if replay is None:
            self._out.say(Resync(self.topic, answer.last_seq))
        elif replay:
            self._out.add(tuple(frame.data for frame in replay))
        if self._announced > answer.last_seq:
            self.cursor.fall_behind(self._announced)
            self._owes_resync = True

    def tell_resync(self) -> None:
        """The backlog is out: say that frames were left to the log, or lost where there is none."""
        cursor = self.cursor
        if cursor is None:
            return
        if self._owes_resync:
            self._owes_resync = False
            self._out.say(Resync(self.topic, cursor.target))
        if not self.is_durable:
            cursor.advance(cursor.target)

    def take_page(self, frames: tuple[bytes, ...], last: int) -> None:
        """Frames of the log, read from where the cursor stands."""
        if self.cursor is not None and not self.is_closed:
            self._out.add(frames)
            self.cursor.advance(last)

    def log_ends(self, last_seq: int) -> None:
        """Nothing could be read after the cursor. A client that claims more than there is starts anew."""
        if self.cursor is None:
            return
        if self.cursor.seen > last_seq:
            self._out.say(Resync(self.topic, last_seq))
            self.cursor = Cursor(last_seq)
        elif self.cursor.seen == last_seq:
            self.cursor.settle()
