"""The herald: tells everybody who watches the topic `user` what came, is not as it was, or is gone.

PostgreSQL names the row, whichever process changed it; the herald reads it and says how it is now. So two windows
show the same, also of two processes on one database, and the last thing said of a row is always its last state. While
the database is away the names wait, each once; past MAX_WAITING, and whenever a notice may have been lost, the
herald says `lists_changed` instead: whoever shows lists reads them again.
"""

import time
from collections.abc import Hashable, Mapping
from typing import Any

import trio

from boocode.contracts.frames import USER_TOPIC, FrameBody, ListsChanged
from boocode.kernel import Actor, MailboxSpec, Overflow
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB
from boocode.ports.news import NewsMissed, NewsStore, RowNews
from boocode.ports.store import StoreUnavailable

MAX_WAITING = 2_000
AT_ONCE = 200
"""Rows that are read with one visit to the database."""
LONGEST_WAIT_S = 2.0


def _subject(message: object) -> Hashable:
    return message if isinstance(message, RowNews) else type(message).__name__


HERALD_MAILBOX = MailboxSpec(capacity=4_096, overflow=Overflow.COALESCE, coalesce_key=_subject)


class Herald(Actor):
    """Registered as `herald`."""

    def __init__(self, store: NewsStore) -> None:
        self._store = store
        self._waiting: dict[RowNews, None] = {}
        self._is_telling = False
        self._told = 0
        self._missed = 0

    async def init(self) -> None:
        self._miss()  # what an earlier incarnation had not told is lost

    async def handle(self, message: Any) -> None:
        match message:
            case RowNews():
                self._waiting.pop(message, None)  # it is told after what was heard before it
                self._waiting[message] = None
                if len(self._waiting) > MAX_WAITING:
                    self._waiting.clear()
                    self._miss()
                elif not self._is_telling:
                    self._is_telling = True
                    self.ctx.start_task(self._tell, name="tell")
            case NewsMissed():
                self._miss()

    def inspect(self) -> Mapping[str, object]:
        return {"waiting": len(self._waiting), "told": self._told, "missed": self._missed}

    async def _tell(self) -> None:
        """Until nothing waits. What is heard of a row while it is read is told again."""
        while self._waiting:
            news = tuple(self._waiting)[:AT_ONCE]
            for each in news:
                del self._waiting[each]
            try:
                said = await self._store.frames_of(news)
            except StoreUnavailable as error:
                self._waiting = dict.fromkeys(news) | self._waiting
                with self.ctx.blocked("the database"):
                    await trio.sleep(min(max(error.retry_in, 0.05), LONGEST_WAIT_S))
                continue
            for body in said:
                self._say(body)
        self._is_telling = False

    def _miss(self) -> None:
        self._missed += 1
        self._say(ListsChanged())

    def _say(self, body: FrameBody) -> None:
        self._told += 1
        self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, body, time.time()))
