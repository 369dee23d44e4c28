"""HTTP over `Wire`: idle and stuck clients end in their time, and a stop waits for nobody."""

import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define

from web.server import HttpServer
from web.wire import Wire

BIG = b"x" * 50_000_000
REQUEST = b"GET /%b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """`/big` answers with 50 MB, `/slow` never, `/boom` with an error; the rest with two bytes."""
    if scope["type"] == "lifespan":
        while True:
            event = await receive()
            await send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return
    path = scope["path"]
    if path == "/slow":
        await trio.sleep_forever()
    if path == "/boom":
        raise RuntimeError("as asked")
    body = BIG if path == "/big" else b"ok"
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@define
class Running:
    server: HttpServer
    port: int
    nursery: trio.Nursery
    ended: trio.Event

    async def connect(self) -> trio.SocketStream:
        sock = sockets.socket()
        sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        stream = trio.SocketStream(trio.socket.from_stdlib_socket(sock))
        await stream.socket.connect(("127.0.0.1", self.port))
        return stream

    async def stop(self) -> float:
        """Seconds that it took."""
        start = trio.current_time()
        self.server.stop()
        await self.ended.wait()
        return trio.current_time() - start


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Running]:
    server = HttpServer(application, **options)
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listeners[0].socket.getsockname()[1]
    ended = trio.Event()

    async def run(task_status: trio.TaskStatus[Any]) -> None:
        await server.run(listeners, task_status=task_status)
        ended.set()

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            await nursery.start(run)
            yield Running(server, port, nursery, ended)
            await Running(server, port, nursery, ended).stop()


async def test_an_idle_connection_ends_in_its_time_also_after_a_request():
    async with running(idle_s=0.2) as server:
        silent, used = await server.connect(), await server.connect()
        await used.send_all(REQUEST % b"")
        answer = b""
        while not answer.endswith(b"ok"):
            answer += await used.receive_some(1000)
        for stream in (silent, used):
            assert await stream.receive_some(10) == b""
            await stream.aclose()


async def test_a_client_that_does_not_read_its_answer_is_dropped():
    async with running(stall_s=0.3) as server:
        stream = await server.connect()
        await stream.send_all(REQUEST % b"big")
        while server.server.connections or not await _was_served(server):
            await trio.sleep(0.02)
        await stream.aclose()


async def _was_served(server: Running) -> bool:
    """Others are answered meanwhile and afterwards."""
    stream = await server.connect()
    await stream.send_all(REQUEST % b"")
    answer = await stream.receive_some(1000)
    await stream.aclose()
    return answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", [b"", b"big", b"slow"])
async def test_a_stop_takes_its_grace_at_most_whatever_clients_do(path):
    async with running(graceful_s=0.2, stall_s=60, idle_s=60) as server:
        stream = await server.connect()
        await stream.send_all(REQUEST % path)
        await trio.sleep(0.1)
        assert await server.stop() < 3  # a fifth of a second on a quiet machine
        await stream.aclose()


async def test_an_error_of_the_application_is_a_500_and_ends_nothing_else(caplog):
    async with running() as server:
        stream = await server.connect()
        await stream.send_all(REQUEST % b"boom")
        assert (await stream.receive_some(1000)).startswith(b"HTTP/1.1 500")
        assert "as asked" in caplog.text
        await stream.aclose()
        assert await _was_served(server)


async def test_the_number_of_connections_is_bounded():
    async with running(max_connections=2) as server:
        streams = [await server.connect() for _ in range(3)]
        assert await streams[2].receive_some(1) == b""
        for stream in streams:
            await stream.aclose()


@asynccontextmanager
async def wired(stall_s: float = 5.0) -> AsyncIterator[tuple[Wire, trio.SocketStream, trio.SocketStream]]:
    ours, theirs = trio.socket.socketpair()
    near, far = trio.SocketStream(ours), trio.SocketStream(theirs)
    yield Wire(near, stall_s), near, far
    for stream in (near, far):
        await trio.aclose_forcefully(stream)


async def _read(stream: trio.SocketStream, size: int) -> bytes:
    data = b""
    while len(data) < size and (some := await stream.receive_some(65_536)):
        data += some
    return data


async def test_what_did_not_fit_at_once_goes_out_before_anything_else():
    async with wired() as (wire, _, far):
        first, second = b"a" * 2_000_000, b"b" * 1_000
        assert wire.send_now(first)
        assert wire.has_rest
        assert not wire.send_now(second)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wire.send, second)
            assert await _read(far, 2_001_000) == first + second
        assert not wire.has_rest
        assert wire.send_now(b"c")


async def test_many_senders_never_mix_their_messages():
    async with wired() as (wire, _, far), trio.open_nursery() as nursery:
        for letter in b"abcdefgh":
            nursery.start_soon(wire.send, bytes([letter]) * 300_000)
        data = await _read(far, 2_400_000)
        assert sorted(data[n * 300_000 : (n + 1) * 300_000] for n in range(8)) == [
            bytes([letter]) * 300_000 for letter in b"abcdefgh"
        ]


async def test_a_peer_that_takes_nothing_is_dropped_and_said_to_stall():
    async with wired(stall_s=0.1) as (wire, _, _far):
        with pytest.raises(trio.BrokenResourceError, match="took nothing"):
            await wire.send(b"x" * 5_000_000)
        assert (wire.stalled, wire.is_broken) == (True, True)
        assert not wire.send_now(b"y")
        with pytest.raises(trio.BrokenResourceError):
            await wire.send(b"y")


async def test_a_send_cancelled_in_its_middle_ends_the_connection():
    async with wired() as (wire, _, far):
        with trio.move_on_after(0.05):
            await wire.send(b"x" * 5_000_000)
        assert wire.is_broken
        assert not wire.stalled
        with pytest.raises(trio.BrokenResourceError):
            await wire.send(b"y")
        assert set(await _read(far, 5_000_000)) <= {ord("x")}


async def test_a_send_cancelled_before_its_first_byte_harms_nothing():
    async with wired() as (wire, _, far):
        with trio.CancelScope() as scope:
            scope.cancel()
            await wire.send(b"never")
        await wire.send(b"then")
        assert await far.receive_some(100) == b"then"


async def test_sending_to_a_closed_peer_is_said():
    async with wired() as (wire, _, far):
        await trio.aclose_forcefully(far)
        with pytest.raises(trio.BrokenResourceError):
            await wire.send(b"x" * 100_000)
        assert not wire.send_now(b"x")
