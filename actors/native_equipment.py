"""What a turn of the native agent works with: its manner, its model, its tools and its instructions, read anew."""

import json
from collections.abc import Mapping, Sequence

from attrs import define, evolve, field, frozen

from actors.native_conversation import NativeConversation
from boocode.domain.native.conversation import Entry
from boocode.domain.native.messages import wire_messages
from boocode.domain.native.modes import Effect, Manner, manner, mode_names
from boocode.domain.native.orphans import without_orphans
from boocode.domain.native.prompting import Surroundings, system_prompt
from boocode.domain.native.sampling import Sampling
from boocode.domain.native.slash import Fullness
from boocode.domain.native.tool_names import unknown_tool
from boocode.domain.native.window import (
    BYTES_PER_TOKEN,
    DEFAULT_WINDOW,
    Fitted,
    Room,
    TooLong,
    fit,
    measured,
    size_of,
)
from boocode.ports.agents import AgentStartFailed, StartTurn
from boocode.ports.model_endpoint import ModelFailed, ModelRequest, ServedModel, UsageTold
from boocode.ports.native import Briefing, NativeChoices, NativePlace, NativeWorld
from boocode.ports.native_tools import NativeTool

SET_MODE = "session/set_mode"
NARROWER = 0.75
"""Of what was too long for the model, and it did not say what it takes."""
SMALLEST_WINDOW = 4_096
"""Not less is ever guessed."""
NO_MODEL = "The endpoint serves no model, and none is set: name one under [model] default in config.toml."


@define
class NativeFacts:
    """What a session knows between turns."""

    conversation: NativeConversation
    model: str | None = None
    """The one that wrote last."""
    mode: str | None = None
    served: tuple[ServedModel, ...] = ()
    bytes_per_token: float = BYTES_PER_TOKEN
    narrowed: dict[str, int] = field(factory=dict)
    """By model, a window that was found to be smaller than it was taken for."""
    standing: set[str] = field(factory=set)
    """What a person has allowed for as long as this session lives."""
    callers: set[str] = field(factory=set)
    """Models that have called tools as one should."""
    warned: set[str] = field(factory=set)
    """Warnings that were said already."""
    commands_told: bool = False

    def unsaid(self, words: Sequence[str]) -> list[str]:
        """Those that were not said yet; from now on they are."""
        fresh = [each for each in dict.fromkeys(words) if each not in self.warned]
        self.warned.update(fresh)
        return fresh


@frozen
class Equipment:
    choices: NativeChoices
    briefing: Briefing
    manner: Manner
    model: str
    window: int
    window_is_told: bool
    sampling: Sampling
    tools: Mapping[str, NativeTool]
    """By name, those that are offered in this manner."""
    hidden: frozenset[str]
    """Names of those that are there and not offered."""
    system: str

    @property
    def max_steps(self) -> int:
        return self.manner.profile.max_steps or self.choices.limits.max_steps

    @property
    def modes(self) -> tuple[str, ...]:
        return mode_names(self.briefing.profiles)

    def effect(self, tool: str) -> Effect:
        """Of one that is not there: reading, for all that comes of it is words."""
        known = self.tools.get(tool)
        return known.offer.effect if known is not None else "read"

    def unknown_words(self, tool: str) -> str:
        if tool in self.hidden:
            return f"{tool} cannot be called in the mode {self.manner.mode}."
        return unknown_tool(tool, self.tools)

    def on_wire(self) -> tuple[Mapping[str, object], ...]:
        return tuple(
            {
                "type": "function",
                "function": {
                    "name": tool.offer.name,
                    "description": tool.offer.description,
                    "parameters": tool.offer.schema,
                },
            }
            for tool in self.tools.values()
        )

    def fixed_bytes(self) -> int:
        return size_of(self.system) + size_of(json.dumps(self.on_wire()))

    def fit(self, entries: Sequence[Entry], facts: NativeFacts) -> Fitted | TooLong:
        room = Room(self.window, self.fixed_bytes(), facts.bytes_per_token, self.sampling.max_tokens)
        return fit(without_orphans(entries), room, facts.conversation.cut)

    def request(self, entries: Sequence[Entry], *, with_tools: bool) -> ModelRequest:
        return ModelRequest(
            self.model,
            wire_messages(self.system, entries),
            self.on_wire() if with_tools else (),
            self.sampling.body(),
        )

    def learn(self, facts: NativeFacts, fitted: Fitted, usage: UsageTold | None) -> None:
        """From what the endpoint counted of a request."""
        if usage is not None and usage.input_tokens:
            facts.bytes_per_token = measured(self.fixed_bytes() + fitted.size, usage.input_tokens)

    def narrow(self, facts: NativeFacts, fitted: Fitted, told: int | None) -> None:
        """The endpoint says that this was too long, and perhaps how large the window is: else every further request
        of the conversation would be too long as well."""
        if told is None or told >= self.window:
            sent = (self.fixed_bytes() + fitted.size) / facts.bytes_per_token
            told = max(int(min(sent, self.window) * NARROWER), SMALLEST_WINDOW)
        facts.narrowed[self.model] = told

    def fullness(self, facts: NativeFacts) -> Fullness:
        fitted = self.fit(facts.conversation.entries, facts)
        size = fitted.size if isinstance(fitted, Fitted) else 0
        per_token = facts.bytes_per_token
        return Fullness(
            self.model,
            self.window,
            int(self.fixed_bytes() / per_token),
            int(size / per_token),
            self.window_is_told,
        )


@frozen
class Choice:
    """What a turn is to be like, known before its tools are."""

    briefing: Briefing
    manner: Manner
    model: str


async def choose(
    world: NativeWorld, place: NativePlace, facts: NativeFacts, start: StartTurn, label: str
) -> Choice:
    """Raises AgentStartFailed for a mode that there is not, ModelFailed when no model can be had."""
    briefing = await world.brief(place)
    chosen = manner(start.mode, briefing.profiles, place.choices.leave)
    if chosen is None:
        offered = ", ".join(mode_names(briefing.profiles))
        raise AgentStartFailed(
            SET_MODE, f"{label} does not offer the mode {start.mode}. It offers: {offered}."
        )
    wanted = start.model or chosen.profile.model or place.choices.model
    return Choice(briefing, chosen, await _model(world, place, facts, wanted))


async def equip(
    world: NativeWorld, place: NativePlace, facts: NativeFacts, start: StartTurn, choice: Choice
) -> tuple[Equipment, list[str]]:
    """And what people should know of it."""
    briefing, chosen, model = choice.briefing, choice.manner, choice.model
    tools, warnings = await world.tools(place)
    offered_tools = {
        tool.offer.name: tool for tool in tools if chosen.offers(tool.offer.name, tool.offer.effect)
    }
    told = _window(place.choices, facts, model)
    sampling = chosen.profile.sampling
    if start.thinking is not None:
        sampling = evolve(sampling, reasoning_effort=start.thinking)
    system = system_prompt(
        chosen.profile,
        Surroundings(place.cwd, chosen.leave, tuple(offered_tools), briefing.instructions, briefing.skills),
    )
    equipment = Equipment(
        choices=place.choices,
        briefing=briefing,
        manner=chosen,
        model=model,
        window=facts.narrowed.get(model) or told or DEFAULT_WINDOW,
        window_is_told=told is not None,
        sampling=sampling,
        tools=offered_tools,
        hidden=frozenset(tool.offer.name for tool in tools) - offered_tools.keys(),
        system=system,
    )
    return equipment, facts.unsaid((*briefing.warnings, *warnings))


async def _model(world: NativeWorld, place: NativePlace, facts: NativeFacts, wanted: str | None) -> str:
    """The model of a turn; the endpoint is asked for what it serves when that has to be known."""
    known = {each.id for each in facts.served if each.context_tokens is not None}
    knows_window = place.choices.context_tokens is not None or wanted in known
    if wanted is None or not knows_window:
        try:
            facts.served = await world.endpoint.models()
        except ModelFailed:
            if wanted is None:
                raise
    if wanted is not None:
        return wanted
    if not facts.served:
        raise AgentStartFailed("session/set_model", NO_MODEL)
    return facts.served[0].id


def _window(choices: NativeChoices, facts: NativeFacts, model: str) -> int | None:
    if choices.context_tokens is not None:
        return choices.context_tokens
    return next((each.context_tokens for each in facts.served if each.id == model), None)
