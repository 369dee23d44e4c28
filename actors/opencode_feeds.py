"""The ways of a server's events to its sessions: by session id, in order, each with a bound of its own.

A session that cannot keep up loses its queue and is told of the gap: it reads its messages again, which is what it
does after a broken stream, too. So one slow listener costs neither memory nor anybody else's time. Not an actor.
"""

from collections import Counter
from typing import Final

import trio
from attrs import define, field

from boocode.domain.opencode.vendor import SessionMade, VendorEvent
from boocode.kernel import ActorDied, CallTimeout, MailboxFull, NotRunning, Ref
from boocode.ports.opencode import OpencodeHeard

MAX_QUEUED_BYTES: Final = 16 * 1024 * 1024
MAX_CHILDREN: Final = 4_096
"""Sessions that a session's tools have made; what the oldest of more than these ask is not heard."""
HEARD_S = 86_400.0
"""A session may wait this long for its listener; the turn's own limits end it earlier."""


@define(eq=False)
class Feed:
    """The queue of one session."""

    session_id: str
    follower: Ref
    has_gap: bool = False
    _events: list[VendorEvent] = field(factory=list)
    _bytes: int = 0
    _more: trio.Event = field(factory=trio.Event)
    _quiet: trio.Event = field(factory=trio.Event)

    def __attrs_post_init__(self) -> None:
        self._quiet.set()

    async def quiet(self) -> None:
        """Until the session has taken everything."""
        await self._quiet.wait()

    def put(self, event: VendorEvent, size: int) -> bool:
        """False when it made the queue too long, which is then a gap."""
        self._wake()
        if self._bytes + size > MAX_QUEUED_BYTES:
            self.break_()
            return False
        self._events.append(event)
        self._bytes += size
        return True

    def break_(self) -> None:
        """What waits is lost, or what came before it."""
        self._events, self._bytes, self.has_gap = [], 0, True
        self._wake()

    def _wake(self) -> None:
        self._more.set()
        if self._quiet.is_set():
            self._quiet = trio.Event()

    async def run(self) -> None:
        """Returns when the session is gone."""
        try:
            while True:
                await self._more.wait()
                self._more = trio.Event()
                while self._events or self.has_gap:
                    heard = OpencodeHeard(tuple(self._events), self.has_gap)
                    self._events, self._bytes, self.has_gap = [], 0, False
                    await self.follower.call(heard, timeout=HEARD_S)
                self._quiet.set()
        except (ActorDied, NotRunning, CallTimeout, MailboxFull):
            self._quiet.set()


class Feeds:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._feeds: dict[str, Feed] = {}
        self._children: dict[str, str] = {}
        """The session of ours that a session made by a tool belongs to."""

    def __len__(self) -> int:
        return len(self._feeds)

    async def quiet(self) -> None:
        """Until every session has taken everything."""
        for feed in tuple(self._feeds.values()):
            await feed.quiet()

    def add(self, session_id: str, follower: Ref) -> Feed:
        feed = self._feeds[session_id] = Feed(session_id, follower)
        return feed

    def remove(self, feed: Feed) -> None:
        if self._feeds.get(feed.session_id) is feed:
            del self._feeds[feed.session_id]
            self._children = {child: of for child, of in self._children.items() if of != feed.session_id}

    def put(self, event: VendorEvent, size: int) -> None:
        """Gives an event to whom it concerns; one of nobody's session is counted."""
        if isinstance(event, SessionMade):
            self._made(event)
            return
        session_id = event.session_id
        feed = self._feeds.get(self._children.get(session_id, session_id))
        if feed is None:
            self.counts["foreign_events"] += 1
        elif not feed.put(event, size):
            self.counts["overflows"] += 1

    def break_all(self) -> None:
        """The stream was interrupted: every session may have missed something."""
        for feed in self._feeds.values():
            feed.break_()

    def _made(self, made: SessionMade) -> None:
        parent = made.info.parent_id
        if parent is None:
            return
        root = self._children.get(parent, parent)
        if root in self._feeds:
            if len(self._children) >= MAX_CHILDREN:
                del self._children[next(iter(self._children))]
            self._children[made.info.id] = root
