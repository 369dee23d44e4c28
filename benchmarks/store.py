"""`python -m benchmarks.store`: the durable log and the notices of PostgreSQL, beside bare asyncpg in the same run.

A server of its own, with its durability on; the writer runs in a tree, as in BooCode.
"""

from __future__ import annotations

import datetime
import gc
import shutil
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg
import trio
import trio_asyncio  # type: ignore[import-untyped]

from actors.event_writer import EventWriter
from actors.task_listener import TaskListener
from benchmarks.table import Row, Target, contest, show
from boocode.adapters.postgres import (
    Database,
    DatabaseSettings,
    EmbeddedPostgres,
    PostgresLog,
    PostgresNotices,
    PostgresStore,
)
from boocode.adapters.processes.owner import LocalProcesses
from boocode.contracts.frames import MessageDelta
from boocode.kernel import Actor, ChildSpec, MailboxSpec, Ref, SupervisorSpec, System, open_tree
from boocode.ports.log import Append, Flush, LogEntry, PostPrompt, Publish
from boocode.ports.names import DISPATCHER, EVENT_WRITER, HUB
from boocode.ports.store import TaskNotice
from supervisors.store import event_writer_child, store_child, task_listener_child

CHATS: Final = 20
EVENTS: Final = 20_000
ROUNDS: Final = 5
SINGLES: Final = 300
LOAD_HZ: Final = 5_000
LOAD_S: Final = 3.0
TEXT: Final = "x" * 120


class Ear(Actor):
    """Hub and dispatcher in one: notes when what was published or told arrived."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.told = trio.Event()
        self.told_at = 0.0

    async def handle(self, message: Any) -> None:
        now = time.time()
        if isinstance(message, Publish):
            ours = (frame.data for frame in message.frames if b"@" in frame.data)
            self.delays.extend(now - _happened(data) for data in ours)
            self.told.set()
        elif isinstance(message, TaskNotice) and message.kind == "new":
            self.told_at = time.perf_counter()
            self.told.set()


def _happened(frame: bytes) -> float:
    """When the event happened: the benchmark writes it into the text, the envelope has milliseconds only."""
    start = frame.index(b"@") + 1
    return float(frame[start : frame.index(b"@", start)])


class Bench:
    def __init__(self, database: Database, url: str, system: System, ear: Ear) -> None:
        self.store = PostgresStore(database)
        self.url = url
        self.system = system
        self.ear = ear
        self.writer: Ref = system.whereis(EVENT_WRITER)
        self.chats: list[str] = []

    async def prepare(self) -> None:
        project = await self.store.add_project("/bench", "bench")
        for _ in range(CHATS):
            session = await self.store.create_session(project.id, "bench")
            assert session is not None
            self.chats.append(session.chats[0].id)

    def _say(self, chat_id: str) -> None:
        now = time.time()
        body = MessageDelta("msg_0123456789abcdef0123", "text", f"@{now!r}@{TEXT}")
        self.writer.cast(Append((LogEntry(chat_id, body, now),)))

    async def burst(self) -> float:
        """Events a second, one Append each, until the last one is durable."""
        began = time.perf_counter()
        for number in range(EVENTS):
            self._say(self.chats[number % CHATS])
            if number % 256 == 0:
                await trio.lowlevel.checkpoint()
        await self.writer.call(Flush(), timeout=120)
        return EVENTS / (time.perf_counter() - began)

    async def copy(self) -> float:
        """The floor: COPY of ready-made rows, 100 a batch, through the same bridge."""

        async def run() -> float:
            connection = await asyncpg.connect(self.url)
            await connection.execute("CREATE TEMP TABLE copied (LIKE events)")
            at = datetime.datetime.now(datetime.UTC)
            body = (
                f'{{"message_id":"msg_0123456789abcdef0123","kind":"text","text":"@{time.time()!r}@{TEXT}"}}'
            )
            rows = [("chat_0123456789abcdef0123", number, "message_delta", at, body) for number in range(100)]
            began = time.perf_counter()
            for _ in range(EVENTS // 100):
                await connection.copy_records_to_table("copied", records=rows)
            speed = EVENTS / (time.perf_counter() - began)
            await connection.close()
            return speed

        return float(await trio_asyncio.aio_as_trio(run)())

    async def singles(self) -> list[float]:
        """One token alone: from its Append to the hub."""
        self.ear.delays.clear()
        for _ in range(SINGLES):
            self.ear.told = trio.Event()
            self._say(self.chats[0])
            await self.ear.told.wait()
        return list(self.ear.delays)

    async def load(self) -> list[float]:
        """A steady stream over all chats: from each Append to the hub."""
        self.ear.delays.clear()
        began = trio.current_time()
        for tick in range(int(LOAD_S * 100)):
            for number in range(LOAD_HZ // 100):
                self._say(self.chats[number % CHATS])
            await trio.sleep_until(began + (tick + 1) / 100)
        while len(self.ear.delays) < LOAD_S * LOAD_HZ:  # noqa: ASYNC110 - the ear wakes nobody for each of them
            await trio.sleep(0.01)
        return list(self.ear.delays)

    async def round_trips(self) -> list[float]:
        """The floor of a single: an INSERT of one row that commits, through the same bridge."""

        pool = await trio_asyncio.aio_as_trio(partial(_pool, self.url))()
        execute = trio_asyncio.aio_as_trio(pool.execute)
        await execute("CREATE TABLE bench_rows (body text)")
        found = []
        for _ in range(SINGLES):
            began = time.perf_counter()
            await execute("INSERT INTO bench_rows VALUES ($1)", TEXT)
            found.append(time.perf_counter() - began)
        await trio_asyncio.aio_as_trio(pool.close)()
        return found

    async def notices(self) -> list[float]:
        """From the NOTIFY of an INSERT to the dispatcher's mailbox."""
        return list(await trio_asyncio.aio_as_trio(_notify)(self.url, self.ear))

    async def claims(self) -> list[float]:
        """From a prompt that was posted to its task in our hands."""
        found = []
        for number in range(100):
            await self.writer.call(PostPrompt(self.chats[number % CHATS], "go", "practice"), timeout=30)
            began = time.perf_counter()
            (claimed,) = await self.store.claim_tasks("bench", 1, 30.0)
            found.append(time.perf_counter() - began)
            await self._end(claimed.task.id)
        return found

    async def _end(self, task_id: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.url)
            end = "UPDATE tasks SET state = 'completed', ended_at = now(), lease_until = NULL WHERE id = $1"
            await connection.execute(end, task_id)
            await connection.close()

        await trio_asyncio.aio_as_trio(run)()


async def _pool(url: str) -> Any:
    return await asyncpg.create_pool(url, min_size=1, max_size=1, reset=_nothing)


async def _nothing(connection: object) -> None:
    """Between two units nothing is reset, as in our own pool."""


async def _notify(url: str, ear: Ear) -> list[float]:
    connection = await asyncpg.connect(url)
    found = []
    for number in range(SINGLES):
        ear.told_at = 0.0
        began = time.perf_counter()
        await connection.execute("SELECT pg_notify('tasks_new', $1)", f"task_{number}")
        while not ear.told_at:
            await connection.execute("SELECT 1")
        found.append(ear.told_at - began)
    await connection.close()
    return found


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


async def rows() -> list[Row]:
    home = tempfile.mkdtemp(prefix="boocode-bench-")
    gc.freeze()  # as BooCode does once it is up
    gc.set_threshold(50_000, 20, 1000)
    async with trio_asyncio.open_loop():
        server = EmbeddedPostgres(Path(home))
        settings = DatabaseSettings(server.url)
        database = Database(settings)
        log = PostgresLog(database, "bench")
        ear = Ear()
        roomy = MailboxSpec(capacity=1_000_000)
        spec = SupervisorSpec(
            children=(
                store_child(database, server, LocalProcesses()),
                event_writer_child(lambda: EventWriter(log)),
                ChildSpec(id=HUB, start=lambda: ear, name=HUB, mailbox=roomy),
                ChildSpec(id=DISPATCHER, start=lambda: _Forward(ear), name=DISPATCHER),
                task_listener_child(lambda: TaskListener(PostgresNotices(settings), "bench")),
            )
        )
        try:
            async with open_tree(spec) as system:
                bench = Bench(database, settings.url, system, ear)
                await bench.prepare()
                return await _measure(bench)
        finally:
            shutil.rmtree(home)


class _Forward(Actor):
    """The dispatcher's mailbox, heard by the same ear."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    async def handle(self, message: Any) -> None:
        await self._ear.handle(message)


async def _measure(bench: Bench) -> list[Row]:
    await bench.burst()
    speeds = await contest({"ours": bench.burst, "copy": bench.copy}, ROUNDS)
    single, floor = await bench.singles(), await bench.round_trips()
    load = await bench.load()
    notices, claims = await bench.notices(), await bench.claims()
    insert = ("INSERT of one row", statistics.median(floor))
    return [
        Row(
            "D1",
            "durable events, batched",
            speeds["ours"],
            "/s",
            ("COPY of 100", speeds["copy"]),
            Target("at least", 50_000, "figure"),
        ),
        Row(
            "D1",
            f"event → durable and published, {LOAD_HZ} a second, p99",
            percentile(load, 99),
            "s",
            None,
            Target("at most", 0.1, "figure"),
        ),
        Row("D1", "one event alone → durable and published, p50", statistics.median(single), "s", insert),
        Row("D1", "the same, p99", percentile(single, 99), "s", ("INSERT, p99", percentile(floor, 99))),
        Row(
            "P4",
            "NOTIFY → dispatcher's mailbox, p50",
            statistics.median(notices),
            "s",
            None,
            Target("at most", 0.001, "figure"),
        ),
        Row(
            "P4",
            "claim of a posted task, p50",
            statistics.median(claims),
            "s",
            None,
            Target("at most", 0.01, "figure"),
        ),
    ]


if __name__ == "__main__":
    show(trio.run(rows))
