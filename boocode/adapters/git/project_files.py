"""What a project has at the paths of a change, looked at without following a symlink. Plain calls, for a thread."""

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping

from attrs import frozen

from boocode.adapters.git.directories import Obstacle, files_inside, parent_of, root_of
from boocode.domain.applying import Found, Step

_CHUNK_BYTES = 1 << 20


@frozen
class Stamp:
    """By what a file is known to be the one that was looked at, unwritten since."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@frozen
class Look:
    found: Mapping[bytes, Found]
    stamps: Mapping[bytes, Stamp]
    """Of the files and symlinks that were read."""


def look_at(root: str, steps: Iterable[Step]) -> Look:
    steps = tuple(steps)
    found: dict[bytes, Found] = {}
    stamps: dict[bytes, Stamp] = {}
    with root_of(root) as opened:
        for step in steps:
            try:
                with parent_of(opened, step.path) as (parent, name):
                    found[step.path], stamp = _look(parent, name, step.path, len(steps))
            except Obstacle as obstacle:
                found[step.path] = _behind(obstacle)
                continue
            if stamp is not None:
                stamps[step.path] = stamp
    return Look(found, stamps)


def _behind(obstacle: Obstacle) -> Found:
    if obstacle.path is None:
        return Found("missing")
    return Found("behind symlink" if obstacle.is_symlink else "behind file", obstacle=obstacle.path)


def _look(parent: int, name: bytes, path: bytes, inside_limit: int) -> tuple[Found, Stamp | None]:
    try:
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return Found("missing"), None
    if stat.S_ISDIR(status.st_mode):
        with parent_of(parent, name + b"/.") as (directory, _):
            # One more than the set could delete is enough to know that the directory stays.
            return Found("directory", inside=files_inside(directory, path, inside_limit)), None
    if stat.S_ISLNK(status.st_mode):
        blob = _blob_id(os.readlink(name, dir_fd=parent))
        return Found("symlink", blob=blob), Stamp.of(status)
    if not stat.S_ISREG(status.st_mode):
        return Found("other"), None
    return _read(parent, name)


def _read(parent: int, name: bytes) -> tuple[Found, Stamp]:
    """The object id of a file as git would store it untouched; the stamp is from before the first byte was read."""
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    with os.fdopen(opened, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        digest = hashlib.sha1(b"blob %d\0" % status.st_size, usedforsecurity=False)
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    executable = bool(status.st_mode & stat.S_IXUSR)
    return Found("file", executable=executable, blob=digest.hexdigest()), Stamp.of(status)


def _blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
