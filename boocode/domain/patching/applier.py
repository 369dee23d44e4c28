"""One edit on one file: bytes in, bytes out. Found by the strictest tier that has a hit, or refused, and then nothing
is changed.

    tier  | lines count as the same when …                              | two hits
    exact | the bytes are the same (not a piece of deeper indentation)  | ambiguous
    trim  | they are without trailing, then without outer blanks        | ambiguous
    canon | NFC, quotes, dashes and blanks made plain                   | ambiguous
    fuzzy | the block is at least 0.66 like (0.85 up to two lines)      | ambiguous without a clear lead

Fuzzy only locates: what is changed is the difference between `old` and `new` (see rewrite).
"""

from collections.abc import Sequence

from attrs import frozen

from boocode.domain.patching.alignment import align
from boocode.domain.patching.blocks import apart, find_block
from boocode.domain.patching.canonical import Key, canonical, without_outer_blanks, without_trailing_blanks
from boocode.domain.patching.edit import TIERS, Applied, Candidate, Code, Edit, Refused, Tier
from boocode.domain.patching.fuzzy import Search, Window, needed, search
from boocode.domain.patching.rewrite import Drift, rewrite
from boocode.domain.patching.text import BOM, Decoded, Lines, decode, ending_near, split_lines, with_endings

KEYED: tuple[tuple[Tier, Key], ...] = (
    ("trim", without_trailing_blanks),
    ("trim", without_outer_blanks),
    ("canon", canonical),
)
MOST_CANDIDATES = 5
_HINTS: dict[Code, str] = {
    "file_missing": "There is no such file. Create it instead of editing it.",
    "empty_old": "The text to be replaced is empty. Say which lines are to be changed.",
    "no_change": "The old and the new text are the same: there is nothing to do.",
    "binary": "The file is binary (it holds a NUL byte); it cannot be edited as text.",
    "not_utf8": "The file is not UTF-8; it cannot be edited as text without damage.",
}


@frozen
class _Hit:
    """`span`: what was written, in characters of the result; for telling whether edits overlap."""

    text: str
    tier: Tier
    score: float
    span: tuple[int, int]
    found: tuple[tuple[int, int], ...]
    """What was replaced, in characters of the text before."""


def apply_edit(content: bytes | None, old: str, new: str, *, replace_all: bool = False) -> Applied | Refused:
    """The file with `old` replaced by `new`, at the one place where it stands (or at all, never fuzzily)."""
    return apply_edits(content, (Edit(old, new, replace_all),))


def apply_edits(content: bytes | None, edits: Sequence[Edit]) -> Applied | Refused:
    """In order, each on what the one before left; all of them, or nothing. An edit may not change what an earlier
    one has written (`overlap`)."""
    if content is None:
        return _refused("file_missing")
    decoded = decode(content)
    if not isinstance(decoded, Decoded):
        return _refused(decoded)
    if not edits:
        return _refused("no_change")
    text, written, tier, score = decoded.text, list[tuple[int, int]](), TIERS[0], 1.0
    for number, edit in enumerate(edits, 1):
        hit = _apply(text, edit)
        if isinstance(hit, Refused):
            return hit if len(edits) == 1 else _numbered(hit, number)
        if any(_meet(span, found) for span in written for found in hit.found):
            return _numbered(
                _refused("overlap", hint="It would change what an earlier edit has written."), number
            )
        written = [*_moved(written, hit, len(text)), hit.span]
        text, score = hit.text, min(score, hit.score)
        tier = max(tier, hit.tier, key=TIERS.index)
    first, last = min(span[0] for span in written), max(span[1] for span in written)
    return Applied(decoded.encode(text), tier, score, _line_numbers(text, first, last))


def _apply(text: str, edit: Edit) -> _Hit | Refused:
    old, new = edit.old.removeprefix(BOM), edit.new.removeprefix(BOM)
    if not old:
        return _refused("empty_old")
    if old == new:
        return _refused("no_change")
    places = _exact_places(text, old)
    if places:
        return _exact(text, old, new, places, edit.replace_all)
    return _by_lines(text, old, new, edit.replace_all)


# Exact


def _exact_places(text: str, old: str) -> list[int]:
    """Overlapping ones too; without those that are a piece of a deeper indentation."""
    places, at = [], text.find(old)
    is_indented = old[0] in " \t" and not old.isspace()
    while at >= 0:
        if not (is_indented and at > 0 and text[at - 1] in " \t"):
            places.append(at)
        at = text.find(old, at + 1)
    return places


def _exact(text: str, old: str, new: str, places: list[int], replace_all: bool) -> _Hit | Refused:
    if len(places) > 1 and not replace_all:
        return _ambiguous([Candidate(_line_numbers(text, at, at + len(old)), 1.0) for at in places])
    if not replace_all and _stands_already(text, old, new, places[0]):
        return _refused("already_applied", hint="The new text stands there already.")
    pieces, done, spans = [], 0, []
    for at in apart(places, len(old)):
        pieces.append(text[done:at])
        begin = sum(map(len, pieces))
        pieces.append(_in_place(text, at, old, new))
        spans.append((begin, begin + len(pieces[-1])))
        done = at + len(old)
    result = "".join(pieces) + text[done:]
    if result == text:
        return _refused("no_change")
    found = tuple((at, at + len(old)) for at in apart(places, len(old)))
    return _Hit(result, "exact", 1.0, (spans[0][0], spans[-1][1]), found)


def _in_place(text: str, at: int, old: str, new: str) -> str:
    """`new` with the line endings of the neighbourhood, unless the endings are what is to be changed."""
    if "\n" not in new and "\r" not in new:
        return new
    if with_endings(old, "\n") == with_endings(new, "\n"):
        return new
    return with_endings(new, _ending_at(text, at))


def _ending_at(text: str, at: int) -> str:
    """The ending of the line that `at` is in, else of the one before it, else LF."""
    for found in (text.find("\n", at), text.rfind("\n", 0, at)):
        if found >= 0:
            return "\r\n" if found > 0 and text[found - 1] == "\r" else "\n"
    return "\r" if "\r" in text else "\n"


def _stands_already(text: str, old: str, new: str, at: int) -> bool:
    """An edit that adds whole lines around `old`, which are there: asked for a second time."""
    inside = new.find(old)
    if inside < 0 or len(split_lines(new).texts) <= len(split_lines(old).texts):
        return False
    begin = at - inside
    there = with_endings(text[max(0, begin) : begin + len(new) + new.count("\n")], "\n")
    starts_line = begin == 0 or (begin > 0 and text[begin - 1] in "\r\n")
    unified = with_endings(new, "\n")
    ends_line = unified.endswith("\n") or there[len(unified) : len(unified) + 1] in ("", "\n")
    return starts_line and ends_line and there.startswith(unified)


# By lines


def _by_lines(text: str, old: str, new: str, replace_all: bool) -> _Hit | Refused:
    lines = split_lines(text)
    block, wanted = _wanted(old, new)
    keys, keyed = lines.texts, block
    for tier, key in KEYED:
        keys = [key(line) for line in keys]  # each key is one of the key before it
        keyed = [key(line) for line in block]
        starts = find_block(keys, keyed)
        if len(starts) > 1 and not replace_all:
            return _ambiguous([_candidate(lines, block, start, start + len(block), 1.0) for start in starts])
        if starts:
            return _replace_lines(lines, block, wanted, apart(starts, len(block)), tier, key)
    return _fuzzily(lines, keys, block, keyed, wanted, replace_all)


def _wanted(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines of both; without an ending of its own, old leaves the last line's to the file."""
    block = split_lines(old).texts
    wanted = split_lines(new).texts
    if not old.endswith(("\n", "\r")) and (new.endswith(("\n", "\r")) or not new):
        wanted = [*wanted, ""]
    return block, wanted


def _replace_lines(
    lines: Lines, block: list[str], wanted: list[str], starts: list[int], tier: Tier, key: Key
) -> _Hit | Refused:
    if len(starts) == 1 and _block_stands(lines, wanted, block, starts[0], key):
        return _refused("already_applied", hint="The new text stands there already.")
    windows = [Window(start, start + len(block), 1.0) for start in starts]
    partners = [list[int | None](range(start, start + len(block))) for start in starts]
    return _rewritten(lines, block, wanted, windows, partners, tier)


def _block_stands(lines: Lines, wanted: list[str], block: list[str], start: int, key: Key) -> bool:
    """Whole lines added around the block, which are there already."""
    if len(wanted) <= len(block):
        return False
    keyed, keyed_block = [key(line) for line in wanted], [key(line) for line in block]
    for inside in find_block(keyed, keyed_block):
        begin = start - inside
        if begin >= 0 and [key(line) for line in lines.texts[begin : begin + len(wanted)]] == keyed:
            return True
    return False


def _fuzzily(
    lines: Lines, keys: list[str], block: list[str], keyed: list[str], wanted: list[str], replace_all: bool
) -> _Hit | Refused:
    found = Search((), False) if replace_all else search(keys, keyed)
    if found.is_clear:
        window = found.windows[0]
        if _new_stands(keys, wanted, window):
            return _refused("already_applied", hint="The new text stands there already.")
        partners = align(keyed, keys[window.start : window.end], window.start)
        return _rewritten(lines, block, wanted, [window], [partners], "fuzzy", score=window.score)
    if _new_stands(keys, wanted, None):
        return _refused("already_applied", hint="The old text is gone and the new text is there.")
    near = [_candidate(lines, block, each.start, each.end, each.score) for each in found.windows]
    if len(near) > 1 and found.windows[0].score >= needed(keyed):
        return _ambiguous(near)
    return _refused(
        "not_found", near, "The old text is not in the file. Read the file again and repeat its lines."
    )


def _new_stands(keys: list[str], wanted: list[str], window: Window | None) -> bool:
    """Whether the new lines stand in the file: at the window, or (not a trifle) anywhere."""
    keyed = [canonical(line) for line in wanted]
    if not any(keyed):
        return False
    starts = find_block(keys, keyed)
    if window is None:
        return bool(starts) and sum(map(len, keyed)) >= 8
    return any(start < window.end and window.start < start + len(keyed) for start in starts)


def _rewritten(
    lines: Lines,
    block: list[str],
    wanted: list[str],
    windows: list[Window],
    partners: list[list[int | None]],
    tier: Tier,
    *,
    score: float = 1.0,
) -> _Hit | Refused:
    text, starts = lines.joined(), lines.starts()
    pieces, found, spans, done, length = list[str](), list[tuple[int, int]](), list[tuple[int, int]](), 0, 0
    for window, each in zip(windows, partners, strict=True):
        made = rewrite(lines, (window.start, window.end), each, block, wanted, strict=tier == "fuzzy")
        if isinstance(made, Drift):
            return _drifted(lines, block, window, made)
        kept = text[done : starts[window.start]]
        piece = Lines(made.texts, made.endings).joined()
        if kept and piece and not kept.endswith(("\n", "\r")):
            kept += ending_near(lines.endings, window.start)
        begin, done = length + len(kept), starts[window.end]
        spans.append((begin, begin + len(piece)))
        found.append((starts[window.start], done))
        pieces += [kept, piece]
        length = begin + len(piece)
    result = "".join(pieces) + text[done:]
    if result == text:
        return _refused("no_change", hint="On the lines of the file the edit changes nothing.")
    return _Hit(result, tier, score, (spans[0][0], spans[-1][1]), tuple(found))


# Words and numbers


def _refused(code: Code, candidates: Sequence[Candidate] = (), hint: str = "") -> Refused:
    return Refused(code, tuple(candidates[:MOST_CANDIDATES]), hint or _HINTS.get(code, ""))


def _numbered(refused: Refused, number: int) -> Refused:
    return Refused(refused.code, refused.candidates, f"Edit {number}: {refused.hint}")


def _ambiguous(candidates: list[Candidate]) -> Refused:
    where = ", ".join(str(each.lines[0]) for each in candidates[:MOST_CANDIDATES])
    more = f" and {len(candidates) - MOST_CANDIDATES} more" if len(candidates) > MOST_CANDIDATES else ""
    hint = f"The old text fits at more than one place (lines {where}{more}). Give more lines around it."
    return _refused("ambiguous", candidates, hint)


def _drifted(lines: Lines, block: list[str], window: Window, drift: Drift) -> Refused:
    wanted = block[drift.old_index].strip()
    candidate = _candidate(lines, block, window.start, window.end, window.score)
    there = (
        "is not there any more"
        if drift.disk_index is None
        else (f"is now {lines.texts[drift.disk_index].strip()!r} (line {drift.disk_index + 1})")
    )
    hint = f"A line that the edit changes has changed meanwhile: {wanted!r} {there}. Read the file again."
    return _refused("drift", [candidate], hint)


def _candidate(lines: Lines, block: Sequence[str], start: int, end: int, score: float) -> Candidate:
    difference = ""
    for offset, line in enumerate(block):
        there = lines.texts[start + offset] if start + offset < len(lines.texts) else None
        if there is None or there != line:
            shown = repr(there) if there is not None else "the end of the file"
            difference = f"line {start + offset + 1}: {line!r} was asked for, {shown} was found"
            break
    return Candidate((start + 1, max(start + 1, end)), round(score, 4), difference)


def _line_numbers(text: str, begin: int, end: int) -> tuple[int, int]:
    """1-based lines of these characters; of an empty span the line it is in."""
    first = _breaks(text, 0, begin) + 1
    if end > begin and text[end - 1] in "\r\n":
        end -= 2 if text[max(begin, end - 2) : end] == "\r\n" else 1
    return first, first + _breaks(text, begin, max(begin, end))


def _breaks(text: str, begin: int, end: int) -> int:
    piece = text[begin:end]
    return piece.count("\n") + piece.count("\r") - piece.count("\r\n")


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _moved(spans: list[tuple[int, int]], hit: _Hit, before: int) -> list[tuple[int, int]]:
    """Where earlier spans are after this hit (none of which it met)."""
    moved = []
    for begin, end in spans:
        shift = 0
        grown = len(hit.text) - before
        if any(found[1] <= begin for found in hit.found):
            shift = (
                grown if all(found[1] <= begin for found in hit.found) else _shift_before(hit, begin, grown)
            )
        moved.append((begin + shift, end + shift))
    return moved


def _shift_before(hit: _Hit, begin: int, grown: int) -> int:
    share = sum(found[1] <= begin for found in hit.found)
    return grown * share // len(hit.found)
