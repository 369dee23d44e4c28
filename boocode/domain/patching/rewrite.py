"""The difference old → new, applied to the lines on disk that are the partners of old's.

Lines that old and new share keep their bytes on disk; a line on disk that old does not mention stays; a line that is
to be changed or removed must be like its partner, or the edit is refused as `drift`. A line that takes the place of
another stays as deep as that is on disk; other lines from new are indented as the file is. All end as their
neighbourhood does.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

from attrs import field, frozen

from boocode.domain.patching.alignment import best_pairs, likeness
from boocode.domain.patching.canonical import canonical, indentation
from boocode.domain.patching.differences import Hunk, differences
from boocode.domain.patching.indentation import Reindent, learn
from boocode.domain.patching.text import Lines

LIKENESS = 0.66
_PAIRED = 0.4
"""So alike, a line from new is taken for what a line of old has become."""
_AROUND = 200
"""Lines before and behind the window that show by how much the file is indented."""

IsSame: TypeAlias = Callable[[str, str], bool]
"""Whether the line of old and its partner on disk are so alike that the one stands for the other."""


def is_like(old: str, disk: str) -> bool:
    """Rule of the fuzzy tier for a line that is to be changed or removed; blanks do not count."""
    one, other = canonical([old, disk])
    return likeness(one, other) >= LIKENESS


@frozen
class Drift:
    """The line of old (0-based) that the disk has changed too much, or no longer has."""

    old_index: int
    disk_index: int | None


@frozen
class Plan:
    """The difference old → new, once for all windows."""

    old: Sequence[str]
    new: Sequence[str]
    hunks: Sequence[Hunk]
    successors: dict[int, int]
    """Lines of new → the lines of old that they are now."""


def plan(old: Sequence[str], new: Sequence[str]) -> Plan:
    hunks = differences(old, new)
    successors: dict[int, int] = {}
    for hunk in hunks:
        one, other = old[hunk.i1 : hunk.i2], new[hunk.j1 : hunk.j2]
        pairs = best_pairs(canonical(one), canonical(other), _PAIRED)
        if not pairs and len(one) == len(other):
            pairs = [(step, step) for step in range(len(one))]
        successors.update((hunk.j1 + j, hunk.i1 + i) for i, j in pairs)
    return Plan(old, new, hunks, successors)


@frozen
class Rewriting:
    """One edit at one window (lines, end exclusive). `partners[i]`: the file's line of old's i-th; rising."""

    lines: Lines
    plan: Plan
    window: tuple[int, int]
    partners: Sequence[int | None]
    is_same: IsSame
    is_fuzzy: bool
    removed: set[int] = field(factory=set, init=False)
    inserted: dict[int, list[str]] = field(factory=dict, init=False)
    """Before which line of the file they come."""

    def result(self) -> Lines | Drift:
        """What stands in the window afterwards."""
        indent = self._indent()
        for hunk in self.plan.hunks:
            if self._stands(hunk):
                continue
            for index in range(hunk.i1, hunk.i2):
                if not self._may_go(index):
                    return Drift(index, self.partners[index])
            self._insert(hunk, indent)
            self.removed.update(at for at in self.partners[hunk.i1 : hunk.i2] if at is not None)
        return self._composed()

    def _indent(self) -> Reindent:
        pairs = [
            (index, self.plan.old[index], self.lines.texts[at])
            for index, at in enumerate(self.partners)
            if at is not None
        ]
        around = self.lines.texts[max(0, self.window[0] - _AROUND) : self.window[1] + _AROUND]
        return learn(pairs, chain(self.plan.old, self.plan.new), around)

    def _may_go(self, index: int) -> bool:
        at = self.partners[index]
        if at is None:
            return not self.plan.old[index].strip()
        return self.is_same(self.plan.old[index], self.lines.texts[at])

    def _stands(self, hunk: Hunk) -> bool:
        """The same lines were put at the same place by somebody else, who also took away what they replace."""
        if not self.is_fuzzy or any(at is not None for at in self.partners[hunk.i1 : hunk.i2]):
            return False
        wanted = canonical(self.plan.new[hunk.j1 : hunk.j2])
        if not any(map(str.isalnum, "".join(wanted))):
            return False
        place, taken = self._place(hunk), {at for at in self.partners if at is not None}
        for first in (place, place - len(wanted)):
            there = range(first, first + len(wanted))
            is_free = first >= 0 and taken.isdisjoint(there)
            if is_free and canonical(self.lines.texts[first : first + len(wanted)]) == wanted:
                return True
        return False

    def _place(self, hunk: Hunk) -> int:
        """Where the first line they replace stands, else right behind the line before them, else before the one
        behind them."""
        for index in range(hunk.i1, hunk.i2):
            if (at := self.partners[index]) is not None:
                return at
        for index in range(hunk.i1 - 1, -1, -1):
            if (at := self.partners[index]) is not None:
                return at + 1
        for index in range(hunk.i2, len(self.partners)):
            if (at := self.partners[index]) is not None:
                return at
        return self.window[0]

    def _insert(self, hunk: Hunk, indent: Reindent) -> None:
        place, near = self._place(hunk), hunk.i1
        for j in range(hunk.j1, hunk.j2):
            text, index = self.plan.new[j], self.plan.successors.get(j)
            at = None if index is None else self.partners[index]
            if index is None or at is None:
                made = indent.line(text, near)
            else:
                place, near = at, index
                is_as_deep = text.strip() and indentation(text) == indentation(self.plan.old[index])
                disk = indentation(self.lines.texts[at])
                made = disk + text[len(indentation(text)) :] if is_as_deep else indent.line(text, near)
            self.inserted.setdefault(place, []).append(made)

    def _composed(self) -> Lines:
        start, end = self.window
        texts, endings = list[str](), list[str]()
        for at in range(start, end + 1):
            for text in self.inserted.get(at, ()):
                texts.append(text)
                endings.append(self.lines.ending_near(at))
            if at < end and at not in self.removed:
                texts.append(self.lines.texts[at])
                endings.append(self.lines.endings[at])
        for index in range(len(endings) - 1):
            endings[index] = endings[index] or self.lines.ending_near(end - 1)
        if endings and end == len(self.lines.texts) and not self.lines.endings[-1]:
            endings[-1] = ""  # the file goes on without a last newline
        return Lines(texts, endings)
