"""What an opencode server offers for one directory: models, agents (our modes) and slash commands."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen
from msgspec import Struct

from boocode.domain.events import Command


class ModelEntry(Struct):
    id: str = ""
    name: str | None = None
    variants: dict[str, Any] = {}


class ProviderEntry(Struct):
    id: str
    models: dict[str, ModelEntry] = {}


class AgentEntry(Struct):
    name: str
    mode: str | None = None
    hidden: bool | None = None


class CommandEntry(Struct):
    name: str
    description: str | None = None


@frozen
class Offers:
    models: tuple[tuple[str, str], ...] = ()
    """(`provider/model`, its label)."""
    variants: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """By model: how hard it can be made to think."""
    modes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = field(default=())
    default_model: str | None = None
    """As the config says; None = it leaves the choice to opencode."""

    @property
    def default_mode(self) -> str | None:
        return "build" if "build" in self.modes else next(iter(self.modes), None)


def models_of(providers: Iterable[ProviderEntry]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{provider.id}/{key}", model.name or key)
        for provider in providers
        for key, model in provider.models.items()
    )


def variants_of(providers: Iterable[ProviderEntry]) -> dict[str, tuple[str, ...]]:
    return {
        f"{provider.id}/{key}": tuple(model.variants)
        for provider in providers
        for key, model in provider.models.items()
        if model.variants
    }


def modes_of(agents: Iterable[AgentEntry]) -> tuple[str, ...]:
    """The agents that a person may talk to; sub-agents and opencode's own helpers are not."""
    return tuple(agent.name for agent in agents if agent.mode != "subagent" and not agent.hidden)


def commands_of(entries: Iterable[CommandEntry]) -> tuple[Command, ...]:
    return tuple(Command(entry.name, entry.description or "") for entry in entries)


def called_command(prompt: str, commands: Iterable[Command]) -> tuple[str, str] | None:
    """(name, arguments) of a prompt that is a slash command that is offered; None for any other prompt."""
    name, _, arguments = prompt.strip().partition(" ")
    if not name.startswith("/"):
        return None
    name, newline, rest = name[1:].partition("\n")
    if newline:
        arguments = f"{rest} {arguments}"
    return (name, arguments.strip()) if any(known.name == name for known in commands) else None


def split_model(model: str) -> tuple[str, str]:
    """(provider, model) of our form of a model's id; a model's own id may hold slashes."""
    provider, _, name = model.partition("/")
    return provider, name
