"""What BooCode finds out about an agent: pure parts.

    program on PATH ─→ version ─→ is there an answer of this very set-up already? ─ no → ask the agent itself
                                                          └─ yes: keep it

What the agent itself told comes first. A settings file and the model endpoint stand in until it has told of models;
names from config.toml are always added.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from attrs import evolve, frozen

from boocode.contracts.resources import CommandInfo, Model, Provider

_INTERPRETERS = re.compile(r"(python|node|npx|npm|uvx?|bunx?|deno|ba?sh|env)[\d.]*")
_DEAD = "(qwen-oauth)"
"""Qwen Code lists a model of this sign-in always; beside others it is one that nobody is signed in for."""
QUESTIONS = 3
"""Rises when agents are asked for more than before: what they answered then is not all any more."""
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")


def version_command(command: tuple[str, ...]) -> tuple[str, ...] | None:
    """The command that prints the agent's version; None where it would be an interpreter's version instead, and for
    an agent that is no program."""
    if not command or _INTERPRETERS.fullmatch(PurePath(command[0]).name):
        return None
    return (command[0], "--version")


def version_in(output: str) -> str | None:
    """The first thing in the output that looks like a version: `1.34.0` of ` goose 1.34.0`."""
    match = _VERSION.search(output)
    return match[0] if match else None


@frozen
class Told:
    """What an agent itself says that it offers."""

    models: tuple[Model, ...] = ()
    modes: tuple[str, ...] = ()
    commands: tuple[CommandInfo, ...] = ()
    version: str | None = None
    thinking: tuple[str, ...] = ()
    """How hard it can be made to think, with any model that does not say that itself."""
    default_model: str | None = None
    default_mode: str | None = None


@frozen
class Nearby:
    """Models that others name: `listed` (its settings, the endpoint) until the agent itself has told of any, `served`
    (by the endpoint, in a form of their own) beside what it tells."""

    listed: tuple[Model, ...] = ()
    served: tuple[Model, ...] = ()


@frozen
class KnownAgent:
    """Everything known of one agent; `provider` is what people see of it."""

    id: str
    label: str
    transport: str
    configured: tuple[str, ...] = ()
    """Model names from config.toml."""
    installed: bool = False
    version: str | None = None
    told: Told = Told()
    nearby: Nearby = Nearby()
    asked_as: str | None = None
    """The set-up that answered with `told`, see `set_up`; None = it has not been asked, or has not answered."""
    error: str | None = None

    @property
    def provider(self) -> Provider:
        return Provider(
            id=self.id,
            label=self.label,
            installed=self.installed,
            version=self.version or self.told.version,
            transport=self.transport,
            models=models_of(self.configured, self.told, self.nearby),
            modes=self.told.modes,
            commands=self.told.commands,
            error=self.error,
            thinking=self.told.thinking,
            default_model=self.told.default_model,
            default_mode=self.told.default_mode,
        )

    def remembering(self, before: "StoredAgent") -> "KnownAgent":
        """With what only asking can tell taken from the last time; nothing of an agent that spoke otherwise."""
        stored = before.provider
        if not self.installed or stored.transport != self.transport:
            return self
        beside = {*self.configured, *(model.id for model in before.told.models)}
        return evolve(
            self,
            version=stored.version,
            told=before.told,
            nearby=Nearby(served=tuple(model for model in stored.models if model.id not in beside)),
            asked_as=before.asked_as,
            error=stored.error if stored.installed else None,
        )

    def answered(self, told: Told, asked_as: str) -> "KnownAgent":
        return evolve(self, told=told, asked_as=asked_as, error=None)

    def failed(self, error: str) -> "KnownAgent":
        """It was asked and did not answer: it will be asked again, and what it told before still stands."""
        return evolve(self, asked_as=None, error=error)

    def overheard(self, told: Told) -> "KnownAgent":
        """What an agent said while it worked in a chat. Its commands may belong to that project alone, so they
        only fill in for an agent that could not be asked; what it is not heard to say stays as it is known."""
        known = self.told
        return evolve(
            self,
            told=evolve(
                known,
                models=tuple(_as_known(model, known.models) for model in told.models) or known.models,
                modes=told.modes or known.modes,
                commands=known.commands if self.asked_as is not None else told.commands or known.commands,
                version=told.version or known.version,
            ),
            error=None,
            installed=True,
        )


@frozen
class StoredAgent:
    """What is kept of an agent for the next start."""

    provider: Provider
    told: Told = Told()
    asked_as: str | None = None


def _as_known(model: Model, known: Iterable[Model]) -> Model:
    """A model with what is known of how it thinks."""
    before = next((each for each in known if each.id == model.id), model)
    return model if model.thinking is not None else evolve(model, thinking=before.thinking)


def models_of(configured: Iterable[str], told: Told, nearby: Nearby) -> tuple[Model, ...]:
    """Each id once, in this order: told or else listed, configured, served."""
    found: dict[str, Model] = {}
    alive = tuple(model for model in told.models if not model.id.endswith(_DEAD)) or told.models
    named = (Model(name, name) for name in configured)
    for model in (*(alive or nearby.listed), *named, *nearby.served):
        found.setdefault(model.id, model)
    return tuple(found.values())


def set_up(
    transport: str, command: Sequence[str], env: Mapping[str, str], version: str | None, surroundings: str
) -> str:
    """16 hex digits over everything that an agent's answer depends on: another value means asking it anew.
    `surroundings` stands for its program and settings files."""
    facts = [QUESTIONS, transport, list(command), sorted(env.items()), version, surroundings]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def missing(label: str, program: str, how_to_get: str) -> str:
    """The words for an agent whose program is not there."""
    if how_to_get:
        return f"'{program}' is not on PATH. To get {label}: {how_to_get}"
    return f"'{program}' is not on PATH. Install it, or correct the command of {label} in config.toml."
