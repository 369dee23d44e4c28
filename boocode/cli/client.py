"""The HTTP API and the WebSocket from the command line's side; refusals become CommandErrors."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import trio
from attrs import frozen
from trio_websocket import ConnectionClosed, HandshakeError, open_websocket_url

from boocode.cli.errors import ApiConflict, ApiError, CommandError, Unreachable
from boocode.cli.server import Server, reached_server

Json = dict[str, Any]

ANSWER_S = 180.0
"""Longer than the server gives to anything: it is the one who says that something took too long."""
RECONNECT_S = 30.0
RECONNECT_PAUSE_S = 0.5


@frozen
class Client:
    server: Server
    http: httpx2.AsyncClient

    async def get(self, path: str, **query: str | int | None) -> Any:
        return await self._ask("GET", path, query=query)

    async def text(self, path: str, **query: str | int | None) -> str:
        """An answer that is not JSON, or is to be kept as it is."""
        return (await self._reply("GET", path, query=query)).text

    async def post(self, path: str, body: Json | None = None) -> Any:
        return await self._ask("POST", path, body=body if body is not None else {})

    async def patch(self, path: str, body: Json) -> Any:
        return await self._ask("PATCH", path, body=body)

    async def delete(self, path: str) -> Any:
        return await self._ask("DELETE", path)

    async def pages(self, path: str, **query: str | int | None) -> AsyncIterator[Json]:
        """Every item of a paged list."""
        cursor: str | None = None
        while True:
            page = await self.get(path, **query, after=cursor)
            for item in page["items"]:
                yield item
            cursor = page.get("next")
            if cursor is None:
                return

    @trio.as_safe_channel
    async def frames(self, topic: str, since: int = 0) -> AsyncGenerator[Json, None]:
        """`async with` it: the frames of a topic from the log on; a lost connection is resumed where it was."""
        lost_at: float | None = None
        while True:
            try:
                async with self._connection(topic, since) as frames:
                    async for frame in frames:
                        lost_at = None
                        since = max(since, int(frame.get("seq", since)))
                        yield frame
            except (ConnectionClosed, HandshakeError, OSError) as error:
                lost_at = lost_at or trio.current_time()
                if trio.current_time() - lost_at > RECONNECT_S:
                    raise Unreachable(
                        f"The connection to {self.server.url} was lost and did not come back: {error}"
                    ) from error
            await trio.sleep(RECONNECT_PAUSE_S)

    @trio.as_safe_channel
    async def _connection(self, topic: str, since: int) -> AsyncGenerator[Json, None]:
        parts = urlsplit(self.server.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        headers = [(b"authorization", b"Bearer " + self.server.token.encode())]
        url = f"{scheme}://{parts.netloc}/api/ws"
        async with open_websocket_url(url, extra_headers=headers) as socket:
            await socket.send_message(json.dumps({"type": "subscribe", "topic": topic, "since": since}))
            while True:
                message = json.loads(await socket.get_message())
                for frame in message if isinstance(message, list) else [message]:
                    if frame.get("type") == "error":
                        raise CommandError(f"{frame.get('detail') or frame.get('code')}")
                    yield frame

    async def _ask(self, method: str, path: str, *, query: Any = None, body: Json | None = None) -> Any:
        reply = await self._reply(method, path, query=query, body=body)
        return reply.json() if reply.content else None

    async def _reply(
        self, method: str, path: str, *, query: Any = None, body: Json | None = None
    ) -> httpx2.Response:
        params = {key: value for key, value in (query or {}).items() if value is not None}
        try:
            reply = await self.http.request(method, path, params=params, json=body)
        except httpx2.HTTPError as error:
            raise Unreachable(f"{self.server.url} could not be asked: {error}") from error
        if reply.is_success:
            return reply
        raise _refusal(reply)


@asynccontextmanager
async def connected(*, start: bool = False) -> AsyncIterator[Client]:
    """A client of the running server; see `reached_server`."""
    async with (
        reached_server(start=start) as server,
        httpx2.AsyncClient(
            base_url=server.url, headers={"authorization": f"Bearer {server.token}"}, timeout=ANSWER_S
        ) as http,
    ):
        yield Client(server, http)


def path_of(*segments: str) -> str:
    """`/api/a/b`, each segment quoted."""
    return "/api/" + "/".join(quote(segment, safe="") for segment in segments)


def _refusal(reply: httpx2.Response) -> ApiError:
    refused = ApiConflict if reply.status_code == httpx2.codes.CONFLICT else ApiError
    try:
        problem = reply.json()
        code, title, detail = problem["code"], problem.get("title", ""), problem.get("detail", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return refused(reply.status_code, "unknown", "", reply.text[:400])
    return refused(reply.status_code, str(code), str(title), str(detail))
