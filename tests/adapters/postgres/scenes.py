"""Rows to start from, and a pen: batches without the event writer."""

import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.codec import decode, encode_body
from boocode.contracts.frames import MessageDelta, WireFrame
from boocode.contracts.resources import Chat, Part, Project, Session
from boocode.domain.events import Completed, Outcome
from boocode.domain.ids import new_id
from boocode.ports.log import Posted, PostPrompt, Settlement
from boocode.ports.log_sink import AppendFrames, Batch, BatchOp, Committed, EncodedFrame, Post, Settle
from boocode.ports.store import ClaimedTask

Sql = Callable[..., Awaitable[Any]]
"""Runs one statement on the test's database, past the store; returns its first value."""

_paths = itertools.count(1)


async def a_project(store: PostgresStore) -> Project:
    return await store.add_project(f"/src/project{next(_paths)}", "project")


async def a_session(store: PostgresStore, project: Project | None = None) -> Session:
    project = project or await a_project(store)
    session = await store.create_session(project.id, "session")
    assert session is not None
    return session


async def a_chat(store: PostgresStore) -> Chat:
    return (await a_session(store)).chats[0]


def delta(chat_id: str, text: str, message_id: str = "msg_1", kind: Any = "text") -> EncodedFrame:
    body = MessageDelta(message_id, kind, text)
    return EncodedFrame(chat_id, body.type, time.time(), encode_body(body))


def prompt(chat_id: str, text: str = "do it", **more: Any) -> Post:
    return Post(PostPrompt(chat_id, text, "practice", **more), new_id("msg"), new_id("task"), time.time())


def settlement(
    claimed: ClaimedTask, outcome: Outcome | None = None, text: str = "done", **more: Any
) -> Settlement:
    task = claimed.task
    fields: dict[str, Any] = {
        "task_id": task.id,
        "chat_id": task.chat_id,
        "message_id": claimed.message_id,
        "agent": task.agent,
        "outcome": outcome or Completed(),
        "text": text,
        "parts": (Part("text", text=text),),
        "model": "m1",
        "input_tokens": 10,
        "output_tokens": 5,
        "cost": 0.5,
        "at": time.time(),
    }
    return Settlement(**(fields | more))


def read(frames: tuple[WireFrame, ...]) -> list[dict[str, Any]]:
    return [decode(frame.data) for frame in frames]  # type: ignore[misc]


class Pen:
    """Writes numbered batches, as one writer."""

    def __init__(self, log: PostgresLog) -> None:
        self.log = log
        self.name = new_id("writer")
        self.number = 0

    def batch(self, *ops: BatchOp) -> Batch:
        self.number += 1
        return Batch(self.name, self.number, ops)

    async def write(self, *ops: BatchOp) -> Committed:
        return await self.log.write(self.batch(*ops))

    async def append(self, *frames: EncodedFrame) -> Committed:
        return await self.write(AppendFrames(frames))

    async def post(self, chat_id: str, text: str = "do it", **more: Any) -> Posted:
        (reply,) = (await self.write(prompt(chat_id, text, **more))).replies
        assert isinstance(reply, Posted), reply
        return reply

    async def settle(self, settled: Settlement, completes_log: bool = False) -> Any:
        (reply,) = (await self.write(Settle(settled, completes_log))).replies
        return reply
