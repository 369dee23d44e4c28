"""Records what happened, in order; each note is stamped by the run's clock, virtual or real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import trio
from attrs import define, field, frozen


@frozen
class Note:
    """One thing that happened: `what` (a verb) to `who` (a child id), in which incarnation, when."""

    at: float
    what: str
    who: str
    incarnation: int = 0
    detail: object = None


@define(eq=False)
class Probe:
    """An append-only diary that scripted children write and tests read."""

    notes: list[Note] = field(factory=list)
    _waiting: set[trio.Event] = field(factory=set)

    def note(self, what: str, who: str, incarnation: int = 0, detail: object = None) -> None:
        self.notes.append(Note(trio.current_time(), what, who, incarnation, detail))
        waiting, self._waiting = self._waiting, set()
        for event in waiting:
            event.set()

    def of(self, what: str, who: str | None = None) -> list[Note]:
        """The notes of that verb, of one child or of all, in order."""
        return [note for note in self.notes if note.what == what and who in (None, note.who)]

    def count(self, what: str, who: str | None = None) -> int:
        return len(self.of(what, who))

    def times(self, what: str, who: str | None = None) -> list[float]:
        """When each of them happened, in seconds of the run's clock."""
        return [note.at for note in self.of(what, who)]

    def details(self, what: str, who: str | None = None) -> list[object]:
        return [note.detail for note in self.of(what, who)]

    def incarnations(self, who: str) -> list[int]:
        """The incarnation number of each start attempt of that child."""
        return [note.incarnation for note in self.of("init", who)]

    def sequence(self, *whats: str) -> list[str]:
        """`["init a", "ready a", ...]`: the order of these verbs over all children."""
        return [f"{note.what} {note.who}" for note in self.notes if note.what in whats]

    def clear(self) -> None:
        """Forget the past: what a test set up is not what it is about."""
        self.notes.clear()

    async def until(self, what: str, who: str | None = None, times: int = 1) -> Note:
        """Wait until that was noted `times` times and give that note; the caller brings the deadline."""
        while self.count(what, who) < times:
            event = trio.Event()
            self._waiting.add(event)
            await event.wait()
        return self.of(what, who)[times - 1]

    @contextmanager
    def only_new(self) -> Iterator[Probe]:
        """A second probe that, at the end of the block, holds what was noted inside it."""
        start = len(self.notes)
        fresh = Probe()
        try:
            yield fresh
        finally:
            fresh.notes.extend(self.notes[start:])
