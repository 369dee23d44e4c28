"""The driver's side of a worker: asks it, lets it die, starts the next one as a boot would."""

import os
import pickle
import select
import signal
import socket
from contextlib import suppress
from typing import Any

from attrs import define, field, frozen

from boocode.kernel import Request
from boocode.ports.names import WORKTREES
from tests.programs.worker import HEAD, Answer, Arm, Ask, Look, fork_worker


class Died(Exception):
    """The worker died by SIGKILL before it answered."""


class Broken(AssertionError):
    """The worker answered with an error that no request may end with, or died in a way that nobody ordered."""


@frozen
class Refused(Exception):
    """The expected refusals, by their code."""

    code: str
    words: str


@define
class Desk:
    url: str
    folder: str
    """Of the worktrees."""
    words: str
    deaths: int = 0
    _pid: int = field(init=False, default=0)
    _line: socket.socket = field(init=False)

    def start(self) -> None:
        self._pid, self._line = fork_worker(self.url, self.folder, self.words)

    def stop(self) -> None:
        """By closing the line: the tree is stopped in order."""
        if self._pid:
            self._line.close()
            _, status = os.waitpid(self._pid, 0)
            self._pid = 0
            if status:
                raise Broken(f"the worker ended with {status}: {self.said()}")

    def abandon(self) -> None:
        """After a failure: whatever state it is in, it goes."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._line.close()
            self._pid = 0

    def said(self) -> str:
        try:
            with open(self.words, encoding="utf-8", errors="replace") as file:
                return file.read()[-4000:]
        except FileNotFoundError:
            return ""

    def ask(self, request: Request[Any], *, crash: str | None = None, to: str = WORKTREES) -> Any:
        """Raises Refused, Died (only with `crash`), Broken."""
        if crash is None:
            return self._value(Ask(request, to))
        if crash.startswith("@"):
            return self._value(Ask(request, to), int(crash[1:]) / 1000)
        self._value(Arm(crash))
        value = self._value(Ask(request, to), may_die=True)
        self._value(Arm(None))
        return value

    def look(self, method: str, *arguments: Any) -> Any:
        """A call of the store."""
        return self._value(Look(method, arguments))

    def _value(self, asked: Any, kill_after: float | None = None, *, may_die: bool = False) -> Any:
        data = pickle.dumps(asked)
        with suppress(BrokenPipeError):  # it died already, of what it did beside: there is no answer either
            self._line.sendall(len(data).to_bytes(HEAD) + data)
        if kill_after is not None and not select.select([self._line], [], [], kill_after)[0]:
            os.kill(self._pid, signal.SIGKILL)
        answer = self._answer()
        if answer is None:
            self._bury(ordered=may_die or kill_after is not None)
            raise Died
        if answer.broken:
            raise Broken(f"{asked!r} broke: {answer.broken}\n{self.said()}")
        if answer.refused:
            if may_die:
                self._value(Arm(None))
            raise Refused(answer.refused, answer.words)
        return answer.value

    def _answer(self) -> Answer | None:
        head = self._exactly(HEAD)
        data = None if head is None else self._exactly(int.from_bytes(head))
        return None if data is None else pickle.loads(data)

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            try:
                more = self._line.recv(size - len(data))
            except ConnectionResetError:
                return None
            if not more:
                return None
            data += more
        return data

    def _bury(self, *, ordered: bool) -> None:
        self._line.close()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        if not ordered or not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            raise Broken(f"the worker ended by itself, status {status}: {self.said()}")
        self.deaths += 1
