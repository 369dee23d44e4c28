"""Finding out about agents: what the prober is asked and told, and what it needs of the outside."""

from collections.abc import Mapping
from typing import Protocol

from attrs import frozen

from boocode.contracts.resources import Provider
from boocode.domain.agent_settings import AgentSettings
from boocode.domain.events import Command
from boocode.domain.probing import Told
from boocode.kernel import Request
from boocode.ports.agents import ProviderSpec


@frozen
class RefreshProviders(Request[tuple[Provider, ...]]):
    """Call to the prober: ask every agent again; replies with what was found, those included that did not answer.
    Whoever asks meanwhile gets the same answer."""


@frozen
class AgentLearned:
    """Cast to the prober: what an agent told in a chat. Empty parts say nothing."""

    agent: str
    models: tuple[tuple[str, str], ...] = ()
    """(id, label)"""
    modes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()


class ProbeFailed(Exception):
    """An agent or an endpoint could not be asked; str() is for people."""


@frozen
class Surroundings:
    """What this machine says of an agent without starting it."""

    settings: AgentSettings
    digest: str
    """Another one when its program or its settings files have changed."""


class Machine(Protocol):
    """Looks around for agents; nothing of it starts a process, everything is bounded."""

    def missing(self, spec: ProviderSpec) -> str | None:
        """What the agent needs and does not have, in words for people: its program, or a model endpoint."""
        ...

    async def surroundings(self, spec: ProviderSpec) -> Surroundings: ...
    async def served_models(self) -> tuple[str, tuple[str, ...]]:
        """The base URL of the model endpoint of the settings, and the names of its models; ("", ()) without one.
        Raises ProbeFailed."""
        ...


class Asker(Protocol):
    """Starts an agent, asks it what it offers, and ends it with its whole tree, however this is left."""

    async def __call__(self, spec: ProviderSpec) -> Told:
        """Raises ProbeFailed or OSError."""
        ...


Askers = Mapping[str, Asker]
"""By transport."""
