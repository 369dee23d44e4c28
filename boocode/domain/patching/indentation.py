"""How deep a line from `new` stands on disk, when the file is indented otherwise than `old` was.

Learnt from the pairs (line of old, its line on disk). An indentation that was seen is translated as it was; another one
is translated from the nearest seen one, the rest of it in the file's own unit (a tab, 2 or 4 blanks).
"""

from collections.abc import Iterable
from math import gcd

from attrs import field, frozen

from boocode.domain.patching.canonical import indentation

TAB_WIDTH = 4


@frozen
class Reindent:
    seen: dict[str, str] = field(factory=dict)
    """Indentation in old → on disk."""
    old_unit: str = "    "
    disk_unit: str = "    "

    @property
    def is_identity(self) -> bool:
        return all(old == disk for old, disk in self.seen.items())

    def line(self, text: str) -> str:
        if not text.strip() or self.is_identity:
            return text
        indent = indentation(text)
        return self._translate(indent) + text[len(indent) :]

    def _translate(self, indent: str) -> str:
        if indent in self.seen:
            return self.seen[indent]
        base = max((old for old in self.seen if indent.startswith(old)), key=len, default=None)
        if base is not None:
            return self.seen[base] + self._units(indent[len(base) :])
        deeper = min((old for old in self.seen if old.startswith(indent)), key=len, default=None)
        if deeper is None:
            return indent
        cut = self._units(deeper[len(indent) :])
        there = self.seen[deeper]
        return (
            there[: len(there) - len(cut)] if there.endswith(cut) else there[: max(0, len(there) - len(cut))]
        )

    def _units(self, rest: str) -> str:
        """What is left of an indentation, in the file's unit; odd blanks stay blanks."""
        if self.old_unit == self.disk_unit:
            return rest
        whole, left = divmod(_width(rest), _width(self.old_unit))
        return self.disk_unit * whole + " " * left


def learn(pairs: Iterable[tuple[str, str]], file_lines: Iterable[str]) -> Reindent:
    """From pairs (line of old, line on disk), blank ones left out; `file_lines` show the file's unit if these do not."""
    seen: dict[str, str] = {}
    for old, disk in pairs:
        if old.strip() and disk.strip():
            seen.setdefault(indentation(old), indentation(disk))
    if all(old == disk for old, disk in seen.items()):
        return Reindent(seen)
    old_unit = unit_of(seen) or "    "
    disk_unit = unit_of(seen.values()) or unit_of(map(indentation, file_lines)) or "    "
    return Reindent(seen, old_unit, disk_unit)


def unit_of(indents: Iterable[str]) -> str | None:
    """One step of these indentations: a tab, or as many blanks as divide them all; None when they show none."""
    step = 0
    for indent in indents:
        if "\t" in indent:
            return "\t"
        step = gcd(step, len(indent))
    if step == 0:
        return None
    return " " * (step if step <= 8 else 4)


def _width(indent: str) -> int:
    return sum(TAB_WIDTH if each == "\t" else 1 for each in indent)
