"""A tree with MCP servers in it: real processes, the real SDK, an mcp.json that changes, a session that calls."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio
from attrs import define, field, frozen

from actors.mcp_tools import mcp_tools
from boocode.adapters.native.mcp_dialer import SdkDialer
from boocode.adapters.native.mcp_file import McpFile
from boocode.adapters.processes.owner import LocalProcesses
from boocode.kernel import Actor, Backoff, ChildSpec, Context, Strategy, SupervisorSpec, System, open_tree
from boocode.ports.mcp import McpLimits
from boocode.ports.names import MCP
from boocode.ports.native import NativeChoices, NativePlace
from boocode.ports.native_tools import NativeTool, ToolResult
from supervisors.mcp import McpParts, mcp_child
from tests.actors.agent_kit import ROOT, WAIT_S, eventually

FAULT = str(ROOT / "tests/kit/fault_mcp.py")
HTTP = str(ROOT / "tests/kit/mcp_http_server.py")
QUICK = Backoff(minimum=0.01, maximum=0.05)


def fault(mode: str = "fine", diary: Path | None = None, **more: Any) -> dict[str, Any]:
    """The entry of a server that misbehaves in this way; see tests/kit/fault_mcp.py."""
    args = [FAULT, mode, *([str(diary)] if diary else [])]
    return {"command": sys.executable, "args": args, **more}


def heard(diary: Path) -> list[dict[str, Any]]:
    """What the server has heard so far."""
    lines = diary.read_text().splitlines() if diary.exists() else []
    return [json.loads(line) for line in lines]


class Session(Actor):
    """Stands for the agent's session: owns the calls."""

    def __init__(self, place: list[Context]) -> None:
        self._place = place

    async def init(self) -> None:
        self._place.append(self.ctx)

    async def handle(self, message: Any) -> Any:
        return None


@frozen
class Offered:
    tools: Mapping[str, NativeTool]
    warnings: tuple[str, ...]


@define
class McpRig:
    system: System
    owner: LocalProcesses
    home: Path
    contexts: list[Context] = field(factory=list)

    def write(self, servers: Mapping[str, Any]) -> None:
        (self.home / "mcp.json").write_text(json.dumps({"mcpServers": servers}))

    async def offered(self) -> Offered:
        """What a turn gets at its beginning."""
        place = NativePlace(self.contexts[-1], "C", str(self.home), NativeChoices())
        with trio.fail_after(WAIT_S):
            tools, warnings = await mcp_tools(place)
        return Offered({tool.offer.name: tool for tool in tools}, warnings)

    async def call(self, name: str, told: list[str] | None = None, **arguments: Any) -> ToolResult:
        tools = (await self.offered()).tools
        with trio.fail_after(WAIT_S):
            return await tools[name].run(arguments, (told if told is not None else []).append)

    async def state(self) -> Mapping[str, Any]:
        return await self.system.get_state(self.system.whereis(MCP).path, timeout=WAIT_S)

    async def server(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await self.state())["servers"][name]
        return found

    async def until(self, name: str, **wanted: Any) -> None:
        async def so() -> bool:
            server = await self.server(name)
            return all(server[key] == value for key, value in wanted.items())

        await eventually(so)

    def pids(self) -> set[int]:
        return {process.pid for process in self.owner.owned()}


@asynccontextmanager
async def mcp_rig(
    tmp_path: Path,
    servers: Mapping[str, Any] | None = None,
    *,
    limits: McpLimits | None = None,
    environ: Mapping[str, str] | None = None,
    backoff: Backoff = QUICK,
) -> AsyncIterator[McpRig]:
    """Opens the tree; fails when a process outlives it."""
    owner = LocalProcesses()
    environment = {**os.environ, **(environ or {})}
    limits = limits or McpLimits(term_grace_s=0.5)
    dialer = SdkDialer(owner, environment, str(tmp_path), limits.term_grace_s)
    parts = McpParts(lambda: McpFile(tmp_path, environment), dialer, limits, backoff)
    contexts: list[Context] = []
    spec = SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        children=(mcp_child(parts), ChildSpec(id="session", start=lambda: Session(contexts))),
    )
    if servers is not None:
        (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    async with open_tree(spec) as system:
        yield McpRig(system, owner, tmp_path, contexts)
    assert owner.owned() == ()


@asynccontextmanager
async def http_server(*words: str, port: int = 0) -> AsyncIterator[tuple[int, trio.Process]]:
    """The real server of tests/kit/mcp_http_server.py: its port, and its process."""
    command = [sys.executable, HTTP, str(port), *words]
    process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    said = b""
    try:
        with trio.fail_after(WAIT_S):
            while b"\n" not in said:
                data = await process.stdout.receive_some()
                assert data, "it ended before it listened"
                said += data
        yield int(said.split()[1]), process
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
        await process.stdout.aclose()
