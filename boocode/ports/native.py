"""BooCode's own agent: what its session is given, and where its memory is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from boocode.domain.native.conversation import Entry, Told
from boocode.domain.native.profiles import Leave, Profile
from boocode.kernel import Context
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.native_tools import NativeTool
from boocode.ports.store import StoreError

NATIVE = "native"
"""Its transport: it is spoken to in this process."""


@frozen
class NativeLimits:
    max_steps: int = 50
    """Model calls of one turn."""
    parallel_reads: int = 4
    tool_chars: int = 30_000
    """Of one call's result, as the model gets it."""
    beat_s: float = 10.0
    """While a tool works, whoever waits for the turn hears this often that it is not stuck."""


@frozen
class NativeChoices:
    """The `[native]` and `[model]` of config.toml that a session goes by."""

    model: str | None = None
    """None = the first that the endpoint serves."""
    leave: Leave = "edit"
    edits: Literal["pending", "worktree"] = "pending"
    """pending: each edit is a pending change at once; worktree: when the turn is over."""
    context_tokens: int | None = None
    """None = what the endpoint tells, else `DEFAULT_WINDOW`."""
    allowed_read_paths: tuple[str, ...] = ()
    limits: NativeLimits = NativeLimits()


class ConversationMoved(StoreError):
    """Another BooCode went on with this conversation; what was to be kept was not."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Another BooCode went on with the conversation {session_id}.")


class NativeMemory(Protocol):
    """Conversations, kept. Raises StoreError."""

    async def load(self, session_id: str) -> tuple[Entry, ...] | None:
        """None for one that was never written."""
        ...

    async def append(self, session_id: str, chat_id: str, at: int, entries: Sequence[Entry]) -> None:
        """Behind the first `at` entries: all of them or none, and twice is once. Raises ConversationMoved when
        something else stands there."""
        ...

    async def from_chat(self, chat_id: str) -> tuple[Entry, ...]:
        """What the chat's messages tell of the turns that are over, whoever led them: for a session that begins
        in a chat with a past (another agent's, or one that went back to a checkpoint)."""
        ...


@frozen
class NativePlace:
    """Where a session of the agent works, for whoever makes its tools and its prompt."""

    ctx: Context
    """The session's."""
    chat_id: str
    cwd: str
    """Its worktree."""
    choices: NativeChoices
    terminals: str = ""
    """Registered name of the dynamic supervisor for the commands it runs."""
    agent: str = "boocode"
    """By what name its changes and its tasks go."""
    env: Mapping[str, str] = field(factory=dict)
    """What is configured for the agent: its commands get it."""
    task_id: str | None = None
    """The turn's, for which tools are made; None = no turn."""


@frozen
class Briefing:
    """What stands before a conversation, read anew for each turn."""

    profiles: tuple[Profile, ...]
    """By name, the built-in one first."""
    instructions: str
    """Of the project: AGENTS.md and the like, with what they are called; empty when there are none."""
    skills: tuple[tuple[str, str], ...]
    """Names and descriptions; the tool `load_skill` reads them."""
    warnings: tuple[str, ...] = ()
    """For people: what in these files could not be used, and why."""


@frozen
class NativeNews:
    """Something that BooCode tells the model on its own, at its next call, for example what came of a sub-task."""

    told: Told
    """Its key says that it was told: the conversation is what remembers that."""
    notice: str
    """The same for people."""


class NativeWorld(Protocol):
    """What the composition root gives a session, made for its place."""

    @property
    def endpoint(self) -> ModelEndpoint: ...
    @property
    def memory(self) -> NativeMemory: ...
    async def brief(self, place: NativePlace) -> Briefing: ...
    async def tools(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        """All there are now, and for people: what is missing and why (an MCP server that is away)."""
        ...

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        """What the model has not been told yet, oldest first; asked before each of its calls. Raises StoreError."""
        ...

    async def told(self, place: NativePlace, keys: Sequence[str]) -> None:
        """The conversation holds these now, and durably. Until this was heard they are news again, which the
        session knows by their keys and does not tell twice. Raises StoreError."""
        ...


MakeTools = Callable[[NativePlace], Awaitable[tuple[tuple[NativeTool, ...], tuple[str, ...]]]]
"""One source of tools; the world joins them."""


class NewsSource(Protocol):
    """Where news come from; the world joins them."""

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]: ...
    async def told(self, place: NativePlace, keys: Sequence[str]) -> None: ...
