"""How each step of an exchange is taken back: only where the file is still the one that the step left.

What somebody wrote there since stays as it is, and the caller is told its path. Plain calls, for a thread.
"""

import errno
import os
import stat

from attrs import evolve

from boocode.adapters.git.directories import Obstacle, parent_of
from boocode.adapters.git.project_files import Stamp
from boocode.domain.pathnames import show_path

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""File systems without hard links, and systems that refuse them on other people's files."""


class WrittenMeanwhile(OSError):
    """A file is not what the exchange left there; it was left as it is."""

    def __init__(self, path: bytes) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{show_path(self.path)} was written meanwhile, and stays as it is"


def stamp_after(parent: int, name: bytes, written: Stamp) -> Stamp:
    """The stamp of what a rename, link or chmod has just left: these alter a file's time of change, and nothing else.

    So a write that came in between does not pass for ours.
    """
    try:
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return written
    return evolve(written, changed_ns=found.st_ctime_ns)


def put_back_replaced(root: int, kept: str, path: bytes, left: Stamp) -> None:
    if _stamp_at(root, path) != left:
        raise WrittenMeanwhile(path)
    with parent_of(root, path) as (parent, name):
        os.replace(kept, name, dst_dir_fd=parent)


def put_back_deleted(root: int, kept: str, path: bytes) -> None:
    """A link fails where a rename would overwrite what stands there by now."""
    with parent_of(root, path) as (parent, name):
        try:
            os.link(kept, name, dst_dir_fd=parent, follow_symlinks=False)
        except FileExistsError:
            raise WrittenMeanwhile(path) from None
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            if _stamp_at(root, path) is not None:
                raise WrittenMeanwhile(path) from None
            os.rename(kept, name, dst_dir_fd=parent)
        else:
            os.unlink(kept)


def remove_created(root: int, path: bytes, left: Stamp) -> None:
    found = _stamp_at(root, path)
    if found is None:
        return  # somebody removed it, and so it is as before
    if found != left:
        raise WrittenMeanwhile(path)
    with parent_of(root, path) as (parent, name):
        os.unlink(name, dir_fd=parent)


def put_mode_back(root: int, path: bytes, permissions: int, left: Stamp) -> None:
    with parent_of(root, path) as (parent, name):
        try:
            opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
        except FileNotFoundError:
            raise WrittenMeanwhile(path) from None
    try:
        if Stamp.of(os.fstat(opened)) != left:
            raise WrittenMeanwhile(path)
        os.fchmod(opened, permissions)
    finally:
        os.close(opened)


def make_directory_again(root: int, directory: bytes, permissions: int) -> None:
    with parent_of(root, directory) as (parent, name):
        try:
            os.mkdir(name, dir_fd=parent)
        except FileExistsError:
            if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                raise WrittenMeanwhile(directory) from None
            return  # somebody made it again
        os.chmod(name, permissions, dir_fd=parent)


def remove_made_directory(root: int, directory: bytes) -> None:
    """One that has something else in it by now stays for that."""
    if _stamp_at(root, directory) is None:
        return
    with parent_of(root, directory) as (parent, name):
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _stamp_at(root: int, path: bytes) -> Stamp | None:
    """None where nothing is."""
    try:
        with parent_of(root, path) as (parent, name):
            return Stamp.of(os.stat(name, dir_fd=parent, follow_symlinks=False))
    except FileNotFoundError:
        return None
    except Obstacle as obstacle:
        if obstacle.path is not None:
            raise
        return None
