"""The words of a refusal: what was asked for, what was found, what to do. Long lines are cut around the difference."""

from collections.abc import Sequence

from boocode.domain.patching.differences import same_head
from boocode.domain.patching.edit import Candidate, Code, Refused
from boocode.domain.patching.text import Lines

MOST_CANDIDATES = 20
_NAMED = 5
"""How many places a hint names."""
_SHOWN = 90
"""Characters of a line."""

HINTS: dict[Code, str] = {
    "file_missing": "There is no such file. Create it instead of editing it.",
    "empty_old": "The text to be replaced is empty. Say which lines are to be changed.",
    "no_change": "The old and the new text are the same: there is nothing to do.",
    "binary": "The file is binary (it holds a NUL byte); it cannot be edited as text.",
    "not_utf8": "The file is not UTF-8; it cannot be edited as text without damage.",
    "already_applied": "The new text stands there already: the edit has been made.",
    "overlap": "It touches what an earlier edit of the same batch changes. Make one edit of both.",
}


def refused(code: Code, candidates: Sequence[Candidate] = (), hint: str = "") -> Refused:
    return Refused(code, tuple(candidates[:MOST_CANDIDATES]), hint or HINTS[code])


def numbered(refusal: Refused, number: int) -> Refused:
    return Refused(refusal.code, refusal.candidates, f"Edit {number}: {refusal.hint}")


def ambiguous(candidates: Sequence[Candidate]) -> Refused:
    where = ", ".join(str(each.lines[0]) for each in candidates[:_NAMED])
    more = " and more" if len(candidates) > _NAMED else ""
    hint = f"The old text fits at more than one place (lines {where}{more})."
    differing = [each.difference for each in candidates[:2] if each.difference]
    return refused("ambiguous", candidates, " ".join([hint, "Give more lines around it.", *differing]))


def not_found(near: Sequence[Candidate]) -> Refused:
    hint = "The old text is not in the file. Read the file again and repeat its lines as they are."
    if near:
        hint += f" The nearest is at line {near[0].lines[0]}: {near[0].difference}."
    return refused("not_found", near, hint)


def drifted(candidate: Candidate, wanted: str, there: str | None, line: int) -> Refused:
    """`there`: what stands at that line (1-based) now; None when nothing like it is left."""
    now = "has no counterpart any more" if there is None else f"is now {_cut(there.strip(), 0)} (line {line})"
    hint = f"A line that the edit changes has changed meanwhile: {_cut(wanted.strip(), 0)} {now}. Read the file again."
    return refused("drift", [candidate], hint)


def candidate(lines: Lines, block: Sequence[str], start: int, end: int, score: float) -> Candidate:
    return Candidate(
        (start + 1, max(start + 1, end)), round(score, 4), _first_difference(lines, block, start)
    )


def _first_difference(lines: Lines, block: Sequence[str], start: int) -> str:
    for offset, line in enumerate(block):
        if start + offset >= len(lines.texts):
            return f"line {start + offset + 1}: {_cut(line, 0)} was asked for, the file ends before it"
        there = lines.texts[start + offset]
        if there != line:
            at = same_head(line, there)
            return f"line {start + offset + 1}: {_cut(line, at)} was asked for, {_cut(there, at)} was found"
    return ""


def _cut(text: str, around: int) -> str:
    begin = max(0, around - _SHOWN // 2) if len(text) > _SHOWN else 0
    end = min(len(text), begin + _SHOWN)
    return f"{'…' if begin else ''}{text[begin:end]!r}{'…' if end < len(text) else ''}"
