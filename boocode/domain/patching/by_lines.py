"""The tiers that compare whole lines: trim, canon, fuzzy. They locate; what is changed is the difference old → new."""

from bisect import bisect
from collections.abc import Sequence

from attrs import frozen

from boocode.domain.patching.alignment import align
from boocode.domain.patching.blocks import apart, find_block
from boocode.domain.patching.canonical import (
    BLANKS,
    Keys,
    canonical,
    without_outer_blanks,
    without_trailing_blanks,
)
from boocode.domain.patching.differences import differences
from boocode.domain.patching.edit import Candidate, Refused, Tier
from boocode.domain.patching.fuzzy import NOTHING, Window, is_enough, search, slack
from boocode.domain.patching.hit import Change, Hit, Outcome
from boocode.domain.patching.refusals import (
    MOST_CANDIDATES,
    ambiguous,
    candidate,
    drifted,
    not_found,
    refused,
)
from boocode.domain.patching.rewrite import Drift, IsSame, Rewriting, is_like, plan
from boocode.domain.patching.standing import (
    block_stands,
    stands_elsewhere,
    stands_in_window,
    stands_instead,
)
from boocode.domain.patching.text import Lines, split_lines

KEYED: tuple[tuple[Tier, Keys], ...] = (
    ("trim", without_trailing_blanks),
    ("trim", without_outer_blanks),
    ("canon", canonical),
)


def by_lines(
    text: str, lines: Lines, old: str, new: str, *, replace_all: bool, is_same: IsSame | None = None
) -> Outcome:
    """With `is_same` a line to be changed or removed must be that to its partner in every tier; without, only in
    the fuzzy one, by its rule."""
    return _LineEdit(text, lines, old, new, *_lines_of(old, new), replace_all, is_same).outcome()


def _lines_of(old: str, new: str) -> tuple[list[str], list[str]]:
    """Without an ending of its own, old leaves its last line's to the file: what new has there comes on top."""
    block, wanted = split_lines(old).texts, split_lines(new).texts
    if not old.endswith(("\n", "\r")) and (new.endswith(("\n", "\r")) or not new):
        wanted = [*wanted, ""]
    return block, wanted


@frozen
class _LineEdit:
    text: str
    lines: Lines
    old: str
    new: str
    block: Sequence[str]
    wanted: Sequence[str]
    replace_all: bool
    is_same: IsSame | None

    def outcome(self) -> Outcome:
        keys, keyed = self.lines.texts, list(self.block)
        may_stand = self._may_stand_but_for_blanks()
        for tier, key in KEYED:
            if tier == "trim" and not may_stand:
                continue
            keys, keyed = key(keys), key(keyed)  # each key is one of the key before it
            starts = find_block(keys, keyed)
            if starts:
                return self._keyed(keys, keyed, starts, tier, key)
        return self._fuzzy(keys, keyed)

    def _may_stand_but_for_blanks(self) -> bool:
        """Spares the work in a large file: without its outer blanks, each line would be a piece of the text."""
        return all(line in self.text for line in without_outer_blanks(self.block)[:3])

    def _keyed(
        self, keys: Sequence[str], keyed: Sequence[str], starts: Sequence[int], tier: Tier, key: Keys
    ) -> Outcome:
        windows = [Window(start, start + len(keyed), 1.0) for start in starts]
        rivals = self._deeper_ones(windows)
        if (len(windows) > 1 and not self.replace_all) or rivals:
            return ambiguous([*map(self._candidate, windows[: MOST_CANDIDATES + 1]), *rivals])
        if not self.replace_all and self._stands_around(keys, keyed, key(self.wanted), starts[0]):
            return refused("already_applied")
        taken = set(apart(starts, len(keyed)))
        windows = [window for window in windows if window.start in taken]
        partners = [list[int | None](range(each.start, each.end)) for each in windows]
        return self._rewritten(windows, partners, tier)

    def _stands_around(
        self, keys: Sequence[str], keyed: Sequence[str], wanted: Sequence[str], start: int
    ) -> bool:
        if list(keyed) == list(wanted):  # only blanks, quotes or the like are to be changed
            there = self.lines.texts[start : start + len(self.block)]
            return there == list(self.wanted)
        return block_stands(keys, keyed, wanted, start)

    def _deeper_ones(self, windows: Sequence[Window]) -> list[Candidate]:
        """Where old stands inside deeper indentation, exactly, but in none of these windows: it may be meant."""
        rivals = list[Candidate]()
        at = self.text.find(self.old) if self.old[0] in " \t" else -1
        while at >= 0 and len(rivals) <= MOST_CANDIDATES:
            line = bisect(self.lines.starts, at) - 1
            before = bisect(windows, line, key=_start) - 1
            if before < 0 or line >= windows[before].end:
                rivals.append(Candidate((line + 1, line + len(self.block)), 1.0))
            at = self.text.find(self.old, at + 1)
        return rivals

    def _fuzzy(self, keys: Sequence[str], keyed: Sequence[str]) -> Outcome:
        found = NOTHING if self.replace_all else search(keys, keyed)
        near = [self._candidate(window) for window in found.windows]
        wanted = canonical(self.wanted)
        if found.is_clear and (rivals := self._deeper_ones(found.windows[:1])):
            return ambiguous([*near[:1], *rivals])
        if found.is_clear:
            return self._at(found.windows[0], keys, keyed, wanted)
        if stands_instead(keys, keyed, wanted):
            return refused("already_applied")
        if len(near) > 1 and is_enough(found.windows, keyed):
            return ambiguous(near)
        return not_found(near)

    def _at(
        self, window: Window, keys: Sequence[str], keyed: Sequence[str], wanted: Sequence[str]
    ) -> Outcome:
        partners = self._partners(keys, keyed, window)
        there = [at for at in partners if at is not None]
        window = Window(min([window.start, *there]), max([window.end - 1, *there]) + 1, window.score)
        leaving = [
            at
            for hunk in differences(self.block, self.wanted)
            for at in partners[hunk.i1 : hunk.i2]
            if at is not None
        ]
        span = (window.start, window.end)
        if stands_in_window(keys, wanted, span, leaving) or stands_elsewhere(keys, keyed, wanted, span):
            return refused("already_applied")
        return self._rewritten([window], [partners], "fuzzy")

    def _partners(self, keys: Sequence[str], keyed: Sequence[str], window: Window) -> list[int | None]:
        """Told by the keys, and of lines with the same key by what they are without it."""
        spare = max(2, slack(len(keyed)))
        first = max(0, window.start - spare)
        there = zip(
            keys[first : window.end + spare], self.lines.texts[first : window.end + spare], strict=True
        )
        partners = align(
            [_told(*each) for each in zip(keyed, self.block, strict=True)],
            [_told(*each) for each in there],
            (window.start - first, window.end - first),
            spare,
        )
        return [None if at is None else first + at for at in partners]

    def _rewritten(
        self, windows: Sequence[Window], partners: Sequence[Sequence[int | None]], tier: Tier
    ) -> Outcome:
        is_same = self.is_same or (is_like if tier == "fuzzy" else _is_found)
        changes, difference = list[Change](), plan(self.block, self.wanted)
        for window, each in zip(windows, partners, strict=True):
            span = (window.start, window.end)
            made = Rewriting(self.lines, difference, span, each, is_same, tier == "fuzzy").result()
            if isinstance(made, Drift):
                return self._drifted(window, made)
            begin, end = self.lines.starts[window.start], self.lines.starts[window.end]
            changes.append(Change(begin, end, made.joined()))
        if all(self.text[each.begin : each.end] == each.piece for each in changes):
            return refused("already_applied")
        return Hit(changes, tier, min(window.score for window in windows))

    def _candidate(self, window: Window) -> Candidate:
        return candidate(self.lines, self.block, window.start, window.end, window.score)

    def _drifted(self, window: Window, drift: Drift) -> Refused:
        at = drift.disk_index
        there, line = (None, 0) if at is None else (self.lines.texts[at], at + 1)
        return drifted(self._candidate(window), self.block[drift.old_index], there, line)


def _told(key: str, line: str) -> str:
    return f"{key}\n{line.strip(BLANKS)}" if key else ""


def _start(window: Window) -> int:
    return window.start


def _is_found(_old: str, _disk: str) -> bool:
    """The tier has said so."""
    return True
