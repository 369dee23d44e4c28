"""edit_file: text of a file replaced, at one place or several, found leniently and changed exactly."""

from collections.abc import Sequence

from attrs import frozen

from boocode.adapters.native.files.content import Content, read_content, require_size, require_writable
from boocode.adapters.native.files.pending import Told
from boocode.adapters.native.files.shown_diff import shown_diff
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, flag, offer, text
from boocode.adapters.native.files.writing import replace
from boocode.domain.events import ToolDiff
from boocode.domain.native.numbered_lines import has_numbers, numbered, without_numbers
from boocode.domain.patching import Applied, Candidate, Edit, Refused, apply_edits
from boocode.domain.patching.text import split_lines
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

MAX_EDITS = 100
MAX_EDITED_BYTES = 2 * 1024 * 1024
"""To find text in a larger file leniently takes too long."""
_SHOWN_CHARS = 4_000
_AROUND = 2
"""Lines before and behind what is shown of a file."""
_OLD = {
    "type": "string",
    "description": "The text to be replaced, as it stands in the file, without line numbers",
}
_NEW = {"type": "string", "description": "The text to put there; empty = take it away"}
_ALL = {"type": "boolean", "description": "Replace it wherever it stands. Default: false, it must be unique"}
_OFFER = offer(
    "edit_file",
    "Change a text file: old is replaced by new. Give old with enough lines around to be found at one place only. "
    "For several changes in one file give edits instead of old and new: all are made, or none. "
    "A file that is not there yet is made with create_file.",
    {
        "path": PATH,
        "old": _OLD,
        "new": _NEW,
        "replace_all": _ALL,
        "edits": {
            "type": "array",
            "description": "Several changes, made in this order",
            "items": {
                "type": "object",
                "properties": {"old": _OLD, "new": _NEW, "replace_all": _ALL},
                "required": ["old", "new"],
                "additionalProperties": False,
            },
        },
    },
    "path",
    effect="edit",
    kind="edit",
)
_TIERS = {
    "exact": "",
    "trim": " (found apart from blanks at the ends of lines)",
    "canon": " (found apart from quotes, dashes and blanks)",
    "fuzzy": " (found by likeness only)",
}


@frozen
class _Change:
    content: Content
    applied: Applied
    diff: ToolDiff


@frozen(eq=False)
class EditFile:
    disk: Disk
    told: Told
    looks: Looks[bytes]

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        path, edits = text(arguments, "path"), edits_of(arguments)
        change = await self.disk.run(f"Editing {path}", lambda: self._change(path, edits))
        self.looks.keep(arguments, change.content.digest)
        spot = change.content.spot
        return CallShown(f"Edit {spot.shown}", (spot.place,), change.diff)

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        path, edits = text(arguments, "path"), edits_of(arguments)

        def edit() -> _Change:
            content = self._content(path)
            self.looks.compare(arguments, content.spot.shown, content.digest)
            change = _changed(content, edits)
            replace(content, change.applied.content)
            return change

        change = await self.disk.run(f"Editing {path}", edit)
        self.told.of_change()
        return ToolResult(_in_words(change, len(edits)), diff=change.diff)

    def _change(self, path: str, edits: Sequence[Edit]) -> _Change:
        return _changed(self._content(path), edits)

    def _content(self, path: str) -> Content:
        content = read_content(self.disk.confines.to_change(path))
        require_size(content, MAX_EDITED_BYTES)
        require_writable(content.spot, content.status.st_mode)
        return content


def edits_of(arguments: Arguments) -> tuple[Edit, ...]:
    """What is to be replaced. Raises ToolRefused."""
    several = arguments.get("edits")
    if several is None or (several == [] and "old" in arguments):
        return (_edit(arguments),)
    if "old" in arguments or "new" in arguments:
        raise ToolRefused("Both old and new, and edits were given. Give the one or the other.")
    if not isinstance(several, list) or not 0 < len(several) <= MAX_EDITS:
        raise ToolRefused(f"edits must be a list of 1 to {MAX_EDITS} objects with old and new.")
    return tuple(_edit(each, f"edits[{index}]: ") for index, each in enumerate(several))


def _edit(arguments: object, where: str = "") -> Edit:
    if not isinstance(arguments, dict):
        raise ToolRefused(f"{where}an object with old and new is needed. Send the call again.")
    try:
        return Edit(text(arguments, "old"), text(arguments, "new"), flag(arguments, "replace_all"))
    except ToolRefused as refused:
        raise ToolRefused(f"{where}{refused}") from None


def _changed(content: Content, edits: Sequence[Edit]) -> _Change:
    outcome = apply_edits(content.data, [_unnumbered(content, each) for each in edits])
    if isinstance(outcome, Refused):
        raise ToolRefused(_refusal(content, outcome))
    diff = shown_diff(content.spot, content.data, outcome.content.decode())
    return _Change(content, outcome, diff)


def _unnumbered(content: Content, edit: Edit) -> Edit:
    """Without line numbers that were copied along from read_file: they must not be taken for text of the file."""
    if not has_numbers(edit.old) or edit.old.encode(errors="replace") in content.data:
        return edit
    old, new = without_numbers(edit.old), without_numbers(edit.new)
    if old is None or new is None:
        raise ToolRefused(
            f"{content.spot.shown} was not changed. Old holds the line numbers of read_file, and so do "
            "some lines of new. Send the call again without them."
        )
    return Edit(old, new, edit.replace_all)


def _in_words(change: _Change, edits: int) -> str:
    first, last = change.applied.lines
    where = f"line {first}" if first == last else f"lines {first}–{last}"
    count = f"{edits} edits in " if edits > 1 else ""
    words = f"Edited {count}{change.content.spot.shown}, {where}{_TIERS[change.applied.tier]}."
    if change.applied.tier == "exact":
        return words
    shown = _excerpt(change.applied.content, change.applied.lines)
    return f"{words} Old was not there word for word; check that this is what you meant:\n{shown}"


def _refusal(content: Content, refused: Refused) -> str:
    words = f"{content.spot.shown} was not changed. {refused.hint}"
    if refused.code in ("not_found", "ambiguous", "drift"):
        words += _candidates(content.data, refused.candidates[:2])
    return words


def _candidates(data: bytes, candidates: Sequence[Candidate]) -> str:
    return "".join(f"\nIn the file:\n{_excerpt(data, each.lines)}" for each in candidates)


def _excerpt(data: bytes, lines: tuple[int, int]) -> str:
    texts = split_lines(data.decode()).texts
    first = min(max(1, lines[0] - _AROUND), max(1, len(texts)))
    return numbered(texts, first, lines[1] + _AROUND - first + 1, _SHOWN_CHARS).text
