"""What a native session remembers, here and in the database. Not an actor: the session owns it.

The database gets entries in order, each once; while it is away they wait here and go with the next ones.
"""

from collections.abc import Iterable

import trio

from boocode.domain.native.conversation import Entry, Told, ToolSaid
from boocode.domain.native.loop import unanswered
from boocode.domain.native.messages import since_compacted
from boocode.domain.native.window import Cut
from boocode.ports.native import NativeMemory
from boocode.ports.store import StoreError


class NativeConversation:
    def __init__(self, memory: NativeMemory, session_id: str, chat_id: str) -> None:
        self.session_id = session_id
        self.cut = Cut()
        """How much of `entries` the model is not sent any more."""
        self.keys: set[str] = set()
        """Of all news that were told in it."""
        self._memory = memory
        self._chat_id = chat_id
        self._entries: list[Entry] = []
        self._kept = 0
        """How many the database has."""
        self._unsaved: list[Entry] = []
        self._saving = trio.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Since the last summary."""
        return tuple(self._entries)

    @property
    def unsaved(self) -> int:
        return len(self._unsaved)

    async def load(self, session_id: str) -> bool:
        """Goes on with what is kept under this id; False: there is nothing. Raises StoreError."""
        known = await self._memory.load(session_id)
        if known is None:
            return False
        self.session_id = session_id
        self._kept = len(known)
        self._take(known)
        self.add(unanswered(known))
        return True

    async def begin_with_past(self) -> bool:
        """Begins with what the chat's messages tell; False: they tell nothing. Raises StoreError."""
        past = await self._memory.from_chat(self._chat_id)
        self.add(past)
        return bool(past)

    def add(self, entries: Iterable[Entry]) -> None:
        """Remembers; `save` makes it durable."""
        entries = tuple(entries)
        self._unsaved += entries
        self._take(entries)

    async def save(self) -> str | None:
        """None, or why the database did not take it; what waits goes with the next try."""
        async with self._saving:
            batch = tuple(self._unsaved)
            if not batch:
                return None
            try:
                await self._memory.append(self.session_id, self._chat_id, self._kept, batch)
            except StoreError as error:
                return str(error)
            self._kept += len(batch)
            del self._unsaved[: len(batch)]
            return None

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            match entry:
                case Told(key=key) if key:
                    self.keys.add(key)
                case ToolSaid(told=told):
                    self.keys.update(told)
            self._entries.append(entry)
        self._entries[:], before = since_compacted(self._entries), len(self._entries)
        if len(self._entries) < before:
            self.cut = Cut()
