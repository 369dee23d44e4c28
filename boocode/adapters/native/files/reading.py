"""read_file: lines of a text file with their numbers, as many as fit."""

from attrs import frozen

from boocode.adapters.native.files.content import MAX_FILE_BYTES, Content, is_binary, read_content
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, number, offer, text
from boocode.domain.native.numbered_lines import Window, numbered
from boocode.domain.patching.text import split_lines
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

MAX_LINES = 2_000
MAX_CHARS = 24_000
"""Of one answer: less than the session lets through, so that the last words are never cut off."""
_OFFER = offer(
    "read_file",
    "Read a text file. Each line comes with its number and a tab in front; neither belongs to the file. "
    "A long file comes in parts: read on from the line that the answer names.",
    {
        "path": PATH,
        "line": {"type": "integer", "minimum": 1, "description": "First line to read, from 1. Default: 1"},
        "limit": {"type": "integer", "minimum": 1, "description": f"How many lines. Default: {MAX_LINES}"},
    },
    "path",
)


@frozen
class ReadFile:
    disk: Disk

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        path = text(arguments, "path")
        line, limit = _range(arguments)
        spot = await self.disk.run(f"Reading {path}", lambda: self.disk.confines.to_read(path))
        is_part = "line" in arguments or "limit" in arguments
        where = f", lines {line}–{line + limit - 1}" if is_part else ""
        return CallShown(f"Read {spot.shown}{where}", (spot.place,))

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        path = text(arguments, "path")
        line, limit = _range(arguments)

        def read() -> str:
            return _shown(read_content(self.disk.confines.to_read(path)), line, limit)

        return ToolResult(await self.disk.run(f"Reading {path}", read))


def _range(arguments: Arguments) -> tuple[int, int]:
    return number(arguments, "line", 1), min(number(arguments, "limit", MAX_LINES), MAX_LINES)


def _shown(content: Content, line: int, limit: int) -> str:
    name = content.spot.shown
    if is_binary(content.data):
        raise ToolRefused(
            f"{name} is binary ({content.status.st_size:,} bytes): it cannot be read as text. "
            "A command can look at it, for example file or strings."
        )
    decoded, notes = _decoded(content)
    lines = split_lines(decoded)
    if not lines.texts:
        return f"{name} is empty." if content.whole else f"{name} has no line in its first part."
    if line > len(lines.texts):
        count = "1 line" if len(lines.texts) == 1 else f"{len(lines.texts)} lines"
        raise ToolRefused(f"{name} has {count}; line {line} is behind its end.")
    window = numbered(lines.texts, line, limit, MAX_CHARS)
    return "\n".join(
        [_heading(name, window, len(lines.texts), notes), window.text, *_ending(window, lines.texts)]
    )


def _decoded(content: Content) -> tuple[str, list[str]]:
    """The text without a byte order mark, and what the model should know of how it is written."""
    notes = []
    data = content.data
    try:
        decoded = data.decode()
    except UnicodeDecodeError as error:
        is_cut = not content.whole and error.start > len(data) - 4
        decoded = data.decode(errors="ignore" if is_cut else "replace")
        if not is_cut:
            notes.append("not UTF-8: � stands for what could not be read, and edit_file cannot edit it")
    if b"\r\n" in data:
        notes.append("its lines end in CR LF, which edits keep")
    if not content.whole:
        size = f"{content.status.st_size:,}"
        notes.append(f"only its first {MAX_FILE_BYTES:,} of {size} bytes are read here")
    return decoded.removeprefix("\ufeff"), notes


def _heading(name: str, window: Window, total: int, notes: list[str]) -> str:
    return "; ".join([f"{name}, lines {window.first}–{window.last} of {total}", *notes])


def _ending(window: Window, lines: list[str]) -> list[str]:
    if window.last >= len(lines):
        return []
    return [f"({len(lines) - window.last} more lines; read on with line={window.last + 1})"]
