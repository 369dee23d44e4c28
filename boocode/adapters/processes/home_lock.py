"""One BooCode a home. The lock is the kernel's (flock): it ends with its holder, whatever that dies of."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from attrs import frozen

from boocode.adapters.processes.proctable import Ident, boot_id, is_same, read_proc

LOCK = Path("run", "lock")
"""Below the home."""


@frozen
class Holder:
    """Who runs on a home, as it says itself."""

    pid: int | None
    url: str | None
    """None until it is ready."""


class HomeBusy(Exception):
    """Another BooCode runs on this home."""

    def __init__(self, home: str, holder: Holder) -> None:
        who = f"pid {holder.pid}" if holder.pid is not None else "another process"
        # Without the token: messages end up in logs and on other people's screens.
        where = f" at {holder.url.partition('/?')[0]}" if holder.url else ", which is still starting"
        super().__init__(
            f"BooCode already runs on {home}: {who}{where}. Use that one, stop it first (SIGTERM), or choose "
            "another home with --home."
        )
        self.home = home
        self.holder = holder


class HomeLock:
    """Held from entering the block to leaving it, or until this process is no more."""

    def __init__(self, home: str) -> None:
        self.home = os.path.realpath(home)
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Raises HomeBusy."""
        path = Path(self.home, LOCK)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Not inheritable: a child that outlived us would hold the home for ever.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(_decode(os.pread(descriptor, 4096, 0)))
            os.close(descriptor)
            raise HomeBusy(self.home, holder) from None
        self._descriptor = descriptor
        self._write(None)
        return self

    def publish(self, url: str) -> None:
        """Says where we can be reached (token included if the reader shall get in: the file is this user's alone)."""
        self._write(url)

    def _write(self, url: str | None) -> None:
        if self._descriptor is None:
            raise RuntimeError(f"The home {self.home} is not locked.")
        me = read_proc(os.getpid())
        start = me.start if me is not None else 0
        text = json.dumps({"pid": os.getpid(), "start": start, "boot": boot_id(), "url": url}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            # The file stays: a lock on a removed file is one that the next does not see.
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def running_on(home: str) -> Holder | None:
    """Who runs on a home now; None when nobody does. Does not try the lock: that could make a start fail."""
    try:
        text = Path(os.path.realpath(home), LOCK).read_bytes()
    except FileNotFoundError:
        return None
    said = _decode(text)
    if said.get("boot") != boot_id() or not is_same(Ident(_int(said, "pid"), _int(said, "start"))):
        return None
    return _holder(said)


def _decode(text: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(text or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _int(said: Mapping[str, object], key: str) -> int:
    value = said.get(key)
    return value if isinstance(value, int) else 0


def _holder(said: Mapping[str, object]) -> Holder:
    url = said.get("url")
    return Holder(_int(said, "pid") or None, url if isinstance(url, str) else None)
