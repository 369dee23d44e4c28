"""Which line of a window on disk is the partner of which line of old: in order, the like with the like."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

PARTNERS = 0.5
"""Lines less alike than this are not the same line."""
WIDEST = 60_000
"""Cells of one gap that are compared; a larger gap is paired line by line."""


def align(block: Sequence[str], window: Sequence[str], start: int) -> list[int | None]:
    """For each line of the block the index in the file of its partner in the window, which begins at `start`."""
    partners: list[int | None] = [None] * len(block)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, block, window, autojunk=False).get_opcodes():
        if tag == "equal":
            for step in range(i2 - i1):
                partners[i1 + step] = start + j1 + step
        elif tag == "replace":
            for i, j in _best_pairs(block[i1:i2], window[j1:j2]):
                partners[i1 + i] = start + j1 + j
    return partners


def _best_pairs(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The rising pairs whose likeness adds up to the most."""
    if len(one) * len(other) > WIDEST:
        return [(i, i) for i in range(min(len(one), len(other))) if _likeness(one[i], other[i]) >= PARTNERS]
    best = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    alike = [[_likeness(a, b) for b in other] for a in one]
    for i in range(len(one) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= PARTNERS else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        if alike[i][j] >= PARTNERS and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(one: str, other: str) -> float:
    if not one and not other:
        return 1.0
    return Levenshtein.normalized_similarity(one, other)
