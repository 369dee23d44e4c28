"""Lines of a file as a model reads them: each behind its number, as many as fit, a very long one cut."""

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import frozen

LINE_CHARS = 2_000
_NUMBER = re.compile(r"\A *(\d+)\t")


@frozen
class Window:
    text: str
    first: int
    """Number of the first line that is shown, from 1."""
    last: int


def numbered(lines: Sequence[str], first: int, limit: int, max_chars: int) -> Window:
    """From line `first` (1-based, and there) on: at most `limit` lines and about `max_chars`, but at least one."""
    shown, chars, last = list[str](), 0, first - 1
    for number, line in enumerate(lines[first - 1 : first - 1 + limit], first):
        row = f"{number:>6}\t{_cut(line)}"
        chars += len(row) + 1
        if shown and chars > max_chars:
            break
        shown.append(row)
        last = number
    return Window("\n".join(shown), first, last)


def has_numbers(text: str) -> bool:
    """Whether each line begins as `numbered` writes it, with numbers that follow each other: copied from there."""
    numbers = [int(each[1]) if each else None for each in map(_NUMBER.match, _lines(text))]
    if not numbers or None in numbers:
        return False
    return all(
        later == earlier + 1 for earlier, later in pairwise(each for each in numbers if each is not None)
    )


def without_numbers(text: str) -> str | None:
    """The text without them, as a model may write it anew (so they need not be in order); None when only some of
    its lines have one."""
    lines = _lines(text)
    count = sum(_NUMBER.match(line) is not None for line in lines)
    if count == 0:
        return text
    if count < len(lines):
        return None
    return "\n".join(_NUMBER.sub("", line, count=1) for line in lines) + ("\n" if text.endswith("\n") else "")


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _cut(line: str) -> str:
    if len(line) <= LINE_CHARS:
        return line
    return f"{line[:LINE_CHARS]}… (the line has {len(line)} characters)"
