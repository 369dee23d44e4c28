"""What the keeper of MCP servers knows of them: entries, states, tools, and who waits. No messages, no clock."""

from attrs import define, field

from actors.mcp_words import away_words
from boocode.domain.native.mcp_config import McpConfig, McpEntry
from boocode.kernel import MonitorId, Ref, ReplyTo
from boocode.ports.mcp import McpLink, McpOffer, McpTool, OfferedTool


@define(eq=False)
class Waiter:
    """A call that waits for its server."""

    user: Ref
    reply: ReplyTo


@define(eq=False)
class Server:
    entry: McpEntry
    state: str = "off"
    """off, starting, up, ending, away."""
    child_id: str = ""
    tools: tuple[McpTool, ...] | None = None
    """None until it was met."""
    link: McpLink | None = None
    server: Ref | None = None
    death: MonitorId | None = None
    reason: str = ""
    failures: int = 0
    retry_at: float = 0.0
    started_at: float = 0.0
    up_at: float = 0.0
    used_at: float = 0.0
    waiters: list[Waiter] = field(factory=list)
    leases: set[int] = field(factory=set)
    is_slow: bool = False
    """Its last start failed, after longer than a turn waits: no turn waits for the next one."""
    is_unwanted: bool = False
    """Its entry is gone or another one."""

    @property
    def is_unmet(self) -> bool:
        """On its way up for the first time."""
        return self.tools is None and self.state == "starting"

    def describe(self) -> dict[str, object]:
        return {
            "state": self.state,
            "reached": self.entry.shown,
            "tools": len(self.tools) if self.tools is not None else None,
            "calls": len(self.leases),
            "failures": self.failures,
            "reason": self.reason or None,
        }


@define(eq=False)
class McpTable:
    config: McpConfig = field(factory=McpConfig)
    trouble: str = ""
    """What is wrong with the file as a whole."""
    servers: dict[str, Server] = field(factory=dict)
    leaving: list[Server] = field(factory=list)
    """Those that still run though their entry is gone."""

    def apply(self, config: McpConfig) -> tuple[Server, ...]:
        """Takes over what the file says now; returns those that are not wanted any more."""
        self.config = config
        entries = {entry.name: entry for entry in config.entries}
        changed = [name for name, server in self.servers.items() if entries.get(name) != server.entry]
        gone = tuple(self.servers.pop(name) for name in changed)
        for server in gone:
            server.is_unwanted = True
            if server.state in ("starting", "up", "ending"):
                self.leaving.append(server)
        for name, entry in entries.items():
            self.servers.setdefault(name, Server(entry))
        return gone

    def find(self, child_id: str) -> Server | None:
        return next((server for server in self.everybody() if server.child_id == child_id), None)

    def everybody(self) -> tuple[Server, ...]:
        return (*self.servers.values(), *self.leaving)

    def waited_for(self) -> set[str]:
        """The servers that a turn waits for."""
        return {name for name, server in self.servers.items() if server.is_unmet and not server.is_slow}

    def offer(self) -> McpOffer:
        """Every tool that is known, and what is to be said of the servers that are not there."""
        tools = tuple(
            OfferedTool(name, tool) for name, server in self.servers.items() for tool in server.tools or ()
        )
        trouble = (f"{self.trouble} MCP servers are as they were before.",) if self.trouble else ()
        refused = (f"MCP server {name} is not used: {reason}" for name, reason in self.config.refused.items())
        away = (
            away_words(name, server.state, server.reason)
            for name, server in self.servers.items()
            if server.state == "away" or server.is_unmet
        )
        return McpOffer(tools, (*trouble, *refused, *self.config.warnings, *away))

    def describe(self) -> dict[str, object]:
        """For people; nothing secret."""
        return {
            "servers": {name: server.describe() for name, server in self.servers.items()},
            "refused": dict(self.config.refused),
            "disabled": list(self.config.disabled),
            "warnings": list(self.config.warnings),
            "file": self.trouble or "ok",
            "leaving": [server.child_id for server in self.leaving],
        }
