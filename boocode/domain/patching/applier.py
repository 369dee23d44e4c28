"""One edit, or several, on one file: bytes in, bytes out. Found by the strictest tier that has a hit, or refused, and
then nothing is changed.

    tier  | old counts as standing there when …                         | two hits
    exact | the characters are the same (not in deeper indentation)     | ambiguous
    trim  | they are but for line endings, trailing, then outer blanks  | ambiguous
    canon | they are with NFC, quotes, dashes and blanks made plain     | ambiguous
    fuzzy | the block is at least 0.66 like (0.85 up to two lines)      | ambiguous without a clear lead

The first two say which characters are to be replaced; the others locate lines (see `by_lines`, `rewrite`).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from boocode.domain.patching.by_lines import by_lines
from boocode.domain.patching.edit import TIERS, Applied, Edit, Refused
from boocode.domain.patching.exact import by_characters, hits
from boocode.domain.patching.hit import Hit, Outcome, Span
from boocode.domain.patching.refusals import numbered, refused
from boocode.domain.patching.text import BOM, Decoded, decode, line_numbers, split_lines, with_lf

Find: TypeAlias = Callable[[str, str, str, bool], Outcome]
"""text, old, new, replace_all → what is to be done."""


def apply_edit(content: bytes | None, old: str, new: str, *, replace_all: bool = False) -> Applied | Refused:
    """The file with `old` replaced by `new`, at the one place where it stands (or at all, never fuzzily).

    `content` None: there is no such file. Nothing is raised for what a file or an edit may hold.
    """
    return apply_edits(content, (Edit(old, new, replace_all),))


def apply_edits(content: bytes | None, edits: Sequence[Edit]) -> Applied | Refused:
    """In order, each on what the one before left; all of them, or nothing. An edit may not touch what an earlier
    one has written (`overlap`)."""
    return applied_by(find, content, edits)


def applied_by(look: Find, content: bytes | None, edits: Sequence[Edit]) -> Applied | Refused:
    """The same with another way of finding."""
    if content is None:
        return refused("file_missing")
    decoded = decode(content)
    if not isinstance(decoded, Decoded):
        return refused(decoded)
    if not edits:
        return refused("no_change")
    text, written, tier, score = decoded.text, list[Span](), TIERS[0], 1.0
    for number, edit in enumerate(edits, 1):
        hit = _next(look, decoded.text, text, edit, written)
        if isinstance(hit, Refused):
            return hit if len(edits) == 1 else numbered(hit, number)
        written = sorted([*hit.moved(written), *hit.written()])
        text, score = hit.applied_to(text), min(score, hit.score)
        tier = max(tier, hit.tier, key=TIERS.index)
    return Applied(decoded.encode(text), tier, score, line_numbers(text, written[0][0], written[-1][1]))


def _next(look: Find, first: str, text: str, edit: Edit, written: Sequence[Span]) -> Outcome:
    """`first`: the text before all edits; what an edit names there, and an earlier one took away, is overlap too."""
    old, new = edit.old.removeprefix(BOM), edit.new.removeprefix(BOM)
    if reason := _refusal_at_sight(old, new):
        return reason
    hit = look(text, old, new, edit.replace_all)
    if isinstance(hit, Hit):
        return refused("overlap") if hit.touches(written) else hit
    if hit.code == "not_found" and written and hits(first, old):
        return refused("overlap")
    return hit


def _refusal_at_sight(old: str, new: str) -> Refused | None:
    if not old:
        return refused("empty_old")
    if with_lf(old) == with_lf(new):
        return refused("no_change")
    if "\0" in new:
        return refused("binary", hint="The new text holds a NUL byte: the file would be binary.")
    if any("\ud800" <= each <= "\udfff" for each in {*old, *new}):
        return refused("not_utf8", hint="The edit holds half a surrogate pair, which UTF-8 cannot write.")
    return None


def find(text: str, old: str, new: str, replace_all: bool) -> Outcome:
    """By the strictest tier that has a hit."""
    lines = split_lines(text)
    found = by_characters(text, lines, old, new, replace_all=replace_all)
    return found or by_lines(text, lines, old, new, replace_all=replace_all)
