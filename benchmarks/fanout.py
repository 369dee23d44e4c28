"""W1-W3: frames to many sockets, through hub, connections and Hypercorn, beside bare writes to bare sockets.

The server runs here; the clients are one process of their own that only reads. The log is in memory, so that the
figures speak of the edge alone. `python -m benchmarks.fanout`
"""

import gc
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import IO

import psutil
import trio
import trio.lowlevel

from benchmarks.table import Row, Target, show
from boocode.contracts.codec import wire_frame
from boocode.contracts.frames import WireFrame, chat_topic
from boocode.ports.broadcast import text_message
from boocode.ports.log import Publish
from tests.actors.broadcasting import MemoryLog
from tests.web.edges import TOKEN, Stage, serving

TOPIC = chat_topic("c1")
AT = "2026-01-01T00:00:00.000Z"
FRAME_BYTES = 204


def frame(seq: int, size: int = FRAME_BYTES) -> WireFrame:
    """A frame of `size` bytes that carries the clock of its making."""
    bare = wire_frame(TOPIC, seq, "message_delta", AT, b'{"t":%d,"x":""}' % time.monotonic_ns())
    padding = b"x" * max(0, size - len(bare.data))
    return WireFrame(TOPIC, seq, bare.data[:-2] + padding + b'"}')


class ReadingClients:
    """A process with `count` sockets: says `ready`, later for each `seq` that all have seen its latencies."""

    def __init__(self, port: int, count: int, frames: int, *, is_bare: bool) -> None:
        arguments = [str(port), str(count), str(frames), TOKEN, "bare" if is_bare else "websocket"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fanout_clients", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.out: IO[str] = self.process.stdout

    async def line(self) -> str:
        return await trio.to_thread.run_sync(self.out.readline)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.out.close()


@asynccontextmanager
async def clients(
    port: int, count: int, frames: int, *, is_bare: bool = False
) -> AsyncIterator[ReadingClients]:
    reading = ReadingClients(port, count, frames, is_bare=is_bare)
    try:
        assert (await reading.line()).strip() == "ready"
        yield reading
    finally:
        reading.close()


async def throughput(count: int, frames: int) -> float:
    """Frames a second, delivered to all sockets together."""
    async with serving() as stage:
        stage.log.open("c1")
        async with clients(stage.port, count, frames) as reading:
            await _joined(stage, count)
            start = time.monotonic()
            hub = stage.system.whereis("hub")
            for seq in range(1, frames + 1):
                hub.cast(Publish(TOPIC, (_keep(stage.log, frame(seq)),)))
                if seq % 8 == 0:
                    await trio.lowlevel.checkpoint()
            end, _ = await _finished(reading)
        return count * frames / (end - start)


async def bare_throughput(count: int, frames: int) -> float:
    """The same bytes by os.write to the same number of sockets: what the system can do."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    reading = ReadingClients(listener.getsockname()[1], count, frames, is_bare=True)
    accepted = [listener.accept()[0] for _ in range(count)]
    for sock in accepted:
        sock.setblocking(False)
    assert (await reading.line()).strip() == "ready"
    start = time.monotonic()
    for seq in range(1, frames + 1):
        data = text_message(frame(seq).data)
        for sock in accepted:
            _write_all(sock, data)
    end, _ = await _finished(reading)
    reading.close()
    for sock in (*accepted, listener):
        sock.close()
    return count * frames / (end - start)


async def latency(count: int, per_second: float, seconds: float) -> list[float]:
    """Seconds from publish to each client's read."""
    frames = int(per_second * seconds)
    async with serving() as stage:
        stage.log.open("c1")
        async with clients(stage.port, count, frames) as reading:
            await _joined(stage, count)
            hub = stage.system.whereis("hub")
            for seq in range(1, frames + 1):
                hub.cast(Publish(TOPIC, (_keep(stage.log, frame(seq)),)))
                await trio.sleep(1 / per_second)
            _, latencies = await _finished(reading)
        return latencies


async def stuck_clients_growth() -> float:
    """Bytes by which the process grows while three clients read nothing and 200 MB pass."""
    async with serving() as stage:
        stage.log.open("c1")
        async with clients(stage.port, 1, 10_000) as reading:
            stuck = [await _stuck(stage.port) for _ in range(3)]
            await _joined(stage, 4)
            process = psutil.Process()
            before = peak = process.memory_info().rss
            hub = stage.system.whereis("hub")
            for seq in range(1, 10_001):
                made = frame(seq, 20_000)
                stage.log.frames["c1"].append(WireFrame(TOPIC, seq, b""))  # this log keeps no bytes
                hub.cast(Publish(TOPIC, (made,)))
                if seq % 4 == 0:
                    await trio.lowlevel.checkpoint()
                if seq % 500 == 0:
                    peak = max(peak, process.memory_info().rss)
            await _finished(reading)
            for sock in stuck:
                sock.close()
        return float(peak - before)


async def rows() -> list[Row]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1000)  # as the server sets it
    found = []
    for count, frames, wanted in ((1, 20_000, 60e3), (100, 2_000, 100e3), (1000, 200, 80e3)):
        ours = statistics.median([await throughput(count, frames) for _ in range(3)])
        bare = statistics.median([await bare_throughput(count, frames) for _ in range(3)])
        name = f"frames/s delivered to {count} sockets"
        found.append(Row("W1", name, ours, "/s", ("os.write", bare), Target("at least", wanted, "figure")))
    for count, rate in ((100, 20.0), (1000, 4.0)):
        times = sorted(await latency(count, rate, 5.0))
        p99 = times[int(len(times) * 0.99)]
        name = f"publish → client, {count} sockets at {rate:g}/s, p99"
        target = Target("at most", 0.010 if count == 100 else 0.021, "figure")
        found.append(Row("W2", name, p99, "s", None, target))
    growth = await stuck_clients_growth()
    found.append(
        Row("W3", "growth, 3 stuck clients, 200 MB", growth, "B", None, Target("at most", 20e6, "figure"))
    )
    return found


def _keep(log: MemoryLog, made: WireFrame) -> WireFrame:
    log.frames["c1"].append(made)
    return made


def _write_all(sock: socket.socket, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(sock.fileno(), data) :]
        except BlockingIOError:
            with selectors.DefaultSelector() as waiting:
                waiting.register(sock, selectors.EVENT_WRITE)
                waiting.select()


async def _joined(stage: Stage, count: int) -> None:
    while True:
        chats = (await stage.system.get_state("root/hub", 5))["chats"]
        if isinstance(chats, dict) and chats.get(TOPIC, {}).get("sinks") == count:
            return
        await trio.sleep(0.02)


async def _finished(reading: ReadingClients) -> tuple[float, list[float]]:
    with trio.fail_after(120):
        end, *latencies = (await reading.line()).split()
    return float(end), [float(value) for value in latencies]


async def _stuck(port: int) -> socket.socket:
    from benchmarks.fanout_clients import opened

    make: Callable[[], socket.socket] = lambda: opened(port, TOKEN, receive_bytes=4096)  # noqa: E731
    return await trio.to_thread.run_sync(make)


if __name__ == "__main__":
    show(trio.run(rows))
