"""A WebSocket of Quart as the connection actor wants it: frames straight to the wire, the rest by Quart.

Quart's own `send` takes several checkpoints a frame and never fails after the client has gone. Text frames and
pings therefore go to the wire whole; opening and closing handshakes stay with Quart and Hypercorn.
"""

from typing import Any, cast

import trio
from hypercorn.protocol.ws_stream import WSStream
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable
from quart.wrappers import Websocket
from quart_trio.asgi import TrioASGIWebsocketConnection
from wsproto.connection import ConnectionState

from boocode.ports.broadcast import SocketGone, SocketStalled, text_message
from web.server import HttpConnection

PING = b"\x89\x00"
MAX_REASON_BYTES = 120
_SCOPE_KEY = "boocode.upgraded"


class Upgraded:
    """The library objects under one WebSocket."""

    def __init__(self, stream: WSStream, connection: HttpConnection) -> None:
        self.stream = stream
        self.connection = connection

    @property
    def is_open(self) -> bool:
        return not self.stream.closed and self.stream.connection.state is ConnectionState.OPEN


class EdgeWebsocketConnection(TrioASGIWebsocketConnection):
    """Repairs: no compression (100 KB a connection), empty binary messages, an end that is an end."""

    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        stream: WSStream = cast(Any, send).__self__
        connection: HttpConnection = cast(Any, stream.send).__self__.send.__self__
        stream.handshake.extensions = None
        cast("dict[str, Any]", self.scope)[_SCOPE_KEY] = Upgraded(stream, connection)
        try:
            await super().__call__(receive, send)
        finally:
            connection.end_soon()

    async def handle_messages(self, nursery: trio.Nursery, receive: ASGIReceiveCallable) -> None:  # type: ignore[override]
        while True:
            event: Any = await receive()
            if event["type"] == "websocket.receive":
                data = event.get("bytes")
                await self.send_channel.send(event["text"] if data is None else data)
            elif event["type"] == "websocket.disconnect":
                break
        nursery.cancel_scope.cancel()


class QuartSocket:
    """A ClientSocket. The Quart object is given, not its context-bound proxy: actors have no request."""

    def __init__(self, websocket: Websocket) -> None:
        upgraded: Upgraded = cast("dict[str, Any]", websocket.scope)[_SCOPE_KEY]
        self._websocket = websocket
        self._upgraded = upgraded
        self._wire = upgraded.connection.wire
        self._is_closing = False
        client = upgraded.stream.client
        self.peer = f"{client[0]}:{client[1]}" if client else "local"

    @property
    def idle_s(self) -> float:
        return trio.current_time() - self._wire.heard_at

    @property
    def needs_flush(self) -> bool:
        return self._wire.has_rest

    def send_now(self, framed: bytes) -> bool:
        return not self._is_closing and self._wire.send_now(framed)

    async def flush(self) -> None:
        await self._write(b"")

    async def send(self, payload: bytes) -> None:
        await self._write(text_message(payload))

    async def _write(self, data: bytes) -> None:
        if self._is_closing or not self._upgraded.is_open:
            raise SocketGone("the socket is closed")
        try:
            await self._wire.send(data)
        except trio.BrokenResourceError as error:
            kind = SocketStalled if self._wire.stalled else SocketGone
            raise kind(str(error)) from error

    def ping(self) -> None:
        if not self._is_closing:
            self._wire.send_now(PING)

    async def close(self, code: int, reason: str) -> None:
        self._is_closing = True
        await self._websocket.close(code, reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore"))

    def abort(self) -> None:
        self._is_closing = True
        self._wire.abort()
