"""One WebSocket client: what it follows, how fast it can take it, and whether it is still there.

The actor answers client frames; the hub offers batches to its subscriptions by plain calls; two helper tasks do
what must wait: the sender (for the network) and the follower (for the hub and the log). Nothing that a client
does or fails to do makes anyone else wait, and a client costs at most its budget.

How it ends: 1012 at a stop, 1011 after a crash, 1013 when the client took nothing for the send deadline,
1008 when it asks without listening; without a word when the client is gone.
"""

from collections.abc import Mapping
from typing import Any

import trio
from attrs import frozen

from actors.subscription import Outgoing, Subscription
from boocode.contracts.frames import CHAT_PREFIX, SUPERVISION_TOPIC, USER_TOPIC
from boocode.contracts.parsing import FieldError, NotJson, parse_client_frame
from boocode.contracts.socket import MAX_SEQ, Ping, Pong, SocketError, Subscribe, Unsubscribe, Unsubscribed
from boocode.kernel import Actor, ActorDied, CallTimeout, Crashed, Down, Exit, Killed, Normal, NotRunning
from boocode.ports import broadcast
from boocode.ports.broadcast import ClientMessage, ClientSocket, SocketGone, SocketStalled, UnknownTopic
from boocode.ports.log import EventLog
from boocode.ports.names import HUB
from boocode.ports.store import StoreUnavailable

FAREWELL_S = 1.0
"""How long the close frame may take to leave."""


@frozen
class ConnectionLimits:
    budget_bytes: int = 1_000_000
    """What may wait for the client; beyond it a topic falls back to the log."""
    max_message_bytes: int = 256_000
    max_client_message_bytes: int = 64_000
    max_topics: int = 256
    ping_after_s: float = 15.0
    """Silence after which the client is asked for a sign of life."""
    gone_after_s: float = 45.0
    page_frames: int = 256
    hub_timeout_s: float = 5.0


@frozen
class _Look:
    """Timer: is the client still there?"""


class Connection(Actor):
    """Takes ClientMessage."""

    def __init__(self, socket: ClientSocket, log: EventLog, limits: ConnectionLimits) -> None:
        self._socket = socket
        self._log = log
        self._limits = limits
        self._subscriptions: dict[str, Subscription] = {}
        self._attention = trio.Event()
        self._out = Outgoing(socket, limits.budget_bytes)
        self._page_frames = limits.page_frames
        self._close: tuple[int, str] | None = None
        self._is_gone = False

    async def init(self) -> None:
        self.ctx.monitor(self.ctx.whereis(HUB))
        self.ctx.send_every(self._limits.ping_after_s / 2, _Look())
        self.ctx.start_task(self._send, name="send")
        self.ctx.start_task(self._follow, name="follow")

    async def handle(self, message: Any) -> Any:
        match message:
            case ClientMessage(data=data):
                self._hear(data)
            case _Look():
                self._look()
            case Down():
                self._end(1012, "BooCode restarts its broadcast; connect again")

    async def terminate(self, exit: Exit) -> None:
        for subscription in self._subscriptions.values():
            subscription.is_closed = True
        if self._is_gone:
            self._socket.abort()
            return
        code, reason = self._close or _farewell(exit)
        said = False
        try:
            with trio.move_on_after(FAREWELL_S):
                await self._socket.close(code, reason)
                said = True
        finally:
            if not said:
                self._socket.abort()

    def inspect(self) -> Mapping[str, object]:
        return {
            "peer": self._socket.peer,
            "topics": sorted(self._subscriptions),
            "lagging": sorted(s.topic for s in self._subscriptions.values() if s.needs_attention),
            "backlog_bytes": self._out.backlog.size_bytes,
            "idle_s": round(self._socket.idle_s, 1),
        }

    # what the client says

    def _hear(self, data: str | bytes) -> None:
        if len(data) > self._limits.max_client_message_bytes:
            limit = self._limits.max_client_message_bytes
            self._refuse("message_too_big", f"The message has {len(data)} bytes; at most {limit} are taken.")
            return
        try:
            frame = parse_client_frame(data)
        except NotJson as error:
            self._refuse("not_json", f"The message is not JSON: {error}.")
        except FieldError as error:
            self._refuse("bad_frame", f"The message was not understood: {error}.")
        else:
            match frame:
                case Subscribe(topic=topic, since=since):
                    self._subscribe(topic, since)
                case Unsubscribe(topic=topic):
                    self._unsubscribe(topic)
                    self._out.say(Unsubscribed(topic))
                case Ping():
                    self._out.say(Pong())
        if self._out.backlog.size_bytes > 2 * self._limits.budget_bytes:
            self._end(1008, "too many questions without reading the answers")

    def _refuse(self, code: str, detail: str, topic: str | None = None) -> None:
        self._out.say(SocketError(code, detail, topic))

    def _subscribe(self, topic: str, since: int | None) -> None:
        if topic not in (USER_TOPIC, SUPERVISION_TOPIC) and not topic.startswith(CHAT_PREFIX):
            self._refuse("unknown_topic", str(UnknownTopic(topic)), topic[:200])
            return
        if since is not None and not 0 <= since <= MAX_SEQ:
            self._refuse("bad_since", f"`since` must be a seq between 0 and {MAX_SEQ}, got {since}.", topic)
            return
        self._unsubscribe(topic)  # a second subscribe starts the topic anew
        if len(self._subscriptions) >= self._limits.max_topics:
            self._refuse("too_many_topics", f"At most {self._limits.max_topics} topics a socket.", topic)
            return
        self._subscriptions[topic] = Subscription(topic, since, self._out, self._rouse)
        self._rouse()

    def _unsubscribe(self, topic: str) -> None:
        subscription = self._subscriptions.pop(topic, None)
        if subscription is not None:
            subscription.is_closed = True
            self.ctx.whereis(HUB).cast(broadcast.Unsubscribe(topic, subscription))

    # what waits

    async def _send(self) -> None:
        try:
            await self._out.send_all(self._limits.max_message_bytes)
        except SocketStalled:
            self._end(1013, "the client takes nothing; come back later")
        except SocketGone:
            self._is_gone = True
            self.ctx.stop(Normal())

    async def _follow(self) -> None:
        """One at a time: joins topics and reads the log for those that lag."""
        while True:
            now = trio.current_time()
            due = [s for s in self._subscriptions.values() if s.needs_attention]
            ready = [s for s in due if s.retry_at <= now]
            for subscription in ready:
                await self._attend(subscription)
            if not ready:
                with trio.move_on_at(min((s.retry_at for s in due), default=float("inf"))):
                    await self._attention.wait()
                self._attention = trio.Event()

    def _rouse(self) -> None:
        self._attention.set()

    async def _attend(self, subscription: Subscription) -> None:
        try:
            if subscription.cursor is None:
                await self._join(subscription)
            else:
                await self._catch_up(subscription)
        except StoreUnavailable as error:
            subscription.retry_at = trio.current_time() + min(max(error.retry_in, 0.1), 2.0)
        except (NotRunning, ActorDied, CallTimeout):
            subscription.retry_at = trio.current_time() + 0.5

    async def _join(self, subscription: Subscription) -> None:
        request = broadcast.Subscribe(subscription.topic, subscription, self.ctx.ref, subscription.since)
        try:
            answer = await self.ctx.whereis(HUB).call(request, self._limits.hub_timeout_s)
        except UnknownTopic as error:
            if not subscription.is_closed:
                self._subscriptions.pop(subscription.topic)
                self._refuse("unknown_topic", str(error), subscription.topic)
            return
        if subscription.is_closed:
            self.ctx.whereis(HUB).cast(broadcast.Unsubscribe(subscription.topic, subscription))
        else:
            subscription.joined(answer)

    async def _catch_up(self, subscription: Subscription) -> None:
        await self._out.drained()
        subscription.tell_resync()
        cursor = subscription.cursor
        if not subscription.is_durable or cursor is None or not cursor.is_lagging:
            return
        frames = await self._log.read(subscription.chat_id, cursor.seen, self._page_frames)
        if frames:
            subscription.take_page(tuple(frame.data for frame in frames), frames[-1].seq)
            self._size_pages(sum(len(frame.data) for frame in frames))
        else:
            last_seq = await self._log.last_seq(subscription.chat_id)
            subscription.log_ends(cursor.seen if last_seq is None else last_seq)

    def _size_pages(self, page_bytes: int) -> None:
        """A page of large frames must not make the budget a joke."""
        if page_bytes > self._limits.budget_bytes / 2:
            self._page_frames = max(1, self._page_frames // 4)
        elif page_bytes < self._limits.budget_bytes / 16:
            self._page_frames = min(self._limits.page_frames, self._page_frames * 2)

    # the end

    def _look(self) -> None:
        idle = self._socket.idle_s
        if idle > self._limits.gone_after_s:
            self._is_gone = True
            self.ctx.stop(Normal())
        elif idle > self._limits.ping_after_s:
            self._socket.ping()

    def _end(self, code: int, reason: str) -> None:
        self._close = self._close or (code, reason)
        self.ctx.stop(Normal())


def _farewell(exit: Exit) -> tuple[int, str]:
    match exit:
        case Crashed() | Killed():
            return 1011, "BooCode had an error in this connection; connect again"
        case _:
            return 1012, "BooCode restarts or stops; connect again"
