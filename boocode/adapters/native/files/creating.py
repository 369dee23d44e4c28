"""create_file: a new file, or with a word for it a whole file written anew."""

from attrs import frozen

from boocode.adapters.native.files.confines import Spot
from boocode.adapters.native.files.content import (
    MAX_FILE_BYTES,
    Content,
    content_if_any,
    is_binary,
    require_size,
    require_writable,
)
from boocode.adapters.native.files.pending import Told
from boocode.adapters.native.files.shown_diff import shown_diff
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, flag, offer, text
from boocode.adapters.native.files.writing import create, replace
from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

_BOM = b"\xef\xbb\xbf"
_OFFER = offer(
    "create_file",
    "Make a new text file with this content; folders are made as needed. A file that is there already is changed with "
    "edit_file, or written anew as a whole with overwrite=true.",
    {
        "path": PATH,
        "content": {"type": "string", "description": "The whole content of the file"},
        "overwrite": {"type": "boolean", "description": "Replace a file that is there. Default: false"},
    },
    "path",
    "content",
    effect="edit",
    kind="edit",
)


@frozen
class _Change:
    spot: Spot
    before: Content | None
    after: bytes
    diff: ToolDiff


@frozen(eq=False)
class CreateFile:
    disk: Disk
    told: Told
    looks: Looks[bytes | None]

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        path = text(arguments, "path")
        change = await self.disk.run(f"Creating {path}", lambda: self._change(arguments))
        self.looks.keep(arguments, _digest(change.before))
        verb = "Create" if change.before is None else "Overwrite"
        return CallShown(f"{verb} {change.spot.shown}", (change.spot.place,), change.diff)

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        path = text(arguments, "path")

        def write() -> _Change:
            change = self._change(arguments)
            self.looks.compare(arguments, change.spot.shown, _digest(change.before))
            if change.before is None:
                create(change.spot, change.after)
            else:
                replace(change.before, change.after)
            return change

        change = await self.disk.run(f"Creating {path}", write)
        self.told.of_change()
        lines = change.after.count(b"\n") + (not change.after.endswith(b"\n") and bool(change.after))
        verb = "Made" if change.before is None else "Overwrote"
        words = f"{verb} {change.spot.shown}: {lines} line{'s' if lines != 1 else ''}, {len(change.after):,} bytes."
        return ToolResult(words, diff=change.diff)

    def _change(self, arguments: Arguments) -> _Change:
        spot = self.disk.confines.to_change(text(arguments, "path"))
        if text(arguments, "path").endswith("/"):
            raise ToolRefused(f"{spot.shown}/ names a folder. Folders are made with the first file in them.")
        content = text(arguments, "content")
        data = _encoded(spot, content)
        _require_fits(spot, data)
        before = content_if_any(spot)
        if before is None:
            return _Change(spot, None, data, shown_diff(spot, None, content))
        if not flag(arguments, "overwrite"):
            raise ToolRefused(
                f"{spot.shown} exists already ({before.status.st_size:,} bytes); it was not changed. Read it and "
                "change it with edit_file, or send the call again with overwrite=true to replace all of it."
            )
        require_size(before, MAX_FILE_BYTES)
        require_writable(spot, before.status.st_mode)
        if before.data == (after := _as_before(before.data, data)):
            raise ToolRefused(f"{spot.shown} has this very content already: there is nothing to do.")
        return _Change(spot, before, after, shown_diff(spot, before.data, after.decode()))


def _require_fits(spot: Spot, data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise ToolRefused(
            f"{spot.shown} would have {len(data):,} bytes; at most {MAX_FILE_BYTES:,} are written. "
            "Nothing was changed."
        )


def _digest(content: Content | None) -> bytes | None:
    return None if content is None else content.digest


def _encoded(spot: Spot, content: str) -> bytes:
    if "\0" in content:
        raise ToolRefused(f"The content for {spot.shown} holds a NUL: the file would be binary. Write text.")
    try:
        return content.encode()
    except UnicodeEncodeError:
        raise ToolRefused(
            f"The content for {spot.shown} holds half a surrogate pair, which UTF-8 cannot write. Write it without."
        ) from None


def _as_before(before: bytes, data: bytes) -> bytes:
    """With the byte order mark and the line endings of the file it replaces, where those are of one kind."""
    if is_binary(before):
        return data
    if before.count(b"\r\n") == before.count(b"\n") > 0 and b"\r" not in data:
        data = data.replace(b"\n", b"\r\n")
    if before.startswith(_BOM) and not data.startswith(_BOM):
        data = _BOM + data
    return data
