"""Where two lists of lines differ, as hunks: a range of the one and the range of the other that takes its place."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from attrs import frozen

from boocode.later import Later

if TYPE_CHECKING:
    from rapidfuzz.distance import LCSseq
else:
    LCSseq = Later("rapidfuzz.distance.LCSseq")

_LARGE = 4000
"""Lines on both sides from which on lines that stand very often do not guide the comparison: it would take minutes."""

_MOST_CELLS = 25_000_000
"""Pairs of lines up to which the longest common subsequence is found; it takes a bit of memory for each."""


@frozen
class Hunk:
    """`old[i1:i2]` becomes `new[j1:j2]`; one of both may be empty, not both."""

    i1: int
    i2: int
    j1: int
    j2: int


def differences(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """First to last. What is before, between and behind them is the same on both sides."""
    head = same_head(old, new)
    tail = same_head(old[head:][::-1], new[head:][::-1])
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if not one and not other:
        return []
    if not one or not other:
        return [Hunk(head, len(old) - tail, head, len(new) - tail)]
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > _LARGE)
    return [
        Hunk(i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def same_head(one: Sequence[str], other: Sequence[str]) -> int:
    """How many leading items both share."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of lines that stay, rising; as many as there can be."""
    pairs, done, over = list[tuple[int, int]](), 0, 0
    if len(old) * len(new) <= _MOST_CELLS:
        for each in LCSseq.opcodes(old, new):
            if each.tag == "equal":
                pairs += zip(
                    range(each.src_start, each.src_end), range(each.dest_start, each.dest_end), strict=True
                )
        return pairs
    for hunk in [*differences(old, new), Hunk(len(old), len(old), len(new), len(new))]:
        pairs += zip(range(done, hunk.i1), range(over, hunk.j1), strict=True)
        done, over = hunk.i2, hunk.j2
    return pairs
