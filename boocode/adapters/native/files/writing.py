"""New bytes for a file: all of them or none. Plain calls, for a thread.

A file that is there is replaced by a rename: its mode and owner stay, a hard link to it elsewhere does not change.
One that is new is made with the guarantee that nothing stood there.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex

from boocode.adapters.git.directories import Obstacle, make_parents, parent_of, root_of
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.native.files.confines import Spot, in_the_way, parent_opened
from boocode.adapters.native.files.content import Content, Stamp
from boocode.ports.native_tools import ToolRefused

_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def replace(content: Content, data: bytes) -> None:
    """The file that was read has these bytes now. Raises ToolRefused when it was written meanwhile, OSError."""
    spot = content.spot
    staged = f".boocode-{token_hex(8)}"
    with parent_opened(spot) as (parent, name), _stage(spot, parent) as stage:
        try:
            _write_staged(stage, staged, content.status, data)
            _require_unwritten(content, os.stat(name, dir_fd=parent, follow_symlinks=False))
            os.rename(staged, name, src_dir_fd=stage, dst_dir_fd=parent)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(staged, dir_fd=stage)
            raise


def _require_unwritten(content: Content, now: os.stat_result) -> None:
    if Stamp.of(now) != content.stamp:
        words = f"{content.spot.shown} was written by somebody else at this very moment."
        raise ToolRefused(f"{words} Nothing was changed. Read it again.")


def create(spot: Spot, data: bytes) -> None:
    """A new file, its folders included. Raises ToolRefused when something stands there, OSError."""
    with parents_made(spot):
        _create(spot, data)


@contextmanager
def parents_made(spot: Spot) -> Iterator[None]:
    """The folders of the spot are there; those that were made go again when the block fails."""
    with root_of(spot.root) as root:
        try:
            made = make_parents(root, spot.below)
        except Obstacle as obstacle:
            raise ToolRefused(in_the_way(spot, obstacle)) from obstacle
        try:
            yield
        except BaseException:
            for folder in reversed(made):
                with suppress(OSError), parent_of(root, folder) as (parent, name):
                    os.rmdir(name, dir_fd=parent)
            raise


def _create(spot: Spot, data: bytes) -> None:
    with parent_opened(spot) as (parent, name):
        try:
            descriptor = os.open(name, _MAKE, 0o666, dir_fd=parent)
        except FileExistsError as error:
            raise ToolRefused(
                f"{spot.shown} was made by somebody else at this very moment. Look at it."
            ) from error
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=parent)
            raise


@contextmanager
def _stage(spot: Spot, parent: int) -> Iterator[int]:
    """A folder for the new bytes on the file's own file system, out of git's sight where that is possible."""
    out_of_sight = Shadow(spot.root, "").directory
    if not os.path.isdir(out_of_sight):
        yield parent
        return
    with root_of(out_of_sight) as stage:
        yield stage if os.fstat(stage).st_dev == os.fstat(parent).st_dev else parent


def _write_staged(stage: int, name: str, like: os.stat_result, data: bytes) -> None:
    descriptor = os.open(name, _MAKE, 0o600, dir_fd=stage)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        with suppress(PermissionError):  # another one's file that we may write: it becomes ours
            os.fchown(descriptor, like.st_uid, like.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        os.fsync(descriptor)
