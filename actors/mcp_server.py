"""The actor of one MCP server: holds its connection, and its process if it is a child of ours, from init to the end.

    init                       launched, hands shaken, its tools listed; or McpFailed with what the server said last
    the connection ends        McpFailed, which ends this actor; the keeper starts the next one
    its tools have changed     listed again and told to the keeper; news that come meanwhile are one more listing
    a call had no answer       pinged; deaf = McpFailed

Calls are made over the link by whoever has the lease, not through this mailbox. The SDK's task groups are entered and
left by one helper, whose end is this actor's.
"""

from typing import Any

import trio
from attrs import frozen

from boocode.domain.native.mcp_config import McpEntry
from boocode.kernel import Actor, Exit, Ref
from boocode.ports.mcp import (
    McpDialer,
    McpDoubted,
    McpFailed,
    McpLimits,
    McpLink,
    McpTool,
    McpToolsLearned,
    MeetMcpServer,
    Met,
)

NEWS_S = 1.0
"""From a listing to the next that news ask for: a server may tell of a change whenever it is asked for its tools."""
LEAVING_S = 2.0
"""For the goodbye over a connection that may be deaf; a process has the time of its ladder besides."""


@frozen
class _ToolsChanged:
    """The server says so."""


@frozen
class _Listed:
    tools: tuple[McpTool, ...]


@frozen
class _MayListAgain:
    """The pause after a listing is over."""


@frozen
class _Alive:
    """It answered when it was doubted."""


class McpServer(Actor):
    remember = 0

    def __init__(
        self, entry: McpEntry, child_id: str, dialer: McpDialer, limits: McpLimits, keeper: str
    ) -> None:
        self._entry = entry
        self._child_id = child_id
        self._dialer = dialer
        self._limits = limits
        self._keeper = keeper
        self._link: McpLink | None = None
        self._tools: tuple[McpTool, ...] = ()
        self._leave = trio.Event()
        self._left = trio.Event()
        self._is_listing = False
        """Or has just listed."""
        self._has_more_news = False
        self._is_doubted = False

    async def init(self) -> None:
        link: McpLink = await self.ctx.run_task(self._hold, name="hold connection")
        self._link = link
        self.ctx.set_process(link.pid)
        self._tools = await link.tools(self._limits.start_s)

    async def handle(self, message: Any) -> Any:
        assert self._link is not None
        match message:
            case MeetMcpServer():
                return Met(self._link, self._tools)
            case _ToolsChanged():
                self._list(self._link)
            case _Listed(tools=tools):
                self._listed(tools)
            case _MayListAgain():
                self._is_listing = False
                if self._has_more_news:
                    self._has_more_news = False
                    self._list(self._link)
            case McpDoubted():
                if not self._is_doubted:
                    self._is_doubted = True
                    self.ctx.start_task(self._doubt, self._link, name="ping")
            case _Alive():
                self._is_doubted = False
            case _:
                pass
        return None

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        self._leave.set()
        with trio.move_on_after(LEAVING_S):
            await self._left.wait()

    def inspect(self) -> dict[str, object]:
        return {
            "server": self._entry.name,
            "reached": self._entry.shown,
            "about": self._link.about if self._link is not None else None,
            "tools": [tool.name for tool in self._tools],
        }

    # The connection

    async def _hold(self, task_status: trio.TaskStatus[McpLink]) -> None:
        me = self.ctx.ref
        try:
            async with self._dialer.open(self._entry, lambda: me.cast(_ToolsChanged())) as link:
                task_status.started(link)
                reason = await self._until_over(link)
        finally:
            self._left.set()
        if reason is not None:
            raise McpFailed("lost", reason)

    async def _until_over(self, link: McpLink) -> str | None:
        """Why the connection has ended; None when it is to be left."""
        reason: str | None = None

        async def watch() -> None:
            nonlocal reason
            reason = await link.wait_ended()
            self._leave.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch)
            await self._leave.wait()
            nursery.cancel_scope.cancel()
        return reason

    # Its tools

    def _list(self, link: McpLink) -> None:
        if self._is_listing:
            self._has_more_news = True
            return
        self._is_listing = True
        self.ctx.start_task(self._list_anew, link, self.ctx.ref, name="list tools")

    async def _list_anew(self, link: McpLink, me: Ref) -> None:
        tools = self._tools
        try:
            tools = await link.tools(self._limits.start_s)
        except McpFailed as failure:
            if failure.kind == "timeout":
                me.cast(McpDoubted())
        me.cast(_Listed(tools))

    def _listed(self, tools: tuple[McpTool, ...]) -> None:
        if tools != self._tools:
            self._tools = tools
            self.ctx.whereis(self._keeper).cast(McpToolsLearned(self._child_id, tools))
        self.ctx.send_after(NEWS_S, _MayListAgain())

    # Its health

    async def _doubt(self, link: McpLink) -> None:
        await link.ping(self._limits.doubt_s)
        self.ctx.ref.cast(_Alive())
