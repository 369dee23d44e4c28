"""The parts of a change, each with lines around it, and where such a block stands in a file word for word.

The lines around say where the part belongs; at least three on each side, as in a diff, and as many as it takes to be
unique in the file that the change was made from.
"""

from collections.abc import Sequence

from attrs import evolve, frozen

from boocode.domain.hunks import Run
from boocode.domain.patching.canonical import canonical

CONTEXT_LINES = 3
"""Around a hunk at least, as in a diff; twice as many until it is unique."""
MOST_CONTEXT_LINES = 96
MOST_PLACES = 6
NARROWER = (2, 1)
LEAST_CHARS = 16
"""Of a block with fewer lines around it; the same that the applier wants for a likeness."""


@frozen
class Block:
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

    def narrower(self, lines: int) -> "Block":
        """With at most so many lines around."""
        top, bottom = max(0, self.before - lines), max(0, self.after - lines)
        return evolve(
            self,
            old=self.old[top : self.height - bottom],
            new=self.new[top : len(self.new) - bottom],
            before=self.before - top,
            after=self.after - bottom,
        )

    @property
    def has_substance(self) -> bool:
        return sum(len(line.strip()) for line in self.old) >= LEAST_CHARS


def blocks_of(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> list[Block]:
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
    around = CONTEXT_LINES
    while True:
        start, end = max(0, lines[0] - around), min(len(keys), lines[1] + around)
        if around >= MOST_CONTEXT_LINES or len(places_of(keys, keys[start:end])) < 2:
            return start, end
        around *= 2


def _block(old: Sequence[str], new: Sequence[str], runs: Sequence[Run], span: tuple[int, int]) -> Block:
    first, last = runs[0], runs[-1]
    before, after = first.old[0] - span[0], span[1] - last.old[1]
    return Block(
        old=tuple(old[span[0] : span[1]]),
        new=tuple(new[first.new[0] - before : last.new[1] + after]),
        before=before,
        after=after,
        removed=tuple(line for run in runs for line in old[slice(*run.old)]),
        added=tuple(line for run in runs for line in new[slice(*run.new)]),
    )


def located(lines: Sequence[str], base: Sequence[str], whole: Block) -> tuple[Block, list[int], bool]:
    """Where the block stands word for word, and whether its outcome does. When lines around it have changed, fewer of
    them will do, as long as they stand at one place of both files and are more than a brace."""
    narrower = [whole.narrower(count) for count in NARROWER if count < max(whole.before, whole.after)]
    for block in (whole, *(each for each in narrower if each.has_substance)):
        found = places_of(lines, block.old)
        if _is_done(lines, base, block, found):
            return block, found, True
        if block is whole and found:
            return block, found, False
        if len(found) == 1 and len(places_of(base, block.old)) == 1:
            return block, found, False
    return whole, [], False


def places_of(lines: Sequence[str], block: Sequence[str]) -> list[int]:
    """Where the block begins: the first places, no more than are worth telling."""
    places, at, height = list[int](), -1, len(block)
    if not block:
        return places
    anchor = max(range(height), key=lambda index: len(block[index]))
    wanted = list(block)
    while len(places) < MOST_PLACES:
        try:
            at = lines.index(block[anchor], at + 1)
        except ValueError:
            return places
        start = at - anchor
        if start >= 0 and list(lines[start : start + height]) == wanted:
            places.append(start)
    return places


def _is_done(lines: Sequence[str], base: Sequence[str], block: Block, found: Sequence[int]) -> bool:
    """Whether the outcome stands in the file: once, and not since ever; where the old lines stand as well, with them
    (lines added at the end of a file, for example)."""
    there = places_of(lines, block.new)
    if len(there) != 1 or places_of(base, block.new):
        return False
    return all(at < there[0] + len(block.new) and there[0] < at + block.height for at in found)


def lines_of_text(text: str) -> list[str]:
    """With their newlines; only LF ends one, as in a diff."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
