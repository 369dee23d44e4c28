"""A tool of BooCode's own agent: what it offers to the model, what a person is shown of a call, and the call itself.

Whoever has tools (files, commands, sub-tasks, MCP servers, skills) gives them in this one shape.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from attrs import frozen

from boocode.domain.events import ToolDiff
from boocode.domain.native.modes import Effect as Effect


@frozen
class ToolOffer:
    name: str
    description: str
    schema: Mapping[str, object]
    """JSON schema of the arguments, an object."""
    effect: Effect
    kind: str
    """For people, as in ACP: read, edit, delete, move, search, execute, think, fetch, other."""


@frozen
class CallShown:
    """A call before it is made: what is shown, and what a person is asked about."""

    title: str
    locations: tuple[str, ...] = ()
    diff: ToolDiff | None = None
    effect: Effect | None = None
    """What this call does, where that is more than its offer says: a person is asked as for that effect."""


@frozen
class ToolResult:
    text: str
    """For the model; the session bounds it."""
    failed: bool = False
    diff: ToolDiff | None = None
    shown: str | None = None
    """What people see as its output; None = `text`."""
    told: tuple[str, ...] = ()
    """Keys of news that this result brings; its ToolSaid keeps them, and once that is durable `NativeWorld.told`
    hears of them, as of the keys of a Told."""


class ToolRefused(Exception):
    """The call cannot be made so; str() tells the model what was wrong and what to do instead."""


Tell: TypeAlias = Callable[[str], None]
"""Takes the whole output so far, while a call runs."""


class NativeTool(Protocol):
    """Tools of effect `read` run at the same time as others of their kind; all others one after another."""

    @property
    def offer(self) -> ToolOffer: ...

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        """Checks the arguments and says what the call would do; changes nothing. Raises ToolRefused."""
        ...

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        """Makes the call. Cancelling it ends what it began. Raises ToolRefused."""
        ...
