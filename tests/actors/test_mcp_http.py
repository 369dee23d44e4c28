"""MCP servers that listen, in streamable HTTP: a real one, made with the SDK, in a process of its own."""

import logging
import socket
from pathlib import Path

import pytest
import trio

from boocode.kernel import Backoff
from tests.actors.agent_kit import WAIT_S
from tests.actors.mcp_kit import McpRig, http_server, mcp_rig

# The SDK leaves the loop over a stream's events with its answer in hand; trio closes what is left of the loop.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

TOKEN = "open-sesame-4711"


def entry(port: int, token: str = "") -> dict[str, object]:
    return {"url": f"http://127.0.0.1:{port}/mcp", "headers": {"Authorization": f"Bearer {token}"}}


async def test_a_listening_server_is_driven_with_its_headers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    variable = "{env:THE_TOKEN}"
    async with http_server(TOKEN) as (port, _):
        servers = {"here": entry(port, variable)}
        async with mcp_rig(tmp_path, servers, environ={"THE_TOKEN": TOKEN}) as rig:
            told: list[str] = []
            assert (await rig.call("mcp__here__add", a=2, b=3)).text == "5"
            assert (await rig.call("mcp__here__count", told, to=3)).text == "done"
            assert told[-1] == "3 of 3: counting"
            assert (await rig.call("mcp__here__add", a="x", b=3)).failed
    assert TOKEN not in caplog.text
    assert [record for record in caplog.records if record.name.split(".")[0] in ("mcp", "client")] == []


async def test_a_refused_key_is_named_by_its_status_alone(tmp_path: Path):
    async with http_server(TOKEN) as (port, _), mcp_rig(tmp_path, {"here": entry(port, "wrong-4711")}) as rig:
        offered = await rig.offered()
        assert offered.tools == {}
        assert "HTTP 401" in offered.warnings[0]
        assert "wrong-4711" not in str((offered.warnings, await rig.state()))


async def test_an_address_without_a_server_is_said_and_met_later(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with mcp_rig(tmp_path, {"here": entry(port, TOKEN)}) as rig:
        assert "could not be reached (ConnectError)" in (await rig.offered()).warnings[0]
        async with http_server(TOKEN, port=port):
            await until_offered(rig)
            assert (await rig.call("mcp__here__add", a=2, b=3)).text == "5"


async def test_a_server_that_dies_in_a_call_ends_it_and_is_back_when_it_is(tmp_path: Path):
    async with mcp_rig(tmp_path, backoff=Backoff(minimum=0.05, maximum=0.1)) as rig:
        async with http_server() as (port, process):
            rig.write({"here": entry(port)})
            tool = (await rig.offered()).tools["mcp__here__wait"]
            results = []

            async def call() -> None:
                results.append(await tool.run({}, lambda _: waiting.set()))

            waiting = trio.Event()
            with trio.fail_after(WAIT_S):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(call)
                    await waiting.wait()
                    process.kill()
            assert results[0].failed
        await rig.until("here", calls=0)
        lost = await rig.call("mcp__here__add", a=2, b=3)
        assert lost.failed
        async with http_server(port=port):
            with trio.fail_after(WAIT_S):
                while (result := await rig.call("mcp__here__add", a=2, b=3)).failed:
                    await trio.sleep(0.05)
            assert result.text == "5"


async def test_a_cancelled_call_is_cancelled_at_the_listening_server(tmp_path: Path):
    async with http_server() as (port, process), mcp_rig(tmp_path, {"here": entry(port)}) as rig:
        tool = (await rig.offered()).tools["mcp__here__wait"]
        waiting = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(tool.run, {}, lambda _: waiting.set())
            await waiting.wait()
            nursery.cancel_scope.cancel()
        assert process.stdout is not None
        with trio.fail_after(WAIT_S):
            assert b"waiting is over" in await process.stdout.receive_some()
        assert (await rig.call("mcp__here__add", a=1, b=1)).text == "2"


async def test_an_answer_in_one_piece_is_bounded_too(tmp_path: Path):
    async with http_server("--json") as (port, _), mcp_rig(tmp_path, {"here": entry(port)}) as rig:
        assert (await rig.call("mcp__here__add", a=2, b=3)).text == "5"
        result = await rig.call("mcp__here__much", size=20_000_000)
        assert result.failed
        assert len(result.text) < 3000
        assert (await rig.call("mcp__here__add", a=2, b=3)).text == "5"


async def until_offered(rig: McpRig) -> None:
    with trio.fail_after(WAIT_S):
        while not (await rig.offered()).tools:
            await trio.sleep(0.05)
