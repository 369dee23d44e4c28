"""The hunks of one file's diff, by number: read from the text that people are shown, and chosen among.

A diff text serves as a map only: which lines of the old file and of the new one a hunk concerns. The bytes come from
the two files themselves, so what a text cannot show (bytes that are no UTF-8, line endings) is never lost through it.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from attrs import evolve, frozen

from boocode.domain.changes import CUT_NOTE, UNSHOWN_NOTE


@frozen
class Run:
    """Lines `old` of the old file give way to lines `new` of the new one: from 0, end exclusive; one may be empty."""

    old: tuple[int, int]
    new: tuple[int, int]


@frozen
class Hunk:
    """One `@@` part: where it begins in both files (lines from 0) and its lines as shown."""

    old_start: int
    new_start: int
    heading: str
    """What follows the second `@@`, with its newline."""
    lines: tuple[str, ...]
    runs: tuple[Run, ...]

    def count(self, sign: str) -> int:
        return sum(line[0] == sign for line in self.lines)

    def text(self) -> str:
        old, new = self.count("-") + self.count(" "), self.count("+") + self.count(" ")
        return f"@@ -{_span(self.old_start, old)} +{_span(self.new_start, new)} @@{self.heading}" + "".join(
            self.lines
        )


@frozen
class ShownDiff:
    """A whole diff of one file."""

    header: str
    """All before the first hunk."""
    hunks: tuple[Hunk, ...]

    def text(self) -> str:
        return self.header + "".join(hunk.text() for hunk in self.hunks)

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(run for hunk in self.hunks for run in hunk.runs)


def read_diff(diff: str) -> ShownDiff | None:
    """The diff taken apart; None when it is not whole (cut, or too large to be shown) or of more than one patch (a
    file that becomes a symlink)."""
    if diff.endswith((CUT_NOTE, UNSHOWN_NOTE)):
        return None
    lines = diff.split("\n")
    ended = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    first = next((n for n, line in enumerate(ended) if _HEAD.match(line)), len(ended))
    header, hunks, at = "".join(ended[:first]), list[Hunk](), first
    while at < len(ended):
        head = _HEAD.match(ended[at])
        if head is None:
            return None
        hunk, at = _read_hunk(head, ended, at + 1)
        if hunk is None:
            return None
        hunks.append(hunk)
    return ShownDiff(header, tuple(hunks))


def selected(old: bytes, new: bytes, hunks: Sequence[Hunk], chosen: Collection[int]) -> bytes:
    """The old file with only the chosen hunks (numbers from 0) taken over from the new one."""
    old_lines, new_lines = lines_of(old), lines_of(new)
    pieces, done = list[bytes](), 0
    for number, hunk in enumerate(hunks):
        for run in hunk.runs if number in chosen else ():
            pieces += old_lines[done : run.old[0]]
            pieces += new_lines[run.new[0] : run.new[1]]
            done = run.old[1]
    return b"".join(pieces + old_lines[done:])


def lines_of(data: bytes) -> list[bytes]:
    """With their newlines, as git counts lines: LF ends one, nothing else does."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


@frozen
class Parted:
    """A diff in two: `lower` leads from the old file to one between, `upper` from there to the new file."""

    lower: ShownDiff
    upper: ShownDiff


def part(shown: ShownDiff, in_lower: Collection[int], blobs: tuple[str, str, str]) -> Parted:
    """The hunks numbered `in_lower` come first; a rename and a changed mode go with them. `blobs`: the object ids of
    the old file, of the one between and of the new one."""
    lower, upper = list[Hunk](), list[Hunk]()
    left_out = taken_in = 0
    for number, hunk in enumerate(shown.hunks):
        grown = hunk.count("+") - hunk.count("-")
        if number in in_lower:
            lower.append(_moved(hunk, 0, -left_out))
            taken_in += grown
        else:
            upper.append(_moved(hunk, taken_in, 0))
            left_out += grown
    old, between, new = (blob[:7] for blob in blobs)
    return Parted(
        ShownDiff(_INDEX.sub(rf"index {old}..{between}\1", shown.header), tuple(lower)),
        ShownDiff(_header_without_rename(shown.header, between, new), tuple(upper)),
    )


def _moved(hunk: Hunk, old: int, new: int) -> Hunk:
    runs = (Run((r.old[0] + old, r.old[1] + old), (r.new[0] + new, r.new[1] + new)) for r in hunk.runs)
    starts = (hunk.old_start + old, hunk.new_start + new)
    return evolve(hunk, old_start=starts[0], new_start=starts[1], runs=tuple(runs))


def counts(shown: ShownDiff) -> tuple[int, int]:
    """Lines added, lines deleted."""
    return sum(hunk.count("+") for hunk in shown.hunks), sum(hunk.count("-") for hunk in shown.hunks)


_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*\n?)", re.DOTALL)
_INDEX = re.compile(r"^index [0-9a-f]+\.\.[0-9a-f]+( [0-7]+)?$", re.MULTILINE)


def _read_hunk(head: re.Match[str], lines: Sequence[str], at: int) -> tuple[Hunk | None, int]:
    """The hunk whose lines begin at `at`, and where they end. Its own counts say where: no line can pretend to be a
    head."""
    old_left, new_left = int(head[2] or 1), int(head[4] or 1)
    begin = at
    while at < len(lines) and (old_left > 0 or new_left > 0 or lines[at].startswith("\\")):
        sign = lines[at][0]
        if sign not in " +-\\":
            return None, at
        old_left -= sign in " -"
        new_left -= sign in " +"
        at += 1
    if old_left or new_left:
        return None, at
    # An empty side is named by the line before it.
    old_start = int(head[1]) - (head[2] != "0")
    new_start = int(head[3]) - (head[4] != "0")
    body = tuple(lines[begin:at])
    return Hunk(old_start, new_start, head[5], body, tuple(_runs(body, old_start, new_start))), at


def _runs(lines: Sequence[str], old: int, new: int) -> Iterator[Run]:
    old_from, new_from = old, new
    for line in (*lines, " "):
        match line[0]:
            case "-":
                old += 1
            case "+":
                new += 1
            case " ":
                if (old, new) != (old_from, new_from):
                    yield Run((old_from, old), (new_from, new))
                old, new = old + 1, new + 1
                old_from, new_from = old, new


def _span(start: int, length: int) -> str:
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _header_without_rename(header: str, between: str, new: str) -> str:
    """Of an edit in place: the names of the new file on both sides, no rename, no mode that changes."""
    lines = header.split("\n")
    name = next((line[4:] for line in lines if line.startswith("+++ ")), "")
    if not name.startswith(("b/", '"b/')):
        return _INDEX.sub(rf"index {between}..{new}\1", header)
    bare = name.rstrip("\t")
    old_name = name.replace("b/", "a/", 1)
    mode = next((line[9:] for line in lines if line.startswith("new mode ")), None)
    if mode is None:
        index = next((found[1] or "" for line in lines if (found := _INDEX.match(line))), "")
    else:
        index = f" {mode}"
    return (
        f"diff --git {bare.replace('b/', 'a/', 1)} {bare}\n"
        f"index {between}..{new}{index}\n--- {old_name}\n+++ {name}\n"
    )
