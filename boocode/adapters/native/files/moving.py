"""move_file: a file, a symlink or a whole folder gets another name; nothing is ever overwritten by it."""

import errno
import os
import stat

from attrs import frozen

from boocode.adapters.native.files.confines import Spot, not_a_file, parent_opened
from boocode.adapters.native.files.content import Stamp, missing, stamp_of
from boocode.adapters.native.files.pending import Told
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import PATH, Arguments, Disk, offer, text
from boocode.adapters.native.files.writing import parents_made
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES}
"""What a file system says that has no hard links, or not for this file."""
_OFFER = offer(
    "move_file",
    "Move or rename a file or a folder. Folders of the new name are made as needed; nothing is overwritten.",
    {"path": PATH, "to": {"type": "string", "description": "The whole new path, from the worktree's root"}},
    "path",
    "to",
    effect="edit",
    kind="move",
)


@frozen
class _Move:
    source: Spot
    target: Spot
    stamp: Stamp
    respells: bool
    """Both names are of the one entry: the file system does not tell upper from lower case."""

    @property
    def in_words(self) -> str:
        what = " (a folder)" if stat.S_ISDIR(self.stamp.mode) else ""
        return f"{self.source.shown}{what} → {self.target.shown}"


@frozen(eq=False)
class MoveFile:
    disk: Disk
    told: Told
    looks: Looks[tuple[int, int, int]]

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        path, to = text(arguments, "path"), text(arguments, "to")
        move = await self.disk.run(f"Moving {path}", lambda: self._found(path, to))
        self.looks.keep(arguments, _identity(move.stamp))
        return CallShown(f"Move {move.in_words}", (move.source.place, move.target.place))

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        path, to = text(arguments, "path"), text(arguments, "to")

        def carry_out() -> _Move:
            move = self._found(path, to)
            self.looks.compare(arguments, move.source.shown, _identity(move.stamp))
            _perform(move)
            return move

        move = await self.disk.run(f"Moving {path}", carry_out)
        self.told.of_change()
        return ToolResult(f"Moved {move.in_words}.")

    def _found(self, path: str, to: str) -> _Move:
        confines = self.disk.confines
        source, target = confines.entry(path), confines.entry(to)
        stamp = stamp_of(source)
        if stamp is None:
            raise ToolRefused(missing(source))
        if not (stat.S_ISREG(stamp.mode) or stat.S_ISDIR(stamp.mode) or stat.S_ISLNK(stamp.mode)):
            raise ToolRefused(not_a_file(source, stamp.mode))
        if stat.S_ISDIR(stamp.mode):
            _require_movable(source, target)
        move = _Move(source, target, stamp, _respells(source, target, stamp))
        if not move.respells and (there := stamp_of(target)) is not None:
            raise ToolRefused(_taken(source, target, there))
        return move


def _identity(stamp: Stamp) -> tuple[int, int, int]:
    """Which entry it is, and whether its bytes are those that were looked at (of a folder: which one)."""
    return stamp.device, stamp.inode, 0 if stat.S_ISDIR(stamp.mode) else stamp.modified_ns


def _require_movable(source: Spot, target: Spot) -> None:
    if target.below.startswith(source.below + b"/"):
        raise ToolRefused(
            f"{source.shown} cannot be moved into itself ({target.shown}). Choose another path."
        )
    if stamp_of(source.inner(b".git")) is not None:
        raise ToolRefused(
            f"{source.shown} is a repository of its own; it is not moved by this tool. Use git with run_command."
        )


def _respells(source: Spot, target: Spot, stamp: Stamp) -> bool:
    if source.below == target.below:
        raise ToolRefused(f"{source.shown} is its name already: there is nothing to do.")
    if source.below.lower() != target.below.lower():
        return False
    there = stamp_of(target)
    names_one = there is not None and (there.device, there.inode) == (stamp.device, stamp.inode)
    return names_one and not _both_listed(source, target)


def _both_listed(source: Spot, target: Spot) -> bool:
    """Two hard links are two entries, whatever they are called."""
    with parent_opened(target) as (parent, name):
        return os.fsdecode(name) in os.listdir(parent) and source.below != target.below


def _taken(source: Spot, target: Spot, there: Stamp) -> str:
    if stat.S_ISDIR(there.mode):
        name = source.shown.rpartition("/")[2]
        return (
            f"{target.shown} is a folder that exists; nothing was moved. Give the whole new path, for example "
            f"{target.shown}/{name}."
        )
    return f"{target.shown} exists already; nothing was moved. Choose another name, or delete that one first."


def _perform(move: _Move) -> None:
    with (
        parents_made(move.target),
        parent_opened(move.source) as (folder, name),
        parent_opened(move.target) as (parent, new),
    ):
        try:
            if move.respells:
                os.rename(name, new, src_dir_fd=folder, dst_dir_fd=parent)
            elif stat.S_ISDIR(move.stamp.mode):
                _move_folder(folder, name, parent, new)
            else:
                _move_file(move, folder, name, parent, new)
        except FileExistsError as error:
            words = f"{move.target.shown} was made by somebody else at this very moment; nothing was moved."
            raise ToolRefused(words) from error


def _move_folder(folder: int, name: bytes, parent: int, new: bytes) -> None:
    os.mkdir(new, dir_fd=parent)  # nobody else's from now on; an empty folder may be renamed over
    try:
        os.rename(name, new, src_dir_fd=folder, dst_dir_fd=parent)
    except OSError:
        os.rmdir(new, dir_fd=parent)
        raise


def _move_file(move: _Move, folder: int, name: bytes, parent: int, new: bytes) -> None:
    """By a second name, which cannot come over anything, and then without the first."""
    try:
        os.link(name, new, src_dir_fd=folder, dst_dir_fd=parent, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _move_without_links(folder, name, parent, new)
        return
    if os.stat(new, dir_fd=parent, follow_symlinks=False).st_ino != move.stamp.inode:
        os.unlink(new, dir_fd=parent)
        raise ToolRefused(f"{move.source.shown} was exchanged at this very moment; nothing was moved.")
    os.unlink(name, dir_fd=folder)


def _move_without_links(folder: int, name: bytes, parent: int, new: bytes) -> None:
    """The new name is taken by an empty file first, which fails where there is one."""
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=parent))
    try:
        os.rename(name, new, src_dir_fd=folder, dst_dir_fd=parent)
    except OSError:
        os.unlink(new, dir_fd=parent)
        raise
