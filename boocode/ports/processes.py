"""Child processes: launched, owned and reaped through one place, so that none is ever left behind."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from attrs import field, frozen


@frozen
class LaunchSpec:
    """A command for a child in a session and process group of its own."""

    command: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    """The whole environment, not an addition to ours."""
    label: str
    """For people and logs: which actor owns it."""
    term_grace_s: float = 2.0
    """How long after stdin was closed, and again after SIGTERM, before the next rung."""
    stderr_tail_bytes: int = 16_384
    stdin: bool = True
    keep_group_signal: str = "SIGTERM"
    uid_map: bool = field(default=False)
    """Run as an unprivileged user in a user namespace of its own (PostgreSQL refuses to run as root)."""


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
        """Writes all of it to stdin, one sender at a time. Raises BrokenPipeError when the child is gone."""
        ...

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """Some stdout; b"" at its end."""
        ...

    async def wait(self) -> ProcessExit: ...
    def stderr_tail(self) -> str: ...


@frozen
class OwnedProcessInfo:
    pid: int
    pgid: int
    label: str
    command: str
    started_at: float
    rss: int | None


class ProcessOwner(Protocol):
    def launch(self, spec: LaunchSpec) -> AbstractAsyncContextManager[OwnedProcess]:
        """Starts a child; on leaving the block, however it is left, its whole tree is gone: stdin closed →
        grace → SIGTERM to the group → grace → SIGKILL to every collected descendant → reaped.
        Raises OSError (with a message that names the command) when it cannot be started."""
        ...

    def owned(self) -> tuple[OwnedProcessInfo, ...]: ...
