"""One shell command in a process group of its own, its output streamed, nothing of it left behind."""

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from subprocess import DEVNULL, PIPE, STDOUT, Popen

LOOK_S = 0.05
"""How often a silent command is checked for its end and for a cancel."""
LINGER_S = 0.2
"""How long output is still awaited after the command's end, from children that hold its pipe."""
MAX_OUTPUT = 64 * 1024
"""Bytes of output that are kept: the latest."""


class Command:
    """A running command. Iterate over its output, then read `exit_code`; `kill` may come from any thread."""

    def __init__(self, line: str, cwd: str) -> None:
        """Starts it. Raises OSError when there is no shell or no such folder."""
        self._process = Popen(  # noqa: S602 – running what a person allowed is the point
            line, shell=True, cwd=cwd, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, process_group=0
        )

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    def output(self, cancelled: threading.Event) -> Iterator[str]:
        """The whole output so far, each time it has grown; ends with the command, or when cancelled.

        Whatever the command left running in its group is killed at the end.
        """
        stream = self._process.stdout
        if stream is None:
            raise RuntimeError("a command is always started with a pipe")
        kept = b""
        try:
            while not cancelled.is_set():
                ended = self._has_ended()
                if select.select([stream], [], [], LINGER_S if ended else LOOK_S)[0]:
                    piece = os.read(stream.fileno(), 65536)
                    if not piece:
                        break
                    kept = (kept + piece)[-MAX_OUTPUT:]
                    yield kept.decode("utf-8", "replace")
                elif ended:
                    break
            while not self._has_ended() and not cancelled.wait(LOOK_S):
                pass  # it has closed its output, and runs on
        finally:
            self.kill()
            self._process.wait()
            stream.close()

    def kill(self) -> None:
        """The whole group. Until `output` has ended the group's number is ours: its leader is not reaped."""
        with suppress(ProcessLookupError, PermissionError):  # all of the group has ended
            os.killpg(self._process.pid, signal.SIGKILL)

    def _has_ended(self) -> bool:
        """Without reaping it, so that its number stays taken."""
        ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended is not None
