"""Implements McpDialer: how each kind of server is reached. Light; the SDK comes with the first connection."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module

import trio
from attrs import field, frozen

from boocode.domain.native.mcp_config import Http, McpEntry, Stdio
from boocode.domain.native.mcp_environment import mcp_environment
from boocode.ports.mcp import McpLink
from boocode.ports.processes import LaunchSpec, ProcessOwner

_OPENING = "boocode.adapters.native.mcp_opening"


@frozen
class SdkDialer:
    owner: ProcessOwner
    environment: Mapping[str, str] = field(repr=False)
    """BooCode's own; servers get the part of it that `mcp_environment` lists."""
    home: str
    """Where servers run that name no other place."""
    term_grace_s: float
    _threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1), repr=False)

    @asynccontextmanager
    async def open(self, entry: McpEntry, tools_changed: Callable[[], None]) -> AsyncIterator[McpLink]:
        # In a thread: the loop goes on while some hundred modules are read.
        await trio.to_thread.run_sync(import_module, _OPENING, limiter=self._threads)
        from boocode.adapters.native import mcp_opening as opening

        opened: AbstractAsyncContextManager[McpLink]
        match entry.way:
            case Stdio() as way:
                opened = opening.open_child(self.owner, self.launch(entry, way), entry, tools_changed)
            case Http() as way:
                opened = opening.open_http(way, entry, tools_changed)
        async with opened as link:
            yield link

    def launch(self, entry: McpEntry, way: Stdio) -> LaunchSpec:
        env = mcp_environment(self.environment, way.env)
        home = env.get("HOME", self.home)
        cwd = home + way.cwd[1:] if way.cwd and (way.cwd + "/").startswith("~/") else way.cwd or ""
        return LaunchSpec(
            command=way.command,
            cwd=os.path.join(self.home, cwd),
            env=env,
            label=f"mcp/{entry.name}",
            term_grace_s=self.term_grace_s,
            secrets=entry.secrets,
        )
