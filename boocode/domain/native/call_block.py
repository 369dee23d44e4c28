"""One call in a stream of text, held back from its opening mark until it is known what it is.

A value may hold what looks like the end of the call, so up to `ENDS_TRIED` ends are tried, and the first that makes
the block readable counts. When none does, what stands before the first is judged again, less strictly where that
cannot lose anything: a parameter without its closing tag, a name whose arguments are broken (they are refused later,
as a result of that call).
"""

from collections.abc import Collection
from typing import TypeAlias

from attrs import frozen

from boocode.domain.native.call_bodies import WrittenCall, named_with_broken_arguments
from boocode.domain.native.call_markup import PARAM_END
from boocode.domain.native.call_openings import Opening
from boocode.domain.native.relaxed_json import Unreadable

HELD = 1_000_000
"""Longest call, in characters; a longer one is text."""
ENDS_TRIED = 8
_WINDOW = 256
"""Longest closing mark with what is looked at around it."""


@frozen
class Readable:
    raw: str
    rest: str
    """What had come behind it."""
    calls: tuple[WrittenCall, ...]


@frozen
class NoCall:
    raw: str
    """It is text."""
    rest: str
    why: str


Decided: TypeAlias = Readable | NoCall


class CallBlock:
    """The text from the opening mark on, as it comes."""

    def __init__(self, opening: Opening, offered: Collection[str]) -> None:
        self.opening = opening
        self._offered = offered
        self._pieces: list[str] = []
        self._size = 0
        self._window = ""
        self._searched = opening.length
        self._failed: list[tuple[int, str, str]] = []

    def take(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)
        self._window = self._window[-_WINDOW:] + text

    def decide(self, *, final: bool, cut_short: bool) -> Decided | None:
        """None while more may come that matters. `final`: nothing more comes."""
        full = self._size > HELD
        if not (final or full or self._may_end()):
            return None
        whole = "".join(self._pieces)
        block, rest = whole[:HELD], whole[HELD:]
        readable = self._first_readable(block, rest)
        if readable is None and (final or full or len(self._failed) >= ENDS_TRIED):
            return self._settled(block, rest, cut_short or full)
        self._pieces = [whole]
        self._window = whole[max(self._searched, len(whole) - _WINDOW) :]
        return readable

    def _may_end(self) -> bool:
        ends = self.opening.ends
        return ends is not None and ends.search(self._window) is not None

    def _first_readable(self, block: str, rest: str) -> Readable | None:
        ends = self.opening.ends
        while ends and len(self._failed) < ENDS_TRIED and (end := ends.search(block, self._searched)):
            self._searched = max(end.end(), self._searched + 1)
            length = self.opening.length
            stop = end.start() if length else end.end()  # a mark that is a part of the body has no length
            body = block[length:stop]
            try:
                calls = self._read(body)
            except Unreadable as error:
                self._failed.append((end.end(), body, str(error)))
            else:
                return Readable(block[: end.end()], block[end.end() :] + rest, calls)
        return None

    def _settled(self, block: str, rest: str, cut_short: bool) -> Decided:
        stop, body, why = self._failed[0] if self._failed else (len(block), block[self.opening.length :], "")
        try:
            calls = self._loosely(block, stop, body, why) if self._failed else self._unclosed(body, cut_short)
        except Unreadable as error:
            return NoCall(block[:stop], block[stop:] + rest, str(error))
        return Readable(block[:stop], block[stop:] + rest, calls)

    def _loosely(self, block: str, stop: int, body: str, why: str) -> tuple[WrittenCall, ...]:
        if self.opening.kind != "call":
            raise Unreadable(why)
        if not PARAM_END.search(block, stop):  # else the value may go on behind this end
            try:
                return self._read(body, loose=True)
            except Unreadable:
                pass
        if broken := named_with_broken_arguments(body, self._offered):
            return broken
        raise Unreadable(why)

    def _unclosed(self, body: str, cut_short: bool) -> tuple[WrittenCall, ...]:
        try:
            return self._read(body, cut_short=cut_short)
        except Unreadable:
            if broken := named_with_broken_arguments(body, self._offered):
                return broken
            if cut_short:
                raise Unreadable("your answer reached its length limit in the middle of it") from None
            raise

    def _read(self, body: str, *, cut_short: bool = False, loose: bool = False) -> tuple[WrittenCall, ...]:
        assert self.opening.read is not None
        return self.opening.read(body, cut_short, loose)
