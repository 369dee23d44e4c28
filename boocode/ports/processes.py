"""Child processes: launched, owned and reaped through one place, so that none is ever left behind."""

import signal
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from attrs import field, frozen, validators


def _words(command: Iterable[str]) -> tuple[str, ...]:
    return tuple(command)


BUN_SCRATCH = "BUN_TMPDIR"
"""Where a program that Bun has packed (opencode is one) puts its native libraries, and leaves them. Unlike TMPDIR it
is not where the commands of an agent put what they want to find again."""


@frozen
class LaunchSpec:
    """A command for a child in a session and process group of its own."""

    command: tuple[str, ...] = field(converter=_words, validator=validators.min_len(1))
    """The program is looked up on the PATH of `env`."""
    cwd: str
    env: Mapping[str, str]
    """The whole environment, not an addition to ours (a cookie that says whose it is comes on top)."""
    label: str
    """For people and logs: which actor owns it."""
    term_grace_s: float = 2.0
    """How long after stdin was closed, and again after the stop signal, before the next rung."""
    stderr_tail_bytes: int = 16_384
    stdin: bool = True
    """False: no stdin at all (/dev/null), and the stop signal comes at once."""
    stop_signal: int = field(default=signal.SIGTERM, converter=int)
    """What asks it politely to end: SIGINT is PostgreSQL's fast shutdown."""
    merge_stderr: bool = False
    """stderr comes with stdout, in the order of writing, as on a terminal; there is no tail of it then."""
    uid_map: bool = False
    """Seen by itself as an unprivileged user (PostgreSQL refuses to run as root): in a user namespace of its
    own when we are root, as it is when we are not."""
    scratch: str | None = None
    """The variable that names a folder of its own, for what it unpacks and would leave behind; the folder goes with
    its processes. None: it gets none."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """What of its command line and its last words no view may show."""

    @property
    def stop_bound_s(self) -> float:
        """The longest that leaving the block of `launch` takes; give its actor at least this to shut down."""
        return (2 if self.stdin else 1) * self.term_grace_s + 3.0


@frozen
class ProcessExit:
    """How a child ended; `code` negative = killed by that signal."""

    pid: int
    code: int
    stderr_tail: str

    def describe(self) -> str:
        how = f"was killed by signal {-self.code}" if self.code < 0 else f"exited with code {self.code}"
        return how if not self.stderr_tail else f"{how}; its last words: {self.stderr_tail.strip()[-400:]}"


class OwnedProcess(Protocol):
    """One living child. stderr is always drained into a bounded tail."""

    @property
    def pid(self) -> int: ...
    async def send(self, data: bytes) -> None:
        """Writes all of it to stdin, one sender at a time. Raises BrokenPipeError when the child is gone, or
        when an earlier send was cancelled halfway: what follows could not be told from the torn message."""
        ...

    async def end_input(self) -> None:
        """Closes stdin behind everything that is being sent; twice is once."""
        ...

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """Some stdout; b"" at its end."""
        ...

    async def wait(self) -> ProcessExit:
        """Returns when the child itself ended; any number of tasks may wait, cancelling does no harm."""
        ...

    def ask_to_end(self) -> None:
        """Its stop signal, to its own group. Whether it obeys is `wait`'s to tell; leaving the block makes sure."""
        ...

    def stderr_tail(self) -> str: ...


@frozen
class OwnedProcessInfo:
    """A living process that is ours: one that was launched, or one that came from it (label then too)."""

    pid: int
    pgid: int
    label: str
    command: str
    started_at: float
    """Seconds since the epoch."""
    rss: int | None


class ProcessOwner(Protocol):
    def launch(self, spec: LaunchSpec) -> AbstractAsyncContextManager[OwnedProcess]:
        """Starts a child; on leaving the block, however it is left, its whole tree is gone: stdin closed →
        grace → stop signal to its group → grace → SIGKILL to every member, escapees included → reaped.
        Raises OSError (with a message that names the command) when it cannot be started."""
        ...

    def owned(self) -> tuple[OwnedProcessInfo, ...]:
        """Every living process that is ours, read from the system now (some milliseconds)."""
        ...

    async def end_strays(self, pid: int, since: float, until: float) -> int:
        """Ends what the launched child `pid` has started between two moments (CLOCK_BOOTTIME, seconds), it or who
        came from it, and that still runs: SIGTERM → grace → SIGKILL, each process by itself. Spared are those whose
        stdin is a pipe or socket of their own, because somebody speaks to them (a language server, say), with all
        below them. Returns how many were signalled; 0 for a pid that is not ours."""
        ...

    async def has_company(self, pid: int) -> bool:
        """Whether something that came from the launched child `pid` lives, besides it; False when it is not ours."""
        ...

    def rss(self, pid: int) -> int | None:
        """Bytes in memory of a launched child with all that hangs on it, shared pages counted once; at most
        a second old. None when it is not ours."""
        ...

    def guard(self) -> AbstractAsyncContextManager[OwnedProcess]:
        """A small process that is told of every launch while the block lasts, and ends what is left of them
        when BooCode itself dies. It is in `owned()` like any other."""
        ...

    async def sweep(self) -> int:
        """Reaps adopted zombies and kills what outlived its launch; returns how many it found."""
        ...
