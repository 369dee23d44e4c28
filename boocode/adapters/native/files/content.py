"""The bytes of one file, bounded, with what they were when they were read. Plain calls, for a thread."""

import os
import stat
from hashlib import sha256

from attrs import frozen

from boocode.adapters.native.files.confines import Spot, file_opened, parent_opened
from boocode.adapters.native.files.names import show_name
from boocode.ports.native_tools import ToolRefused

MAX_FILE_BYTES = 8 * 1024 * 1024
"""The most that is read of one file, and the largest that is written."""
_NEAR = 3
_COMPARED = 500
"""Names of a folder that are compared with one that is not there."""


@frozen
class Stamp:
    """By what an entry is known to be the one that was looked at, unwritten since."""

    device: int
    inode: int
    mode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        return cls(
            *(found.st_dev, found.st_ino, found.st_mode, found.st_size),
            *(found.st_mtime_ns, found.st_ctime_ns),
        )


@frozen
class Content:
    spot: Spot
    data: bytes
    status: os.stat_result
    """From before the first byte was read."""
    whole: bool
    """False: the file has more than MAX_FILE_BYTES, or grew while it was read."""

    @property
    def stamp(self) -> Stamp:
        return Stamp.of(self.status)

    @property
    def digest(self) -> bytes:
        return sha256(self.data).digest()


def read_content(spot: Spot) -> Content:
    """Raises ToolRefused when there is no regular file, OSError."""
    content = content_if_any(spot)
    if content is None:
        raise ToolRefused(missing(spot))
    return content


def content_if_any(spot: Spot) -> Content | None:
    """The same; None when there is nothing of that name."""
    try:
        with file_opened(spot) as (descriptor, status), open(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    return Content(spot, data[:MAX_FILE_BYTES], status, len(data) <= MAX_FILE_BYTES)


def stamp_of(spot: Spot) -> Stamp | None:
    """Of whatever has that name, a symlink itself too; None = nothing."""
    try:
        with parent_opened(spot) as (parent, name):
            return Stamp.of(os.stat(name, dir_fd=parent, follow_symlinks=False))
    except FileNotFoundError:
        return None


def is_binary(data: bytes) -> bool:
    return b"\0" in data


def require_size(content: Content, most: int) -> None:
    """What is to be changed must have been read to its end, and be no larger than `most` bytes."""
    if not content.whole or len(content.data) > most:
        raise ToolRefused(
            f"{content.spot.shown} has {content.status.st_size:,} bytes; files of more than {most:,} are not "
            "changed by this tool. Change it with a command, for example sed."
        )


def require_writable(spot: Spot, mode: int) -> None:
    """A file that nobody may write was meant to stay, whoever BooCode runs as."""
    if not mode & 0o222:
        raise ToolRefused(
            f"{spot.shown} is read-only (mode {stat.S_IMODE(mode):04o}). It is not changed. If it is meant to be, "
            "make it writable by a command first: chmod u+w."
        )


def missing(spot: Spot) -> str:
    """Words for a file that is not there, with names near to it: weak models often miss by a letter."""
    words = f"There is no file {spot.shown}."
    near = _near(spot)
    if near:
        return f"{words} Did you mean {' or '.join(near)}?"
    return f"{words} list_files and search_files show what there is."


def _near(spot: Spot) -> list[str]:
    from difflib import get_close_matches

    folder, _, name = spot.below.rpartition(b"/")
    try:
        with parent_opened(spot) as (parent, _), os.scandir(parent) as entries:
            names = [each.name for each, _ in zip(entries, range(_COMPARED), strict=False)]
    except (OSError, ToolRefused):
        return []
    names = [each for each in names if each.lower() != ".git"]
    by_lower = {each.lower(): each for each in names}
    close = get_close_matches(os.fsdecode(name).lower(), by_lower, _NEAR, 0.75)
    inner = folder + b"/" if folder else b""
    prefix = b"" if spot.in_worktree else os.fsencode(spot.root) + b"/"
    return [show_name(prefix + inner + os.fsencode(by_lower[each])) for each in close]
