"""Agents that write what they should not, or too much of it: the turn goes on or says why not, and memory stays."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import trio
from trio_websocket import wrap_client_stream

from boocode.cli.client import path_of
from tests.whole.matrix.stage import GOOD, WELL, Stage

MOST_GROWTH = 100_000_000
"""Bytes that BooCode's memory may rise above where it was."""
CHUNKS = 200_000
LOOK_S = 0.02


@asynccontextmanager
async def memory_stays(stage: Stage) -> AsyncIterator[None]:
    """Looks all the time, for what was let go meanwhile was needed all the same."""
    before = most = stage.memory()

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, stage.memory())
            await trio.sleep(LOOK_S)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        yield
        nursery.cancel_scope.cancel()
    assert most - before < MOST_GROWTH, f"{(most - before) / 1e6:.0f} MB more than before"


async def test_garbage_lines(stage: Stage):
    chat = await stage.chat()
    turn = await stage.turn(chat, "garbage")
    assert (turn.status, turn.text) == ("complete", "before after")
    (notice,) = turn.of("notice")
    assert "This is not JSON" in notice["text"]
    await stage.all_is_well(chat, "garbage")


async def test_half_a_line_and_the_end(stage: Stage):
    chat = await stage.chat()
    turn = await stage.turn(chat, "half-line")
    assert (turn.status, turn.text) == ("interrupted", "whole")
    await stage.all_is_well(chat, "half-line")


async def test_fifty_megabytes_of_stderr(stage: Stage):
    chat = await stage.chat()
    async with memory_stays(stage):
        turn = await stage.turn(chat, "stderr")
    assert (turn.status, turn.text) == ("complete", WELL)
    await stage.all_is_well(chat, "stderr")


async def test_one_line_of_twenty_megabytes(stage: Stage):
    chat = await stage.chat()
    async with memory_stays(stage):
        turn = await stage.turn(chat, "long-line")
    assert turn.status == "interrupted"
    assert "one line of more than 16 MiB" in turn.ends[0]["error"]
    await stage.all_is_well(chat, "long-line")


async def test_two_hundred_megabytes_of_tool_output(stage: Stage):
    chat = await stage.chat()
    async with memory_stays(stage):
        turn = await stage.turn(chat, "tool-output")
    assert (turn.status, turn.text) == ("complete", WELL)
    outputs = [frame["part"]["output"] for frame in turn.of("tool_update") if frame["part"]["output"]]
    assert outputs[-1].startswith("39 xxx")
    await stage.all_is_well(chat, "tool-output")


async def test_two_hundred_thousand_chunks_and_a_browser_that_stops_reading(stage: Stage):
    chat, beside = await stage.chat(), await stage.chat()
    await stage.turn(beside, "none", GOOD)
    async with memory_stays(stage), deaf_browser(stage, chat):
        task = await stage.begin(chat, "flood")
        await stage.until(chat, lambda frame: frame["type"] == "message_delta")
        with trio.fail_after(20):
            assert (await stage.turn(beside, "none", GOOD)).status == "complete"
        turn = await stage.follow(chat, task)
    assert turn.status == "complete"
    assert turn.text == "".join(f"{number} " for number in range(CHUNKS))
    assert await stage.text(chat) == turn.text
    await stage.all_is_well(chat, "flood")


@asynccontextmanager
async def deaf_browser(stage: Stage, chat: str) -> AsyncIterator[None]:
    """A WebSocket that subscribes to the chat and reads nothing of it.

    Its own nursery is cancelled and not left: once the server has hung up on it, trio-websocket's `open_websocket_url`
    would wait for ever for its reader, which waits for somebody to take a message.
    """
    place = urlsplit(stage.place.url)
    headers = [(b"authorization", b"Bearer " + stage.place.token.encode())]
    stream = await trio.open_tcp_stream(place.hostname, place.port)
    async with stream, trio.open_nursery() as nursery:
        socket = await wrap_client_stream(
            nursery, stream, place.netloc, "/api/ws", extra_headers=headers, message_queue_size=1
        )
        await socket.send_message(json.dumps({"type": "subscribe", "topic": f"chat:{chat}", "since": 0}))
        yield
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "agent", ["duplicate-reply", "unknown-reply", "foreign-update", "late-update", "ask-twice"]
)
async def test_answers_and_updates_that_nobody_asked_for(stage: Stage, agent: str):
    chat = await stage.chat()
    if agent == "ask-twice":
        task = await stage.begin(chat, agent)
        asked = await stage.until(chat, lambda frame: frame["type"] == "permission_requested")
        await stage.client.post(path_of("permissions", asked["id"]), {"option_id": "yes"})
        turn = await stage.follow(chat, task)
    else:
        turn = await stage.turn(chat, agent)
    assert (turn.status, turn.text) == ("complete", WELL)
    await stage.all_is_well(chat, agent)
    assert await stage.text(chat) == WELL
