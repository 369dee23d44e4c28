"""delete_file: one file, or a symlink itself, never a folder."""

import os
import stat

from attrs import frozen

from boocode.adapters.native.files.confines import Spot, not_a_file, parent_opened
from boocode.adapters.native.files.content import (
    Stamp,
    content_if_any,
    missing,
    require_writable,
    stamp_of,
)
from boocode.adapters.native.files.pending import Told
from boocode.adapters.native.files.shown_diff import lost_text
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, offer, text
from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

_OFFER = offer(
    "delete_file",
    "Delete one file. A symbolic link is deleted itself, not what it leads to. A folder goes with its last file.",
    {"path": PATH},
    "path",
    effect="edit",
    kind="delete",
)


@frozen(eq=False)
class DeleteFile:
    disk: Disk
    told: Told
    looks: Looks[Stamp]

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        path = text(arguments, "path")

        def find() -> CallShown:
            spot, stamp = self._found(path)
            self.looks.keep(arguments, stamp)
            return CallShown(f"Delete {spot.shown}", (spot.place,), _diff(spot, stamp))

        return await self.disk.run(f"Deleting {path}", find)

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        path = text(arguments, "path")

        def delete() -> ToolResult:
            spot, stamp = self._found(path)
            self.looks.compare(arguments, spot.shown, stamp)
            diff = _diff(spot, stamp)
            with parent_opened(spot) as (parent, name):
                if Stamp.of(os.stat(name, dir_fd=parent, follow_symlinks=False)) != stamp:
                    raise ToolRefused(f"{spot.shown} was written at this very moment. It was not deleted.")
                os.unlink(name, dir_fd=parent)
            what = "symbolic link " if stat.S_ISLNK(stamp.mode) else ""
            return ToolResult(f"Deleted {what}{spot.shown}.", diff=diff)

        result = await self.disk.run(f"Deleting {path}", delete)
        self.told.of_change()
        return result

    def _found(self, path: str) -> tuple[Spot, Stamp]:
        spot = self.disk.confines.entry(path)
        stamp = stamp_of(spot)
        if stamp is None:
            raise ToolRefused(missing(spot))
        if stat.S_ISDIR(stamp.mode):
            raise ToolRefused(
                f"{spot.shown} is a folder; it is not deleted by this tool. Delete its files one by one, or use "
                "run_command."
            )
        if stat.S_ISREG(stamp.mode):
            require_writable(spot, stamp.mode)
        elif not stat.S_ISLNK(stamp.mode):
            raise ToolRefused(not_a_file(spot, stamp.mode))
        return spot, stamp


def _diff(spot: Spot, stamp: Stamp) -> ToolDiff | None:
    """What is lost with it; None for what cannot be shown line by line."""
    if not stat.S_ISREG(stamp.mode):
        return None
    content = content_if_any(spot)
    return lost_text(spot, content.data) if content is not None and content.whole else None
