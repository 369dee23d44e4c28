"""What an edit found and does, before anything is put together: pieces of the text and what takes their place."""

from collections.abc import Sequence

from attrs import frozen

from boocode.domain.patching.edit import Refused, Tier

Span = tuple[int, int]
"""Characters from, up to but not including."""


@frozen
class Change:
    """`text[begin:end]` becomes `piece`."""

    begin: int
    end: int
    piece: str


@frozen
class Hit:
    """The changes are in order and none overlaps another."""

    changes: Sequence[Change]
    tier: Tier
    score: float

    def applied_to(self, text: str) -> str:
        pieces, done = list[str](), 0
        for change in self.changes:
            pieces += (text[done : change.begin], change.piece)
            done = change.end
        pieces.append(text[done:])
        return "".join(pieces)

    def touches(self, spans: Sequence[Span]) -> bool:
        """Whether it replaces something of these, which are in order."""
        return any(
            begin < change.end and change.begin < end for change in self.changes for begin, end in spans
        )

    def written(self) -> list[Span]:
        """Where the new pieces are afterwards."""
        spans, shift = list[Span](), 0
        for change in self.changes:
            begin = change.begin + shift
            spans.append((begin, begin + len(change.piece)))
            shift += len(change.piece) - (change.end - change.begin)
        return spans

    def moved(self, spans: Sequence[Span]) -> list[Span]:
        """Where these, none of which it touches, are afterwards."""
        return [(begin + self._shift(begin), end + self._shift(begin)) for begin, end in spans]

    def _shift(self, at: int) -> int:
        return sum(
            len(change.piece) - (change.end - change.begin) for change in self.changes if change.end <= at
        )


Outcome = Hit | Refused
