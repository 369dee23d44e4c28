"""Paths below a root, walked without ever following a symlink: every parent is opened, then named by number.

So nothing that is planted between a look and a write can lead out of the project.
Plain calls, for a thread; POSIX only (`dir_fd`).
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Obstacle(OSError):
    """A parent of a path is no directory: `path` is what stands there instead, None = nothing at all.

    An OSError, so that one planted in the middle of an exchange is undone like any other failure.
    """

    def __init__(self, path: bytes | None, is_symlink: bool = False) -> None:
        super().__init__(path, is_symlink)
        self.path = path
        self.is_symlink = is_symlink

    def __str__(self) -> str:
        if self.path is None:
            return "a directory is gone"
        return f"{os.fsdecode(self.path)} is {'a symbolic link' if self.is_symlink else 'a file'} by now"


@contextmanager
def root_of(path: str) -> Iterator[int]:
    root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield root
    finally:
        os.close(root)


@contextmanager
def parent_of(root: int, path: bytes) -> Iterator[tuple[int, bytes]]:
    """The opened parent directory of `path`, and its last component. Raises Obstacle."""
    *parents, name = path.split(b"/")
    opened = os.dup(root)
    try:
        for depth, part in enumerate(parents, 1):
            inner = _open_directory(opened, part, b"/".join(parents[:depth]))
            os.close(opened)
            opened = inner
        yield opened, name
    finally:
        os.close(opened)


def _open_directory(parent: int, name: bytes, path: bytes) -> int:
    try:
        return os.open(name, _OPEN, dir_fd=parent)
    except FileNotFoundError:
        raise Obstacle(None) from None
    except OSError:
        # With O_NOFOLLOW a symlink and a plain file give the same error.
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            raise
        raise Obstacle(path, stat.S_ISLNK(found.st_mode)) from None


def make_parents(root: int, path: bytes) -> list[bytes]:
    """Makes the missing parent directories of `path`, and returns those, outermost first. Raises Obstacle."""
    made = []
    parents = path.split(b"/")[:-1]
    for depth in range(1, len(parents) + 1):
        directory = b"/".join(parents[:depth])
        with parent_of(root, directory) as (parent, name):
            try:
                os.mkdir(name, dir_fd=parent)
            except FileExistsError:
                continue
            made.append(directory)
    return made


def remove_empty_parents(root: int, path: bytes) -> list[tuple[bytes, int]]:
    """Removes the parents of a deleted path that are empty now, innermost first: (directory, permissions) each."""
    removed = []
    parents = path.split(b"/")[:-1]
    for depth in range(len(parents), 0, -1):
        directory = b"/".join(parents[:depth])
        try:
            with parent_of(root, directory) as (parent, name):
                permissions = stat.S_IMODE(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
                os.rmdir(name, dir_fd=parent)
        except OSError:
            break  # not empty, or gone already
        removed.append((directory, permissions))
    return removed


def remove_emptied(root: str, paths: Iterable[bytes]) -> None:
    """Removes the parents of deleted paths that are empty now, below the directory `root`."""
    with root_of(root) as opened:
        for path in paths:
            remove_empty_parents(opened, path)


def remove_empty_tree(root: int, path: bytes) -> list[tuple[bytes, int]]:
    """Removes a directory that has nothing but directories in it, innermost first: (directory, permissions) each.

    Raises OSError at the first that is not empty; what was removed until then stays so.
    """
    removed = []
    with parent_of(root, path + b"/.") as (opened, _):
        directories = [
            base for base, *_ in os.fwalk(b".", topdown=False, dir_fd=opened, follow_symlinks=False)
        ]
    for directory in (path if base == b"." else path + base[1:] for base in directories):
        with parent_of(root, directory) as (parent, name):
            permissions = stat.S_IMODE(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
            os.rmdir(name, dir_fd=parent)
        removed.append((directory, permissions))
    return removed


def sync_parents(root: int, paths: Iterable[bytes]) -> None:
    """Makes what was renamed or removed in these paths' directories durable."""
    for directory in {path.rpartition(b"/")[0] for path in paths}:
        try:
            with parent_of(root, directory + b"/." if directory else b".") as (opened, _):
                os.fsync(opened)
        except Obstacle:
            continue  # removed with its last file


def files_inside(directory: int, path: bytes, limit: int) -> tuple[bytes, ...]:
    """All below the opened directory but directories, as paths that begin with `path`; at most about `limit`."""
    found: list[bytes] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            inner = path + b"/" + name
            if not entry.is_dir(follow_symlinks=False):
                found.append(inner)
                continue
            with parent_of(directory, name + b"/.") as (opened, _):
                found.extend(files_inside(opened, inner, limit - len(found)))
            if len(found) > limit:
                break
    return tuple(found)
