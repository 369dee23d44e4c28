"""What PostgreSQL tells at once: new tasks, cancels, ends of tasks, frames that other processes wrote, answered
questions, chats that are gone, and what is news to everybody who watches.

A notice is a hint and may be lost with its connection: after each reconnection the dispatcher, the task monitor, the
permission desk and the herald are told that they missed something, and see to it themselves; an agent of a chat that
is gone idles out.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any, cast

import trio
from attrs import frozen

from boocode.kernel import Actor, MailboxFull, MailboxSpec, Overflow
from boocode.ports.agents import ChatsGone
from boocode.ports.database import Notice, NoticeSource
from boocode.ports.log import ForeignFrames
from boocode.ports.names import DISPATCHER, HERALD, HUB, PERMISSION_DESK, SESSION_POOL, TASK_MONITOR
from boocode.ports.news import NewsMissed, RowNews, Subject
from boocode.ports.permissions import ResolvedElsewhere
from boocode.ports.store import StoreUnavailable, TaskNotice
from boocode.ports.sub_tasks import EndHeard

TASKS_NEW = "tasks_new"
TASKS_CANCEL = "tasks_cancel"
TASKS_ENDED = "tasks_ended"
CHAT_EVENTS = "chat_events"
CHATS_GONE = "chats_gone"
PERMISSIONS_RESOLVED = "permissions_resolved"
NEWS = "news"
CHANNELS = (TASKS_NEW, TASKS_CANCEL, TASKS_ENDED, CHAT_EVENTS, CHATS_GONE, PERMISSIONS_RESOLVED, NEWS)
FIRST_DELAY_S = 0.05
LONGEST_DELAY_S = 1.0
RETRY_S = 0.05


@frozen
class _Listening:
    """The connection is there (again)."""


@frozen
class _Retry:
    """Somebody's mailbox was full: try again."""


def _subject(message: object) -> Hashable:
    """Of two notices about the same thing only the newer one counts: a chat's last seq, a task's need."""
    if isinstance(message, Notice) and message.channel == NEWS:
        return (NEWS, message.payload)
    if isinstance(message, Notice):
        return (message.channel, message.payload.split(" ", 1)[0])
    return type(message).__name__


NOTICES_MAILBOX = MailboxSpec(capacity=8192, overflow=Overflow.COALESCE, coalesce_key=_subject)


class TaskListener(Actor):
    """Registered as `task_listener`. `origin` is this process's name in chat_events: its own are skipped."""

    def __init__(self, source: NoticeSource, origin: str) -> None:
        self._source = source
        self._origin = origin
        self._undelivered: OrderedDict[Hashable, tuple[str, object]] = OrderedDict()
        self._is_listening = False
        self._connections = 0
        self._heard = 0

    async def init(self) -> None:
        self.ctx.start_task(self._listen, name="listen")

    async def handle(self, message: Any) -> None:
        match message:
            case Notice(channel=channel, payload=payload):
                self._hear(channel, payload)
            case _Listening():
                self._is_listening = True
                self._connections += 1
                self._deliver("missed", DISPATCHER, TaskNotice("missed"))
                self._deliver("missed answers", PERMISSION_DESK, ResolvedElsewhere())
                self._deliver("missed news", HERALD, NewsMissed())
                self._deliver("missed ends", TASK_MONITOR, EndHeard())
            case _Retry():
                self._deliver_again()

    def inspect(self) -> Mapping[str, object]:
        return {
            "listening": self._is_listening,
            "connections": self._connections,
            "heard": self._heard,
            "undelivered": len(self._undelivered),
        }

    def _hear(self, channel: str, payload: str) -> None:
        self._heard += 1
        if channel == TASKS_NEW:
            self._deliver((channel, payload), DISPATCHER, TaskNotice("new", payload))
        elif channel == TASKS_CANCEL:
            self._deliver((channel, payload), DISPATCHER, TaskNotice("cancel", payload))
        elif channel == TASKS_ENDED:
            self._deliver((channel, payload), TASK_MONITOR, EndHeard(payload))
        elif channel == CHAT_EVENTS:
            chat_id, last_seq, origin = payload.split(" ", 2)
            if origin != self._origin:
                self._deliver((channel, chat_id), HUB, ForeignFrames(chat_id, int(last_seq)))
        elif channel == CHATS_GONE:
            self._deliver((channel, payload), SESSION_POOL, ChatsGone((payload,)))
        elif channel == PERMISSIONS_RESOLVED:
            self._deliver((channel, payload), PERMISSION_DESK, ResolvedElsewhere(payload))
        elif channel == NEWS:
            subject, id_, *other = payload.split(" ", 2)
            self._deliver((channel, payload), HERALD, RowNews(cast(Subject, subject), id_, "".join(other)))

    def _deliver(self, key: Hashable, name: str, message: object) -> None:
        """One full mailbox must not make us forget: what could not be said is said later, the newest of it."""
        if self._undelivered:
            self._undelivered[key] = (name, message)
            return
        try:
            self.ctx.whereis(name).cast(message)
        except MailboxFull:
            self._undelivered[key] = (name, message)
            self.ctx.send_after(RETRY_S, _Retry())

    def _deliver_again(self) -> None:
        waiting, self._undelivered = self._undelivered, OrderedDict()
        for key, (name, message) in waiting.items():
            self._deliver(key, name, message)

    async def _listen(self) -> None:
        delay = FIRST_DELAY_S
        while True:
            before = self._connections
            try:
                await self._source.listen(CHANNELS, self._take, self._listening)
            except StoreUnavailable:
                self._is_listening = False
            delay = FIRST_DELAY_S if self._connections > before else min(2 * delay, LONGEST_DELAY_S)
            with self.ctx.blocked("the database server"):
                await trio.sleep(delay)

    def _take(self, notice: Notice) -> None:
        self.ctx.ref.cast(notice)

    def _listening(self) -> None:
        self.ctx.ref.cast(_Listening())
