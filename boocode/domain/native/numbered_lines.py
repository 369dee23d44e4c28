"""Lines of a file as a model reads them: each behind its number, as many as fit, a very long one cut."""

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import frozen

LINE_CHARS = 2_000
_NUMBER = re.compile(r"\s*(\d+)\t")


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
    found = [_NUMBER.match(line) for line in text.splitlines() if line.strip()]
    if not found or not all(found):
        return False
    numbers = [int(each[1]) for each in found if each]
    return all(later > earlier for earlier, later in pairwise(numbers))


def _cut(line: str) -> str:
    if len(line) <= LINE_CHARS:
        return line
    return f"{line[:LINE_CHARS]}… (the line has {len(line)} characters)"
