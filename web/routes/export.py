"""A whole chat as a file, read and written a page at a time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import trio

from boocode.contracts.answers import ChatExport
from boocode.contracts.codec import encode
from boocode.contracts.requests import ExportQuery
from boocode.contracts.resources import Chat, Message
from boocode.domain.chat_markdown import heading, message_markdown
from web.deps import EdgeDeps
from web.downloads import Download, file_name
from web.problems import found
from web.routing import Call, Route

PAGE = 10
"""Messages that are in memory at once."""
THREADS = trio.CapacityLimiter(1)
"""For what is long to render, a large diff for example."""


async def export_chat(deps: EdgeDeps, call: Call[None, ExportQuery]) -> Download:
    """What is said while it is written may be in it or not; what was there before is."""
    chat = found(await deps.store.get_chat(call["chat_id"]), "chat", call["chat_id"])
    session = found(await deps.store.get_session(chat.session_id), "chat", chat.id)
    project = found(await deps.store.get_project(session.project_id), "chat", chat.id)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    export = ChatExport(1, now, project.name, session.title, chat, ())
    title = chat.title or session.title
    if call.query.format == "json":
        return Download(file_name(title, "chat", "json"), "application/json", _json(deps, export))
    return Download(
        file_name(title, "chat", "md"), "text/markdown; charset=utf-8", _markdown(deps, export, title)
    )


async def _markdown(deps: EdgeDeps, export: ChatExport, title: str) -> AsyncIterator[bytes]:
    chat = export.chat
    named = Chat(chat.id, chat.session_id, title, chat.created_at)
    yield _bytes(heading(named, export.project, export.session, export.exported_at))
    async for messages in _Pages(deps, chat.id):
        yield await trio.to_thread.run_sync(_rendered, messages, limiter=THREADS)


async def _json(deps: EdgeDeps, export: ChatExport) -> AsyncIterator[bytes]:
    """The encoded export, its messages put into the empty list; no text can look like that: its quotes are escaped."""
    head, tail = encode(export).split(b'"messages":[]')
    yield head + b'"messages":['
    separator = b""
    async for messages in _Pages(deps, export.chat.id):
        for message in messages:
            yield separator + encode(message)
            separator = b","
    yield b"]" + tail


class _Pages:
    """The messages of a chat, oldest first. Not a generator: a client that leaves in the middle leaves nothing open."""

    def __init__(self, deps: EdgeDeps, chat_id: str) -> None:
        self._store = deps.store
        self._chat_id = chat_id
        self._after: str | None = None
        self._is_over = False

    def __aiter__(self) -> "_Pages":
        return self

    async def __anext__(self) -> tuple[Message, ...]:
        if self._is_over:
            raise StopAsyncIteration
        page = await self._store.list_messages_onward(self._chat_id, self._after, PAGE)
        self._after, self._is_over = page.next, page.next is None
        return cast(tuple[Message, ...], page.items)


def _rendered(messages: tuple[Message, ...]) -> bytes:
    return _bytes("".join(message_markdown(message) for message in messages))


def _bytes(text: str) -> bytes:
    """Half a character, as agents write them, becomes a question mark."""
    return text.encode("utf-8", "replace")


ROUTES = (
    Route(
        "GET", "/api/chats/{chat_id}/export", export_chat, "A whole chat as a file", ChatExport, query=ExportQuery,
        errors=(404, 422), texts=("text/markdown",),
    ),
)  # fmt: skip
