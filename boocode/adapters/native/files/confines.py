"""Where a path of the agent leads, and whether it may go there.

A path is resolved through every symlink, judged, and then opened step by step without following any: what is
swapped for a symlink between the look and the opening is met as one, and refused. git's own files are out of
bounds for reading too: a hook written there would run as the person, and its config may hold a password.
Plain calls, for a thread.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import field, frozen

from boocode.adapters.git.directories import Obstacle, parent_of, root_of
from boocode.adapters.native.files.names import read_name, show_name
from boocode.ports.native_tools import ToolRefused

MAX_PATH_CHARS = 4096
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _real_path(path: str) -> str:
    return os.path.realpath(path)


@frozen
class Spot:
    """A place the agent may go to."""

    root: str
    """Absolute, without symlinks: the worktree, or a folder that may be read."""
    below: bytes
    """From there on, without symlinks when it was looked at; empty = the root itself."""
    in_worktree: bool

    @property
    def shown(self) -> str:
        """As the model may name it again: relative in the worktree, absolute elsewhere."""
        if self.in_worktree:
            return show_name(self.below) if self.below else "."
        return show_name(self.real)

    @property
    def real(self) -> bytes:
        root = os.fsencode(self.root)
        return os.path.join(root, self.below) if self.below else root

    @property
    def place(self) -> str:
        """For people, and for a project's policy to judge: absolute."""
        return self.real.decode(errors="backslashreplace")

    def inner(self, below: bytes) -> "Spot":
        """Something inside this folder."""
        return Spot(self.root, self.below + b"/" + below if self.below else below, self.in_worktree)


@frozen
class Confines:
    """The worktree at `root`, and absolute or home-relative paths that may be read beside it."""

    root: str = field(converter=_real_path)
    allowed: Sequence[str] = ()

    def to_read(self, path: str) -> Spot:
        """Raises ToolRefused, as the others do."""
        return self._judged(path, self._real(path), may_read_beyond=True)

    def to_change(self, path: str) -> Spot:
        """What stands there, through symlinks; not the worktree itself."""
        return self._inner(path, self._judged(path, self._real(path), may_read_beyond=False))

    def entry(self, path: str) -> Spot:
        """The entry of that name, a symlink itself and not what it leads to; not the worktree itself."""
        raw = self._absolute(path).rstrip(b"/") or b"/"
        folder, name = os.path.split(raw)
        is_name = name not in (b"", b".", b"..")
        real = os.path.join(os.path.realpath(folder), name) if is_name else os.path.realpath(raw)
        return self._inner(path, self._judged(path, real, may_read_beyond=False))

    def _real(self, path: str) -> bytes:
        return os.path.realpath(self._absolute(path))

    def _absolute(self, path: str) -> bytes:
        if not path or "\0" in path or len(path) > MAX_PATH_CHARS:
            raise ToolRefused(
                f"A path of 1 to {MAX_PATH_CHARS} characters without NUL is needed, found {path[:80]!r}. "
                "Name the file by its path from the worktree's root, for example src/main.py."
            )
        try:
            raw = read_name(path)
        except UnicodeEncodeError:
            raise ToolRefused(
                f"{path!r} is no name that a file can have. Repeat it as list_files shows it."
            ) from None
        return os.path.join(os.fsencode(self.root), os.path.expanduser(raw))

    def _judged(self, path: str, real: bytes, *, may_read_beyond: bool) -> Spot:
        spot = _below(self.root, real, in_worktree=True)
        if spot is None and may_read_beyond:
            spot = next((found for each in self.allowed if (found := _allowed(each, real)) is not None), None)
        if spot is None:
            raise ToolRefused(self._outside(path, real, may_read_beyond=may_read_beyond))
        if any(part.lower() == b".git" for part in spot.below.split(b"/")):
            raise ToolRefused(
                f"{path} belongs to git and is out of bounds. Use a git command with run_command instead."
            )
        return spot

    def _inner(self, path: str, spot: Spot) -> Spot:
        if not spot.below:
            raise ToolRefused(f"{path} is the worktree itself. Name a file in it.")
        return spot

    def _outside(self, path: str, real: bytes, *, may_read_beyond: bool) -> str:
        where = f"{path} lies outside the worktree {self.root}"
        if real != os.path.normpath(self._absolute(path)):
            where += f" (it leads to {show_name(real)})"
        if path.startswith("/") and os.path.lexists(os.path.join(self.root, path.lstrip("/"))):
            return f"{where}. Did you mean {path.lstrip('/')}? Paths are relative to the worktree's root."
        if may_read_beyond and self.allowed:
            return (
                f"{where}. Beside it only these may be read: {', '.join(self.allowed)}. "
                "Use a path relative to the worktree's root."
            )
        return f"{where}. Use a path relative to the worktree's root."


def _below(root: str, real: bytes, *, in_worktree: bool) -> Spot | None:
    base = os.fsencode(root)
    if real == base:
        return Spot(root, b"", in_worktree)
    prefix = base if base.endswith(b"/") else base + b"/"
    return Spot(root, real[len(prefix) :], in_worktree) if real.startswith(prefix) else None


def _allowed(path: str, real: bytes) -> Spot | None:
    """A place at or below an allowed path, which may be a single file."""
    allowed = os.path.realpath(os.path.expanduser(path))
    if not os.path.isfile(allowed):
        return _below(allowed, real, in_worktree=False)
    if real != os.fsencode(allowed):
        return None
    return _below(os.path.dirname(allowed), real, in_worktree=False)


@contextmanager
def parent_opened(spot: Spot) -> Iterator[tuple[int, bytes]]:
    """The folder of the spot, opened without following anything, and the last part of its name; for the root
    itself "." in it. Raises FileNotFoundError; ToolRefused for what is no folder, or no longer."""
    with root_of(spot.root) as root:
        try:
            with parent_of(root, spot.below or b".") as found:
                yield found
        except Obstacle as obstacle:
            if obstacle.path is None:
                raise FileNotFoundError(errno.ENOENT, "A folder of it does not exist") from obstacle
            raise ToolRefused(in_the_way(spot, obstacle)) from obstacle


def in_the_way(spot: Spot, obstacle: Obstacle) -> str:
    assert obstacle.path is not None
    what = show_name(obstacle.path)
    if obstacle.is_symlink:
        return f"{spot.shown}: {what} became a symbolic link while it was looked at. Nothing was done; look again."
    return f"{spot.shown}: {what} is a file, not a folder. Choose another path."


@contextmanager
def file_opened(spot: Spot) -> Iterator[tuple[int, os.stat_result]]:
    """A descriptor of the regular file there, for reading. Raises OSError; ToolRefused for anything else that
    may stand there: no device or pipe is ever waited for."""
    with parent_opened(spot) as (parent, name):
        try:
            descriptor = os.open(name, _READ, dir_fd=parent)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ToolRefused(
                    f"{spot.shown} is a symbolic link that leads nowhere, or became one just now. "
                    "Nothing was done; look at it with list_files."
                ) from error
            if error.errno == errno.ENXIO:  # a socket
                raise ToolRefused(not_a_file(spot, stat.S_IFSOCK)) from error
            raise
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise ToolRefused(not_a_file(spot, status.st_mode))
            yield descriptor, status
        finally:
            os.close(descriptor)


_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a symbolic link",
}


def not_a_file(spot: Spot, mode: int) -> str:
    if stat.S_ISDIR(mode):
        return f"{spot.shown} is a folder, not a file. list_files shows what is in it."
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    return f"{spot.shown} is {kind}, not a regular file. Only regular files can be worked with."
