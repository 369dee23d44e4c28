"""The directory of the server's socket: short, private, and the same for the same home.

Whoever uses it holds a shared lock (flock) on the directory itself, which ends with its holder, whatever that dies of.
It is removed only below an exclusive one. Both look, once they have the lock, whether the directory is still the one
at its path; so a start never loses its own: either it was there first, or it makes it anew.
"""

import fcntl
import hashlib
import os
import re
import socket
import stat
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from boocode.ports.database import StoreMisconfigured

SOCKET = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 107
UNTOUCHED_S = 3600.0
"""A place that nobody holds is left alone for so long: a BooCode that knows of no locks may be starting in it."""
_ATTEMPTS = 100
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class SocketPlace:
    """Held from `take` to `release`, or until this process is no more. Blocking."""

    def __init__(self, home: Path) -> None:
        name = f"{_prefix()}{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
        self.path = _base(name) / name
        self._owners = {os.geteuid()}
        self._held: int | None = None

    def take(self, owner: int | None = None) -> None:
        """Makes the directory, mode 0700, belonging to `owner`. Raises StoreMisconfigured if somebody else put it
        there."""
        if self._held is not None:
            return
        if owner is not None:
            self._owners.add(owner)
        for _ in range(_ATTEMPTS):
            with suppress(FileNotFoundError):  # removed between two of our steps
                self._make(owner)
                held = os.open(self.path, _OPEN)
                with suppress(OSError):  # no locks here: then nobody can get the one to remove it
                    fcntl.flock(held, fcntl.LOCK_SH)
                if _is_at(held, self.path):
                    self._held = held
                    return
                os.close(held)
        raise StoreMisconfigured(
            f"{self.path}, the directory of the database's socket, is removed again and again."
        )

    def release(self) -> None:
        """Removes it, unless a server is still in it: then a later start does."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
            _remove_if_nobodys(self.path, self._owners)

    def _make(self, owner: int | None) -> None:
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            _check(self.path, self._owners)
        if owner is not None:
            os.chown(self.path, owner, -1)


def sweep_places(base: Path) -> None:
    """Removes what killed BooCodes of this user left in `base`. Blocking; what cannot be removed stays."""
    untouched_since = time.time() - UNTOUCHED_S
    with suppress(OSError):
        for path in base.iterdir():
            if re.fullmatch(re.escape(_prefix()) + "[0-9a-f]{12}", path.name):
                _remove_if_nobodys(path, {os.geteuid()}, untouched_since)


def _remove_if_nobodys(path: Path, owners: Collection[int], untouched_since: float = float("inf")) -> None:
    with suppress(OSError):  # is gone, is held, is not empty, is no directory
        folder = os.open(path, _OPEN)
        try:
            found = os.fstat(folder)
            if found.st_uid in owners and _mode(found) == 0o700 and found.st_mtime < untouched_since:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path, folder)
        finally:
            os.close(folder)


def _remove(path: Path, folder: int) -> None:
    if not _is_at(folder, path) or _is_listened_at(path / SOCKET):
        return
    for stale in (SOCKET, f"{SOCKET}.lock"):
        with suppress(FileNotFoundError):
            os.unlink(stale, dir_fd=folder)
    path.rmdir()


def _is_at(descriptor: int, path: Path) -> bool:
    found, there = os.fstat(descriptor), path.lstat()
    return (found.st_dev, found.st_ino) == (there.st_dev, there.st_ino)


def _is_listened_at(path: Path) -> bool:
    """In doubt somebody listens."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:
            return True
    return True


def _prefix() -> str:
    return f"boocode-{os.geteuid()}-"


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


def _check(place: Path, owners: Collection[int]) -> None:
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise StoreMisconfigured(
            f"{place} should be BooCode's private directory for the database's socket, but it belongs to "
            f"somebody else (user {found.st_uid}). Remove it, or set TMPDIR to another directory."
        )
    if _mode(found) != 0o700:
        place.chmod(0o700)


def _mode(found: os.stat_result) -> int:
    return stat.S_IMODE(found.st_mode)
