"""The WebSocket over real Hypercorn: frames, resuming, slow and vanishing clients, the stop."""

import contextlib
import json
import random
import socket as sockets
from typing import Any

import pytest
import trio
import trio.lowlevel
from trio_websocket import ConnectionClosed

from actors.connection import ConnectionLimits
from boocode.contracts.frames import chat_topic
from boocode.kernel import KernelError
from tests.web.edges import TOKEN, Client, Stage, eventually, serving

TOPIC = chat_topic("c1")


async def test_frames_arrive_live_after_the_replay():
    async with serving() as stage, stage.socket() as client:
        stage.log.append("c1", "a", "b")
        assert await client.subscribe(TOPIC, since=0) == {"type": "subscribed", "topic": TOPIC, "last_seq": 2}
        stage.publish("c1", "c")
        await client.hear_until(lambda frame: frame.get("seq") == 3)
        assert client.seqs(TOPIC) == [1, 2, 3]
        assert [frame["text"] for frame in client.heard[1:]] == ["a", "b", "c"]


async def test_ping_is_answered_and_bad_frames_close_nothing():
    async with serving() as stage, stage.socket() as client:
        for message in ("{", '{"type":"dance"}', b"", b"\xff", '{"type":"subscribe","topic":"weather"}'):
            await client.socket.send_message(message)
            (frame,) = await client.hear()
            assert (frame["type"], bool(frame["detail"])) == ("error", True)
        await client.say(type="ping")
        assert await client.hear() == [{"type": "pong"}]


async def test_compression_is_declined():
    async with serving() as stage:
        with trio.fail_after(5):
            stream = await trio.open_tcp_stream("127.0.0.1", stage.port)
            await stream.send_all(
                b"GET /api/ws HTTP/1.1\r\nHost: %b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Extensions: permessage-deflate\r\nAuthorization: Bearer %b\r\n\r\n"
                % (stage.host.encode(), TOKEN.encode())
            )
            answer = await stream.receive_some(4096)
            await stream.aclose()
        assert answer.startswith(b"HTTP/1.1 101")
        assert b"permessage-deflate" not in answer


async def test_ten_thousand_frames_with_random_reconnects_equal_the_log():
    seed = 11
    random_ = random.Random(seed)
    total, seen = 10_000, []

    async with serving() as stage:
        stage.log.open("c1")

        async def write() -> None:
            left = total
            while left:
                n = min(left, random_.randint(1, 40))
                stage.publish("c1", *(["x"] * n))
                left -= n
                await trio.sleep(random_.choice((0, 0, 0.001)))

        async def follow() -> None:
            while len(seen) < total:
                lifetime = random_.choice((1, 10, 200, 1_000))
                async with stage.socket() as client:
                    await client.subscribe(TOPIC, since=len(seen))
                    take(client.heard)
                    for _ in range(lifetime):
                        if len(seen) >= total:
                            return
                        take(await client.hear())
                    if random_.random() < 0.5:
                        await drop(client)

        def take(frames: list[dict[str, object]]) -> None:
            seen.extend(frame["seq"] for frame in frames if "seq" in frame)

        async def drop(client: Client) -> None:
            """Without a closing handshake, as a lost network does."""
            await trio.aclose_forcefully(client.socket._stream)

        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(write)
                nursery.start_soon(follow)
        assert seen == list(range(1, total + 1)), f"seed {seed}"


async def test_clients_that_stop_reading_cost_a_bounded_memory_and_slow_nobody():
    limits = ConnectionLimits(budget_bytes=200_000)
    async with serving(limits=limits) as stage:
        stage.log.open("c1")
        async with stage.socket() as healthy, trio.open_nursery() as nursery:
            await healthy.subscribe(TOPIC, since=0)
            stuck = [await frozen_client(stage.port) for _ in range(3)]
            await eventually(lambda: all_joined(stage, 4))
            text, count = "x" * 20_000, 500

            async def read() -> None:
                await healthy.hear_until(lambda frame: frame.get("seq") == count)

            nursery.start_soon(read)
            for n in range(count):
                stage.publish("c1", text)
                if n % 10 == 0:
                    await trio.sleep(0.001)
                    assert await backlog(stage) <= 4 * (limits.budget_bytes + 300_000)
        assert healthy.seqs(TOPIC) == list(range(1, count + 1))
        for stream in stuck:
            await stream.aclose()


async def test_a_client_that_stops_reading_is_dropped_after_the_send_deadline():
    async with serving() as stage:
        stage.log.open("c1")
        stuck = await frozen_client(stage.port)
        await eventually(lambda: all_joined(stage, 1))
        for _ in range(400):
            stage.publish("c1", "x" * 20_000)
            await trio.lowlevel.checkpoint()
        assert await stage.connections() == 1
        await eventually(lambda: stage.system.supervisor("connections").count().active == 0, within_s=20)
        await stuck.aclose()


async def test_a_slow_reader_gets_a_resync_and_every_frame():
    limits = ConnectionLimits(budget_bytes=100_000)
    async with serving(limits=limits) as stage:
        stage.log.open("c1")
        async with stage.socket() as client:
            await client.subscribe(TOPIC, since=0)
            for _ in range(600):
                stage.publish("c1", "x" * 20_000)
            await trio.sleep(0.2)
            with trio.fail_after(30):
                await client.hear_until(lambda frame: frame.get("seq") == 600)
        assert client.seqs(TOPIC) == list(range(1, 601))
        assert "resync" in {frame["type"] for frame in client.heard}


async def test_a_client_that_vanishes_leaves_no_actor_and_no_spinning_loop():
    async with serving() as stage:
        stage.log.open("c1")
        for _ in range(5):
            async with stage.socket() as client:
                await client.subscribe(TOPIC)
                await trio.aclose_forcefully(client.socket._stream)
        await eventually(lambda: stage.system.supervisor("connections").count().active == 0)
        before = trio.lowlevel.current_statistics()
        spins = await count_scheduler_passes(0.3)
        assert spins < 2_000, (spins, before)


async def test_a_client_that_talks_too_fast_is_read_slowly_and_not_lost():
    async with serving() as stage, stage.socket() as client:
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:

                async def talk() -> None:
                    for _ in range(400):
                        await client.say(type="ping")

                nursery.start_soon(talk)
                while len(client.heard) < 400:
                    await client.hear()
        assert client.heard == [{"type": "pong"}] * 400


async def test_a_stop_with_open_sockets_is_over_in_a_second_and_says_so():
    async with serving() as stage, contextlib.AsyncExitStack() as stack:
        stage.log.open("c1")
        clients = [await stack.enter_async_context(stage.socket()) for _ in range(20)]
        for client in clients:
            await client.subscribe(TOPIC)
        idle = [await trio.open_tcp_stream("127.0.0.1", stage.port) for _ in range(3)]
        for stream in idle:
            await stream.send_all(b"GET /api/health HTTP/1.1\r\nHost: %b\r\n\r\n" % stage.host.encode())
            answer = b""
            while not answer.endswith(b"}"):
                answer += await stream.receive_some(4096)
            assert answer.startswith(b"HTTP/1.1 200")
        stage.log.open("c2")
        stuck = await frozen_client(stage.port, "chat:c2")
        await eventually(lambda: all_joined(stage, 1, "chat:c2"))
        for _ in range(300):
            stage.publish("c2", "x" * 20_000)
        await trio.sleep(0.05)
        start = trio.current_time()
        await stage.system.stop("root/edge")
        took = trio.current_time() - start
        for client in clients:
            with pytest.raises(ConnectionClosed) as closed:
                await client.hear_until(lambda _: False)
            assert closed.value.reason.code == 1012
        for stream in idle:
            assert await stream.receive_some(10) == b""
            await stream.aclose()
        await stuck.aclose()
        assert took < 3, f"the stop took {took:.2f} s"  # a second on a quiet machine


async def test_after_a_restart_of_the_edge_the_port_is_the_same_and_clients_resume():
    async with serving() as stage:
        stage.log.append("c1", "a")
        async with stage.socket() as client:
            await client.subscribe(TOPIC, since=0)
            await client.hear_until(lambda frame: frame.get("seq") == 1)
            port = stage.port
            await stage.system.restart("root/edge")
            with pytest.raises(ConnectionClosed):
                await client.hear()
        assert stage.port == port
        stage.log.append("c1", "b")
        async with stage.socket() as client:
            await client.subscribe(TOPIC, since=1)
            await client.hear_until(lambda frame: frame.get("seq") == 2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": f"Bearer {TOKEN}", "origin": "http://evil.example"}, 403),
        ({"authorization": f"Bearer {TOKEN}", "origin": "null"}, 403),
    ],
)
async def test_a_socket_from_elsewhere_is_refused_before_it_opens(headers, status):
    async with serving() as stage:
        upgrade = {
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        del stage.http.headers["authorization"]
        answer = await stage.http.get("/api/ws", headers={**upgrade, **headers})
        assert answer.status_code == answer.json()["status"] == status
        assert await stage.connections() == 0


async def test_a_socket_of_the_own_page_is_accepted():
    async with serving() as stage:
        headers = {"cookie": f"boocode_token_{stage.port}={TOKEN}", "origin": f"http://{stage.host}"}
        async with stage.socket(headers) as client:
            await client.say(type="ping")
            assert await client.hear() == [{"type": "pong"}]


async def frozen_client(port: int, topic: str = TOPIC) -> trio.SocketStream:
    """Subscribes to the chat and never reads again."""
    sock = sockets.socket()
    sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    stream = trio.SocketStream(trio.socket.from_stdlib_socket(sock))
    await stream.socket.connect(("127.0.0.1", port))
    await stream.send_all(
        b"GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Authorization: Bearer %b\r\n\r\n" % (port, TOKEN.encode())
    )
    assert (await stream.receive_some(1000)).startswith(b"HTTP/1.1 101")
    payload = json.dumps({"type": "subscribe", "topic": topic, "since": 0}).encode()
    await stream.send_all(bytes((0x81, 0x80 | len(payload))) + b"\0\0\0\0" + payload)
    return stream


async def all_joined(stage: Stage, count: int, topic: str = TOPIC) -> bool:
    chats: Any = (await stage.system.get_state("root/hub", 1))["chats"]
    return topic in chats and chats[topic]["sinks"] == count


async def backlog(stage: Stage) -> int:
    total = 0
    for child in stage.system.supervisor("connections").which():
        with contextlib.suppress(KernelError):  # it may end meanwhile
            state: Any = await stage.system.get_state(child.ref.path, 1)
            total += state["backlog_bytes"]
    return total


class _Passes(trio.abc.Instrument):
    count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


async def count_scheduler_passes(seconds: float) -> int:
    passes = _Passes()
    trio.lowlevel.add_instrument(passes)
    await trio.sleep(seconds)
    trio.lowlevel.remove_instrument(passes)
    return passes.count
