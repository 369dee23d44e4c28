"""The fuzzy tier: where a block that is only like `old` stands, or why that cannot be said.

Windows are not compared with the block one by one, a large file has too many. A window that is like enough shares whole
lines or rare words with old, or its longest lines are alike: those anchors vote for the places that are compared.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from attrs import frozen
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

SHORTEST_CHARS = 16
LIKENESS = 0.66
SHORT_BLOCK_LINES = 2
SHORT_BLOCK_LIKENESS = 0.85
HEIGHT_SLACK = 0.2
LEAD = 0.10
WORD_FOR_WORD = 0.9
RIVAL_WORD_FOR_WORD = 0.5
PLACES = 12
"""How many places are compared."""
_PROBES = 3
_COMMON = 12
"""An anchor that stands in more places than this says nothing."""
_WORD = re.compile(r"\w{5,}")


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


def needed(block: Sequence[str]) -> float:
    return SHORT_BLOCK_LIKENESS if len(block) <= SHORT_BLOCK_LINES else LIKENESS


def search(keys: Sequence[str], block: Sequence[str]) -> Search:
    """Both keyed canonically. Nothing at all when the block is too short to be searched like this."""
    if sum(map(len, block)) < SHORTEST_CHARS or not keys:
        return Search((), False)
    text, scored, best = "\n".join(block), list[Window](), 0.0
    for start in _places(keys, block):
        window = _compared(keys, text, start, start + len(block), max(0.0, best - 2 * LEAD))
        scored.append(window)
        best = max(best, window.score)
    scored = [_climb(keys, block, text, each) if each.score > best - LEAD else each for each in scored]
    windows: list[Window] = []
    for window in sorted(scored, key=lambda each: (-each.score, each.start)):
        if not any(window.overlaps(other) for other in windows):
            windows.append(window)
    if not windows or windows[0].score < needed(block):
        return Search(tuple(windows[:3]), False)
    return Search(tuple(windows[:3]), len(windows) == 1 or _leads(keys, block, windows[0], windows[1]))


def _leads(keys: Sequence[str], block: Sequence[str], best: Window, rival: Window) -> bool:
    if best.score - rival.score >= LEAD:
        return True
    return _kept(keys, block, best) >= WORD_FOR_WORD and _kept(keys, block, rival) < RIVAL_WORD_FOR_WORD


def _kept(keys: Sequence[str], block: Sequence[str], window: Window) -> float:
    """The part of the block's lines that stand in the window word for word."""
    there = Counter(keys[window.start : window.end])
    wanted = Counter(line for line in block if line)
    return sum((wanted & there).values()) / max(1, sum(wanted.values()))


def _compared(keys: Sequence[str], text: str, start: int, end: int, cutoff: float) -> Window:
    """What is less like the block than `cutoff` scores 0."""
    start, end = max(0, start), min(len(keys), end)
    there = "\n".join(keys[start:end])
    return Window(start, end, Levenshtein.normalized_similarity(text, there, score_cutoff=cutoff))


def _climb(keys: Sequence[str], block: Sequence[str], text: str, best: Window) -> Window:
    """The window near this one that is most like the block: its ends are moved while that helps."""
    lowest, highest = len(block) - int(len(block) * HEIGHT_SLACK), len(block) + int(len(block) * HEIGHT_SLACK)
    step = max(1, highest - len(block))
    while step:
        better = best
        for first, last in ((0, step), (0, -step), (-step, 0), (step, 0), (step, step), (-step, -step)):
            start, end = max(0, best.start + first), min(len(keys), best.end + last)
            if lowest <= end - start <= highest:
                window = _compared(keys, text, start, end, better.score)
                better = max(better, window, key=lambda each: each.score)
        if better is best:
            step //= 2
        best = better
    return best


def _places(keys: Sequence[str], block: Sequence[str]) -> list[int]:
    """Starts of windows worth comparing, most votes first."""
    votes: Counter[int] = Counter()
    at: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if key:
            at[key].append(index)
    for offset, line in enumerate(block):
        found = at.get(line, ()) if line else ()
        if len(found) <= _COMMON:
            for index in found:
                votes[index - offset] += len(line)
    _vote_by_words(votes, at, block)
    _vote_by_likeness(votes, at, block)
    last = max(0, len(keys) - max(1, int(len(block) * (1 - HEIGHT_SLACK))))
    merged: Counter[int] = Counter()
    for start, weight in votes.items():
        merged[min(max(start, 0), last)] += weight
    places: list[int] = []
    for start, _ in merged.most_common():
        if all(abs(start - other) > len(block) // 4 for other in places):
            places.append(start)
        if len(places) == PLACES:
            break
    return places


def _vote_by_words(votes: Counter[int], at: dict[str, list[int]], block: Sequence[str]) -> None:
    """Rare words of the block, in whatever line they stand now."""
    wanted: dict[str, int] = {}
    for offset, line in enumerate(block):
        if line not in at:
            for word in _WORD.findall(line):
                wanted.setdefault(word, offset)
    if not wanted:
        return
    words = sorted(wanted, key=len, reverse=True)[:24]
    text = "\n".join(at)
    for word in words:
        if text.count(word) <= _COMMON:
            for found in _lines_with(text, word):
                for index in at[found][:_COMMON]:
                    votes[index - wanted[word]] += len(word)


def _lines_with(text: str, word: str) -> list[str]:
    found, position = [], text.find(word)
    while position >= 0:
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        found.append(text[text.rfind("\n", 0, position) + 1 : end])
        position = text.find(word, end)
    return found


def _vote_by_likeness(votes: Counter[int], at: dict[str, list[int]], block: Sequence[str]) -> None:
    """The longest lines of the block that stand nowhere as they are."""
    changed = [(line, offset) for offset, line in enumerate(block) if line and line not in at]
    for line, offset in sorted(changed, key=lambda each: -len(each[0]))[:_PROBES]:
        shortest, longest = len(line) * LIKENESS, len(line) / LIKENESS
        choices = [each for each in at if shortest <= len(each) <= longest]
        alike = process.extract(
            line, choices, scorer=Levenshtein.normalized_similarity, limit=_COMMON, score_cutoff=LIKENESS
        )
        for found, score, _ in alike:
            for index in at[found][:_COMMON]:
                votes[index - offset] += int(len(line) * score)
