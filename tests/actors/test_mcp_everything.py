"""The reference server of MCP, `@modelcontextprotocol/server-everything`, over both of its ways."""

import os
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from tests.actors.agent_kit import WAIT_S
from tests.actors.mcp_kit import McpRig, mcp_rig
from tools.agents import FOLDER, NODE

INDEX = FOLDER / "node_modules/@modelcontextprotocol/server-everything/dist/index.js"
pytestmark = [
    pytest.mark.real_agent("mcp-server-everything"),
    pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning"),
]


def stdio() -> dict[str, object]:
    return {
        "command": str(NODE),
        "args": [str(INDEX), "stdio"],
        "env": {"GIVEN_NAME": "given"},
        "timeout_s": 20,
    }


@asynccontextmanager
async def listening() -> AsyncIterator[dict[str, object]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(NODE), str(INDEX), "streamableHttp"]
    environ = {**os.environ, "PORT": str(port), "GIVEN_NAME": "given"}
    quiet = subprocess.DEVNULL
    process = await trio.lowlevel.open_process(command, env=environ, stdout=quiet, stderr=quiet)
    try:
        with trio.fail_after(WAIT_S):
            while not await answers(port):
                await trio.sleep(0.05)
        yield {"url": f"http://127.0.0.1:{port}/mcp", "timeout_s": 20}
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


async def answers(port: int) -> bool:
    try:
        stream = await trio.open_tcp_stream("127.0.0.1", port)
    except OSError:
        return False
    await stream.aclose()
    return True


async def drive(rig: McpRig) -> None:
    """Everything a tool of it can answer."""
    offered = await rig.offered()
    assert offered.warnings == ()
    assert {"mcp__e__echo", "mcp__e__get-sum", "mcp__e__trigger-long-running-operation"} <= set(offered.tools)
    assert (await rig.call("mcp__e__echo", message="hello")).text == "Echo: hello"
    assert "5" in (await rig.call("mcp__e__get-sum", a=2, b=3)).text
    assert (await rig.call("mcp__e__get-sum", a="two", b=3)).failed
    assert "[An image (image/png, " in (await rig.call("mcp__e__get-tiny-image")).text
    assert "[Resource " in (await rig.call("mcp__e__get-resource-links", count=2)).text
    assert "temperature" in (await rig.call("mcp__e__get-structured-content", location="Chicago")).text
    assert "given" in (await rig.call("mcp__e__get-env")).text
    told: list[str] = []
    done = await rig.call("mcp__e__trigger-long-running-operation", told, duration=1, steps=4)
    assert not done.failed
    assert told[-1] == "4 of 4"


async def cancel(rig: McpRig) -> None:
    tool = (await rig.offered()).tools["mcp__e__trigger-long-running-operation"]
    begun = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tool.run, {"duration": 600, "steps": 6000}, lambda _: begun.set())
        with trio.fail_after(WAIT_S):
            await begun.wait()
        nursery.cancel_scope.cancel()
    assert (await rig.call("mcp__e__echo", message="next")).text == "Echo: next"


async def test_it_is_driven_as_a_child(tmp_path: Path):
    async with mcp_rig(tmp_path, {"e": stdio()}) as rig:
        await drive(rig)
        await cancel(rig)


async def test_it_is_driven_where_it_listens(tmp_path: Path):
    async with listening() as entry, mcp_rig(tmp_path, {"e": entry}) as rig:
        await drive(rig)
        await cancel(rig)
