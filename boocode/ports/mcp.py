"""MCP servers: what actors need of one, and what keeper, servers and the agent's tools say to each other."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from attrs import field, frozen

from boocode.domain.native.mcp_config import McpConfig, McpEntry
from boocode.kernel import Ref, Request

Lost = Literal["start", "lost", "timeout", "refused"]


class McpFailed(Exception):
    """A server could not be had, or a call came to nothing; str() is for people and models, without secrets.

    start: it does not run; lost: its connection ended while it was asked; timeout: no answer in time; refused: it
    said no.
    """

    def __init__(self, kind: Lost, words: str) -> None:
        super().__init__(words)
        self.kind = kind


@frozen
class McpTool:
    name: str
    description: str
    schema: Mapping[str, object]


@frozen
class McpAnswer:
    text: str
    failed: bool = False


Progress = Callable[[str], None]


class McpLink(Protocol):
    """An open connection to one server. Every method raises McpFailed, and ends when its connection does."""

    @property
    def pid(self) -> int | None:
        """Of its process, if it is a child of ours."""
        ...

    @property
    def about(self) -> str:
        """What the server calls itself, with its version."""
        ...

    async def wait_ended(self) -> str:
        """Returns when the connection has ended; why, in words."""
        ...

    async def tools(self, within_s: float) -> tuple[McpTool, ...]: ...
    async def call(
        self, tool: str, arguments: Mapping[str, object], news: Progress, within_s: float
    ) -> McpAnswer:
        """`within_s` begins anew with each news of progress. Cancelling it cancels the call at the server."""
        ...

    async def ping(self, within_s: float) -> None: ...


class McpDialer(Protocol):
    def open(
        self, entry: McpEntry, tools_changed: Callable[[], None]
    ) -> AbstractAsyncContextManager[McpLink]:
        """Starts the server if it is a process of ours, and shakes hands with it; leaving the block ends both.
        Raises McpFailed, at the end of the block too when the connection broke in it."""
        ...


class McpSource(Protocol):
    async def read(self) -> McpConfig | None:
        """None: as it was at the last read. Raises McpConfigError."""
        ...


@frozen
class McpLimits:
    start_s: float = 90.0
    """From the launch to the list of tools: the first `npx` of a server downloads it."""
    settle_s: float = 10.0
    """How long a turn waits for servers that are just starting."""
    idle_ttl_s: float = 900.0
    doubt_s: float = 10.0
    """For the answer that shows that a silent server is alive."""
    term_grace_s: float = 2.0


@frozen
class OfferedTool:
    server: str
    tool: McpTool


@frozen
class McpOffer:
    tools: tuple[OfferedTool, ...] = ()
    warnings: tuple[str, ...] = ()


@frozen
class ListMcpTools(Request[McpOffer]):
    """Call to the keeper: every tool there is; servers that were never met are started for it."""


@frozen
class McpInUse:
    """A lease on a server that runs."""

    lease: int
    link: McpLink
    server: Ref
    call_s: float


@frozen
class UseMcpServer(Request[McpInUse]):
    """Call to the keeper: a server to make one call to, started if need be. Refused with McpFailed."""

    server: str
    user: Ref
    """Monitored: its death gives the lease back."""


@frozen
class DoneWithMcp:
    """Cast to the keeper: the call is over."""

    lease: int


@frozen
class Met:
    link: McpLink
    tools: tuple[McpTool, ...]


@frozen
class MeetMcpServer(Request[Met]):
    """Call to a server actor."""


@frozen
class McpDoubted:
    """Cast to a server actor: a call had no answer; find out whether it is alive, and end it if not."""


@frozen
class McpToolsLearned:
    """Cast by a server actor to the keeper: its tools are these now."""

    child_id: str
    tools: tuple[McpTool, ...] = field(repr=False)
