"""Asking an ACP agent what it offers: a fresh process, the handshake of a real session, its commands, and its end.

Not an actor: the prober's helper task runs it, as a call. Nothing is prompted, and whatever the agent asks is refused.
Commands come when the agent likes, even before its answer to `session/new`: they are kept by session id, waited
for COMMANDS_S at the most, and taken when no others have come for SETTLED_S.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import trio
from attrs import frozen

from actors.agent_handshake import Handshake, Opened
from actors.agent_requests import AgentRequests, RequestFailed
from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.acp.errors import METHOD_NOT_FOUND
from boocode.domain.acp.incoming import Answer, Garbage, Incoming, Updates
from boocode.domain.events import Commands
from boocode.domain.probing import Told
from boocode.ports.agent_wire import AgentWire, BrokenWire
from boocode.ports.agents import AgentStartFailed, ProviderSpec, SessionKey, SessionLimits, SessionPlan
from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import BUN_SCRATCH, LaunchSpec, OwnedProcess, ProcessOwner

COMMANDS_S = 3.0
SETTLED_S = 0.3
LIMITS = SessionLimits(initialize_s=20.0, open_s=20.0)
TERM_GRACE_S = 0.5
LAST_WORDS_S = 1.0
STDERR_CHARS = 300
FOREIGN_SESSIONS = 8
"""Of how many sessions that are not ours the commands are kept, until we know which one is."""


@frozen
class AcpAsker:
    """The Asker of the transport `acp`. `folder` gives an empty git repository of this name while its block lasts."""

    processes: ProcessOwner
    make_wire: Callable[[], AgentWire]
    environment: Callable[[ProviderSpec], dict[str, str]]
    folder: Callable[[str], AbstractAsyncContextManager[str]]
    version: str
    """BooCode's, for the agent."""
    limits: SessionLimits = LIMITS
    commands_s: float = COMMANDS_S

    async def __call__(self, spec: ProviderSpec) -> Told:
        async with self.folder(spec.id) as cwd:
            launch = LaunchSpec(
                spec.command,
                cwd,
                self.environment(spec),
                f"probe of {spec.id}",
                term_grace_s=TERM_GRACE_S,
                scratch=BUN_SCRATCH,
            )
            async with self.processes.launch(launch) as child:
                return await self._talk(spec, cwd, child)

    async def _talk(self, spec: ProviderSpec, cwd: str, child: OwnedProcess) -> Told:
        plan = SessionPlan(SessionKey("probe", spec.id), spec, cwd, config_hash="")
        handshake = Handshake(plan, self.limits, self.version)
        talk = _Talk(self.make_wire())
        told: Told | None = None
        refusal: BaseException | None = None
        try:
            with talk.until_it_ends:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(talk.requests.write, child)
                    nursery.start_soon(talk.read, child)
                    opened = await handshake.run(talk.requests, _nothing)
                    commands = await talk.commands_of(opened.agent_session_id, self.commands_s)
                    told = _told(opened, commands)
                    nursery.cancel_scope.cancel()
        except* AgentStartFailed as failed:
            refusal = failed.exceptions[0]
        if refusal is not None:
            has_said_why = isinstance(refusal.__cause__, RequestFailed)
            raise ProbeFailed(str(refusal) if has_said_why else f"{refusal}{_last_words(child)}")
        if told is None:
            raise ProbeFailed(str(handshake.failure(await _how_it_ended(child, talk))))
        return told


class _Talk:
    """What is said while an agent is asked."""

    def __init__(self, wire: AgentWire) -> None:
        self.requests = AgentRequests(wire)
        self.until_it_ends = trio.CancelScope()
        self.broken: str | None = None
        self._wire = wire
        self._commands: dict[str, Commands] = {}
        self._news = trio.Event()

    async def read(self, child: OwnedProcess) -> None:
        try:
            while data := await child.receive():
                for item in self._wire.feed(data):
                    self._hear(item)
        except BrokenWire as error:
            self.broken = str(error)
        self.until_it_ends.cancel()

    def _hear(self, item: Incoming) -> None:
        match item:
            case Updates(session_id=session_id, items=items):
                for each in items:
                    if isinstance(each, Commands) and len(self._commands) < FOREIGN_SESSIONS:
                        self._commands[session_id] = each
                        self._news.set()
            case Answer():
                self.requests.settle(item)
            case Garbage():
                pass
            case _:
                self.requests.refuse(item.id, METHOD_NOT_FOUND, "BooCode only asks what there is.")

    async def commands_of(self, session_id: str, patience_s: float) -> Commands | None:
        with trio.move_on_after(patience_s):
            while session_id not in self._commands:
                await self._next()
            is_settled = False
            while not is_settled:
                with trio.move_on_after(SETTLED_S) as quiet:
                    await self._next()
                is_settled = quiet.cancelled_caught
        return self._commands.get(session_id)

    async def _next(self) -> None:
        self._news = trio.Event()
        await self._news.wait()


def _told(opened: Opened, commands: Commands | None) -> Told:
    model, mode, thinking = opened.offer.model, opened.offer.mode, opened.offer.thinking
    return Told(
        models=tuple(Model(id_, label) for id_, label in model.offered) if model is not None else (),
        modes=tuple(id_ for id_, _ in mode.offered) if mode is not None else (),
        commands=tuple(CommandInfo(c.name, c.description) for c in commands.commands) if commands else (),
        version=opened.traits.version,
        thinking=tuple(id_ for id_, _ in thinking.offered) if thinking is not None else (),
        default_model=model.current if model is not None else None,
        default_mode=mode.current if mode is not None else None,
    )


async def _how_it_ended(child: OwnedProcess, talk: _Talk) -> str:
    if talk.broken is not None:
        return talk.broken
    with trio.move_on_after(LAST_WORDS_S):
        return f"it {(await child.wait()).describe()}"
    return f"it closed its output{_last_words(child)}"


def _last_words(child: OwnedProcess) -> str:
    tail = child.stderr_tail().strip()[-STDERR_CHARS:]
    return f" Its last words: {tail}" if tail else ""


def _nothing() -> int:
    """How much of an earlier conversation was replayed: the session is new."""
    return 0
