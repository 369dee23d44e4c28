"""Driving a real server as a client would: make a repository, a chat, send a prompt, follow it to its end."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import trio
from attrs import define, field

from boocode.cli.client import Client, path_of

Json = dict[str, Any]
TURN_S = 60.0


@define
class Turn:
    """What one prompt came to, as its frames told."""

    task_id: str
    frames: list[Json] = field(factory=list)
    message_id: str | None = None

    def of(self, type_: str) -> list[Json]:
        return [frame for frame in self.frames if frame["type"] == type_]

    @property
    def text(self) -> str:
        return "".join(
            f["text"]
            for f in self.of("message_delta")
            if f["kind"] == "text" and f["message_id"] == self.message_id
        )

    @property
    def ends(self) -> list[Json]:
        return [f for f in self.of("message_complete") if f["message_id"] == self.message_id]

    @property
    def status(self) -> str:
        assert len(self.ends) == 1, f"{len(self.ends)} terminal frames"
        return str(self.ends[0]["status"])


async def new_session(client: Client, repository: Path, title: str = "A test") -> Json:
    project = await client.post("/api/projects", {"path": str(repository)})
    session: Json = await client.post("/api/sessions", {"project_id": project["id"], "title": title})
    return session


async def new_chat(client: Client, repository: Path) -> str:
    return str((await new_session(client, repository))["chats"][0]["id"])


async def post(client: Client, chat_id: str, text: str, agent: str = "practice") -> Json:
    posted: Json = await client.post(path_of("chats", chat_id, "messages"), {"text": text, "agent": agent})
    return posted


async def prompt(
    client: Client,
    chat_id: str,
    text: str,
    *,
    agent: str = "practice",
    on_frame: Callable[[Json], Any] | None = None,
    changes: bool = False,
) -> Turn:
    """Sends `text` and follows its turn to the terminal frame (with `changes`, to the pending changes after it)."""
    posted = await post(client, chat_id, text, agent)
    return await follow(client, chat_id, posted["task"]["id"], on_frame=on_frame, changes=changes)


async def follow(
    client: Client,
    chat_id: str,
    task_id: str,
    *,
    on_frame: Callable[[Json], Any] | None = None,
    changes: bool = False,
    within_s: float = TURN_S,
) -> Turn:
    turn = Turn(task_id)
    with trio.fail_after(within_s):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if frame["type"] == "message_created" and _is_answer(frame["message"], task_id):
                    turn.message_id = frame["message"]["id"]
                if turn.message_id is None:
                    continue
                turn.frames.append(frame)
                if on_frame is not None and (waiting := on_frame(frame)) is not None:
                    await waiting
                if turn.ends and (not changes or frame["type"] == "pending_changes_updated"):
                    return turn
    raise AssertionError("the frames ended before the turn")


def _is_answer(message: Json, task_id: str) -> bool:
    return message["role"] == "assistant" and message.get("task_id") == task_id


@trio.as_safe_channel
async def chat_frames(client: Client, chat_id: str) -> AsyncGenerator[Json, None]:
    """`async with` it: the chat's frames from its beginning, those of the log only."""
    async with client.frames(f"chat:{chat_id}") as frames:
        async for frame in frames:
            if "seq" in frame and frame.get("topic") == f"chat:{chat_id}":
                yield frame


async def whole_log(client: Client, chat_id: str) -> list[Json]:
    """The chat's durable log by HTTP."""
    found: list[Json] = []
    while True:
        since = found[-1]["seq"] if found else 0
        page = await client.get(path_of("chats", chat_id, "events"), since=since, limit=500)
        if not page["items"]:
            return found
        found += page["items"]


def assert_sound(frames: list[Json]) -> None:
    """Gapless numbers from 1, and exactly one terminal frame for each assistant message."""
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    made = [
        f["message"]["id"]
        for f in frames
        if f["type"] == "message_created" and f["message"]["role"] == "assistant"
    ]
    ended = [f["message_id"] for f in frames if f["type"] == "message_complete"]
    assert sorted(ended) == sorted(made)
