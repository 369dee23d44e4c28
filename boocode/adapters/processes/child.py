"""A running child: its pipes, its exit, the bounded tail of what it complained about."""

import os
import time

import trio

from boocode.adapters.processes.pipes import ReadEnd, WriteEnd
from boocode.adapters.processes.proctable import Ident, pipe_inode, signal_group
from boocode.adapters.processes.spawn import Spawned
from boocode.domain.secrets import redacted
from boocode.ports.processes import LaunchSpec, ProcessExit

READ_BYTES = 65_536
SOAK_READS = 16
"""How many reads of stderr in a row before others get their turn."""


class Child:
    """Implements OwnedProcess. `care` must run as a task for as long as it lives."""

    def __init__(self, spec: LaunchSpec, spawned: Spawned) -> None:
        popen = spawned.popen
        self.spec = spec
        self.ident: Ident = spawned.ident
        self.started_at = time.time()
        self.exited = trio.Event()
        self._popen = popen
        self._pidfd = spawned.pidfd
        self._stdin = WriteEnd(popen.stdin) if popen.stdin is not None else None
        self._stdout = ReadEnd(popen.stdout)
        self._stderr = ReadEnd(popen.stderr) if popen.stderr is not None else None
        self.pipes = frozenset(
            pipe_inode(end.descriptor)
            for end in (self._stdin, self._stdout, self._stderr)
            if end is not None and end.descriptor is not None
        )
        """Inodes: who holds the other end of one came from this child."""
        self._tail = bytearray()
        self._torn = False
        self._send_lock = trio.Lock()
        self._receive_lock = trio.Lock()

    @property
    def pid(self) -> int:
        return self.ident.pid

    async def send(self, data: bytes) -> None:
        async with self._send_lock:
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[self._write(rest) :]
                    if rest and self._stdin is not None:
                        await self._stdin.writable()
            finally:
                self._torn = self._torn or 0 < len(rest) < len(data)

    def _write(self, rest: memoryview) -> int:
        refused = f"Cannot write to {self.spec.label} (pid {self.pid})"
        if self._stdin is None:
            raise BrokenPipeError(f"{refused}: it was launched without stdin.")
        if self._torn:
            raise BrokenPipeError(f"{refused}: an earlier message was cut off halfway.")
        try:
            return self._stdin.write_now(rest)
        except BrokenPipeError:
            raise BrokenPipeError(f"{refused}: it ended or its stdin was closed.") from None

    async def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        async with self._receive_lock:
            while (chunk := self._stdout.read_now(max_bytes)) is None:
                await self._stdout.readable()
            return chunk

    async def wait(self) -> ProcessExit:
        await self.exited.wait()
        return ProcessExit(self.pid, self._popen.returncode, self.stderr_tail())

    def stderr_tail(self) -> str:
        # Here, where it is whole: what shows a part of it could cut a secret in two.
        return redacted(self._tail.decode(errors="replace"), self.spec.secrets)

    async def end_input(self) -> None:
        async with self._send_lock:
            self.close_stdin()

    def ask_to_end(self) -> None:
        if not self.exited.is_set():
            signal_group(self.pid, self.spec.stop_signal)

    @property
    def takes_input(self) -> bool:
        """Its stdin is open, so that closing it may end it."""
        return self._stdin is not None and self._stdin.is_open

    @property
    def stdin_descriptor(self) -> int | None:
        """For the register, which writes to the guard from the thread that forked."""
        return self._stdin.descriptor if self._stdin is not None else None

    def close_stdin(self) -> None:
        """Asks politely: most agents end when their input does."""
        if self._stdin is not None:
            self._stdin.close()

    def close_pipes(self) -> None:
        """Ends `receive` and the draining, wherever they wait."""
        self.close_stdin()
        self._stdout.close()
        if self._stderr is not None:
            self._stderr.close()

    async def care(self) -> None:
        """Reaps the child at once when it ends, and drains stderr to its end or until close_pipes()."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._drain_stderr)
            await trio.lowlevel.wait_readable(self._pidfd)
            self.reap()

    def reap(self) -> bool:
        """Collects it when it has ended, with its last words; False while it lives."""
        if self._popen.poll() is None:
            return False
        if not self.exited.is_set():
            os.close(self._pidfd)
            self._soak_stderr()
            self.exited.set()
        return True

    async def discard_stdout(self) -> None:
        """Takes what nobody reads any more, so that a child which is to end can finish its last write."""
        while await self.receive():
            pass

    async def _drain_stderr(self) -> None:
        # A child that nobody listens to would stop for ever in the middle of its complaint.
        while self._stderr is not None and self._stderr.is_open:
            if self._soak_stderr():
                await trio.lowlevel.checkpoint()
            else:
                await self._stderr.readable()

    def _soak_stderr(self) -> bool:
        """Reads what is there into the tail; True when there may be more at once."""
        for _ in range(SOAK_READS if self._stderr is not None else 0):
            assert self._stderr is not None
            chunk = self._stderr.read_now(READ_BYTES)
            if chunk is None:
                return False
            if not chunk:
                self._stderr.close()
                return False
            self._tail += chunk
            del self._tail[: -self.spec.stderr_tail_bytes]
        return True
