"""BooCode's own agent in a tree: the real session and endpoint, tools of a test, a memory that outlives the tree."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import trio
from attrs import define, field, frozen

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.native.conversation import Entry
from boocode.domain.native.modes import Effect
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.ports.agents import SessionLimits
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.native import (
    Briefing,
    ConversationMoved,
    NativeChoices,
    NativeLimits,
    NativeNews,
    NativePlace,
)
from boocode.ports.native_tools import CallShown, NativeTool, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.store import StoreUnavailable
from supervisors.agent import AgentParts
from supervisors.native import NATIVE, NativeParts, native_child
from tests.actors.agent_kit import Backing, Rig, rig
from tests.kit.model_endpoint import ModelEndpoint as ScriptedModel
from tests.kit.model_endpoint import serve_model

STALL_S = 20.0


@define
class HeldMemory:
    """A NativeMemory without a database; the same rules as the real one."""

    kept: dict[str, list[Entry]] = field(factory=dict)
    past: tuple[Entry, ...] = ()
    is_away: bool = False

    async def load(self, session_id: str) -> tuple[Entry, ...] | None:
        await self._there()
        return tuple(self.kept[session_id]) if session_id in self.kept else None

    async def append(self, session_id: str, chat_id: str, at: int, entries: Sequence[Entry]) -> None:
        await self._there()
        kept = self.kept.setdefault(session_id, [])
        known = kept[at:]
        if len(kept) < at or known != list(entries[: len(known)]):
            raise ConversationMoved(session_id)
        kept += entries[len(known) :]

    async def from_chat(self, chat_id: str) -> tuple[Entry, ...]:
        await self._there()
        return self.past

    async def _there(self) -> None:
        await trio.lowlevel.checkpoint()
        if self.is_away:
            raise StoreUnavailable("it is away in this test")


@define(eq=False)
class Tool:
    """A tool of a test: what it was called with, and how many of its calls ran at once."""

    name: str
    effect: Effect = "read"
    schema: Mapping[str, object] = field(factory=lambda: {"type": "object", "properties": {}})
    kind: str = "other"
    answer: str = "done"
    told: tuple[str, ...] = ()
    refuses: str | None = None
    """Words that its look answers with."""
    breaks: Exception | None = None
    silent_s: float = 0.0
    gate: trio.Event | None = None
    called: list[Mapping[str, object]] = field(factory=list)
    ended: int = 0
    most_at_once: int = 0
    _now: int = 0
    begun: trio.Event = field(factory=trio.Event)

    @property
    def offer(self) -> ToolOffer:
        return ToolOffer(self.name, f"The test's {self.name}.", self.schema, self.effect, self.kind)

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        if self.refuses is not None:
            raise ToolRefused(self.refuses)
        return CallShown(f"{self.name} it", ("some/file",))

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        self.called.append(arguments)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        self.begun.set()
        try:
            tell("half of it")
            if self.gate is not None:
                await self.gate.wait()
            await trio.sleep(self.silent_s)
            if self.breaks is not None:
                raise self.breaks
        finally:
            self._now -= 1
            self.ended += 1
        return ToolResult(self.answer, told=self.told)


@define
class World:
    """A NativeWorld whose parts a test changes."""

    endpoint: ModelEndpoint
    memory: HeldMemory = field(factory=HeldMemory)
    tools_now: tuple[NativeTool, ...] = ()
    profiles: tuple[Profile, ...] = (BUILT_IN,)
    skills: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    waiting: list[NativeNews] = field(factory=list)
    heard: list[str] = field(factory=list)
    """Keys of the news that were taken for told."""
    gate: trio.Event | None = None
    """Holds up the briefing."""
    tools_gate: trio.Event | None = None

    async def brief(self, place: NativePlace) -> Briefing:
        await trio.lowlevel.checkpoint()
        if self.gate is not None:
            await self.gate.wait()
        return Briefing(self.profiles, "", self.skills, self.warnings)

    async def tools(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        await trio.lowlevel.checkpoint()
        if self.tools_gate is not None:
            await self.tools_gate.wait()
        return self.tools_now, ()

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        await trio.lowlevel.checkpoint()
        return tuple(self.waiting)

    async def told(self, place: NativePlace, keys: Sequence[str]) -> None:
        await trio.lowlevel.checkpoint()
        self.heard += keys
        self.waiting = [each for each in self.waiting if each.told.key not in keys]


@frozen
class Stage:
    """The scripted model, and trees that live one after another on the same memory."""

    model: ScriptedModel
    world: World
    folder: Path
    choices: NativeChoices
    limits: SessionLimits

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Rig]:
        def backing(_: AgentParts) -> Backing:
            parts = NativeParts(self.world, self.choices, self.limits)
            return Backing({NATIVE: partial(native_child, parts)})

        async with rig(
            self.folder, command=(), env={}, agent="boocode", transport=NATIVE, backing=backing
        ) as agents:
            yield agents

    def offered(self, at: int = -1) -> list[str]:
        """Names of the tools of one request to the model."""
        asked = [seen.body for seen in self.model.requests if "messages" in seen.body]
        tools: Any = asked[at].get("tools", [])
        return [tool["function"]["name"] for tool in tools]

    def messages(self, at: int = -1) -> list[dict[str, object]]:
        """Of one request to the model."""
        asked = [seen.body for seen in self.model.requests if "messages" in seen.body]
        messages = asked[at]["messages"]
        assert isinstance(messages, list)
        return messages


@asynccontextmanager
async def native_stage(
    folder: Path,
    *tools: NativeTool,
    stall_s: float = STALL_S,
    choices: NativeChoices | None = None,
    limits: SessionLimits | None = None,
) -> AsyncIterator[Stage]:
    async with serve_model() as model:
        endpoint = OpenAiEndpoint(f"{model.url}/v1", None, stall_s, "config.toml")
        choices = choices or NativeChoices(model="scripted-1", limits=NativeLimits(beat_s=0.05))
        try:
            yield Stage(model, World(endpoint, tools_now=tools), folder, choices, limits or SessionLimits())
        finally:
            await endpoint.close()
