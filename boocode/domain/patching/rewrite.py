"""The difference old → new, applied to the lines on disk that are the partners of old's.

Lines that old and new share keep their bytes on disk; a line on disk that old does not mention stays; a line that is to
be changed or removed must be like its partner, or the edit is refused as `drift`. Lines from new are indented as the
file is and end as their neighbourhood does.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from attrs import frozen
from rapidfuzz.distance import Levenshtein

from boocode.domain.patching.canonical import canonical, indentation
from boocode.domain.patching.indentation import learn
from boocode.domain.patching.text import Lines, ending_near

LIKENESS = 0.66


@frozen
class Drift:
    """The line of old (0-based) that the disk has changed too much, or no longer has."""

    old_index: int
    disk_index: int | None


@frozen
class Rewritten:
    texts: list[str]
    endings: list[str]


def rewrite(
    lines: Lines,
    window: tuple[int, int],
    partners: Sequence[int | None],
    old: Sequence[str],
    new: Sequence[str],
    *,
    strict: bool,
) -> Rewritten | Drift:
    """The lines that stand in `window` (end exclusive) afterwards. `partners[i]`: the file's line of old's i-th;
    rising. With `strict` a changed line must be like its partner (the fuzzy tier)."""
    pairs = [(old[i], lines.texts[at]) for i, at in enumerate(partners) if at is not None]
    indent = learn(pairs, lines.texts[window[0] : window[1]])
    removed: set[int] = set()
    inserted: dict[int, list[str]] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for index in range(i1, i2):
            at = partners[index]
            if at is None or (strict and likeness(old[index], lines.texts[at]) < LIKENESS):
                return Drift(index, at)
            removed.add(at)
        if j2 > j1:
            made = [
                _like_partner(new[j], old, partners, i1 + j - j1, i2, lines) or indent.line(new[j])
                for j in range(j1, j2)
            ]
            inserted.setdefault(_place(partners, i1, i2, window), []).extend(made)
    return _compose(lines, window, removed, inserted)


def _like_partner(
    text: str, old: Sequence[str], partners: Sequence[int | None], index: int, end: int, lines: Lines
) -> str | None:
    """A line that takes the place of old's at `index`, as deep as that: it stays as deep as its partner on disk."""
    at = partners[index] if index < end else None
    if at is None or not text.strip() or indentation(text) != indentation(old[index]):
        return None
    return indentation(lines.texts[at]) + text.lstrip(" \t")


def likeness(one: str, other: str) -> float:
    """0 to 1, of two lines whatever their blanks."""
    return Levenshtein.normalized_similarity(canonical(one), canonical(other))


def _place(partners: Sequence[int | None], i1: int, i2: int, window: tuple[int, int]) -> int:
    """Before which line of the file new lines go: where the first line they replace stood, else right behind
    the line before them, else before the line behind them."""
    for index in range(i1, i2):
        if (at := partners[index]) is not None:
            return at
    for index in range(i1 - 1, -1, -1):
        if (at := partners[index]) is not None:
            return at + 1
    for index in range(i2, len(partners)):
        if (at := partners[index]) is not None:
            return at
    return window[0]


def _compose(
    lines: Lines, window: tuple[int, int], removed: set[int], inserted: dict[int, list[str]]
) -> Rewritten:
    start, end = window
    texts: list[str] = []
    endings: list[str] = []
    for at in range(start, end + 1):
        for text in inserted.get(at, ()):
            texts.append(text)
            endings.append(ending_near(lines.endings, at))
        if at < end and at not in removed:
            texts.append(lines.texts[at])
            endings.append(lines.endings[at])
    if end == len(lines.texts) and endings:
        _end_like(lines, endings)
    for index in range(len(endings) - 1):
        endings[index] = endings[index] or ending_near(lines.endings, max(0, end - 1))
    return Rewritten(texts, endings)


def _end_like(lines: Lines, endings: list[str]) -> None:
    """The end of the file keeps, or goes on without, its newline."""
    if lines.endings[-1] == "":
        endings[-1] = ""
    elif endings[-1] == "":
        endings[-1] = ending_near(lines.endings, len(lines.endings) - 1)
