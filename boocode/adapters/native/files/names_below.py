"""The files below a folder: in the worktree what git knows or would add, elsewhere all that is there.

Nothing is followed: a symlink is listed, never entered. Ignored files are left out unless they are asked for.
"""

import os
import stat
from typing import Literal

import trio
from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.native.files.confines import Spot, not_a_file, parent_opened
from boocode.ports.native_tools import ToolRefused
from boocode.ports.worktrees import WorkspaceError

MAX_FILES = 100_000
"""Of one folder; what is beyond is not seen."""
LIST_S = 30.0
_LIST = (
    "--literal-pathspecs",
    "ls-files",
    "-z",
    "-t",
    "--cached",
    "--deleted",
    "--others",
    "--exclude-standard",
)


@frozen
class FilesBelow:
    names: tuple[bytes, ...]
    """From the folder on, sorted; a nested repository ends in `/`."""
    truncated: bool


def kind_of(spot: Spot) -> Literal["file", "folder"]:
    """Raises ToolRefused for what is neither, FileNotFoundError. A plain call, for a thread."""
    with parent_opened(spot) as (parent, name):
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    raise ToolRefused(not_a_file(spot, mode))


async def files_below(
    spot: Spot, program: GitProgram, limiter: trio.CapacityLimiter, *, ignored: bool = False
) -> FilesBelow:
    """Of a folder. `ignored`: what git ignores is listed too."""
    if spot.in_worktree and not ignored:
        try:
            output = await program.output(
                *_LIST, "--", spot.below or ".", cwd=spot.root, max_output=MAX_FILES * 200, timeout=LIST_S
            )
        except WorkspaceError:
            pass  # no repository (any more): what is there can be listed all the same
        else:
            whole, _, _ = output.stdout.rpartition(b"\0")
            names = await trio.to_thread.run_sync(_present, whole, spot.below, limiter=limiter)
            return _bounded(names, output.truncated)
    found = await trio.to_thread.run_sync(_walked, spot, limiter=limiter)
    return _bounded(found, len(found) > MAX_FILES)


def _bounded(names: list[bytes], truncated: bool) -> FilesBelow:
    return FilesBelow(tuple(sorted(names)[:MAX_FILES]), truncated or len(names) > MAX_FILES)


def _present(output: bytes, below: bytes) -> list[bytes]:
    """Names of `H name`, `? name` and the like that are not also `R name`, removed."""
    prefix = below + b"/" if below else b""
    removed = set[bytes]()
    names = dict[bytes, None]()
    for entry in output.split(b"\0"):
        mark, name = entry[:1], entry[2:]
        if mark == b"R":
            removed.add(name)
        elif name.startswith(prefix):
            names[name] = None
    return [name[len(prefix) :] for name in names if name not in removed]


def _walked(spot: Spot) -> list[bytes]:
    found = list[bytes]()
    with parent_opened(spot.inner(b".")) as (folder, _):
        for base, folders, files, opened in os.fwalk(b".", dir_fd=folder, follow_symlinks=False):
            folders[:] = sorted(name for name in folders if name.lower() != b".git")
            links = [name for name in folders if _is_link(opened, name)]
            found.extend(_inner(base, name) for name in (*files, *links) if name.lower() != b".git")
            if len(found) > MAX_FILES:
                break
    return found


def _is_link(folder: int, name: bytes) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _inner(base: bytes, name: bytes) -> bytes:
    return name if base == b"." else os.path.join(base, name).removeprefix(b"./")
