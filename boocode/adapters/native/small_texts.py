"""Texts that people and projects wrote for the agent: small regular files, of a project only what lies inside it."""

import os
import stat
from pathlib import Path

MOST_BYTES = 256 * 1024


class Unreadable(Exception):
    """str() says why, for people."""


def read_small(place: Path, inside: Path | None = None) -> str | None:
    """The text, at most MOST_BYTES of it; None when there is no such file.

    `inside`: links must not lead out of that folder, nor to git's own files; a repository names the paths there.
    Raises Unreadable.
    """
    try:
        real = os.path.realpath(place)
        if inside is not None and not _is_inside(real, inside):
            raise Unreadable("it leads out of its folder")
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("it is no regular file")
            data = file.read(MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(reason) from error
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\0", "\ufffd")


def _is_inside(real: str, folder: Path) -> bool:
    root = os.path.realpath(folder)
    return os.path.commonpath([real, root]) == root and ".git" not in Path(real).relative_to(root).parts
