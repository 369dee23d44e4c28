"""An endpoint that is asked, and answers taken apart."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import trio
from attrs import Factory, define

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.native.failures import Failure
from boocode.ports.model_endpoint import (
    CallPiece,
    Finished,
    ModelFailed,
    ModelRequest,
    Piece,
    ReasoningPiece,
    TextPiece,
    UsageTold,
)

CONFIG = "/home/x/config.toml"
PATIENT_S = 20.0


def request(text: str, model: str = "scripted-1", **more: object) -> ModelRequest:
    return ModelRequest(model, ({"role": "user", "content": text},), more=more)


@define
class Heard:
    """All that came of one request."""

    pieces: list[Piece] = Factory(list)
    failure: Failure | None = None

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces if isinstance(piece, TextPiece))

    @property
    def reasoning(self) -> str:
        return "".join(piece.text for piece in self.pieces if isinstance(piece, ReasoningPiece))

    @property
    def calls(self) -> dict[int, tuple[str | None, str | None, str]]:
        """By index: id, name, arguments."""
        found: dict[int, tuple[str | None, str | None, str]] = {}
        for piece in self.pieces:
            if isinstance(piece, CallPiece):
                id_, name, arguments = found.get(piece.index, (None, None, ""))
                found[piece.index] = (piece.id or id_, piece.name or name, arguments + piece.arguments)
        return found

    @property
    def end(self) -> tuple[UsageTold | None, str | None]:
        usage = next((piece for piece in self.pieces if isinstance(piece, UsageTold)), None)
        last = self.pieces[-1] if self.pieces else None
        return usage, last.reason if isinstance(last, Finished) else None


async def hear(endpoint: OpenAiEndpoint, asked: ModelRequest) -> Heard:
    heard = Heard()
    try:
        async with endpoint.answer(asked) as pieces:
            async for piece in pieces:
                heard.pieces.append(piece)
    except ModelFailed as failed:
        heard.failure = failed.failure
    return heard


@asynccontextmanager
async def opened(
    url: str | None, key: str | None = None, stall_s: float = PATIENT_S
) -> AsyncIterator[OpenAiEndpoint]:
    endpoint = OpenAiEndpoint(url, key, stall_s, CONFIG)
    try:
        yield endpoint
    finally:
        await endpoint.close()


@asynccontextmanager
async def saying(answer: bytes | None) -> AsyncIterator[str]:
    """The address of a server that says these bytes to whoever has asked and closes; None: that says nothing."""

    async def serve(stream: trio.SocketStream) -> None:
        async with stream:
            if not await whole_request(stream):
                return
            if answer is None:
                await trio.sleep_forever()
            with suppress(trio.BrokenResourceError):  # it has heard enough
                await stream.send_all(answer or b"")

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        yield f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}/v1"
        nursery.cancel_scope.cancel()


async def whole_request(stream: trio.SocketStream) -> bool:
    """False when the connection ended before it."""
    data = b""
    while not _is_whole(data):
        some = await stream.receive_some()
        if not some:
            return False
        data += some
    return True


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    return bool(end) and len(body) >= sum(lengths)


def http(
    body: bytes, kind: str = "text/event-stream", status: str = "200 OK", length: int | None = None
) -> bytes:
    """An answer; without a length it ends with its connection."""
    head: Mapping[str, object] = {"content-type": kind, "connection": "close"}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in head.items())]
    if length is not None:
        lines.append(f"content-length: {length}")
    return "\r\n".join((*lines, "", "")).encode() + body


def events(*datas: str) -> bytes:
    return b"".join(f"data: {data}\n\n".encode() for data in datas)
