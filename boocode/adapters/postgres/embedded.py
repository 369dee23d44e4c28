"""The embedded server for its actor: the cluster's blocking work in a thread, and the first connection."""

from pathlib import Path

import asyncpg
import trio
import trio_asyncio  # type: ignore[import-untyped]

from boocode.adapters.postgres.cluster import DATABASE, Cluster
from boocode.ports.database import Preparation
from boocode.ports.processes import LaunchSpec

POLL_S = 0.01
CONNECT_TIMEOUT_S = 5.0
_NOT_YET = (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError)


class EmbeddedPostgres:
    """Implements ports.database.EmbeddedServer for HOME/postgres."""

    def __init__(self, home: Path) -> None:
        self._cluster = Cluster(home)
        self._thread = trio.CapacityLimiter(1)

    @property
    def url(self) -> str:
        return self._cluster.url()

    async def prepare(self) -> Preparation:
        # Not to be given up half done: the thread would go on with the files of the next attempt.
        return Preparation(await trio.to_thread.run_sync(self._cluster.prepare, limiter=self._thread))

    async def initialised(self) -> None:
        await trio.to_thread.run_sync(self._cluster.initialised, limiter=self._thread)

    def server(self) -> LaunchSpec:
        return self._cluster.server()

    async def release(self) -> None:
        self._cluster.release()

    async def ready(self) -> None:
        while not await trio_asyncio.aio_as_trio(_accepts)(  # noqa: ASYNC110 - nobody tells when a server is ready
            self._cluster.url("postgres")
        ):
            await trio.sleep(POLL_S)


async def _accepts(url: str) -> bool:
    """True when the server answers; BooCode's database is made at the first time."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
    except _NOT_YET:
        return False
    try:
        found = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if found is None:
            await connection.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        await connection.close(timeout=CONNECT_TIMEOUT_S)
    return True
