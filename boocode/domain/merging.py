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
from boocode.domain.merge_blocks import Block, blocks_of, lines_of_text, located
from boocode.domain.patching import Applied, Edit, Refused, apply_edits
from boocode.domain.patching.canonical import canonical
from boocode.domain.patching.edit import TIERS, Code, Tier

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
    blocks = blocks_of(lines_of_text(old_text), lines_of_text(new_text), runs)
    made = _Merge(today_text, old_text).all_of(blocks)
    if isinstance(made, NotMerged):
        return made
    text, tier, score, done = made
    if (lost := _unproved(today_text, text, done)) is not None:
        return lost
    mark = _BOM if today.startswith(_BOM) else b""
    return Merged(mark + text.encode(), tier, score)


@frozen
class _Merge:
    today: str
    base: str

    def all_of(self, blocks: Sequence[Block]) -> tuple[str, Tier, float, list[Block]] | NotMerged:
        """The text, how it was found, and the blocks that were not done before."""
        lines, base = lines_of_text(self.today), lines_of_text(self.base)
        places: list[tuple[int, Block]] = []
        others, done = list[Block](), list[Block]()
        for whole in blocks:
            block, found, is_done = located(lines, base, whole)
            if is_done:
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
        self, text: str, blocks: Sequence[Block], done: list[Block]
    ) -> tuple[str, Tier, float, list[Block]] | NotMerged:
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


def _unproved(today: str, text: str, done: Iterable[Block]) -> NotMerged | None:
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
