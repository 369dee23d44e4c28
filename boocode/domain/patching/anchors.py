"""Where in a large file a block may stand that is nowhere as it is: the places its anchors vote for.

A window that is like enough to the block shares whole lines with it, or rare words; failing these, its longest lines
are alike. Each anchor votes for the line where the block would begin.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from boocode.later import Later

if TYPE_CHECKING:
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein
else:
    process = Later("rapidfuzz.process")
    Levenshtein = Later("rapidfuzz.distance.Levenshtein")


PLACES = 12
"""How many places are worth comparing."""
_LINES, _WORDS = 24, 16
"""How many of the block's lines and words are looked for; the longest say the most."""
_COMMON = 64
"""An anchor that stands in more places than this says nothing."""
_LIKENESS = 0.6
_WORD = re.compile(r"\w{5,}")


def places_by_words(keys: Sequence[str], block: Sequence[str]) -> list[int]:
    """First lines of windows that share lines or rare words with the block, most promising first."""
    text = "\n" + "\n".join(keys) + "\n"
    found = list[tuple[int, int, int]]()  # character, offset in the block, weight
    missing = list[tuple[int, str]]()
    offsets = {line: offset for offset, line in reversed(list(enumerate(block))) if line}
    for line in sorted(offsets, key=len, reverse=True)[:_LINES]:
        positions = _positions(text, f"\n{line}\n")
        if not positions:
            missing.append((offsets[line], line))
        found += ((position, offsets[line], len(line)) for position in positions)
    words = {word: offset for offset, line in reversed(missing) for word in _WORD.findall(line)}
    for word in sorted(words, key=len, reverse=True)[:_WORDS]:
        found += ((position, words[word], len(word)) for position in _positions(text, word))
    votes: Counter[int] = Counter()
    line_number, done = -1, 0
    for position, offset, weight in sorted(found):
        line_number += text.count("\n", done, position + 1)
        done = position + 1
        votes[line_number - offset] += weight
    return _elected(votes, len(keys), len(block))


def places_by_likeness(keys: Sequence[str], block: Sequence[str], probes: int) -> list[int]:
    """The same for windows with lines that are only like the block's longest ones, of which so many are tried."""
    votes: Counter[int] = Counter()
    ordered = sorted(((len(line), -offset, line) for offset, line in enumerate(block) if line), reverse=True)
    for length, offset, line in ordered[:probes]:
        shortest, longest = length * _LIKENESS, length / _LIKENESS
        choices = {index: key for index, key in enumerate(keys) if shortest <= len(key) <= longest}
        alike = process.extract(
            line, choices, scorer=Levenshtein.normalized_similarity, limit=_COMMON, score_cutoff=_LIKENESS
        )
        for _, score, index in alike:
            votes[index + offset] += int(length * score)
    return _elected(votes, len(keys), len(block))


def place_of_same_lines(
    keys: Sequence[str], block: Sequence[str], outside: tuple[int, int]
) -> tuple[int, int, float] | None:
    """Where, apart from those lines, most of the block's text stands word for word, maybe with other lines between:
    first line, line behind the last, and the part of the text (0 to 1). None when it is nowhere."""
    total = sum(map(len, set(block)))
    wanted = {line for line in block if line}
    found = [(at, key) for at, key in enumerate(keys) if key in wanted]
    found = [(at, key) for at, key in found if not outside[0] <= at < outside[1]]
    most, place, held = 0, None, Counter[str]()
    weight, first = 0, 0
    for at, key in found:
        held[key] += 1
        weight += len(key) if held[key] == 1 else 0
        while at - found[first][0] >= len(block) * 2:
            gone = found[first][1]
            held[gone] -= 1
            weight -= 0 if held[gone] else len(gone)
            first += 1
        if weight > most:
            most, place = weight, (found[first][0], at + 1)
    return (*place, most / total) if place else None


def _positions(text: str, needle: str) -> list[int]:
    """Every place of it; none when there are too many."""
    found, position = list[int](), text.find(needle)
    while position >= 0:
        if len(found) == _COMMON:
            return []
        found.append(position)
        position = text.find(needle, position + 1)
    return found


def _elected(votes: Counter[int], height: int, wanted: int) -> list[int]:
    last = max(0, height - max(1, wanted))
    merged: Counter[int] = Counter()
    for start, weight in votes.items():
        merged[min(max(start, 0), last)] += weight
    places: list[int] = []
    for start, _ in merged.most_common():
        if all(abs(start - other) > wanted // 4 for other in places):
            places.append(start)
        if len(places) == PLACES:
            break
    return places
