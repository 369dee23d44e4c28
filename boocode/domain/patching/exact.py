"""The exact tier, and the first step of the next one: the same characters, or the same but for the line endings.

A hit that starts inside deeper indentation is none: `  return x` does not stand in `    return x`. Nor is one that
would cut a CR LF in two.
"""

from collections.abc import Sequence

from boocode.domain.patching.blocks import apart
from boocode.domain.patching.differences import differences
from boocode.domain.patching.edit import Candidate, Tier
from boocode.domain.patching.hit import Change, Hit, Outcome, Span
from boocode.domain.patching.refusals import MOST_CANDIDATES, ambiguous, refused
from boocode.domain.patching.standing import stands_around
from boocode.domain.patching.text import Lines, ending_at, line_numbers, split_lines, with_lf


def by_characters(text: str, lines: Lines, old: str, new: str, *, replace_all: bool) -> Outcome | None:
    """None when `old` does not stand there so."""
    places = hits(text, old, replace_all=replace_all)
    if places:
        return _applied(text, old, new, [(at, at + len(old)) for at in places], "exact", replace_all)
    if "\r" not in text and "\r" not in old:
        return None
    plain, plain_old = with_lf(text), with_lf(old)
    spans = [
        (_origin(plain, lines, at), _origin(plain, lines, at + len(plain_old)))
        for at in hits(plain, plain_old, replace_all=replace_all)
    ]
    return _applied(text, old, new, spans, "trim", replace_all) if spans else None


def hits(text: str, old: str, *, replace_all: bool = False) -> list[int]:
    """Where `old` stands: overlapping places count, unless all of them are to be replaced. No more than a refusal
    names, unless all are."""
    places, at = list[int](), text.find(old)
    while at >= 0 and (replace_all or len(places) <= MOST_CANDIDATES):
        if _is_whole(text, old, at):
            places.append(at)
        at = text.find(old, at + 1)
    return apart(places, len(old)) if replace_all else places


def _is_whole(text: str, old: str, at: int) -> bool:
    before, behind = text[at - 1 : at], text[at + len(old) : at + len(old) + 1]
    if (before == "\r" and old[0] == "\n") or (behind == "\n" and old[-1] == "\r"):
        return False
    return not (old[0] in " \t" and before in (" ", "\t") and not old.isspace())


def _origin(plain: str, lines: Lines, at: int) -> int:
    """The character that was at this one before every ending became LF."""
    line = plain.count("\n", 0, at)
    return lines.starts[line] + at - (plain.rfind("\n", 0, at) + 1)


def _applied(text: str, old: str, new: str, spans: Sequence[Span], tier: Tier, replace_all: bool) -> Outcome:
    if len(spans) > 1 and not replace_all:
        return ambiguous([Candidate(line_numbers(text, *span), 1.0) for span in spans])
    if not replace_all and stands_around(text, spans[0], old, new):
        return refused("already_applied")
    changes = [Change(begin, end, in_place(text, begin, end, new)) for begin, end in spans]
    if all(text[each.begin : each.end] == each.piece for each in changes):
        return refused("no_change")
    return Hit(changes, tier, 1.0)


def in_place(text: str, begin: int, end: int, new: str) -> str:
    """`new`, to stand at these characters: lines that stand there already keep their endings, the others end as
    their neighbourhood does. In a file of LF alone it is left as it is."""
    if "\n" not in new and "\r" not in new:
        return new
    ending = ending_at(text, begin)
    there = text[begin:end]
    if not ending or (ending == "\n" and "\r" not in there and "\r\n" not in new):
        return new
    old, wanted = split_lines(there), split_lines(new)
    endings = [ending if each else "" for each in wanted.endings]
    done, over = 0, 0
    for hunk in [*differences(old.texts, wanted.texts), None]:
        same = (hunk.i1 if hunk else len(old.texts)) - done
        for step in range(same):
            if endings[over + step] and old.endings[done + step]:
                endings[over + step] = old.endings[done + step]
        if hunk:
            near = next((each for each in reversed(old.endings[: hunk.i2]) if each), ending)
            endings[hunk.j1 : hunk.j2] = [near if each else "" for each in endings[hunk.j1 : hunk.j2]]
            done, over = hunk.i2, hunk.j2
    return Lines(wanted.texts, endings).joined()
