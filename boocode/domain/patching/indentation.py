"""How deep a line from `new` stands on disk, when the file is indented otherwise than `old` was.

Learnt from the pairs (line of old, its line on disk). An indentation that was seen is translated as it was at the
nearest such pair; another one is translated from a seen one, and the rest of it in the file's own unit (a tab, 2 or 4
blanks).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from boocode.domain.patching.canonical import indentation

TAB_WIDTH = 4
_USUAL = "    "


@frozen
class Reindent:
    seen: Sequence[tuple[int, str, str]]
    """(line of old, its indentation, that of its partner on disk)."""
    old_unit: str = _USUAL
    disk_unit: str = _USUAL

    def line(self, text: str, near: int) -> str:
        """The line as it stands on disk, if it comes beside that line of old."""
        indent = indentation(text)
        if not text.strip() or all(old == disk for _, old, disk in self.seen):
            return text
        return self._translated(indent, near) + text[len(indent) :]

    def _translated(self, indent: str, near: int) -> str:
        there: dict[str, str] = {}
        for _, old, disk in sorted(self.seen, key=lambda each: abs(each[0] - near)):
            there.setdefault(old, disk)
        if indent in there:
            return there[indent]
        base = max((old for old in there if indent.startswith(old)), key=len, default=None)
        if base is not None:
            return there[base] + self._units(indent[len(base) :])
        deeper = min((old for old in there if old.startswith(indent)), key=len, default=None)
        if deeper is None:
            return indent
        return there[deeper][: max(0, len(there[deeper]) - len(self._units(deeper[len(indent) :])))]

    def _units(self, rest: str) -> str:
        """What is left of an indentation, in the file's unit; odd blanks stay blanks."""
        if self.old_unit == self.disk_unit:
            return rest
        whole, left = divmod(_width(rest), _width(self.old_unit))
        return self.disk_unit * whole + " " * left


def learn(pairs: Iterable[tuple[int, str, str]], asked: Iterable[str], around: Iterable[str]) -> Reindent:
    """From (index, line of old, line on disk), blank ones left out. `asked` (the lines of old and new) and `around`
    (lines of the file) show the two units."""
    known = [(index, old, disk) for index, old, disk in pairs if old.strip() and disk.strip()]
    seen = [(index, indentation(old), indentation(disk)) for index, old, disk in known]
    if all(old == disk for _, old, disk in seen):
        return Reindent(seen)
    old_unit = unit_of(asked) or next((old for _, old, _ in seen if old), _USUAL)
    disk_unit = (
        unit_of(disk for _, _, disk in known)
        or unit_of(around)
        or next((disk for _, _, disk in seen if disk), _USUAL)
    )
    return Reindent(seen, _one_step(old_unit), _one_step(disk_unit))


def unit_of(lines: Iterable[str]) -> str | None:
    """By how much a line is most often deeper than the one before it; None when none is."""
    steps: Counter[str] = Counter()
    before: str | None = None
    for line in lines:
        if line.strip():
            indent = indentation(line)
            if before is not None and len(indent) > len(before) and indent.startswith(before):
                steps[indent[len(before) :]] += 1
            before = indent
    if len(steps) > 1:
        del steps[" "]  # comments of C are drawn so
    return steps.most_common(1)[0][0] if steps else None


def _one_step(unit: str) -> str:
    """A tab at most; blanks only by the numbers that are used."""
    if "\t" in unit:
        return "\t"
    return unit if len(unit) in (1, 2, 3, 4, 8) else next(" " * n for n in (4, 3, 2, 1) if len(unit) % n == 0)


def _width(indent: str) -> int:
    return sum(TAB_WIDTH if each == "\t" else 1 for each in indent)
