"""The guard: a process that outlives BooCode for a moment, to end what BooCode could not end any more.

Run as a script by `python -I -S` with BooCode's pid: no site packages, no user settings, some 15 ms. It reads the
register (records.py) from stdin. Its end without the word to stand down means that BooCode is dead, also by `kill -9`:
no other process holds the other end of that pipe. A lost guard is replaced, so it errs on the side of going.
"""

import contextlib
import os
import select
import signal
import sys

if __name__ == "__main__":  # isolated: the folder that holds the package is not on the path
    sys.path.append(os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3)))

from boocode.adapters.processes.cookies import carried
from boocode.adapters.processes.records import Ledger
from boocode.adapters.processes.remains import Remains, end_remains

DYING_S = 5.0
"""How long BooCode may take from closing its files to being gone."""
READ_BYTES = 65_536
READY = b"ready\n"


def guard(owner_pid: int) -> None:
    """Blocks until BooCode is gone or needs no guard; then ends what is left of it, or nothing."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a service manager's TERM goes to everybody: we go last
    owner = _descriptor_of_parent(owner_pid)
    with contextlib.suppress(BrokenPipeError):
        os.write(1, READY)
    ledger = Ledger()
    _read_to_end(ledger)
    instance = ledger.instance
    if ledger.stood_down or instance is None or not _is_gone(owner):
        return
    end_remains(Remains(ledger.living, lambda pid: carried(pid, instance.prefix) is not None))


def _read_to_end(ledger: Ledger) -> None:
    rest = b""
    while chunk := os.read(0, READ_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        ledger.read(lines)


def _descriptor_of_parent(owner_pid: int) -> int | None:
    """None when it died before we looked: then we have another parent."""
    try:
        descriptor = os.pidfd_open(owner_pid)
    except OSError:
        return None
    return descriptor if os.getppid() == owner_pid else None


def _is_gone(owner: int | None) -> bool:
    """Whether BooCode has died. One that lives has lost its guard's pipe, and its processes are its own affair."""
    if owner is None:
        return True
    poller = select.poll()
    poller.register(owner, select.POLLIN)
    return bool(poller.poll(DYING_S * 1000))


if __name__ == "__main__":
    guard(int(sys.argv[1]))
