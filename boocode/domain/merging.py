"""A change made to one version of a file, carried over to another one: hunk by hunk, found by its lines.

Never by a line number. A hunk is looked for with lines around it, enough that it stands at one place of the file it was
made from:

    its lines stand once, word for word          those lines give way to the new ones: `exact`
    the outcome stands there already             done
    otherwise                                    the edit applier's further tiers (see patching)

Whatever was found, the outcome is proved before it counts: no line went but those that the change removes, and none
came but those that it adds. So a line that a person has written is never lost, not even where it is like one that the
change replaces: then the change is refused.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import frozen

from boocode.domain.hunks import Run
from boocode.domain.patching import Applied, Edit, Refused, apply_edits
from boocode.domain.patching.blocks import find_block
from boocode.domain.patching.canonical import canonical
from boocode.domain.patching.edit import TIERS, Code, Tier

CONTEXT_LINES = 3
"""Around a hunk at least, as in a diff; more until it is unique."""
MAX_BYTES = 8 * 1024 * 1024
"""A larger file is not searched for a hunk."""
_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|\n|\r")


@frozen
class Merged:
    content: bytes
    tier: Tier
    """The least strict one that a hunk needed."""
    score: float


@frozen
class NotMerged:
    """Nothing was changed. `reason` says in words what stands in the way; empty when there is nothing more to say than
    that the file has changed."""

    code: Code
    reason: str = ""


def merge(today: bytes, old: bytes, new: bytes, runs: Sequence[Run]) -> Merged | NotMerged:
    """Today's file with these changes between old and new made to it as well."""
    if max(map(len, (today, old, new))) > MAX_BYTES:
        return NotMerged("not_found")
    texts = [_decoded(data) for data in (today, old, new)]
    for text in texts:
        if not isinstance(text, str):
            return text
    today_text, old_text, new_text = (str(text) for text in texts)
    blocks = _blocks(_lines(old_text), _lines(new_text), runs)
    made = _Merge(today_text, old_text).all_of(blocks)
    if isinstance(made, NotMerged):
        return made
    text, tier, score, done = made
    if (lost := _unproved(today_text, text, done)) is not None:
        return lost
    mark = _BOM if today.startswith(_BOM) else b""
    return Merged(mark + text.encode(), tier, score)


@frozen
class _Block:
    """Whole lines, with their endings: `old` give way to `new`."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    before: int
    """So many of the first lines of both are the same: they only say where it is."""
    after: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def height(self) -> int:
        return len(self.old)

    def inner(self, at: int) -> tuple[int, int]:
        """The lines that give way, where the block stands at line `at`."""
        return at + self.before, at + self.height - self.after


@frozen
class _Merge:
    today: str
    base: str

    def all_of(self, blocks: Sequence[_Block]) -> tuple[str, Tier, float, list[_Block]] | NotMerged:
        """The text, how it was found, and the blocks that were not done before."""
        lines, base_lines = _lines(self.today), _lines(self.base)
        places: list[tuple[int, _Block]] = []
        others, done = list[_Block](), list[_Block]()
        for block in blocks:
            found = _find(lines, block.old)
            if _is_done(lines, base_lines, block, found):
                continue
            done.append(block)
            if len(found) > 1:
                return _ambiguous([(at + 1, at + block.height) for at in found])
            if found:
                places.append((found[0], block))
            else:
                others.append(block)
        places.sort(key=lambda place: place[0])
        for (at, block), (next_at, next_block) in pairwise(places):
            # The lines around two blocks may be the same ones; what changes of the one is not around the other.
            if block.inner(at)[1] > next_at or at + block.height > next_block.inner(next_at)[0]:
                return NotMerged("overlap", "two of its parts now meet in the same lines")
        for at, block in reversed(places):
            lines[slice(*block.inner(at))] = block.new[block.before : len(block.new) - block.after]
        text = "".join(lines)
        if not others:
            return text, "exact", 1.0, done
        return self._leniently(text, others, done)

    def _leniently(
        self, text: str, blocks: Sequence[_Block], done: list[_Block]
    ) -> tuple[str, Tier, float, list[_Block]] | NotMerged:
        tier, score = TIERS[0], 1.0
        for block in blocks:
            old, new = "".join(block.old), "".join(block.new)
            if not _stands_by_lines(text, old):
                return NotMerged("not_found", _GONE)
            applied = apply_edits(text.encode(), [Edit(old, new)])
            if isinstance(applied, Refused):
                return _in_words(applied)
            assert isinstance(applied, Applied)
            text = applied.content.decode()
            tier, score = max(tier, applied.tier, key=TIERS.index), min(score, applied.score)
        return text, tier, score, done


def _blocks(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> list[_Block]:
    """The runs with lines around them; one of those around which another one is changed is made one with it."""
    keys = canonical([line.rstrip("\r\n") for line in old])
    spans: list[tuple[list[Run], tuple[int, int]]] = []
    for run in runs:
        group, span = [run], _widened(keys, run.old)
        while spans and (spans[-1][1][1] > group[0].old[0] or span[0] < spans[-1][0][-1].old[1]):
            group = spans.pop()[0] + group
            span = _widened(keys, (group[0].old[0], group[-1].old[1]))
        spans.append((group, span))
    return [_block(old, new, group, span) for group, span in spans]


def _widened(keys: Sequence[str], lines: tuple[int, int]) -> tuple[int, int]:
    start, end = max(0, lines[0] - CONTEXT_LINES), min(len(keys), lines[1] + CONTEXT_LINES)
    while (start > 0 or end < len(keys)) and len(find_block(keys, keys[start:end])) > 1:
        start, end = max(0, start - 1), min(len(keys), end + 1)
    return start, end


def _block(old: Sequence[str], new: Sequence[str], runs: Sequence[Run], span: tuple[int, int]) -> _Block:
    first, last = runs[0], runs[-1]
    before, after = first.old[0] - span[0], span[1] - last.old[1]
    return _Block(
        old=tuple(old[span[0] : span[1]]),
        new=tuple(new[first.new[0] - before : last.new[1] + after]),
        before=before,
        after=after,
        removed=tuple(line for run in runs for line in old[slice(*run.old)]),
        added=tuple(line for run in runs for line in new[slice(*run.new)]),
    )


def _find(lines: Sequence[str], block: Sequence[str]) -> list[int]:
    return find_block(lines, block)


def _is_done(lines: Sequence[str], base: Sequence[str], block: _Block, found: Sequence[int]) -> bool:
    """Whether the outcome stands in the file: once, and not since ever; where the old lines stand as well, with them
    (lines added at the end of a file, for example)."""
    there = _find(lines, block.new)
    if len(there) != 1 or _find(base, block.new):
        return False
    return all(at < there[0] + len(block.new) and there[0] < at + block.height for at in found)


def _stands_by_lines(text: str, old: str) -> bool:
    """False where `old` would be found in the middle of a line, which is no place for whole lines."""
    at = text.find(old)
    while at >= 0:
        end = at + len(old)
        ends = old.endswith("\n") or text[end : end + 1] in ("", "\r", "\n")
        if not ends or (at > 0 and text[at - 1] != "\n"):
            return False
        at = text.find(old, at + 1)
    return True


def _unproved(today: str, text: str, done: Iterable[_Block]) -> NotMerged | None:
    """None when the lines that went and came are those of the change, blanks and typography aside."""
    before, after = _counted(_BREAK.split(today)), _counted(_BREAK.split(text))
    removed, added = Counter[str](), Counter[str]()
    for block in done:
        removed += _counted(block.removed)
        added += _counted(block.added)
    expected = before.copy()
    expected.subtract(removed)
    expected.update(added)
    lost = [line for line in before if after[line] < expected[line]]
    if lost:
        return _drifted(today, lost[0])
    missing = [line for line in removed if expected[line] < after[line]]
    if missing:
        return NotMerged("drift", f"the line {missing[0]!r} that it replaces is not there any more")
    return None if +expected == +after else NotMerged("drift", _GONE)


def _counted(lines: Iterable[str]) -> Counter[str]:
    return Counter(line for line in canonical([each.rstrip("\r\n") for each in lines]) if line)


def _drifted(today: str, line: str) -> NotMerged:
    lines = _BREAK.split(today)
    number = canonical(lines).index(line) + 1
    return NotMerged("drift", f"line {number} is now {lines[number - 1].strip()!r}, and would be lost")


def _ambiguous(places: Sequence[tuple[int, int]]) -> NotMerged:
    where = ", ".join(str(first) for first, _ in places[:5])
    return NotMerged("ambiguous", f"its lines now fit at more than one place (lines {where})")


def _in_words(refused: Refused) -> NotMerged:
    if refused.code == "ambiguous":
        return _ambiguous([candidate.lines for candidate in refused.candidates])
    difference = next((each.difference for each in refused.candidates if each.difference), "")
    return NotMerged(refused.code, difference or _GONE)


_GONE = "the lines that it replaces are not there any more"


def _decoded(data: bytes) -> str | NotMerged:
    if b"\0" in data:
        return NotMerged("binary")
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return NotMerged("not_utf8")


def _lines(text: str) -> list[str]:
    """With their newlines; only LF ends one, as in a diff."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
