"""Which line on disk is the partner of which line of old: in order, and so that the likeness adds up to the most."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boocode.domain.patching.differences import matches
from boocode.later import Later

if TYPE_CHECKING:
    from rapidfuzz.distance import Levenshtein
else:
    Levenshtein = Later("rapidfuzz.distance.Levenshtein")

PARTNERS = 0.5
"""Lines less alike than this are not the same line."""
_CELLS = 6000
"""How many pairs of lines are compared at most; a larger gap is compared along its diagonal."""
_MOST_CELLS = 1_000_000
"""Beyond this the diagonal alone is looked at."""
_NOTHING = "\0"
"""Like no line: a file that holds it is refused."""
_BLANK = 0.5
"""What a pair of blank lines adds: less than any pair that says something."""


def align(
    block: Sequence[str], keys: Sequence[str], window: tuple[int, int], spare: int = 0
) -> list[int | None]:
    """For each line of the block its partner in the window, as an index into the keys; rising; None without one.

    Lines by hand may have pushed some of the block's just out of the window: so many lines around it (`spare`) are
    looked at too, but there a partner must be the very same line.
    """
    start, end = max(0, window[0] - spare), min(len(keys), window[1] + spare)
    known = {line for line in block if line}
    there = [
        key if window[0] <= at < window[1] or key in known else _NOTHING
        for at, key in enumerate(keys[start:end], start)
    ]
    partners: list[int | None] = [None] * len(block)
    gaps, done, over = list[tuple[int, int, int, int]](), 0, 0
    if len(block) * len(there) > _CELLS:
        for i, j in matches(block, there):
            gaps.append((done, i, over, j))
            partners[i] = start + j
            done, over = i + 1, j + 1
    gaps.append((done, len(block), over, len(there)))
    for i1, i2, j1, j2 in gaps:
        for i, j in best_pairs(block[i1:i2], there[j1:j2]):
            partners[i1 + i] = start + j1 + j
    return partners


def best_pairs(one: Sequence[str], other: Sequence[str], at_least: float = PARTNERS) -> list[tuple[int, int]]:
    """The rising pairs whose likeness adds up to the most, each of them at least so alike."""
    if not one or not other:
        return []
    if len(one) * len(other) > _MOST_CELLS:
        return [(i, i) for i in range(min(len(one), len(other))) if likeness(one[i], other[i]) >= at_least]
    band = max(len(one), len(other))
    if len(one) * len(other) > _CELLS:
        band = abs(len(one) - len(other)) + max(2, _CELLS // (2 * len(one)))
    alike = [
        {
            j: likeness(line, other[j]) if line or other[j] else _BLANK
            for j in range(max(0, i - band), min(len(other), i + band + 1))
        }
        for i, line in enumerate(one)
    ]
    return _walked(alike, _sums(alike, len(other), at_least), at_least)


def _sums(alike: Sequence[dict[int, float]], width: int, at_least: float) -> list[list[float]]:
    """The most that the likeness adds up to from each (line, other line) on. Filled in only along the band."""
    best = [[0.0] * (width + 1) for _ in range(len(alike) + 1)]
    for i in range(len(alike) - 1, -1, -1):
        here, below, row = best[i], best[i + 1], alike[i]
        first, last = min(row, default=width), max(row, default=width - 1)
        here[last + 1] = below[last + 1]
        for j in range(last, first - 1, -1):
            score = row[j]
            here[j] = max(below[j], here[j + 1], score + below[j + 1] if score >= at_least else 0.0)
        if first:
            here[first - 1] = here[first]
    return best


def _walked(alike: list[dict[int, float]], best: list[list[float]], at_least: float) -> list[tuple[int, int]]:
    pairs, i, j = list[tuple[int, int]](), 0, 0
    while i < len(alike) and j < len(best[0]) - 1:
        score = alike[i].get(j, 0.0)
        if score >= at_least and best[i][j] == score + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def likeness(one: str, other: str) -> float:
    """0 to 1; two blank lines are the same line."""
    return Levenshtein.normalized_similarity(one, other)
