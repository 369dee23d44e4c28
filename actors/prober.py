"""The prober: which agents this machine has and what they offer.

    start     what was stored ─→ served at once ─→ a quick round behind it
    quick     program there? → version → asked itself only if no answer of this very set-up is stored
    refresh   a full round: everybody is asked. Joins one that runs; a quick one is given up for it
    meanwhile what agents tell in chats is learned at once

Each step is told, stored and published (`provider_updated`) as soon as it changes something. AT_ONCE agents are asked
at a time, each for EACH_S, all for ROUND_S; a program that hangs or crashes costs its own entry some words.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import trio
from attrs import evolve, frozen

from boocode.contracts.frames import USER_TOPIC, ProviderUpdated
from boocode.contracts.resources import CommandInfo, Model, Provider
from boocode.domain.agent_settings import served_models
from boocode.domain.probing import (
    KnownAgent,
    Nearby,
    StoredAgent,
    Told,
    missing,
    set_up,
    version_command,
    version_in,
)
from boocode.kernel import Actor, ReplyTo
from boocode.ports.agents import ProviderSpec
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB
from boocode.ports.probing import (
    AgentLearned,
    Asker,
    Askers,
    Machine,
    ProbeFailed,
    RefreshProviders,
    Surroundings,
)
from boocode.ports.processes import LaunchSpec, ProcessOwner
from boocode.ports.store import Store, StoreUnavailable

VERSION_S = 10.0
EACH_S = 35.0
ROUND_S = 45.0
AT_ONCE = 2
OUTPUT_LIMIT = 4096
NOTHING_NEARBY = Nearby()


@frozen
class ProbeLimits:
    version_s: float = VERSION_S
    each_s: float = EACH_S
    round_s: float = ROUND_S


@frozen
class ProberParts:
    """What the composition root gives."""

    specs: tuple[ProviderSpec, ...]
    store: Store
    processes: ProcessOwner
    machine: Machine
    askers: Askers
    environment: Callable[[ProviderSpec], dict[str, str]]
    """All that an agent's program sees."""
    cwd: str
    announce: Callable[[tuple[Provider, ...]], None]
    """Told whenever something is known anew."""
    known: Mapping[str, Told]
    """By provider id: agents that need not be asked."""
    transports: Collection[str]
    """What there is a backend for."""
    wall: Callable[[], float]
    """Seconds since the epoch."""
    limits: ProbeLimits = ProbeLimits()


@frozen
class _Seen:
    """A step of a round: what was found out besides asking."""

    agent: str
    version: str | None = None
    nearby: Nearby = NOTHING_NEARBY
    error: str | None = None
    is_there: bool = True
    is_asked_now: bool = False
    """What is wrong with it will be known after that."""


@frozen
class _Answered:
    agent: str
    told: Told
    asked_as: str


@frozen
class _Failed:
    agent: str
    error: str


@frozen
class _RoundOver:
    is_full: bool


class Prober(Actor):
    """Registered as `prober`."""

    def __init__(self, parts: ProberParts) -> None:
        self._parts = parts
        self._specs = {spec.id: spec for spec in parts.specs}
        self._agents: dict[str, KnownAgent] = {}
        self._stored: dict[str, StoredAgent] = {}
        self._waiting: list[ReplyTo] = []
        self._round: trio.CancelScope | None = None
        self._round_is_full = False
        self._rounds = 0

    async def init(self) -> None:
        self._stored = await self._from_store()
        for spec in self._parts.specs:
            self._agents[spec.id] = self._at_start(spec)
        self._announce()
        self._begin(is_full=False)

    async def handle(self, message: Any) -> None:
        match message:
            case RefreshProviders():
                self._waiting.append(self.ctx.defer())
                self._refresh()
            case AgentLearned():
                await self._overhear(message)
            case _Seen(agent=id_):
                await self._put(_seen(self._agents[id_], message))
            case _Answered(agent=id_, told=told, asked_as=asked_as):
                await self._put(self._agents[id_].answered(told, asked_as))
            case _Failed(agent=id_, error=error):
                await self._put(self._agents[id_].failed(error))
            case _RoundOver(is_full=is_full):
                self._end_round(is_full=is_full)

    def inspect(self) -> dict[str, object]:
        agents = {id_: agent.provider for id_, agent in self._agents.items()}
        return {
            "round": None if self._round is None else "full" if self._round_is_full else "quick",
            "rounds": self._rounds,
            **{id_: p.error or p.version or "there" for id_, p in agents.items()},
        }

    # What is known

    def _at_start(self, spec: ProviderSpec) -> KnownAgent:
        program = self._parts.machine.program(spec)
        agent = KnownAgent(
            spec.id,
            spec.label,
            spec.transport,
            spec.models,
            installed=program is not None,
            told=self._parts.known.get(spec.id, Told()),
            error=None if program is not None else missing(spec.label, spec.command[0], spec.how_to_get),
        )
        before = self._stored.get(spec.id)
        return agent if before is None or spec.id in self._parts.known else agent.remembering(before)

    async def _from_store(self) -> dict[str, StoredAgent]:
        try:
            return {agent.provider.id: agent for agent in await self._parts.store.list_providers()}
        except StoreUnavailable:
            return {}

    async def _put(self, agent: KnownAgent) -> None:
        """Tells and stores what has changed."""
        before = self._agents[agent.id]
        self._agents[agent.id] = agent
        if agent.provider != before.provider:
            self._announce()
            frame = ProviderUpdated(agent.provider)
            self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, frame, self._parts.wall()))
        kept = StoredAgent(agent.provider, agent.told, agent.asked_as)
        if kept == self._stored.get(agent.id):
            return
        try:
            await self._parts.store.save_provider(kept)
        except StoreUnavailable:
            return  # only a memory for the next start
        self._stored[agent.id] = kept

    async def _overhear(self, learned: AgentLearned) -> None:
        agent = self._agents.get(learned.agent)
        if agent is not None:
            told = Told(
                tuple(Model(id_, label) for id_, label in learned.models),
                learned.modes,
                tuple(CommandInfo(command.name, command.description) for command in learned.commands),
            )
            await self._put(agent.overheard(told))

    def _announce(self) -> None:
        self._parts.announce(self._providers())

    def _providers(self) -> tuple[Provider, ...]:
        return tuple(agent.provider for agent in self._agents.values())

    # Rounds

    def _refresh(self) -> None:
        if self._round is None:
            self._begin(is_full=True)
        elif not self._round_is_full:
            self._round.cancel()  # its end begins the full one

    def _begin(self, *, is_full: bool) -> None:
        self._round, self._round_is_full = trio.CancelScope(), is_full
        self._rounds += 1
        self.ctx.start_task(self._run_round, self._round, is_full, name="probe agents")

    def _end_round(self, *, is_full: bool) -> None:
        self._round = None
        if is_full:
            waiting, self._waiting = self._waiting, []
            for reply in waiting:
                reply.reply(self._providers())
        elif self._waiting:
            self._begin(is_full=True)

    async def _run_round(self, scope: trio.CancelScope, is_full: bool) -> None:
        slots = trio.CapacityLimiter(AT_ONCE)
        open_: set[str] = set(self._specs)

        async def one(spec: ProviderSpec) -> None:
            async with slots:
                await self._look_at(spec, served, is_full=is_full)
            open_.discard(spec.id)

        with scope:
            with trio.move_on_after(self._parts.limits.round_s) as in_time:
                served = await self._served()
                async with trio.open_nursery() as nursery:
                    for spec in self._specs.values():
                        nursery.start_soon(one, spec)
            if in_time.cancelled_caught:
                for id_ in sorted(open_):
                    self._tell(_Failed(id_, f"There was no time left to ask {self._specs[id_].label}."))
        self._tell(_RoundOver(is_full))

    async def _served(self) -> tuple[str, tuple[str, ...]]:
        try:
            return await self._parts.machine.served_models()
        except ProbeFailed:
            return "", ()  # its models are missing then; `boocode doctor` says why

    async def _look_at(
        self, spec: ProviderSpec, served: tuple[str, tuple[str, ...]], *, is_full: bool
    ) -> None:
        """One agent of a round. Whatever goes wrong is its own: another agent, and this actor, go on."""
        try:
            with trio.fail_after(self._parts.limits.each_s):
                await self._probe(spec, served, is_full=is_full)
        except trio.TooSlowError:
            self._tell(
                _Failed(spec.id, f"{spec.label} took more than {self._parts.limits.each_s:g} s to answer.")
            )
        except Exception as error:  # noqa: BLE001 - see above
            self._tell(_Failed(spec.id, _words(error)))

    async def _probe(self, spec: ProviderSpec, served: tuple[str, tuple[str, ...]], *, is_full: bool) -> None:
        if self._parts.machine.program(spec) is None:
            error = missing(spec.label, spec.command[0], spec.how_to_get)
            self._tell(_Seen(spec.id, error=error, is_there=False))
            return
        around = await self._parts.machine.surroundings(spec)
        nearby = Nearby(around.settings.models, served_models(around.settings, *served))
        version, problem = await self._version(spec)
        wanted = self._set_up(spec, version, around)
        asker = self._asker(spec, wanted, is_full=is_full)
        problem = problem if asker is None else None
        if spec.transport not in self._parts.transports:
            problem = f"It is set to speak '{spec.transport}', which this version does not."
        self._tell(_Seen(spec.id, version, nearby, problem, is_asked_now=asker is not None))
        if asker is not None:
            self._tell(_Answered(spec.id, await asker(spec), wanted))

    def _asker(self, spec: ProviderSpec, wanted: str, *, is_full: bool) -> Asker | None:
        """Who asks it now; None when nobody can, or need."""
        stored = self._stored.get(spec.id)
        is_known = spec.id in self._parts.known or (stored is not None and stored.asked_as == wanted)
        return None if is_known and not is_full else self._parts.askers.get(spec.transport)

    def _set_up(self, spec: ProviderSpec, version: str | None, around: Surroundings) -> str:
        return set_up(spec.transport, spec.command, spec.env, version, around.digest)

    async def _version(self, spec: ProviderSpec) -> tuple[str | None, str | None]:
        """The version that the program tells, and what was wrong with asking for it."""
        command = version_command(spec.command)
        if command is None:
            return None, None
        env, label = self._parts.environment(spec), f"version of {spec.id}"
        launch = LaunchSpec(command, self._parts.cwd, env, label, term_grace_s=0.5, stdin=False)
        output = b""
        with trio.move_on_after(self._parts.limits.version_s) as in_time:
            async with self._parts.processes.launch(launch) as process:
                while len(output) < OUTPUT_LIMIT and (some := await process.receive()):
                    output += some
        if in_time.cancelled_caught:
            return None, f"'{' '.join(command)}' did not answer within {self._parts.limits.version_s:g} s."
        return version_in(output.decode("utf-8", "replace")), None

    def _tell(self, step: _Seen | _Answered | _Failed | _RoundOver) -> None:
        self.ctx.ref.cast(step)


def _seen(agent: KnownAgent, seen: _Seen) -> KnownAgent:
    """An agent that has gone offers nothing."""
    if not seen.is_there:
        return KnownAgent(agent.id, agent.label, agent.transport, agent.configured, error=seen.error)
    error = agent.error if seen.is_asked_now and agent.installed else seen.error
    return evolve(agent, installed=True, version=seen.version, nearby=seen.nearby, error=error)


def _words(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return _words(error.exceptions[0])
    return str(error) or type(error).__name__
