"""Killing the agent of a chat at a moment that its frames show, and the time until a frame tells of it."""

import time
from collections.abc import Callable

import psutil
import trio

from boocode.cli.client import Client
from tests.kit.driving import Json, chat_frames

WITHIN_S = 60.0


async def agent_process(client: Client, chat_id: str) -> psutil.Process:
    """The process of the chat's agent; waits for it."""
    with trio.fail_after(WITHIN_S):
        while True:
            owned = (await client.get("/api/supervision"))["owned_processes"]
            mine = [each for each in owned if chat_id in each["label"]]
            if mine:
                return psutil.Process(min(mine, key=lambda each: str(each["started_at"]))["pid"])
            await trio.sleep(0.02)


async def seconds_until_told(
    client: Client, chat_id: str, when: Callable[[Json], object], told: Callable[[Json], object]
) -> float:
    """Kills the agent at the chat's first frame that fits `when`; seconds from there to the next that fits `told`,
    both seen on one connection that was there before."""
    killed = 0.0
    with trio.fail_after(WITHIN_S):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if killed and told(frame):
                    return time.monotonic() - killed
                if not killed and when(frame):
                    process = await agent_process(client, chat_id)
                    killed = time.monotonic()
                    process.kill()
    raise AssertionError("the frames ended")


def is_text(frame: Json) -> bool:
    return bool(frame["type"] == "message_delta")


def is_end(frame: Json) -> bool:
    return bool(frame["type"] == "message_complete")


def is_idle(frame: Json) -> bool:
    return bool(frame.get("status") == "idle")


def is_error(frame: Json) -> bool:
    return bool(frame["type"] == "agent_status_updated" and frame["status"] == "error")
