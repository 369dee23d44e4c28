"""Taking an edit back: the swapped edit, which refuses rather than lose a line that was made by hand since.

Swapping old and new is not enough by itself: old may have stood there a little otherwise (a lenient tier), a deletion
leaves nothing to look for, and a text written once may stand twice. So what undoes an edit is made when it is applied,
from the bytes before and after: whole lines, with so many around them that they stand at one place only.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from attrs import frozen

from boocode.domain.patching.applier import applied_by
from boocode.domain.patching.by_lines import by_lines
from boocode.domain.patching.canonical import without_outer_blanks
from boocode.domain.patching.differences import Hunk, differences
from boocode.domain.patching.edit import Applied, Candidate, Edit, Refused
from boocode.domain.patching.hit import Change, Hit, Outcome
from boocode.domain.patching.refusals import ambiguous
from boocode.domain.patching.text import Decoded, decode, line_numbers, split_lines

CONTEXT = 3
"""Unchanged lines kept on both sides of what is undone, where there are so many."""


def undoing(before: bytes, after: bytes) -> tuple[Edit, ...] | None:
    """What makes `before` of `after`, hunk by hunk; kept with an applied change for `rewind_edits`.

    None where no edit can say it: bytes that are not text, or an `after` that is empty.
    """
    one, other = decode(before), decode(after)
    if not isinstance(one, Decoded) or not isinstance(other, Decoded) or one.has_bom != other.has_bom:
        return None
    if not other.text:
        return None
    was, now = _whole_lines(one.text), _whole_lines(other.text)
    return tuple(
        Edit("".join(now[each.j1 : each.j2]), "".join(was[each.i1 : each.i2]))
        for each in _pieces(was, now, other.text)
    )


def rewind_edits(content: bytes | None, undo: Sequence[Edit]) -> Applied | Refused:
    """Undo on today's bytes: all of it, or nothing. Where the written lines stand as they were written, the bytes
    of before come back; where the file has moved on around them, lines of others stay; and where one of them was
    changed by hand, the answer is `drift`."""
    return applied_by(_find_lines, content, undo)


def rewind_edit(content: bytes | None, edit: Edit) -> Applied | Refused:
    """The same for an edit of which only its text is known: swapped. An edit that only deleted is `empty_old`."""
    return applied_by(_find_characters, content, (Edit(edit.new, edit.old),))


def _find_lines(text: str, old: str, new: str, _replace_all: bool) -> Outcome:
    places = [at for at in _places(text, old) if _are_whole_lines(text, at, at + len(old))]
    return _found(text, old, new, places)


def _find_characters(text: str, old: str, new: str, _replace_all: bool) -> Outcome:
    return _found(text, old, new, list(islice(_places(text, old), 2)))


def _found(text: str, old: str, new: str, places: Sequence[int]) -> Outcome:
    if len(places) > 1:
        return ambiguous([Candidate(line_numbers(text, at, at + len(old)), 1.0) for at in places])
    if places:
        return Hit([Change(places[0], places[0] + len(old), new)], "exact", 1.0)
    return by_lines(text, split_lines(text), old, new, replace_all=False, is_same=_is_as_written)


def _places(text: str, old: str) -> Iterator[int]:
    at = text.find(old)
    while at >= 0:
        yield at
        at = text.find(old, at + 1)


def _are_whole_lines(text: str, begin: int, end: int) -> bool:
    starts = begin == 0 or text[begin - 1] in "\r\n"
    return starts and (text[end - 1] in "\r\n" or end == len(text) or text[end] in "\r\n")


def _is_as_written(old: str, disk: str) -> bool:
    one, other = without_outer_blanks([old, disk])
    return one == other


def _whole_lines(text: str) -> list[str]:
    lines = split_lines(text)
    return [line + ending for line, ending in zip(lines.texts, lines.endings, strict=True)]


@frozen
class _Piece:
    """Some neighbouring hunks, and the lines of both sides that they are told from others by."""

    first: int
    last: int
    """Of the hunks, inclusive."""
    i1: int
    i2: int
    j1: int
    j2: int


def _pieces(before: Sequence[str], after: Sequence[str], text: str) -> list[_Piece]:
    hunks = differences(before, after)
    pieces: list[_Piece] = []
    for number in range(len(hunks)):
        if pieces and pieces[-1].last >= number:
            continue
        piece = _unique(hunks, number, number, after, text)
        while pieces and pieces[-1].j2 >= piece.j1:  # their surroundings meet: one piece
            piece = _unique(hunks, pieces.pop().first, piece.last, after, text)
        pieces.append(piece)
    return pieces


def _unique(hunks: Sequence[Hunk], first: int, last: int, after: Sequence[str], text: str) -> _Piece:
    """These hunks with CONTEXT lines around them, or as many as make them stand at one place."""
    context = CONTEXT
    while True:
        piece = _widened(hunks, first, last, context, len(after))
        asked = "".join(after[piece.j1 : piece.j2])
        stands_once = bool(asked) and text.find(asked, text.find(asked) + 1) < 0
        if stands_once or (piece.j1 == 0 and piece.j2 == len(after)):
            return piece
        context *= 2


def _widened(hunks: Sequence[Hunk], first: int, last: int, context: int, height: int) -> _Piece:
    j1, j2 = max(0, hunks[first].j1 - context), min(height, hunks[last].j2 + context)
    while first > 0 and hunks[first - 1].j2 >= j1:
        first -= 1
        j1 = min(j1, hunks[first].j1)
    while last + 1 < len(hunks) and hunks[last + 1].j1 <= j2:
        last += 1
        j2 = max(j2, hunks[last].j2)
    i1, i2 = hunks[first].i1 - (hunks[first].j1 - j1), hunks[last].i2 + j2 - hunks[last].j2
    return _Piece(first, last, i1, i2, j1, j2)
