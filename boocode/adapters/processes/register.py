"""The register of living processes, kept in step in three places: here, in the journal file, at the guard.

Entries are made in the thread that forked, at once: until then only the cookie tells whose a child is.
"""

import contextlib
import os
import threading
from pathlib import Path

from boocode.adapters.processes.cookies import Instance
from boocode.adapters.processes.proctable import Ident, boot_id
from boocode.adapters.processes.records import STAND_DOWN_LINE, Record, added_line, header_line, removed_line

REWRITE_LINES = 2_000
"""The journal is written anew when it has grown by this many lines."""


class Register:
    """Usable from any thread. `path` None: no journal."""

    def __init__(self, instance: Instance, path: Path | None) -> None:
        self._header = header_line(boot_id(), instance)
        self._path = path
        self._lock = threading.Lock()
        self._records: dict[Ident, Record] = {}
        self._journal: int | None = None
        self._lines = 0
        self._guard: int | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._rewrite()

    def add(self, record: Record) -> None:
        """Twice is once."""
        with self._lock:
            if record.ident not in self._records:
                self._records[record.ident] = record
                self._tell(added_line(record))

    def remove(self, ident: Ident) -> None:
        with self._lock:
            if self._records.pop(ident, None) is not None:
                self._tell(removed_line(ident))

    def records(self) -> tuple[Record, ...]:
        with self._lock:
            return tuple(self._records.values())

    def attach_guard(self, descriptor: int) -> None:
        """Tells a guard everything, and from now on every change. The descriptor (non-blocking, the guard's
        stdin) is duplicated: closing ours elsewhere cannot make us write into a stranger's file."""
        with self._lock:
            self._close_guard()
            self._guard = os.dup(descriptor)
            self._to_guard(self._header + b"".join(map(added_line, self._records.values())))

    def detach_guard(self) -> None:
        """Tells it to go in peace: what lives now is still ours to end."""
        with self._lock:
            self._to_guard(STAND_DOWN_LINE)
            self._close_guard()

    def close(self) -> None:
        """Ends the writing; the journal is removed when nothing in it is left."""
        with self._lock:
            self._close_guard()
            if self._journal is not None and self._path is not None:
                os.close(self._journal)
                self._journal = None
                if not self._records:
                    self._path.unlink(missing_ok=True)

    def _tell(self, line: bytes) -> None:
        self._to_guard(line)
        if self._journal is None:
            return
        # A full disk must not stop an agent from starting: the guard knows, the cookie tells.
        with contextlib.suppress(OSError):
            os.write(self._journal, line)
        self._lines += 1
        if self._lines > REWRITE_LINES:
            self._rewrite()

    def _to_guard(self, lines: bytes) -> None:
        if self._guard is None:
            return
        try:
            complete = os.write(self._guard, lines) == len(lines)
        except OSError:
            complete = False
        if not complete:
            # Dead, or it has not read for a thousand lines: a guard that does not know is no guard. Without
            # our end of its pipe it goes, its actor notices and starts another, which is told everything.
            self._close_guard()

    def _close_guard(self) -> None:
        if self._guard is not None:
            os.close(self._guard)
            self._guard = None

    def _rewrite(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(f".{self._path.name}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.write(descriptor, self._header + b"".join(map(added_line, self._records.values())))
        os.replace(fresh, self._path)
        if self._journal is not None:
            os.close(self._journal)
        self._journal, self._lines = descriptor, 0
