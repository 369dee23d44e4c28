"""MCP servers and their keeper.

mcp                  one_for_all: without its keeper a server belongs to nobody
├─ servers           dynamic
│  └─ NAME-N         one connection, and its process if it is a child of ours; the keeper starts the next one
└─ keeper
"""

from collections.abc import Callable

from attrs import field, frozen

from actors.mcp_keeper import McpKeeper
from actors.mcp_server import LEAVING_S, McpServer
from boocode.domain.native.mcp_config import McpEntry
from boocode.kernel import Backoff, ChildSpec, DynamicSpec, Restart, Strategy, SupervisorSpec
from boocode.ports.mcp import McpDialer, McpLimits, McpSource
from boocode.ports.names import MCP, MCP_SERVERS

_LADDER_S = 5.0
"""What ending a process takes beside its two graces."""


@frozen
class McpParts:
    """What the composition root gives for MCP servers to be run."""

    make_source: Callable[[], McpSource]
    """One a keeper: it knows what that one has read."""
    dialer: McpDialer
    limits: McpLimits = field(factory=McpLimits)
    backoff: Backoff = field(factory=lambda: Backoff(minimum=0.5, maximum=60.0))


def mcp_child(parts: McpParts) -> ChildSpec:
    """The servers and their keeper; before `sessions` in their supervisor's list."""

    def make_server(entry: McpEntry, child_id: str) -> ChildSpec:
        limits = parts.limits
        return ChildSpec(
            id=child_id,
            restart=Restart.TEMPORARY,
            start=lambda: McpServer(entry, child_id, parts.dialer, limits, MCP),
            start_timeout=limits.start_s,
            shutdown=LEAVING_S + 2 * limits.term_grace_s + _LADDER_S,
        )

    def make_keeper() -> McpKeeper:
        return McpKeeper(parts.make_source(), make_server, parts.limits, parts.backoff)

    return ChildSpec(
        id="mcp",
        start=SupervisorSpec(
            strategy=Strategy.ONE_FOR_ALL,
            children=(
                ChildSpec(id="servers", start=DynamicSpec(), name=MCP_SERVERS),
                ChildSpec(id="keeper", start=make_keeper, name=MCP),
            ),
        ),
    )
