"""The process actor: one agent's child process, launched in `init` and gone when the actor is.

When the child ends by itself the actor only tells: the session hears what is left in the pipe first and then
ends the whole sub-tree. If nobody does, the actor ends it.
"""

from typing import Any

import trio
from attrs import frozen

from boocode.kernel import Actor, CallRefused, Ref, ReplyTo
from boocode.ports.agent_process import EndStrays, ProcessEnded, TakeProcess, TellEnd
from boocode.ports.agents import AgentDied, AgentStartFailed
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessExit, ProcessOwner

AFTERLIFE_S = 2.0
"""How long the session may take to read what its ended process said last."""


@frozen
class _Ended:
    exit: ProcessExit


@frozen
class _Afterlife:
    """Nobody ended this sub-tree although its process is gone."""


class AgentProcess(Actor):
    def __init__(
        self, owner: ProcessOwner, launch: LaunchSpec, afterlife_s: float | None = AFTERLIFE_S
    ) -> None:
        """`afterlife_s` None: whoever started this actor ends it, however long its last words take."""
        self._owner = owner
        self._launch = launch
        self._afterlife_s = afterlife_s
        self._child: OwnedProcess | None = None
        self._given = 0
        self._watcher: Ref | None = None
        self._exit: ProcessExit | None = None

    async def init(self) -> None:
        try:
            child: OwnedProcess = await self.ctx.run_task(self._hold, name="hold process")
        except OSError as error:
            raise AgentStartFailed("launch", f"The agent could not be launched: {error}") from error
        self._child = child
        self.ctx.set_process(child.pid)

    async def handle(self, message: Any) -> Any:
        match message:
            case TakeProcess():
                return self._give()
            case EndStrays(since=since, until=until):
                self.ctx.start_task(self._end_strays, since, until, self.ctx.defer(), name="end strays")
            case TellEnd(watcher=watcher):
                self._watcher = watcher
                if self._exit is not None:
                    watcher.cast(ProcessEnded(self._exit))
            case _Ended(exit=exit_):
                self._exit = exit_
                self.ctx.set_process(None)
                if self._afterlife_s is not None:
                    self.ctx.send_after(self._afterlife_s, _Afterlife())
                if self._watcher is not None:
                    self._watcher.cast(ProcessEnded(exit_))
            case _Afterlife():
                assert self._exit is not None
                raise AgentDied(f"it {self._exit.describe()}")
            case _:
                pass
        return None

    def inspect(self) -> dict[str, object]:
        return {
            "command": " ".join(self._launch.command),
            "cwd": self._launch.cwd,
            "pid": self._child.pid if self._child is not None and self._exit is None else None,
            "exit": self._exit.describe() if self._exit is not None else None,
            "stderr_tail": self._child.stderr_tail() if self._child is not None else "",
        }

    def _give(self) -> OwnedProcess:
        """To one reader and one session: their successors could not continue the talk with this child. One that
        has ended already is given too: what it said last tells why."""
        if self._child is None or self._given == 2:
            raise CallRefused(
                AgentStartFailed("launch", "The agent's process is used up: it takes a new one.")
            )
        self._given += 1
        return self._child

    async def _end_strays(self, since: float, until: float, reply: ReplyTo) -> None:
        assert self._child is not None
        reply.reply(await self._owner.end_strays(self._child.pid, since, until))

    async def _hold(self, task_status: trio.TaskStatus[OwnedProcess]) -> None:
        async with self._owner.launch(self._launch) as child:
            task_status.started(child)
            self.ctx.ref.cast(_Ended(await child.wait()))
            # Leaving the block now would empty the pipe before the reader has read what the child said last.
            await trio.sleep_forever()
