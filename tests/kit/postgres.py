"""A real PostgreSQL for tests: one embedded server a run, a fresh database a test.

Import the fixtures into the `conftest.py` of the part that needs them:

    from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
"""

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import trio_asyncio
from attrs import evolve

from boocode.adapters.postgres.cluster import Cluster
from boocode.adapters.postgres.database import Database, DatabaseSettings
from boocode.adapters.postgres.log import PostgresLog
from boocode.adapters.postgres.migrations import migrate
from boocode.adapters.postgres.store import PostgresStore
from boocode.adapters.processes.spawn import full_command
from boocode.ports.processes import LaunchSpec
from tests.kit.scratch import in_memory

TEMPLATE = "template_boocode"
READY_S = 60.0
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}


class PostgresServer:
    """The server of a test run, driven without trio so that fixtures of any kind can use it."""

    def __init__(self, home: Path) -> None:
        self.cluster = Cluster(home, settings=FAST)
        initdb = self.cluster.prepare()
        if initdb is not None:
            made = self._popen(evolve(initdb, command=(*initdb.command, "--no-sync"))).wait()
            assert made == 0, "initdb failed"
            self.cluster.initialised()
        self._process = self._popen(self.cluster.server())
        # A loop of its own class: importing trio_asyncio has replaced what asyncio would choose.
        self._runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        self._admin = self._runner.run(self._connect())
        self._count = 0
        self._runner.run(self._make_template())

    def url(self, database: str) -> str:
        return self.cluster.url(database)

    def new_database(self, template: str = TEMPLATE) -> str:
        self._count += 1
        name = f"test_{self._count}"
        self._runner.run(
            self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        )
        return name

    def drop_database(self, name: str) -> None:
        self._runner.run(self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def stop(self) -> None:
        self._runner.run(self._admin.close())
        self._runner.close()
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(30) == 0
        self.cluster.release()

    @staticmethod
    def _popen(spec: LaunchSpec) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            full_command(spec),
            cwd=spec.cwd,
            env=spec.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def _connect(self) -> "asyncpg.Connection":
        async with asyncio.timeout(READY_S):
            while True:
                assert self._process.poll() is None, "the server ended before it was ready"
                try:
                    return await asyncpg.connect(self.url("postgres"))
                except (OSError, asyncpg.CannotConnectNowError):
                    await asyncio.sleep(0.01)

    async def _make_template(self) -> None:
        await self._admin.execute(f"CREATE DATABASE {TEMPLATE}")
        connection = await asyncpg.connect(self.url(TEMPLATE))
        await migrate(connection)
        await connection.close()


class _Shared:
    """Several conftests import the fixture and each makes its own of it; the server is one all the same."""

    server: PostgresServer | None = None
    home: Path | None = None
    users = 0


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run. Its directories go with it."""
    if _Shared.server is None:
        # Not in pytest's directory: where root may not use namespaces, another user has to reach it.
        _Shared.home = Path(tempfile.mkdtemp(prefix="boocode-pg-", dir=in_memory()))
        _Shared.home.chmod(0o711)
        _Shared.server = PostgresServer(_Shared.home)
    _Shared.users += 1
    yield _Shared.server
    _Shared.users -= 1
    if not _Shared.users:
        _Shared.server.stop()
        shutil.rmtree(_Shared.home or "")
        _Shared.server = None


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a fresh, migrated, empty database."""
    name = postgres_server.new_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
async def asyncio_loop() -> AsyncIterator[object]:
    """The asyncio loop below the driver; the app opens it outermost."""
    async with trio_asyncio.open_loop() as loop:
        yield loop


@pytest.fixture
async def database(database_url: str, asyncio_loop: object) -> AsyncIterator[Database]:
    """An open pool on a fresh database."""
    database = Database(DatabaseSettings(database_url, pool_size=4))
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> PostgresStore:
    return PostgresStore(database)


@pytest.fixture
def log(database: Database) -> PostgresLog:
    return PostgresLog(database, origin="test")
