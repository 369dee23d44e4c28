"""The broadcast hub: passes committed frames on to whoever follows their topic.

The log is the truth and a broadcast is a hint: what the hub is told late, twice or never, it reads from the
log before it goes on, so that every sink gets each frame of a chat once and in order. Topics without a log
may leave a slow sink behind: `user`, which is numbered here, and `supervision`, whose numbers the kernel's
journal gives.

The hub owns: per topic how far it has come, and the sinks. It never waits for a sink, and it never waits for
the log in a handler.
"""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import trio
from attrs import define, field, frozen

from actors.frame_batches import batches
from actors.hint_topic import HintTopic
from boocode.contracts.frames import CHAT_PREFIX, SUPERVISION_TOPIC, USER_TOPIC, WireFrame, chat_topic
from boocode.domain.cursor import Cursor
from boocode.kernel import Actor, CallRefused, Down, MonitorId, ReplyTo
from boocode.ports.broadcast import (
    Hints,
    Joined,
    ReadHints,
    Sink,
    Subscribe,
    UnknownTopic,
    Unsubscribe,
    WatchTopic,
)
from boocode.ports.log import EventLog, ForeignFrames, Publish, PublishHint, Relay
from boocode.ports.store import StoreUnavailable

PAGE_FRAMES = 256
SWEEP_S = 10.0
"""How often quiet chats are compared with the log: the safety net for a message that never came."""


@define(eq=False)
class _Chat:
    """A durable topic that somebody follows. `cursor` is None until the log was asked for the first time."""

    topic: str
    chat_id: str
    cursor: Cursor | None = None
    announced: int = 0
    sinks: dict[Sink, None] = field(factory=dict)
    waiting: list[tuple[Subscribe, ReplyTo]] = field(factory=list)
    is_reading: bool = False
    was_fed: bool = False
    """Whether the live side spoke since the last sweep."""

    def offer(self, frames: tuple[WireFrame, ...]) -> None:
        for batch in batches(self.topic, frames, is_durable=True):
            for sink in tuple(self.sinks):
                sink.offer(batch)


@frozen
class _Sweep:
    pass


class Hub(Actor):
    """Registered as `hub`. Takes Publish, PublishHint, Relay, ForeignFrames, Subscribe, Unsubscribe, WatchTopic,
    ReadHints."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._chats: dict[str, _Chat] = {}
        self._hints = {USER_TOPIC: HintTopic(USER_TOPIC, int(time.time() * 1000))}
        self._monitors: dict[str, MonitorId] = {}
        self._held: dict[MonitorId, tuple[str, set[tuple[str, Sink]]]] = {}
        self._is_sweeping = False

    async def init(self) -> None:
        self._hints[SUPERVISION_TOPIC] = HintTopic(SUPERVISION_TOPIC, self.ctx.system.journal.last)
        self.ctx.send_every(SWEEP_S, _Sweep())

    async def handle(self, message: Any) -> Any:
        match message:
            case Publish(topic=topic, frames=frames):
                self._publish(topic, frames)
            case PublishHint(topic=topic, body=body, at=at) if topic in self._hints:
                self._hints[topic].publish(body, at)
            case Relay(topic=topic, frames=frames, is_kept=is_kept) if topic in self._hints:
                self._hints[topic].relay(frames, is_kept=is_kept)
            case ForeignFrames(chat_id=chat_id, last_seq=last_seq):
                self._heard_of(chat_topic(chat_id), last_seq)
            case Subscribe():
                return self._subscribe(message)
            case Unsubscribe(topic=topic, sink=sink):
                self._drop(topic, sink)
            case WatchTopic(topic=topic, watcher=watcher) if topic in self._hints:
                self._hints[topic].watch(watcher)
            case ReadHints(topic=topic, after=after, limit=limit):
                return self._read_hints(topic, after, limit)
            case Down(monitor=monitor):
                self._holder_ended(monitor)
            case _Sweep():
                self._start_sweep()
        return None

    def inspect(self) -> Mapping[str, object]:
        return {
            "chats": {
                chat.topic: {
                    "seen": chat.cursor.seen if chat.cursor else None,
                    "lagging": chat.cursor.is_lagging if chat.cursor else True,
                    "sinks": len(chat.sinks),
                }
                for chat in self._chats.values()
            },
            "hints": {topic: len(hint.sinks) for topic, hint in self._hints.items()},
            "holders": len(self._held),
        }

    # what comes in

    def _publish(self, topic: str, frames: tuple[WireFrame, ...]) -> None:
        chat = self._chats.get(topic)
        if chat is None or not frames:
            return
        first, last = frames[0].seq, frames[-1].seq
        if chat.cursor is None or last - first != len(frames) - 1:
            self._heard_of(topic, last)
            return
        chat.was_fed = True
        skip = chat.cursor.fresh_from(first, last)
        if skip is not None:
            chat.cursor.advance(last)
            chat.offer(frames[skip:])
        elif chat.cursor.is_lagging:
            self._start_reading(chat)

    def _heard_of(self, topic: str, last_seq: int) -> None:
        """The log of this topic now ends at `last_seq`."""
        chat = self._chats.get(topic)
        if chat is None:
            return
        chat.announced = max(chat.announced, last_seq)
        if chat.cursor is not None:
            chat.cursor.fall_behind(last_seq)
            self._start_reading(chat)

    # who follows

    def _subscribe(self, message: Subscribe) -> Joined | None:
        if hint := self._hints.get(message.topic):
            self._hold(message)
            return hint.join(message.sink, message.since)
        if not message.topic.startswith(CHAT_PREFIX):
            raise CallRefused(UnknownTopic(message.topic))
        chat = self._chats.get(message.topic)
        if chat is not None and chat.cursor is not None:
            return self._join(chat, chat.cursor, message)
        if chat is None:
            chat = _Chat(message.topic, message.topic.removeprefix(CHAT_PREFIX))
            self._chats[message.topic] = chat
            self.ctx.start_task(self._open, chat, name=f"open {chat.topic}")
        chat.waiting.append((message, self.ctx.defer()))
        return None

    def _join(self, chat: _Chat, cursor: Cursor, message: Subscribe) -> Joined:
        chat.sinks[message.sink] = None
        self._hold(message)
        return Joined(cursor.seen, is_durable=True)

    async def _open(self, chat: _Chat) -> None:
        """Asks the log how far the chat is; those who wait are already noted, so nothing said meanwhile is lost."""
        refusal: Exception | None = None
        last_seq: int | None = None
        try:
            last_seq = await self._log.last_seq(chat.chat_id)
        except StoreUnavailable as error:
            refusal = error
        waiting, chat.waiting = chat.waiting, []
        if last_seq is None:
            del self._chats[chat.topic]
            for _, reply in waiting:
                reply.fail(refusal or UnknownTopic(chat.topic))
            return
        chat.cursor = Cursor(last_seq)
        chat.cursor.fall_behind(chat.announced)
        for message, reply in waiting:
            reply.reply(self._join(chat, chat.cursor, message))
        self._start_reading(chat)
        self._forget_if_left(chat)

    def _hold(self, message: Subscribe) -> None:
        """A holder that ends takes its sinks with it."""
        path = message.holder.path
        monitor = self._monitors.get(path)
        if monitor is None:
            monitor = self.ctx.monitor(message.holder)
            self._monitors[path] = monitor
            self._held[monitor] = (path, set())
        self._held[monitor][1].add((message.topic, message.sink))

    def _holder_ended(self, monitor: MonitorId) -> None:
        path, sinks = self._held.pop(monitor, ("", set()))
        self._monitors.pop(path, None)
        for topic, sink in sinks:
            self._drop(topic, sink)

    def _drop(self, topic: str, sink: Sink) -> None:
        for _, sinks in self._held.values():
            sinks.discard((topic, sink))
        if hint := self._hints.get(topic):
            hint.leave(sink)
        elif chat := self._chats.get(topic):
            chat.sinks.pop(sink, None)
            left = [waiting for waiting in chat.waiting if waiting[0].sink is sink]
            chat.waiting = [waiting for waiting in chat.waiting if waiting[0].sink is not sink]
            for _, reply in left:
                reply.fail(UnknownTopic(topic))
            self._forget_if_left(chat)

    def _forget_if_left(self, chat: _Chat) -> None:
        if chat.cursor is not None and not chat.sinks and self._chats.get(chat.topic) is chat:
            del self._chats[chat.topic]

    # the log

    def _start_reading(self, chat: _Chat) -> None:
        if chat.cursor is not None and chat.cursor.is_lagging and not chat.is_reading:
            chat.is_reading = True
            self.ctx.start_task(partial(self._read_log, chat, chat.cursor), name=f"read {chat.topic}")

    async def _read_log(self, chat: _Chat, cursor: Cursor) -> None:
        """Until the chat is in step with the log, or left by its last sink."""
        while cursor.is_lagging and chat.sinks:
            try:
                frames = await self._log.read(chat.chat_id, cursor.seen, PAGE_FRAMES)
            except StoreUnavailable as error:
                await trio.sleep(min(max(error.retry_in, 0.05), 2.0))
                continue
            if not frames:
                cursor.settle()
                break
            cursor.advance(frames[-1].seq)
            chat.offer(frames)
        chat.is_reading = False

    def _start_sweep(self) -> None:
        quiet = [chat for chat in self._chats.values() if chat.cursor is not None and not chat.was_fed]
        for chat in self._chats.values():
            chat.was_fed = False
        if quiet and not self._is_sweeping:
            self._is_sweeping = True
            self.ctx.start_task(self._sweep, quiet, name="sweep")

    async def _sweep(self, quiet: list[_Chat]) -> None:
        try:
            for chat in quiet:
                last_seq = await self._log.last_seq(chat.chat_id)
                if last_seq is not None and chat.cursor is not None and last_seq > chat.cursor.target:
                    self._heard_of(chat.topic, last_seq)
        except StoreUnavailable:
            pass  # the next sweep asks again
        finally:
            self._is_sweeping = False

    def _read_hints(self, topic: str, after: int, limit: int) -> Hints:
        hint = self._hints.get(topic)
        if hint is None:
            raise CallRefused(UnknownTopic(topic))
        return hint.read(after, limit)
