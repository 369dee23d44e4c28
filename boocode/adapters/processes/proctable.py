"""The kernel's process table, read from /proc. Standard library only: the guard process uses it too.

A process is named by its pid *and* its start time: a pid alone may have gone to a stranger since.
Linux only, like the rest of this package.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Container, Iterable, Mapping
from typing import NamedTuple

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
ZOMBIE = "Z"
DEAD = "X"


class Ident(NamedTuple):
    """A process for good: `start` is clock ticks since boot."""

    pid: int
    start: int


class Proc(NamedTuple):
    """One line of the table."""

    pid: int
    ppid: int
    pgid: int
    sid: int
    start: int
    state: str

    @property
    def ident(self) -> Ident:
        return Ident(self.pid, self.start)

    @property
    def is_alive(self) -> bool:
        return self.state not in (ZOMBIE, DEAD)


Table = Mapping[int, Proc]


def read_proc(pid: int) -> Proc | None:
    """The process with that pid now; None when there is none."""
    raw = _read(f"/proc/{pid}/stat", 2048)
    # The command may itself hold ") ": fields are counted from the last one.
    fields = raw.rpartition(b") ")[2].split(b" ", 20)
    if len(fields) < 21:
        return None
    return Proc(pid, int(fields[1]), int(fields[2]), int(fields[3]), int(fields[19]), fields[0].decode())


def scan() -> Table:
    """All processes; about 15 µs each."""
    found = (read_proc(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {proc.pid: proc for proc in found if proc is not None}


def is_same(ident: Ident) -> bool:
    """Whether that very process still lives (a zombie does not)."""
    proc = read_proc(ident.pid)
    return proc is not None and proc.start == ident.start and proc.is_alive


def direct_children() -> frozenset[int] | None:
    """Pids of our own children, zombies included; None when this kernel does not tell cheaply."""
    me = os.getpid()
    pids: set[int] = set()
    for thread in os.listdir(f"/proc/{me}/task"):
        try:
            with open(f"/proc/{me}/task/{thread}/children", "rb") as listing:
                pids.update(int(pid) for pid in listing.read().split())
        except FileNotFoundError:
            if int(thread) == me:
                return None
    return frozenset(pids)


def descendants(table: Table, roots: Iterable[int]) -> frozenset[int]:
    """The pids below the roots, the roots themselves included where they exist."""
    children: dict[int, list[int]] = {}
    for proc in table.values():
        children.setdefault(proc.ppid, []).append(proc.pid)
    found: set[int] = set()
    todo = [pid for pid in roots if pid in table]
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.add(pid)
            todo.extend(children.get(pid, ()))
    return frozenset(found)


def ancestors(table: Table, pid: int) -> frozenset[int]:
    """The pid and everything above it."""
    found: set[int] = set()
    while pid in table and pid not in found:
        found.add(pid)
        pid = table[pid].ppid
    return frozenset(found)


def environ_value(pid: int, name: str) -> str | None:
    """A variable of the environment a process was started with; None when unset or not ours to read.

    Programs that write their title over it (PostgreSQL) answer None too.
    """
    prefix = f"{name}=".encode()
    for entry in _read(f"/proc/{pid}/environ", 4 * 1024 * 1024).split(b"\0"):
        if entry.startswith(prefix):
            return entry[len(prefix) :].decode(errors="replace")
    return None


def resident(pid: int) -> tuple[int, int]:
    """Bytes in memory as (all, of these shareable with others); zeros when it is gone."""
    fields = _read(f"/proc/{pid}/statm", 256).split()
    if len(fields) < 3:
        return 0, 0
    return int(fields[1]) * PAGE_BYTES, int(fields[2]) * PAGE_BYTES


def pipe_inode(descriptor: int) -> int:
    """What both ends of a pipe have in common."""
    return os.fstat(descriptor).st_ino


def holds_pipe(pid: int, inodes: Container[int]) -> bool:
    """Whether a standard stream of the process is one of these pipes."""
    for stream in ("0", "1", "2"):
        with contextlib.suppress(OSError):
            kind, _, inode = os.readlink(f"/proc/{pid}/fd/{stream}").partition(":")
            if kind == "pipe" and int(inode.strip("[]")) in inodes:
                return True
    return False


def stdin_of(pid: int) -> tuple[str, int] | None:
    """What its standard input is: ("pipe" or "socket", inode); None for a file, a terminal, or when it is gone."""
    with contextlib.suppress(OSError):
        kind, _, inode = os.readlink(f"/proc/{pid}/fd/0").partition(":")
        if kind in ("pipe", "socket"):
            return kind, int(inode.strip("[]"))
    return None


def open_pipes(pid: int) -> frozenset[int]:
    """The inodes of all pipes that it holds an end of."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                kind, _, inode = os.readlink(f"/proc/{pid}/fd/{descriptor}").partition(":")
                if kind == "pipe":
                    found.add(int(inode.strip("[]")))
    return frozenset(found)


def command_line(pid: int) -> str:
    """As people type it; empty for a zombie."""
    return _read(f"/proc/{pid}/cmdline", 4096).rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")


def started_at(proc: Proc) -> float:
    """Seconds since the epoch."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + proc.start / TICKS_PER_S


def boot_id() -> str:
    """Changes with every boot: start times count from there."""
    return _read("/proc/sys/kernel/random/boot_id", 64).decode().strip()


def signal_group(pgid: int, number: int) -> None:
    """Signals a group; one that is gone, or is our own, is left alone."""
    if pgid <= 1 or pgid == os.getpgrp():
        return
    _ignoring_gone(lambda: os.killpg(pgid, number))


def signal_process(ident: Ident, number: int) -> None:
    """Signals that very process: the descriptor pins it, so the pid cannot be handed on in between."""
    try:
        descriptor = os.pidfd_open(ident.pid)
    except OSError:
        return
    try:
        if is_same(ident):
            _ignoring_gone(lambda: signal.pidfd_send_signal(descriptor, number))
    finally:
        os.close(descriptor)


def _ignoring_gone(send: Callable[[], None]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send()


def _read(path: str, limit: int) -> bytes:
    """A file of /proc; empty when the process ended meanwhile or is not ours to look into."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        chunks = []
        while limit > 0 and (chunk := os.read(descriptor, min(limit, 65_536))):
            chunks.append(chunk)
            limit -= len(chunk)
        return b"".join(chunks)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
