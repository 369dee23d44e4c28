"""Whether an edit has been made before: the new text stands where the window would be.

Asking twice is the most common mistake of an agent that was interrupted; doing it twice doubles its lines.
"""

from collections.abc import Sequence

from boocode.domain.patching.alignment import likeness
from boocode.domain.patching.blocks import find_block
from boocode.domain.patching.text import with_lf

_TELLING_CHARS = 16
"""New lines of so many characters are told from chance even where they stand more than once."""
_AS_LONG = 2
"""A letter does not stand for a statement: so many times longer the old text may have been."""
_RELATED = 0.5
"""So alike, the new text is what the old one would have become."""
_CLOSE = 0.66
"""The same for a piece of a line, which says less than whole lines."""
_PIECE_CHARS = 4


def stands_around(text: str, span: tuple[int, int], old: str, new: str) -> bool:
    """An edit that only adds to `old`, which stands at `span` with the addition around it."""
    if "\r" in text or "\r" in new:
        begin = len(with_lf(text[: span[0]]))
        span = (begin, begin + len(with_lf(text[span[0] : span[1]])))
        text, old, new = with_lf(text), with_lf(old), with_lf(new)
    inside = -1 if old == new else new.find(old)
    if inside >= 0 and old.endswith("\n") and not text.endswith("\n"):
        text += "\n"  # the last line of the addition may be the last of the file
    while inside >= 0:
        begin = span[0] - inside
        if begin >= 0 and text.startswith(new, begin) and _ends_alike(text, span, old, begin, new):
            return True
        inside = new.find(old, inside + 1)
    return False


def _ends_alike(text: str, span: tuple[int, int], old: str, begin: int, new: str) -> bool:
    """Where `old` begins or ends a line, so does what is taken for `new`."""
    if _is_at_start(text, span[0]) and not _is_at_start(text, begin):
        return False
    if new[0] in " \t" and text[begin - 1 : begin] in (" ", "\t"):
        return False  # a piece of deeper indentation
    end = begin + len(new)
    if old.endswith("\n"):
        return new.endswith("\n") or _is_at_end(text, end)
    return not _is_at_end(text, span[1]) or _is_at_end(text, end)


def _is_at_start(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in "\r\n"


def _is_at_end(text: str, at: int) -> bool:
    return at == len(text) or text[at] in "\r\n"


def block_stands(keys: Sequence[str], block: Sequence[str], wanted: Sequence[str], start: int) -> bool:
    """The same for whole lines, all keyed alike: the block is at `start`, with the lines to be added around it."""
    if len(wanted) <= len(block):
        return False
    for inside in find_block(wanted, block):
        begin = start - inside
        if begin >= 0 and list(keys[begin : begin + len(wanted)]) == list(wanted):
            return True
    return False


def stands_in_window(
    keys: Sequence[str], wanted: Sequence[str], window: tuple[int, int], removed: Sequence[int]
) -> bool:
    """The new lines stand at the window, and no line that the edit takes away (`removed`: lines of the file that are
    the partners of such) stands beside them. All keyed canonically."""
    first = max(0, window[0] - len(wanted))
    for start in find_block(keys[first : window[1] + len(wanted)], wanted):
        begin, end = first + start, first + start + len(wanted)
        if begin < window[1] and window[0] < end and all(begin <= at < end for at in removed):
            return True
    return False


def stands_elsewhere(
    keys: Sequence[str], block: Sequence[str], wanted: Sequence[str], window: tuple[int, int]
) -> bool:
    """The new lines stand as a whole at one place, with lines that they share with the old ones: what is like the old
    ones at the window is their twin."""
    shared = {line for line in block if len(line) >= _PIECE_CHARS}
    if not any(line in shared for line in wanted):
        return False
    places = find_block(keys, wanted)
    return len(places) == 1 and (places[0] >= window[1] or window[0] >= places[0] + len(wanted))


def stands_instead(keys: Sequence[str], block: Sequence[str], wanted: Sequence[str]) -> bool:
    """The old lines are nowhere; is that because they have become the new ones? All keyed canonically."""
    block, wanted = _unframed(block), _unframed(wanted)
    one, other = "\n".join(block), "\n".join(wanted)
    if not any(map(str.isalnum, other)):
        return False
    places = len(find_block(keys, wanted))
    if places:
        is_as_long = len(one) <= len(other) * _AS_LONG
        return (
            (places == 1 and is_as_long) or len(other) >= _TELLING_CHARS or likeness(one, other) >= _RELATED
        )
    if len(wanted) > 1 or len(other) < _PIECE_CHARS or likeness(one, other) < _CLOSE:
        return False
    return any(_has_piece(line, other) for line in keys)


def _unframed(lines: Sequence[str]) -> Sequence[str]:
    """Without a blank last line."""
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def _has_piece(line: str, piece: str) -> bool:
    at = line.find(piece)
    if at < 0:
        return False
    ends = line[at - 1 : at] + line[at + len(piece) : at + len(piece) + 1]
    return not any(map(str.isalnum, ends))
