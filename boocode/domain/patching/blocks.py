"""Where a block of lines stands in a file, when lines are compared by a key. Overlapping places count."""

from collections.abc import Sequence


def find_block(keys: Sequence[str], block: Sequence[str]) -> list[int]:
    """The index of every line where `block` begins; `keys` are the file's lines, keyed alike. A block of blank
    lines stands nowhere: it says nothing about the place."""
    if not any(block) or len(block) > len(keys):
        return []
    anchor = max(range(len(block)), key=lambda index: len(block[index]))
    wanted, last = list(block), len(keys) - len(block)
    found, at = list[int](), anchor - 1
    while True:
        try:
            at = keys.index(block[anchor], at + 1)
        except ValueError:
            return found
        start = at - anchor
        if start > last:
            return found
        if keys[start] == wanted[0] and keys[start : start + len(wanted)] == wanted:
            found.append(start)


def apart(starts: Sequence[int], height: int) -> list[int]:
    """Of these places, first to last, those that do not overlap one taken before."""
    taken: list[int] = []
    for start in starts:
        if not taken or start >= taken[-1] + height:
            taken.append(start)
    return taken
