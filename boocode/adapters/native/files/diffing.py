"""diff_files: what differs between the worktree and what it was made from, in git's words; committed or not.

Read as a worktree's pending changes are, through the directory beside it (see `boocode.adapters.git.shadow`): nothing
that a repository or an agent configured is run for it.
"""

import os

from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.native.files.confines import Spot
from boocode.adapters.native.files.content import content_if_any, is_binary
from boocode.adapters.native.files.names import show_name
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, offer, text
from boocode.domain.native.new_file_diff import new_file_diff
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.worktrees import WorkspaceError

MAX_CHARS = 24_000
MAX_NEW_FILES = 50
"""Shown with their lines; more are named."""
DIFF_S = 30.0
_DIFF = (
    *("--literal-pathspecs", "-c", "core.quotePath=false", "-c", "core.bigFileThreshold=8m"),
    *("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "-l200"),
    *("--ignore-cr-at-eol", "--ignore-submodules=all", "--unified=3"),
)
_NEW = ("--literal-pathspecs", "ls-files", "-z", "--others", "--exclude-standard")
_OFFER = offer(
    "diff_files",
    "Show what has changed in the worktree since it was made from the project, as a unified diff. "
    "Changes that were committed in it count too; what git ignores does not.",
    {"path": {**PATH, "description": "Only this file or folder. Default: everything"}},
)


@frozen
class DiffFiles:
    disk: Disk
    program: GitProgram

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        spot = await self._spot(arguments)
        return CallShown(f"Diff {spot.shown}", (spot.place,))

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        spot = await self._spot(arguments)
        shadow = Shadow(spot.root, await self._common_dir(spot))
        base, environment = await self.disk.run("Looking for the base", lambda: _base(shadow))
        try:
            changed = await self.program.output(
                *(*_DIFF, base, "--", spot.below or "."),
                cwd=spot.root,
                env=environment,
                max_output=4 * MAX_CHARS,
                timeout=DIFF_S,
            )
            listed = await self.program.output(
                *(*_NEW, "--", spot.below or "."),
                cwd=spot.root,
                env=environment,
                timeout=DIFF_S,
            )
        except WorkspaceError as error:
            raise ToolRefused(f"The worktree's changes could not be read: {error}") from error
        names = [name for name in listed.stdout.split(b"\0") if name]
        known = changed.stdout.decode(errors="replace")
        made = await self.disk.run("Reading new files", lambda: _made(spot, names, MAX_CHARS - len(known)))
        return ToolResult(_shown(spot, known, made, cut=changed.truncated))

    async def _spot(self, arguments: Arguments) -> Spot:
        path = text(arguments, "path", ".") or "."
        confines = self.disk.confines

        def find() -> Spot:
            whole = confines.to_read(".")
            return whole if confines.to_read(path) == whole else confines.entry(path)

        return await self.disk.run(f"Comparing {path}", find)

    async def _common_dir(self, spot: Spot) -> str:
        try:
            output = await self.program.run(
                "rev-parse", "--path-format=absolute", "--git-common-dir", cwd=spot.root
            )
        except WorkspaceError as error:
            raise ToolRefused(f"{spot.root} is no git worktree any more: {error}") from error
        return os.fsdecode(output.removesuffix(b"\n"))


def _base(shadow: Shadow) -> tuple[str, dict[str, str]]:
    """What the worktree was made from, and how git is led to it; without that HEAD, as git itself sees it."""
    base = shadow.base()
    if base is None:
        return "HEAD", {}
    return base, dict(shadow.environment())


def _made(spot: Spot, names: list[bytes], room: int) -> list[str]:
    """New files as git would show them, while there is room; then their names."""
    shown = list[str]()
    for name in names[:MAX_NEW_FILES]:
        place = Spot(spot.root, name, spot.in_worktree)
        piece = _new_file(place)
        room -= len(piece)
        if room < 0:
            break
        shown.append(piece)
    rest = names[len(shown) :]
    return [*shown, *(f"New file {show_name(name)}\n" for name in rest)]


def _new_file(place: Spot) -> str:
    try:
        content = content_if_any(place)
    except (ToolRefused, OSError):
        return f"New file {place.shown} (no regular file)\n"
    if content is None:
        return ""
    if is_binary(content.data) or not content.whole:
        return f"New file {place.shown} (binary or large, {content.status.st_size:,} bytes)\n"
    return new_file_diff(place.shown, content.data.decode(errors="replace"))


def _shown(spot: Spot, known: str, made: list[str], *, cut: bool) -> str:
    whole = known + "".join(made)
    if not whole:
        return f"Nothing has changed in {spot.shown} since the worktree was made."
    if cut or len(whole) > MAX_CHARS:
        return f"{whole[:MAX_CHARS]}\n(the diff goes on; name a file or a folder to see the rest)"
    return whole.rstrip("\n")
