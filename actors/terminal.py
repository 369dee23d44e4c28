"""A terminal: one command that an agent asked us to run, with all that it starts, and the end of what it wrote.

    running ── ends by itself, or is killed ──→ ended: its output can still be read
       └─ released: the actor is stopped, and its processes are gone

It has no standard input. What the command started in the background goes with it when it is killed, and when the actor
is stopped at the latest.
"""

import signal
from contextlib import suppress
from typing import Any

import trio
from attrs import frozen

from boocode.domain.acp.terminals import TerminalOutput
from boocode.kernel import Actor, KernelError, MailboxFull, Ref, ReplyTo
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessExit, ProcessOwner
from boocode.ports.terminals import (
    AwaitTerminal,
    HasCompany,
    KillTerminal,
    LookAtTerminal,
    TerminalCommand,
    TerminalExit,
    TerminalSaid,
    TerminalState,
)

NEWS_S = 1.0
"""How often the session hears of new output, at most."""
PIPE_S = 0.2
"""How long after the command's end its output may stay open (somebody it started holds it) before we say it ended."""
NOT_STARTED = 127
"""A shell's exit code for a command that cannot be run."""


@frozen
class _Ended:
    exit: TerminalExit


@frozen
class _Grown:
    """There is new output, of which nobody has been told."""


@frozen
class _NewsDue:
    """It is time to tell."""


class Terminal(Actor):
    def __init__(
        self, owner: ProcessOwner, command: TerminalCommand, launch: LaunchSpec, session: Ref
    ) -> None:
        self._owner = owner
        self._command = command
        self._launch = launch
        self._session = session
        self._output = TerminalOutput(command.output_bytes)
        self._child: OwnedProcess | None = None
        self._exit: TerminalExit | None = None
        self._has_news = False
        self._closed = trio.Event()
        """The output has come to its end."""
        self._let_go = trio.Event()
        self._waiters: list[ReplyTo] = []
        self._killers: list[ReplyTo] = []
        self._is_gone = False

    async def init(self) -> None:
        self._child = child = await self.ctx.run_task(self._hold, name="hold command")
        if child is not None:
            self.ctx.set_process(child.pid)
            self.ctx.set_busy(True, " ".join(self._launch.command)[:200])

    async def handle(self, message: Any) -> Any:
        match message:
            case LookAtTerminal():
                return self._state()
            case AwaitTerminal():
                if self._exit is not None:
                    return self._state()
                self._waiters.append(self.ctx.defer())
            case KillTerminal():
                self._let_go.set()
                if not self._is_gone:
                    self._killers.append(self.ctx.defer())
            case HasCompany():
                if self._exit is None or self._is_gone or self._child is None:
                    return False
                self.ctx.start_task(self._look_for_company, self._child.pid, self.ctx.defer())
            case _Grown():
                self.ctx.send_after(NEWS_S, _NewsDue())
            case _NewsDue():
                self._has_news = False
                if self._exit is None:
                    self._tell()
            case _Ended(exit=exit_):
                self._end(exit_)
            case _:
                pass
        return None

    def inspect(self) -> dict[str, object]:
        return {
            "command": " ".join(self._launch.command),
            "cwd": self._launch.cwd,
            "exit": self._exit,
            "truncated": self._output.truncated,
        }

    def _state(self) -> TerminalState:
        ended = self._exit is not None
        return TerminalState(self._output.text(ended=ended), self._output.truncated, self._exit)

    def _tell(self) -> None:
        with suppress(MailboxFull, KernelError):  # it will hear more, or is on its way out
            self._session.cast(TerminalSaid(self._command.terminal_id, self._state()))

    def _end(self, exit_: TerminalExit) -> None:
        if self._exit is None:
            self._exit = exit_
            self.ctx.set_busy(False)
            self.ctx.set_process(None)
            # Before the answers: what the agent says next comes after what its command has written.
            self._tell()
        for reply in self._waiters:
            reply.reply(self._state())
        self._waiters.clear()
        if self._is_gone:
            for reply in self._killers:
                reply.reply(None)
            self._killers.clear()

    async def _hold(self, task_status: trio.TaskStatus[OwnedProcess | None]) -> None:
        is_started = False
        try:
            async with self._owner.launch(self._launch) as child, trio.open_nursery() as nursery:
                is_started = True
                task_status.started(child)
                nursery.start_soon(self._read, child)
                nursery.start_soon(self._watch, child)
                await self._let_go.wait()
                nursery.cancel_scope.cancel()
            exit_ = _exit_of(await child.wait())
        except OSError as error:
            if is_started:
                raise
            self._output.feed(f"{error}\n".encode())
            task_status.started(None)
            exit_ = TerminalExit(NOT_STARTED, None)
        self._is_gone = True
        self.ctx.ref.cast(_Ended(exit_))

    async def _look_for_company(self, pid: int, reply: ReplyTo) -> None:
        reply.reply(await self._owner.has_company(pid))

    async def _read(self, child: OwnedProcess) -> None:
        while data := await child.receive():
            self._output.feed(data)
            if not self._has_news:
                self._has_news = True
                self.ctx.ref.cast(_Grown())
        self._closed.set()

    async def _watch(self, child: OwnedProcess) -> None:
        exit_ = await child.wait()
        with trio.move_on_after(PIPE_S):
            await self._closed.wait()
        self.ctx.ref.cast(_Ended(_exit_of(exit_)))


def _exit_of(exit_: ProcessExit) -> TerminalExit:
    if exit_.code >= 0:
        return TerminalExit(exit_.code, None)
    with suppress(ValueError):
        return TerminalExit(None, signal.Signals(-exit_.code).name)
    return TerminalExit(None, f"signal {-exit_.code}")
