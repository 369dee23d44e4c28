"""The prober: which agents this machine has and what they offer.

    start     what was stored ─→ served at once ─→ a quick round behind it
    refresh   a full round, in which everybody is asked. Joins one that runs; a quick one is given up for it
    meanwhile what agents tell in chats is learned at once

Each step is told, stored and published (`provider_updated`) as soon as it changes something. A program that hangs or
crashes costs its own entry some words.
"""

from typing import Any

from attrs import evolve

from actors.probe_round import Answered, Failed, ProbeRound, ProberParts, RoundOver, Seen, Step
from boocode.contracts.frames import USER_TOPIC, ProviderUpdated
from boocode.contracts.resources import CommandInfo, Model, Provider
from boocode.domain.probing import KnownAgent, StoredAgent, Told
from boocode.kernel import Actor, ReplyTo
from boocode.ports.agents import ProviderSpec
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB
from boocode.ports.probing import AgentLearned, RefreshProviders
from boocode.ports.store import StoreUnavailable


class Prober(Actor):
    """Registered as `prober`."""

    def __init__(self, parts: ProberParts) -> None:
        self._parts = parts
        self._agents: dict[str, KnownAgent] = {}
        self._stored: dict[str, StoredAgent] = {}
        self._waiting: list[ReplyTo] = []
        self._round: ProbeRound | None = None
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
            case Seen(agent=id_):
                await self._put(_seen(self._agents[id_], message))
            case Answered(agent=id_, told=told, asked_as=asked_as):
                await self._put(self._agents[id_].answered(told, asked_as))
            case Failed(agent=id_, error=error):
                await self._put(self._agents[id_].failed(error))
            case RoundOver(is_full=is_full):
                self._end_round(is_full=is_full)

    def inspect(self) -> dict[str, object]:
        agents = {id_: agent.provider for id_, agent in self._agents.items()}
        return {
            "round": None if self._round is None else "full" if self._round.is_full else "quick",
            "rounds": self._rounds,
            **{id_: p.error or p.version or "there" for id_, p in agents.items()},
        }

    # What is known

    def _at_start(self, spec: ProviderSpec) -> KnownAgent:
        error = self._parts.machine.missing(spec)
        agent = KnownAgent(
            spec.id,
            spec.label,
            spec.transport,
            spec.models,
            installed=error is None,
            told=self._parts.known.get(spec.id, Told()),
            error=error,
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
        elif not self._round.is_full:
            self._round.give_up()  # its end begins the full one

    def _begin(self, *, is_full: bool) -> None:
        answered = {id_: agent.asked_as for id_, agent in self._agents.items()}
        self._round = ProbeRound(self._parts, answered, self._tell, is_full=is_full)
        self._rounds += 1
        self.ctx.start_task(self._round.run, name="probe agents")

    def _end_round(self, *, is_full: bool) -> None:
        self._round = None
        if is_full:
            waiting, self._waiting = self._waiting, []
            for reply in waiting:
                reply.reply(self._providers())
        elif self._waiting:
            self._begin(is_full=True)

    def _tell(self, step: Step) -> None:
        self.ctx.ref.cast(step)


def _seen(agent: KnownAgent, seen: Seen) -> KnownAgent:
    """An agent that has gone offers nothing."""
    if not seen.is_there:
        return KnownAgent(agent.id, agent.label, agent.transport, agent.configured, error=seen.error)
    error = agent.error if seen.is_asked_now and agent.installed else seen.error
    return evolve(agent, installed=True, version=seen.version, nearby=seen.nearby, error=error)
