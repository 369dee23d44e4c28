"""list_files: what is in a folder, as deep as it fits on one page."""

import re

from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.native.files.confines import Spot
from boocode.adapters.native.files.names import show_name
from boocode.adapters.native.files.names_below import MAX_FILES, FilesBelow, files_below, kind_of
from boocode.adapters.native.files.tool import Arguments, Disk, flag, number, offer, text
from boocode.domain.native.file_tree import tree_lines
from boocode.domain.native.path_globs import BadGlob, path_glob
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

MAX_LINES = 300
GLOB = {
    "type": "string",
    "description": "Only files like this, for example *.py (any folder) or src/**/*.ts. Default: all",
}
FOLDER = {"type": "string", "description": "Folder, from the worktree's root. Default: the whole worktree"}
_OFFER = offer(
    "list_files",
    "List the files of a folder and of those in it. What git ignores is left out. "
    "Folders that would be too long are shown with the number of their files: list them by themselves.",
    {
        "path": FOLDER,
        "glob": GLOB,
        "depth": {"type": "integer", "minimum": 1, "description": "How many levels. Default: as many as fit"},
        "ignored": {"type": "boolean", "description": "Also what git ignores. Default: false"},
    },
)


@frozen
class ListFiles:
    disk: Disk
    program: GitProgram

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        spot = await self._folder(arguments)
        glob = glob_of(arguments)
        return CallShown(f"List {glob + ' in ' if glob else ''}{spot.shown}", (spot.place,))

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        spot, glob = await self._folder(arguments), glob_of(arguments)
        ignored, most = flag(arguments, "ignored"), number(arguments, "depth", MAX_FILES)
        if await self.disk.run(f"Listing {spot.shown}", lambda: kind_of(spot)) == "file":
            return ToolResult(f"{spot.shown} is a file, not a folder. read_file reads it.")
        found = await files_below(spot, self.program, self.disk.limiter, ignored=ignored)
        return ToolResult(
            await self.disk.run(
                f"Listing {spot.shown}", lambda: _shown(spot, found, glob, most, ignored=ignored)
            )
        )

    async def _folder(self, arguments: Arguments) -> Spot:
        path = text(arguments, "path", ".") or "."
        return await self.disk.run(f"Listing {path}", lambda: self.disk.confines.to_read(path))


def glob_of(arguments: Arguments) -> str:
    glob = text(arguments, "glob", "")
    if glob:
        matcher(glob)
    return glob


def matcher(glob: str) -> re.Pattern[str]:
    """Raises ToolRefused."""
    try:
        return path_glob(glob)
    except BadGlob as error:
        raise ToolRefused(
            f"The glob {glob[:80]!r} cannot be read: {error}. Write it like *.py or src/**/*.ts."
        ) from error


def _shown(spot: Spot, found: FilesBelow, glob: str, depth: int, *, ignored: bool) -> str:
    names = [show_name(name) for name in found.names]
    if glob:
        fits = matcher(glob).fullmatch
        names = [name for name in names if fits(name)]
    if not names:
        return _nothing(spot, glob, ignored=ignored)
    tree = tree_lines(names, MAX_LINES, depth)
    count = f"{len(names)} file{'s' if len(names) != 1 else ''}"
    more = f", of more than {MAX_FILES:,} that were not all looked at" if found.truncated else ""
    heading = f"{spot.shown}: {count}{f' like {glob}' if glob else ''}{more}"
    rest = [f"({tree.left_out} more; list a folder, or give a glob)"] if tree.left_out else []
    return "\n".join([heading, *tree.lines, *rest])


def _nothing(spot: Spot, glob: str, *, ignored: bool) -> str:
    what = f"no file like {glob}" if glob else "no file"
    more = (
        ""
        if ignored or not spot.in_worktree
        else " What git ignores is not counted; ignored=true lists it too."
    )
    return f"{spot.shown} has {what}.{more}"
