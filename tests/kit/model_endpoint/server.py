"""HTTP for the scripted model: h11 over trio, one request a connection, everything logged."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Protocol, TypeAlias

import h11
import trio
from attrs import Factory, define

from tests.kit.model_endpoint import anthropic, gemini, openai
from tests.kit.model_endpoint.failures import REFUSALS
from tests.kit.model_endpoint.script import Answer, Asked, Chunk, Script

READ_BYTES = 65536
BYTES_OF_A_TOKEN = 4
Send: TypeAlias = Callable[[h11.Event], Awaitable[None]]


class Dialect(Protocol):
    """How one vendor's API writes requests and answers; the modules `openai`, `anthropic` and `gemini`."""

    def models(self) -> dict[str, object]: ...
    def asked(self, body: Mapping[str, object]) -> Asked: ...
    def whole(self, answer: Answer, model: str) -> dict[str, object]: ...
    def stream(self, answer: Answer, model: str, *, usage: bool) -> Iterator[Chunk]: ...
    def error(self, status: int) -> dict[str, object]: ...


COMPLETIONS: dict[str, Dialect] = {"/v1/chat/completions": openai, "/v1/messages": anthropic}
"""By the path that is posted to."""
ANTHROPIC_HEADER = "anthropic-version"


@define
class Seen:
    """A request as it came, and how it went. `client_gone`: the client hung up before the answer was out."""

    method: str
    path: str
    body: dict[str, object]
    headers: Mapping[str, str] = Factory(dict)
    """Names in lower case."""
    client_gone: bool = False
    finished: bool = False


@define(eq=False)
class ModelEndpoint:
    """A running endpoint. `requests` is the log; `gates` are opened by tests: `endpoint.gates["a"].set()`."""

    port: int
    requests: list[Seen] = Factory(list)
    gates: defaultdict[str, trio.Event] = Factory(lambda: defaultdict(trio.Event))
    pages: dict[str, object] = Factory(dict)
    """What a GET of these paths answers with, in place of the usual; None: nothing, ever."""
    key: str | None = None
    """Without it as a bearer token a completion is refused."""
    window: int | None = None
    """Tokens, of four bytes each, that a request for a completion may have."""
    _script: Script = Factory(Script)

    @property
    def url(self) -> str:
        """Without `/v1`."""
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, stream: trio.SocketStream) -> None:
        """One connection: one request, one answer. A client that goes away ends it."""
        connection = h11.Connection(h11.SERVER)
        try:
            seen = await self._receive(connection, stream)
            if seen is not None:
                await self._answer_while_there(connection, stream, seen)
        except (trio.BrokenResourceError, trio.ClosedResourceError, h11.RemoteProtocolError):
            pass
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 1):
                await stream.aclose()

    async def _receive(self, connection: h11.Connection, stream: trio.SocketStream) -> Seen | None:
        head: h11.Request | None = None
        body = b""
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                if connection.they_are_waiting_for_100_continue:
                    await stream.send_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                connection.receive_data(await stream.receive_some(READ_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = {name.decode(): value.decode() for name, value in head.headers}
                seen = Seen(head.method.decode(), head.target.decode(), json.loads(body or b"{}"), headers)
                self.requests.append(seen)
                return seen
            else:
                return None

    async def _answer_while_there(
        self, connection: h11.Connection, stream: trio.SocketStream, seen: Seen
    ) -> None:
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                with suppress(trio.BrokenResourceError):  # it may leave by a reset
                    while await stream.receive_some(READ_BYTES):
                        pass  # one request a connection: whatever else comes is not for us
                seen.client_gone = True
                nursery.cancel_scope.cancel()

            nursery.start_soon(watch)
            try:
                await self._answer(partial(_send, connection, stream), seen)
                seen.finished = True
            except trio.BrokenResourceError:
                seen.client_gone = True
            nursery.cancel_scope.cancel()

    async def _answer(self, send: Send, seen: Seen) -> None:
        path = seen.path.partition("?")[0]
        if (told := gemini.in_path(path)) is not None:
            await self._answer_gemini(send, seen, told)
            return
        dialect = COMPLETIONS.get(path, anthropic if ANTHROPIC_HEADER in seen.headers else openai)
        match seen.method, path:
            case "GET", _ if path in self.pages:
                if self.pages[path] is None:
                    await trio.sleep_forever()
                await _json(send, 200, self.pages[path])
            case "GET", "/v1/models":
                await _json(send, 200, dialect.models())
            case "POST", "/v1/messages/count_tokens":
                await _json(send, 200, anthropic.count_tokens(seen.body))
            case "POST", "/v1/chat/completions" | "/v1/messages":
                await self._complete(send, seen, dialect)
            case "HEAD", _:
                await send(_head(200, "application/json"))
                await send(h11.EndOfMessage())
            case _:
                await _json(send, 404, dialect.error(404))

    async def _answer_gemini(self, send: Send, seen: Seen, told: Mapping[str, object]) -> None:
        seen.body |= told
        if told["count"]:
            await _json(send, 200, gemini.count_tokens(seen.body))
        elif (side := gemini.side_answer(seen.body)) is not None:
            await _json(send, 200, side)
        else:
            await self._complete(send, seen, gemini)

    async def _complete(self, send: Send, seen: Seen, dialect: Dialect) -> None:
        if (refusal := self._refusal(seen)) is not None:
            await _json(send, REFUSALS[refusal].status, REFUSALS[refusal].body)
            return
        asked = dialect.asked(seen.body)
        answer = self._script.answer(asked)
        if answer.silent:
            await trio.sleep_forever()  # until the client or the test has had enough
        elif answer.failure is not None and answer.stop != "break":
            await _json(send, answer.failure.status, answer.failure.body)
        elif answer.status != 200:
            await _json(send, answer.status, dialect.error(answer.status))
        elif seen.body.get("stream"):
            options = seen.body.get("stream_options")
            usage = dialect is not openai or (
                isinstance(options, dict) and bool(options.get("include_usage"))
            )
            await self._stream(send, answer, dialect.stream(answer, asked.model, usage=usage))
        else:
            await _json(send, 200, dialect.whole(answer, asked.model))

    def _refusal(self, seen: Seen) -> str | None:
        if self.key is not None and seen.headers.get("authorization") != f"Bearer {self.key}":
            return "auth"
        if self.window is not None and len(json.dumps(seen.body)) > self.window * BYTES_OF_A_TOKEN:
            return "context_too_long"
        return None

    async def _stream(self, send: Send, answer: Answer, chunks: Iterator[Chunk]) -> None:
        await send(_head(200, "text/event-stream"))
        spoken = 0
        for chunk in chunks:
            await send(h11.Data(data=chunk.data))
            spoken += chunk.is_token
            if chunk.is_token and spoken == 1 and answer.stop:
                if answer.stop == "drop":
                    return  # the connection is closed without the end of the message
                if answer.stop == "stall":
                    await trio.sleep_forever()
                if answer.stop == "break" and answer.failure is not None:
                    await send(h11.Data(data=b"data: " + json.dumps(answer.failure.body).encode() + b"\n\n"))
                    break
                await self.gates[answer.gate].wait()
            if chunk.is_token:
                await trio.sleep(answer.delay)
        await send(h11.EndOfMessage())


@asynccontextmanager
async def serve_model(port: int = 0) -> AsyncIterator[ModelEndpoint]:
    """An endpoint on a free loopback port, or on that one; all its connections end with the block."""
    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(port, host="127.0.0.1")
        endpoint = ModelEndpoint(listeners[0].socket.getsockname()[1])
        nursery.start_soon(trio.serve_listeners, endpoint.handle, listeners)
        yield endpoint
        nursery.cancel_scope.cancel()


async def _send(connection: h11.Connection, stream: trio.SocketStream, event: h11.Event) -> None:
    data = connection.send(event)
    if data:
        await stream.send_all(data)


async def _json(send: Send, status: int, value: object) -> None:
    await send(_head(status, "application/json"))
    await send(h11.Data(data=json.dumps(value).encode()))
    await send(h11.EndOfMessage())


def _head(status: int, kind: str) -> h11.Response:
    return h11.Response(status_code=status, headers=[("content-type", kind), ("connection", "close")])
