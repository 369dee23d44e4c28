"""The fuzzy tier: where a block that is only like `old` stands, or why that cannot be said.

A small file is compared window by window. A large one has too many: there, anchors say which windows are worth it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING

from attrs import frozen

from boocode.domain.patching.anchors import place_of_same_lines, places_by_likeness, places_by_words
from boocode.domain.patching.differences import matches
from boocode.later import Later

if TYPE_CHECKING:
    from rapidfuzz.distance import Levenshtein
else:
    Levenshtein = Later("rapidfuzz.distance.Levenshtein")

SHORTEST_CHARS = 16
LONGEST_CHARS = 64_000
"""Comparing longer blocks would take seconds."""
LIKENESS = 0.66
SHORT_BLOCK_LINES = 2
SHORT_BLOCK_LIKENESS = 0.85
HEIGHT_SLACK = 0.2
LEAD = 0.10
WORD_FOR_WORD = 0.9
RIVAL_WORD_FOR_WORD = 0.5
_EPSILON = 1e-9
_NEAR = 0.35
"""Less alike than this is not worth naming."""
_KEPT = 4
"""How many windows are looked at closely."""
_TALL = 24
"""Lines from which on a window's ends are found by its lines, as comparing it again and again takes too long."""
_PROBES = 3
"""How many lines of a block that is found by no other means are compared with every line of the file."""
_EVERYWHERE_COST = 4_000_000
"""Windows times characters up to which every window is compared."""


@frozen
class Window:
    start: int
    end: int
    """Exclusive."""
    score: float

    def overlaps(self, other: "Window") -> bool:
        return self.start < other.end and other.start < self.end


@frozen
class Search:
    windows: tuple[Window, ...]
    """Best first, none overlapping another."""
    is_clear: bool
    """The first is good enough, and none rivals it."""


NOTHING = Search((), False)


def is_enough(windows: Sequence[Window], block: Sequence[str]) -> bool:
    """The best of the windows is as like the block as it has to be."""
    needed = SHORT_BLOCK_LIKENESS if len(block) <= SHORT_BLOCK_LINES else LIKENESS
    return bool(windows) and windows[0].score >= needed - _EPSILON


def slack(height: int) -> int:
    """By how many lines a window may be higher or lower; a line or two stand for themselves."""
    return 0 if height <= SHORT_BLOCK_LINES else ceil(height * HEIGHT_SLACK)


def search(keys: Sequence[str], block: Sequence[str]) -> Search:
    """Both keyed canonically. Nothing at all when the block is too short, or too long, to be searched like this."""
    comparison = _Comparison(keys, block, "\n".join(block))
    if not keys or not SHORTEST_CHARS <= len(comparison.text) <= LONGEST_CHARS:
        return NOTHING
    windows = _found(comparison)
    if not is_enough(windows, block):
        return Search(windows, False)
    if rival := comparison.torn_rival(windows[0]):
        return Search((windows[0], rival), False)
    return Search(windows, len(windows) == 1 or _leads(comparison, windows[0], windows[1]))


def _found(comparison: "_Comparison") -> tuple[Window, ...]:
    keys, block = comparison.keys, comparison.block
    if len(keys) * (len(comparison.text) + 200) <= _EVERYWHERE_COST:
        return comparison.best(range(len(keys)))
    places = [*places_by_words(keys, block), *places_by_likeness(keys, block, 1)]
    windows = comparison.best(_around(places, block))
    if is_enough(windows, block):
        return windows
    return comparison.best(_around([*places, *places_by_likeness(keys, block, _PROBES)], block))


def _around(places: Iterable[int], block: Sequence[str]) -> list[int]:
    """An anchor says where the block begins but for the lines that came or went in between."""
    spare = slack(len(block)) if len(block) < _TALL else 0
    return sorted({place + step for place in places for step in range(-spare, spare + 1)})


def _leads(comparison: "_Comparison", best: Window, rival: Window) -> bool:
    if best.score - rival.score >= LEAD - _EPSILON:
        return True
    kept, rivals = comparison.kept(best), comparison.kept(rival)
    return kept >= WORD_FOR_WORD - _EPSILON and rivals < RIVAL_WORD_FOR_WORD


@frozen
class _Comparison:
    keys: Sequence[str]
    block: Sequence[str]
    text: str
    """The block in one piece."""

    def best(self, places: Iterable[int]) -> tuple[Window, ...]:
        """Of the windows that begin there, or near: the most alike, best first, none overlapping another."""
        scored, best = list[Window](), 0.0
        for start in places:
            if not self._is_fair(start, min(len(self.keys), start + len(self.block))):
                continue
            window = self.compared(start, start + len(self.block), max(_NEAR, best - 2 * LEAD))
            if window.score:
                scored.append(window)
                best = max(best, window.score)
        scored = [each for each in scored if each.score >= best - 2 * LEAD]
        seeds = _apart(scored)[:_KEPT]
        if len(self.block) < _TALL:  # the likest at first is not always the likest in the end
            seeds += sorted(scored, key=lambda each: -each.score)[: 2 * _KEPT]
        fitted = list[Window]()
        for seed in seeds:
            window = self.fitted(seed, [other for other in fitted if not other.overlaps(seed)])
            met = [other for other in fitted if other.overlaps(window)]
            if all(window.score > other.score for other in met):
                fitted = [*(other for other in fitted if other not in met), window]
        return tuple(_apart(fitted))

    def compared(self, start: int, end: int, cutoff: float) -> Window:
        """What is less like the block than `cutoff` scores 0."""
        start, end = max(0, start), min(len(self.keys), end)
        there = "\n".join(self.keys[start:end])
        return Window(start, end, Levenshtein.normalized_similarity(self.text, there, score_cutoff=cutoff))

    def fitted(self, window: Window, others: Sequence[Window] = ()) -> Window:
        """The window near this one, a little higher or lower perhaps, that is most like the block; it does not
        wander into the others."""
        if len(self.block) >= _TALL:
            by_lines = self._fitted_by_lines(window)
            window = window if any(by_lines.overlaps(other) for other in others) else by_lines
            return self._climbed(window, 1, others)
        return self._climbed(window, max(1, slack(len(self.block))), others)

    def _climbed(self, best: Window, step: int, others: Sequence[Window]) -> Window:
        while step:
            better = best
            for first, last in ((0, step), (0, -step), (-step, 0), (step, 0), (step, step), (-step, -step)):
                if self._is_fair(best.start + first, best.end + last):
                    window = self.compared(best.start + first, best.end + last, better.score)
                    if window.score > better.score and not any(window.overlaps(other) for other in others):
                        better = window
            if better is best:
                step //= 2
            best = better
        return best

    def _fitted_by_lines(self, window: Window) -> Window:
        spare = slack(len(self.block))
        first = max(0, window.start - spare)
        same = matches(self.block, self.keys[first : window.end + spare])
        if not same:
            return window
        (i1, j1), (i2, j2) = same[0], same[-1]
        start, end = max(0, first + j1 - i1), min(len(self.keys), first + j2 + len(self.block) - i2)
        better = self.compared(start, end, window.score) if self._is_fair(start, end) else window
        return better if better.score > window.score else window

    def _is_fair(self, start: int, end: int) -> bool:
        spare = slack(len(self.block))
        return start >= 0 and end <= len(self.keys) and abs(end - start - len(self.block)) <= spare

    def kept(self, window: Window) -> float:
        """The part of the block's lines that stand in the window word for word."""
        there = Counter(self.keys[window.start : window.end])
        wanted = Counter(line for line in self.block if line)
        return sum((wanted & there).values()) / max(1, sum(wanted.values()))

    def torn_rival(self, best: Window) -> Window | None:
        """A place that no window is like, because lines by hand have torn it apart, but that holds most of the block
        word for word, and more of it than the best window does."""
        place = place_of_same_lines(self.keys, self.block, (best.start, best.end))
        if place is None or place[2] < LIKENESS:
            return None
        there = set(self.keys[best.start : best.end])
        wanted = set(self.block)
        kept = sum(map(len, wanted & there)) / sum(map(len, wanted))
        return Window(*place) if place[2] > kept else None


def _apart(windows: Iterable[Window]) -> list[Window]:
    taken: list[Window] = []
    for window in sorted(windows, key=lambda each: (-each.score, each.start)):
        if not any(window.overlaps(other) for other in taken):
            taken.append(window)
    return taken
