"""The whole path, measured at a WebSocket client of a real server with the practice agent.

The agent writes the time into each chunk (CLOCK_MONOTONIC, one clock for all processes of a machine), so the figure
is the way of a token from the agent's write to the client's read. The floor is the same chunk through a bare pipe.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import trio
from trio_websocket import WebSocketConnection, open_websocket_url

from benchmarks.table import Row, Target
from boocode.cli.client import path_of
from tests.kit.driving import new_chat
from tests.kit.repositories import make_repository
from tests.kit.server import RunningServer, running_server

TOKENS = 60
CHATS = 20
BURST = 20_000
PAUSE_S = 0.2
"""Between two turns of the warm chat, as a person makes it: the changes of the one before are captured meanwhile."""

PIPE_WRITER = (
    "import sys, time\n"
    f"for _ in range({TOKENS}):\n"
    "    sys.stdout.write(str(time.monotonic_ns()) + '\\n'); sys.stdout.flush(); time.sleep(0.02)\n"
)


async def rows() -> list[Row]:
    """All rows; takes about a minute."""
    with tempfile.TemporaryDirectory(prefix="boocode-bench-") as folder:
        home, repository = Path(folder) / "home", Path(folder) / "repository"
        home.mkdir()
        make_repository(repository, {"a.txt": "a\n"})
        cold = time.monotonic()
        async with running_server(home):
            cold = time.monotonic() - cold
        warm = time.monotonic()
        async with running_server(home) as server:
            warm = time.monotonic() - warm
            found = [
                Row(
                    "M2",
                    "serve, second time → ready",
                    warm,
                    "s",
                    ("first time", cold),
                    Target("at most", 3, "figure"),
                )
            ]
            idle = psutil.Process(server.pid).memory_info().rss
            found.append(
                Row("M1", "resident memory, idle", idle, "B", None, Target("at most", 80e6, "figure"))
            )
            found += [*await _first_tokens(server, repository), *await _turns(server, repository)]
            found += [await _memory(server, repository)]
        return found


async def _first_tokens(server: RunningServer, repository: Path) -> list[Row]:
    pipe = _pipe_floor()
    chat = await new_chat(server.client, repository)
    await _turn(server, chat, "say hello")  # warm
    single = await _latencies(server, chat)
    chats = [await new_chat(server.client, repository) for _ in range(CHATS)]
    many: list[float] = []

    async def warm(chat_id: str) -> None:
        await _turn(server, chat_id, "say hello")

    async def one(chat_id: str) -> None:
        found = await _latencies(server, chat_id, 3 * TOKENS)
        many.extend(found[TOKENS:-TOKENS])  # while all of them stream, not while they begin or end

    for work in (warm, one):
        async with trio.open_nursery() as nursery:
            for chat_id in chats:
                nursery.start_soon(work, chat_id)
    lag = (await server.client.get("/api/supervision"))["loop_lag_ms"]
    burst = await _burst(server, chat)
    p50, p95 = statistics.median(single), _percentile(single, 95)
    floor = statistics.median(pipe)
    return [
        Row("P1", "token, agent → client, p50", p50, "s", ("bare pipe", floor), Target("at most", 0.005, "figure")),
        Row("P1", "the same, p95", p95, "s", ("bare pipe", _percentile(pipe, 95)), Target("at most", 0.01, "figure")),
        Row("P2", f"the same, {CHATS} chats at once, p95", _percentile(many, 95), "s", ("bare pipe", floor),
            Target("at most", 0.025, "figure")),
        Row("P3", f"{BURST} tokens in one burst, first write → last frame", burst, "s", None,
            Target("at most", 0.35, "figure")),
        Row("L1", f"event-loop lag after {CHATS} chats", lag / 1000, "s", None, Target("at most", 0.02, "figure")),
    ]  # fmt: skip


def _pipe_floor() -> list[float]:
    with subprocess.Popen([sys.executable, "-c", PIPE_WRITER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return [(time.monotonic_ns() - int(line)) / 1e9 for line in process.stdout]


async def _latencies(server: RunningServer, chat_id: str, tokens: int = TOKENS) -> list[float]:
    """Of each stamped chunk that came alone in its frame: seconds from the agent's write to here."""
    found = []
    async for now, frame in _turn_frames(server, chat_id, f"stamp {tokens} chunks every 20 ms"):
        if frame["type"] == "message_delta" and frame["kind"] == "text":
            stamps = [int(word) for word in frame["text"].split() if word.isdigit()]
            found += [(now - stamp) / 1e9 for stamp in stamps]
    return found


async def _burst(server: RunningServer, chat_id: str) -> float:
    first, last, words = 0, 0, 0
    async for now, frame in _turn_frames(server, chat_id, f"burst {BURST}"):
        if frame["type"] == "message_delta" and frame["kind"] == "text":
            first = first or int(frame["text"].split()[0])
            last, words = now, words + len(frame["text"].split())
    if words != BURST:
        raise RuntimeError(f"{BURST} tokens were written and {words} arrived")
    return (last - first) / 1e9


async def _turns(server: RunningServer, repository: Path) -> list[Row]:
    """A warm turn from outside: from the prompt's acceptance to the agent's word, and from there to the end."""
    chat = await new_chat(server.client, repository)
    await _turn(server, chat, "say hello")
    there, back = [], []
    for _ in range(30):
        await trio.sleep(PAUSE_S)
        sent, stamp = 0, 0
        async for now, frame in _turn_frames(server, chat, "stamp 1 chunks"):
            if frame["type"] == "accepted":
                sent = now
            elif frame["type"] == "message_delta" and frame["kind"] == "text":
                stamp = stamp or int(frame["text"].split()[0])
            elif frame["type"] == "message_complete":
                there.append((stamp - sent) / 1e9)
                back.append((now - stamp) / 1e9)
    asked = Target("at most", 0.01, "figure")
    return [
        Row(
            "A2",
            "warm turn: 202 → the agent has the prompt, p50",
            statistics.median(there),
            "s",
            None,
            asked,
        ),
        Row(
            "A2",
            "warm turn: the agent's end → terminal frame, p50",
            statistics.median(back),
            "s",
            None,
            asked,
        ),
    ]


async def _memory(server: RunningServer, repository: Path) -> Row:
    before = psutil.Process(server.pid).memory_info().rss
    chat = await new_chat(server.client, repository)
    for _ in range(100):
        await _turn(server, chat, "say 20 words")
    grown = psutil.Process(server.pid).memory_info().rss - before
    return Row("M1", "growth over 100 turns", float(grown), "B", None, Target("at most", 15e6, "figure"))


async def _turn(server: RunningServer, chat_id: str, text: str) -> None:
    async for _ in _turn_frames(server, chat_id, text):
        pass


async def _turn_frames(
    server: RunningServer, chat_id: str, text: str
) -> AsyncIterator[tuple[int, dict[str, str]]]:
    """(monotonic ns at arrival, frame) until the terminal frame of the turn; `accepted` comes first."""
    last_seq = (await server.client.get(path_of("chats", chat_id, "events"), limit=1, since=1 << 40))[
        "last_seq"
    ]
    async with _socket(server, chat_id, last_seq) as socket:
        await server.client.post(path_of("chats", chat_id, "messages"), {"text": text, "agent": "practice"})
        yield time.monotonic_ns(), {"type": "accepted"}
        while True:
            message = await socket.get_message()
            now = time.monotonic_ns()
            frames = json.loads(message)
            for frame in frames if isinstance(frames, list) else [frames]:
                yield now, frame
                if frame["type"] == "message_complete":
                    return


@asynccontextmanager
async def _socket(server: RunningServer, chat_id: str, since: int) -> AsyncIterator[WebSocketConnection]:
    headers = [(b"authorization", b"Bearer " + server.token.encode())]
    async with open_websocket_url(
        server.url.replace("http", "ws") + "/api/ws", extra_headers=headers
    ) as socket:
        await socket.send_message(
            json.dumps({"type": "subscribe", "topic": f"chat:{chat_id}", "since": since})
        )
        yield socket


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
