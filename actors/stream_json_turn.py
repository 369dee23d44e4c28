"""One turn of a one-shot agent: a process launched, fed its prompt, heard to its end, and gone again.

    launched ── first words ──→ running ── result, exit ──→ over
       └─ exit without a word: not started   └─ cancel: stop signal ─ deadline ─→ killed

Not an actor: a helper task of the session runs it. Its rule: when `run` returns, nothing of the process is left.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import trio
from attrs import define, field, frozen

from actors.agent_words import start_failure
from actors.turn_delivery import TurnDelivery
from boocode.domain.stream_json.run import Line, Run
from boocode.kernel import Actor, ChildSpec, Context, KernelError, MonitorId, ReplyTo, Restart
from boocode.ports.agent_process import TakeProcess
from boocode.ports.agent_wire import BrokenWire
from boocode.ports.agents import SessionPlan, StartTurn
from boocode.ports.message_lines import MessageLines
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessExit

READ_BYTES = 65_536
TAKE_S = 5.0
FIRST_WORDS_S = 5.0
"""After so long without a word the prompt counts as taken: some programs print only at their end."""
LINGER_S = 5.0
"""How long a process may take to end after its result."""
CLOSED_S = 0.5
"""How long one whose output has ended may take to end itself, so that we can say how it did."""
PIPE_S = 0.05
"""How long after its end its pipe may stay open (somebody it started holds it) before we stop reading."""


@frozen
class OneShotTools:
    """What a session needs to run a process a turn."""

    launch: Callable[[tuple[str, ...]], LaunchSpec]
    """How a command line is launched for this session."""
    make_process: Callable[[LaunchSpec], Actor]
    make_lines: Callable[[], MessageLines]
    turns: str
    """The name of the supervisor of its processes."""
    pool: str


@define(eq=False)
class OneShotTurn:
    start: StartTurn
    reply: ReplyTo
    run: Run
    delivery: TurnDelivery
    listener: MonitorId
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    forgets: bool = False
    """It goes on in a new conversation; to be told when that has begun."""
    rung: Literal["asked", "killed"] | None = None
    """Set when it was cancelled."""
    broken: str | None = None
    """Why its output could not be read any further."""
    exit: ProcessExit | None = None

    @property
    def is_cancelling(self) -> bool:
        return self.rung is not None

    @property
    def how(self) -> str:
        """The way it ended, as words after the agent's name."""
        return self.exit.describe() if self.exit is not None else "closed its output and stayed"


@define(eq=False)
class TurnProcess:
    """The process of a turn, and what reads it."""

    ctx: Context
    plan: SessionPlan
    turn: OneShotTurn
    tools: OneShotTools
    command: tuple[str, ...]
    child_id: str
    heard: Callable[[], None]
    """Called after each read, when the turn's run has taken it in."""
    gone: trio.Event = field(factory=trio.Event)
    """Set when nothing of the process is left."""
    _child: OwnedProcess | None = None
    _patience: trio.CancelScope = field(factory=trio.CancelScope)
    _until: float = float("inf")
    """When reading stops, however much may come."""

    async def run(self) -> None:
        """Raises AgentStartFailed when it cannot be launched."""
        launch = self.tools.launch(self.command)
        spec = ChildSpec(
            id=self.child_id,
            start=lambda: self.tools.make_process(launch),
            restart=Restart.TEMPORARY,
            shutdown=launch.stop_bound_s + 1.0,
        )
        try:
            process = await self.ctx.supervisor(self.tools.turns).start_child(spec)
            self._child = await process.call(TakeProcess(), timeout=TAKE_S)
            if self.turn.rung is None:
                await self._listen(self._child)
        except KernelError as error:
            raise start_failure(error, self.plan) from error
        finally:
            await self._end()
            self.gone.set()

    async def cancel(self, patience_s: float) -> None:
        """Asks the process to end, and makes it end after so long. Before its start only the mark is left."""
        if self._child is None:
            return
        self._child.ask_to_end()
        with trio.move_on_after(patience_s):
            await self.gone.wait()
            return
        self.turn.rung = "killed"
        await self._end()

    def hurry(self, seconds: float) -> None:
        """Nothing is read later than in so many seconds."""
        self._until = min(self._until, trio.current_time() + seconds)
        self._patience.deadline = self._until

    async def _end(self) -> None:
        with suppress(KernelError):  # it may never have been there
            await self.ctx.supervisor(self.tools.turns).terminate_child(self.child_id)

    async def _listen(self, child: OwnedProcess) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._prompt, child)
            nursery.start_soon(self._watch, child)
            await self._read(child)
            with trio.move_on_after(CLOSED_S):
                self.turn.exit = await child.wait()
            nursery.cancel_scope.cancel()

    async def _prompt(self, child: OwnedProcess) -> None:
        with suppress(BrokenPipeError):  # how it ended says why
            await child.send(self.turn.start.prompt.encode(errors="replace"))
            await child.end_input()

    async def _watch(self, child: OwnedProcess) -> None:
        self.turn.exit = await child.wait()
        self.hurry(PIPE_S)

    async def _read(self, child: OwnedProcess) -> None:
        lines = self.tools.make_lines()
        try:
            while data := await self._some(child):
                await self._take(lines.feed(data))
            await self._take(lines.finish())
        except BrokenWire as error:
            self.turn.broken = str(error)

    async def _some(self, child: OwnedProcess) -> bytes:
        """What it says next; nothing at its end, and when our patience is over."""
        if self.turn.exit is not None and self.turn.run.result is None:
            self._until = (
                trio.current_time() + PIPE_S
            )  # what its pipe holds is heard, however long that takes
        with trio.CancelScope(deadline=self._until) as self._patience:
            return await child.receive(READ_BYTES)
        return b""

    async def _take(self, lines: list[Line]) -> None:
        turn = self.turn
        turn.delivery.put(turn.run.take(lines))
        if turn.run.result is not None:
            self.hurry(LINGER_S)
        self.heard()
        if turn.delivery.is_full:
            room = trio.Event()
            turn.delivery.when_drained(room.set)
            await room.wait()
