"""The directory of the server's socket: short, private, and the same for the same home."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from boocode.ports.database import StoreMisconfigured

SOCKET = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 107


def socket_directory(home: Path, owner: int | None = None) -> Path:
    """Makes the directory, mode 0700. Refuses one that somebody else put there."""
    name = f"boocode-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    place = _base(name) / name
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        _check(place, owner)
    if owner is not None:
        os.chown(place, owner, -1)
    return place


def _base(name: str) -> Path:
    """The user's runtime directory where there is a usable one, else the directory for temporary files."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for base in (runtime, tempfile.gettempdir(), "/tmp"):  # noqa: S108 - made private and checked
        if not base or len(os.fsencode(f"{base}/{name}/{SOCKET}")) > MAX_SOCKET_PATH_BYTES:
            continue
        if os.access(base, os.W_OK | os.X_OK):
            return Path(base)
    raise StoreMisconfigured(
        "There is no directory for the database's socket: neither XDG_RUNTIME_DIR nor /tmp can be written. "
        "Set TMPDIR to a directory with a short path."
    )


def _check(place: Path, owner: int | None) -> None:
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
        raise StoreMisconfigured(
            f"{place} should be BooCode's private directory for the database's socket, but it belongs to "
            f"somebody else (user {found.st_uid}). Remove it, or set TMPDIR to another directory."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        place.chmod(0o700)
