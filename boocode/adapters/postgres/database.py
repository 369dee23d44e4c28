"""The pool of connections, and the one bridge between trio and the driver's asyncio.

Which rule it owns: a unit of work is one asyncio function that takes its connection and gives it back itself,
so that a cancel from trio can never leave one behind; and what the driver raises becomes the port's errors.
What it must not do: decide when to connect again. That is its actor's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, TypeAlias, TypeVar

import asyncpg
import trio
import trio_asyncio  # type: ignore[import-untyped]
from attrs import field, frozen

from boocode.adapters.postgres.asyncio_side import connect_on_its_own, guarded_loop
from boocode.adapters.postgres.failures import (
    NotConnected,
    as_store_error,
    is_away,
    is_misconfigured,
    is_transient,
)
from boocode.adapters.postgres.migrations import migrate
from boocode.adapters.postgres.queries import load_queries
from boocode.ports.database import PoolStatus, StoreMisconfigured
from boocode.ports.store import StoreUnavailable

T = TypeVar("T")
Arguments = Sequence[object]
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
RACES_BEFORE_GIVING_UP = 5


@frozen
class DatabaseSettings:
    url: str = field(repr=False)  # may carry a password
    pool_size: int = 8
    connect_timeout_s: float = 5.0
    statement_timeout_s: float = 15.0
    hang_timeout_s: float = 20.0
    """A server that neither answers nor breaks the connection is given up after this."""

    def server_settings(self, timeout_s: float | None = None) -> dict[str, str]:
        timeout_ms = int((self.statement_timeout_s if timeout_s is None else timeout_s) * 1000)
        return {
            "application_name": "boocode",
            "statement_timeout": str(timeout_ms),
            "idle_in_transaction_session_timeout": str(int(self.hang_timeout_s * 1000)),
            "timezone": "UTC",
            "jit": "off",
        }


class _Connection(asyncpg.Connection):
    """Nothing here changes a connection's state, so nothing has to be reset: one round trip a unit less."""

    def get_reset_query(self) -> str:
        return ""


class Unit:
    """What a unit of work sees: named queries on its one connection. Lives as long as the unit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sql = load_queries()

    async def rows(self, query: str, *arguments: object) -> list[Mapping[str, Any]]:
        return await self._connection.fetch(self._sql[query], *arguments)  # type: ignore[return-value]

    async def row(self, query: str, *arguments: object) -> Mapping[str, Any] | None:
        return await self._connection.fetchrow(self._sql[query], *arguments)  # type: ignore[return-value]

    async def value(self, query: str, *arguments: object) -> Any:
        """The first column of the first row, None without one."""
        return await self._connection.fetchval(self._sql[query], *arguments)

    async def run(self, query: str, *arguments: object) -> None:
        await self._connection.execute(self._sql[query], *arguments)

    async def run_many(self, query: str, arguments: Sequence[Arguments]) -> None:
        await self._connection.executemany(self._sql[query], arguments)


class Database:
    """A DatabasePool; `unit` and `transaction` are what the store is made of."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._loop: trio_asyncio.BaseTrioEventLoop | None = None
        self._limiter = trio.CapacityLimiter(settings.pool_size)
        self._refusal: StoreUnavailable | None = None
        self._suspicion = trio.Event()
        self._server_version: str | None = None
        self._schema_version: int | None = None
        self._last_error: str | None = None

    # life

    async def open(self) -> tuple[str, ...]:
        await self.close()
        self._loop = guarded_loop()
        try:
            applied, pool = await trio_asyncio.aio_as_trio(self._open, loop=self._loop)()
        except Exception as error:
            self._last_error = str(error)
            if is_misconfigured(error):
                raise StoreMisconfigured(
                    f"The database cannot be used: {error}. Check the database URL and its user's rights."
                ) from error
            if is_away(error):
                raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
            raise
        self._pool, self._refusal = pool, None
        self._suspicion = trio.Event()
        names: tuple[str, ...] = applied
        return names

    async def _open(self) -> tuple[tuple[str, ...], Pool]:
        settings = self._settings
        connection = await asyncpg.connect(
            settings.url, timeout=settings.connect_timeout_s, server_settings=settings.server_settings(0)
        )
        try:
            applied, self._schema_version = await migrate(connection)
            await connection.execute(load_queries()["log_forget_writers"])
            self._server_version = connection.get_settings().server_version
        finally:
            await connection.close(timeout=settings.connect_timeout_s)
        pool = asyncpg.create_pool(
            settings.url,
            min_size=0,  # else the driver itself tries to reconnect in the background, and warns about it
            max_size=settings.pool_size,
            max_inactive_connection_lifetime=0,  # else a timer of minutes is set at each use
            max_cached_statement_lifetime=0,
            connect=connect_on_its_own,
            connection_class=_Connection,
            init=self._watch,
            timeout=settings.connect_timeout_s,
            command_timeout=settings.hang_timeout_s,
            server_settings=settings.server_settings(),
        )
        await pool
        await pool.fetchval(load_queries()["ping"])  # a connection that is there for the first call
        return applied, pool

    async def _watch(self, connection: "asyncpg.Connection") -> None:
        """An idle connection that ends is the first sign that the server is gone."""
        connection.add_termination_listener(lambda _: self._suspicion.set())

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        with trio.CancelScope(shield=True):
            await trio_asyncio.aio_as_trio(_end_pool, loop=self._loop)(pool)

    async def check(self) -> None:
        self._suspicion = trio.Event()
        try:
            await self._enter(_ping, transaction=False)
        except StoreUnavailable as error:
            self._refusal, self._last_error = error, error.reason
            raise
        self._refusal = None

    async def suspected(self) -> None:
        await self._suspicion.wait()

    def status(self) -> PoolStatus:
        pool = self._pool
        if pool is None:
            return PoolStatus("closed", last_error=self._last_error)
        return PoolStatus(
            "up" if self._refusal is None else "down",
            size=pool.get_size(),
            idle=pool.get_idle_size(),
            waiting=self._limiter.statistics().tasks_waiting,
            server_version=self._server_version,
            schema_version=self._schema_version,
            last_error=self._last_error,
        )

    # work

    async def unit(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs `work`, an asyncio function, on a connection of its own; each statement commits by itself. It is run
        again when a statement lost a race, so it must be repeatable, here and in a transaction.
        Raises StoreUnavailable (OutcomeUnknown when a statement may have run) or StoreRejected."""
        self._refuse_when_down()
        return await self._enter(work, transaction=False)

    async def transaction(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Like `unit`, in one transaction."""
        self._refuse_when_down()
        return await self._enter(work, transaction=True)

    def _refuse_when_down(self) -> None:
        if self._refusal is not None:
            raise StoreUnavailable(self._refusal.reason, self._refusal.retry_in)

    async def _enter(self, work: Callable[[Unit], Awaitable[T]], *, transaction: bool) -> T:
        async with self._limiter:
            pool = self._pool
            if pool is None:
                raise StoreUnavailable("it is not open yet")
            try:
                result: T = await trio_asyncio.aio_as_trio(self._perform, loop=self._loop)(
                    pool, work, transaction
                )
            except Exception as error:
                mapped = as_store_error(error)
                if mapped is None:
                    raise
                if isinstance(mapped, StoreUnavailable):
                    self._last_error = mapped.reason
                    self._suspicion.set()
                raise mapped from error
            return result

    async def _perform(
        self,
        pool: Pool,
        work: Callable[[Unit], Awaitable[T]],
        transaction: bool,
    ) -> T:
        """On the asyncio side: connection, work and the connection's way back belong to one task."""
        try:
            connection = await pool.acquire(timeout=self._settings.connect_timeout_s)
        except Exception as error:
            raise NotConnected(error) from error
        try:
            for left in reversed(range(RACES_BEFORE_GIVING_UP)):
                try:
                    async with connection.transaction() if transaction else nullcontext():
                        return await work(Unit(connection))
                except asyncpg.PostgresError as error:
                    if not is_transient(error) or not left:
                        raise
            raise AssertionError("the last attempt either returned or raised")
        finally:
            await pool.release(connection)


async def _ping(unit: Unit) -> None:
    await unit.value("ping")


async def _end_pool(pool: Pool) -> None:
    """Ends running units instead of waiting for them: whoever closes the pool has stopped those who matter."""
    try:
        await asyncio.wait_for(pool.close(), timeout=1.0)
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        pool.terminate()
