"""Answers an agent's terminal requests: commands in actors of their own, a bounded number. Not an actor.

A terminal belongs to the turn in which it was made: a cancel kills its command, the turn's end takes it away. One whose
command has ended and left a server running in the background stays, unseen by the agent, until the agent goes: the
person who asked for the server wants to use it. After a cancel nothing stays.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

import trio
from attrs import define, frozen

from actors.agent_requests import AgentRequests
from boocode.domain.acp.errors import INTERNAL_ERROR, INVALID_PARAMS
from boocode.domain.acp.incoming import AskedOfTerminal, AskedToRun
from boocode.domain.acp.terminals import command_words, output_limit
from boocode.kernel import ChildSpec, Context, KernelError, Ref
from boocode.ports.agent_wire import AgentFiles, FileRefused
from boocode.ports.terminals import (
    AwaitTerminal,
    HasCompany,
    KillTerminal,
    LookAtTerminal,
    TerminalCommand,
    TerminalExit,
    TerminalState,
)

MAX_TERMINALS = 16
"""Of one agent session at a time."""
MAX_KEPT = 8
"""Terminals that stay for what runs in the background; the oldest goes for another one."""
START_S = 10.0
LOOK_S = 10.0
KILL_S = 15.0
DAY_S = 86_400.0
"""The longest that a command is waited for; the turn's own limits come long before."""


@frozen
class TerminalPlace:
    """Where an agent session's terminals live: `make` gives the child of the supervisor `name`."""

    name: str
    make: Callable[[TerminalCommand, Ref], ChildSpec]
    env: Mapping[str, str]
    """The agent's own environment, which its commands get too."""
    shell: str


@define
class _Open:
    ref: Ref | None = None
    """None while it starts."""


class TerminalService:
    def __init__(
        self, ctx: Context, requests: AgentRequests, files: AgentFiles, place: TerminalPlace
    ) -> None:
        self._ctx = ctx
        self._requests = requests
        self._files = files
        self._place = place
        self._open: dict[str, _Open] = {}
        self._kept: dict[str, bool] = {}
        """Released ones that stay, oldest first; True: since this turn."""
        self._made = 0

    @property
    def has_any(self) -> bool:
        """Whether the running turn has terminals, open or kept."""
        return bool(self._open) or any(self._kept.values())

    # Serving

    def create(self, asked: AskedToRun) -> None:
        """Begins; the answer goes to the agent when the command runs."""
        if len(self._open) >= MAX_TERMINALS:
            words = f"more than {MAX_TERMINALS} terminals at once; release some"
            self._requests.refuse(asked.id, INTERNAL_ERROR, words)
            return
        self._made += 1
        terminal_id = f"terminal-{self._made}"
        self._open[terminal_id] = _Open()
        self._ctx.start_task(self._create, asked, terminal_id, name="start terminal")

    def serve(self, asked: AskedOfTerminal) -> None:
        terminal_id = asked.params.terminal_id
        terminal = self._open.get(terminal_id)
        if terminal is None or terminal.ref is None:
            words = f"There is no terminal {terminal_id}: it was released, or its turn is over."
            self._requests.refuse(asked.id, INVALID_PARAMS, words)
            return
        answer: Callable[[], Awaitable[None]]
        match asked.what:
            case "output":
                answer = partial(self._look, asked, terminal.ref)
            case "wait_for_exit":
                answer = partial(self._await, asked, terminal.ref)
            case "kill":
                answer = partial(self._kill, asked, terminal.ref)
            case "release":
                del self._open[terminal_id]
                answer = partial(self._release, asked, terminal.ref)
        self._ctx.start_task(answer, name=f"{asked.what} {terminal_id}")

    async def _create(self, asked: AskedToRun, terminal_id: str) -> None:
        params = asked.params
        terminal = self._open[terminal_id]
        try:
            command = TerminalCommand(
                terminal_id,
                command_words(params.command, params.args or (), self._place.shell),
                await self._files.folder(params.cwd),
                {**self._place.env, **{each.name: each.value for each in params.env or ()}},
                output_limit(params.output_byte_limit),
            )
            spec = self._place.make(command, self._ctx.ref)
            with trio.fail_after(START_S):
                ref = await self._ctx.supervisor(self._place.name).start_child(spec)
        except (FileRefused, KernelError, trio.TooSlowError) as error:
            self._open.pop(terminal_id, None)
            self._requests.refuse(asked.id, INTERNAL_ERROR, f"The command could not be started: {error}")
            return
        if self._open.get(terminal_id) is not terminal:  # the turn ended while it started
            await self._end(terminal_id)
            self._requests.refuse(asked.id, INTERNAL_ERROR, "The turn is over: nothing may be run now.")
            return
        terminal.ref = ref
        self._requests.result(asked.id, {"terminalId": terminal_id})

    async def _look(self, asked: AskedOfTerminal, terminal: Ref) -> None:
        try:
            state = await terminal.call(LookAtTerminal(), timeout=LOOK_S)
        except KernelError as error:
            self._gone(asked, error)
            return
        status = {"exitStatus": _status(state.exit)} if state.exit is not None else {}
        self._requests.result(asked.id, {"output": state.output, "truncated": state.truncated, **status})

    async def _await(self, asked: AskedOfTerminal, terminal: Ref) -> None:
        try:
            state: TerminalState = await terminal.call(AwaitTerminal(), timeout=DAY_S)
        except KernelError as error:
            self._gone(asked, error)
            return
        assert state.exit is not None
        self._requests.result(asked.id, _status(state.exit))

    async def _kill(self, asked: AskedOfTerminal, terminal: Ref) -> None:
        try:
            await terminal.call(KillTerminal(), timeout=KILL_S)
        except KernelError as error:
            self._gone(asked, error)
            return
        self._requests.result(asked.id, {})

    async def _release(self, asked: AskedOfTerminal, terminal: Ref) -> None:
        await self._retire(asked.params.terminal_id, terminal, since_this_turn=True)
        self._requests.result(asked.id, {})

    def _gone(self, asked: AskedOfTerminal, error: KernelError) -> None:
        words = f"{asked.params.terminal_id} is gone: {error}"
        self._requests.refuse(asked.id, INTERNAL_ERROR, words)

    # The turn's end

    def kill_all(self) -> None:
        """The turn is cancelled: no command goes on, what they wrote can still be read."""
        for terminal_id, terminal in self._open.items():
            if terminal.ref is not None:
                self._ctx.start_task(self._kill_one, terminal.ref, name=f"kill {terminal_id}")

    async def release_all(self, *, cancelled: bool) -> None:
        """The turn is over; returns when nothing of its terminals is left but what may stay."""
        left, self._open = self._open, {}
        recent = [terminal_id for terminal_id, is_recent in self._kept.items() if is_recent]
        self._kept = {
            terminal_id: False for terminal_id in self._kept if not (cancelled and terminal_id in recent)
        }
        async with trio.open_nursery() as nursery:
            for terminal_id in recent if cancelled else ():
                nursery.start_soon(self._end, terminal_id)
            for terminal_id, terminal in left.items():
                if cancelled or terminal.ref is None:
                    nursery.start_soon(self._end, terminal_id)
                else:
                    nursery.start_soon(
                        partial(self._retire, terminal_id, terminal.ref, since_this_turn=False)
                    )

    async def _retire(self, terminal_id: str, terminal: Ref, *, since_this_turn: bool) -> None:
        stays = False
        with suppress(KernelError):
            stays = await terminal.call(HasCompany(), timeout=LOOK_S)
        if not stays:
            await self._end(terminal_id)
            return
        self._kept[terminal_id] = since_this_turn
        while len(self._kept) > MAX_KEPT:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            await self._end(oldest)

    @staticmethod
    async def _kill_one(terminal: Ref) -> None:
        with suppress(KernelError):  # it has ended
            await terminal.call(KillTerminal(), timeout=KILL_S)

    async def _end(self, terminal_id: str) -> None:
        with suppress(KernelError):  # never started, or gone by itself
            await self._ctx.supervisor(self._place.name).terminate_child(terminal_id)


def _status(exit_: TerminalExit) -> Mapping[str, object]:
    return {"exitCode": exit_.code, "signal": exit_.signal}
