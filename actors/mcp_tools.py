"""Tools of MCP servers in the one shape of the agent's tools."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from boocode.domain.native.mcp_names import offered_names
from boocode.kernel import Context, KernelError
from boocode.ports.mcp import (
    DoneWithMcp,
    ListMcpTools,
    McpDoubted,
    McpFailed,
    McpInUse,
    McpOffer,
    McpTool,
    OfferedTool,
    UseMcpServer,
)
from boocode.ports.names import MCP
from boocode.ports.native import NativePlace
from boocode.ports.native_tools import CallShown, NativeTool, Tell, ToolOffer, ToolResult

OFFER_S = 30.0
"""Longer than the keeper lets a turn wait."""
USE_S = 120.0
"""Longer than a server may take to start."""
DESCRIPTION = 1024
"""Characters of a description, by the OpenAI interface."""
TITLE = 160


async def mcp_tools(place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
    """A source of tools: those of every server of mcp.json that is there, and what is to be said of the others."""
    try:
        offer: McpOffer = await place.ctx.whereis(MCP).call(ListMcpTools(), timeout=OFFER_S)
    except KernelError:
        return (), ("MCP servers cannot be had just now.",)
    names = offered_names([(each.server, each.tool.name) for each in offer.tools])
    tools = tuple(
        McpNativeTool(place.ctx, each, _offer(each.tool, each.server, name))
        for each, name in zip(offer.tools, names, strict=True)
    )
    return tools, offer.warnings


@frozen
class McpNativeTool:
    """One tool. Whatever the server says of it, people are asked: it is somebody else's program."""

    _ctx: Context
    _offered: OfferedTool
    offer: ToolOffer

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        said = json.dumps(arguments, ensure_ascii=False) if arguments else ""
        title = f"{self._offered.server}: {self._offered.tool.name} {said}".strip()
        return CallShown(title if len(title) <= TITLE else f"{title[: TITLE - 1]}…")

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        keeper = self._ctx.whereis(MCP)
        try:
            use = UseMcpServer(self._offered.server, self._ctx.ref)
            in_use: McpInUse = await keeper.call(use, timeout=USE_S)
        except McpFailed as failure:
            return ToolResult(str(failure), failed=True)
        except KernelError:
            return ToolResult(f"MCP server {self._offered.server} cannot be had just now.", failed=True)
        try:
            return await self._call(in_use, arguments, tell)
        finally:
            keeper.cast(DoneWithMcp(in_use.lease))

    async def _call(self, in_use: McpInUse, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        name = self._offered.tool.name
        try:
            answer = await in_use.link.call(name, arguments, tell, in_use.call_s)
        except McpFailed as failure:
            if failure.kind == "timeout":
                in_use.server.cast(McpDoubted())
            unsure = failure.kind in ("lost", "timeout")
            return ToolResult(
                f"{failure}{' Whether the call had an effect is not known.' * unsure}", failed=True
            )
        return ToolResult(answer.text, failed=answer.failed)


def _offer(tool: McpTool, server: str, name: str) -> ToolOffer:
    about = tool.description.strip() or f"The tool {tool.name} of the MCP server {server}."
    if len(about) > DESCRIPTION:
        about = f"{about[: DESCRIPTION - 1]}…"
    return ToolOffer(name, about, _schema(tool.schema), effect="foreign", kind="other")


def _schema(schema: Mapping[str, Any]) -> Mapping[str, object]:
    """An object with properties, which some servers leave out and some endpoints insist on."""
    told = {key: value for key, value in schema.items() if key != "$schema"}
    return {**told, "type": "object", "properties": told.get("properties") or {}}
