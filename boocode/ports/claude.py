"""Claude through its SDK: one running child, one open conversation with it, and what its session needs of both."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from attrs import frozen

from boocode.domain.claude.offers import ClaudeModel
from boocode.domain.events import Commands, ToolCall
from boocode.kernel import Request
from boocode.ports.processes import LaunchSpec, OwnedProcess


@frozen
class ClaudeStart:
    """How Claude is launched, and for which conversation."""

    launch: LaunchSpec
    session_id: str
    resumed: bool
    """The conversation is one from before, and its memory is where Claude will look for it."""


@frozen
class ClaudeChild:
    start: ClaudeStart
    process: OwnedProcess


@frozen
class TakeClaude(Request[ClaudeChild]):
    """Call to the process actor: its child. Refused (AgentStartFailed) to a second session."""


@frozen
class ClaudeOffer:
    """What can be chosen in an open conversation, and what it starts with."""

    models: tuple[ClaudeModel, ...]
    modes: tuple[str, ...]
    mode: str
    commands: Commands


@frozen
class ClaudeQuestion:
    """Claude asks whether it may run a tool."""

    tool: ToolCall
    title: str
    always: str | None
    """What allowing it always would mean, in words; None = that cannot be chosen."""


@frozen
class ClaudeVerdict:
    allowed: bool
    always: bool = False
    words: str = ""
    """Told to the model when it was not allowed."""


AskPerson: TypeAlias = Callable[[ClaudeQuestion], Awaitable[ClaudeVerdict]]
"""Waits for the answer; cancelled when Claude no longer waits for it."""


class ClaudeRefused(Exception):
    """Claude did not do what it was asked (a model, a mode); str() is its reason."""


class ClaudeLost(Exception):
    """Nothing comes from Claude any more, or nothing that could be understood; str() says what happened."""


class ClaudeGarbled(ClaudeLost):
    """What Claude writes cannot be trusted any more: it has to go."""


class ClaudeTalk(Protocol):
    """An open conversation. Everything raises ClaudeLost once the child is gone."""

    @property
    def offer(self) -> ClaudeOffer: ...
    @property
    def garbage(self) -> int:
        """Lines so far that were no messages; they were left out."""
        ...

    async def receive(self) -> Mapping[str, object]:
        """The next thing that Claude says, parsed and otherwise as it came; one reader."""
        ...

    async def send(self, prompt: str, prompt_id: str) -> None:
        """Returns when the prompt was written. Its result will carry `prompt_id` (a UUID)."""
        ...

    async def interrupt(self) -> None:
        """Returns when Claude has taken notice. Before it has taken up the prompt, that has no effect."""
        ...

    async def set_model(self, model: str | None) -> None:
        """None = its own choice. Raises ClaudeRefused."""
        ...

    async def set_mode(self, mode: str) -> None:
        """Raises ClaudeRefused."""
        ...

    async def set_thinking(self, level: str | None) -> None:
        """None = as the model does by itself. A level that Claude does not know changes nothing, without a word."""
        ...


class ClaudeClients(Protocol):
    async def prepare(self, launch: LaunchSpec, resume_id: str | None) -> ClaudeStart:
        """Completes `launch` (a program, and the environment it shall have) to a conversation's command line,
        and puts the memory of an earlier one where Claude looks for it. Raises AgentStartFailed."""
        ...

    def talk(
        self, child: ClaudeChild, ask: AskPerson, initialize_s: float
    ) -> AbstractAsyncContextManager[ClaudeTalk]:
        """Opens the conversation. Raises AgentStartFailed (phase `initialize`). Leaving the block leaves the
        child alone; it is bounded."""
        ...
