"""The pool: cancelled at any moment it stays whole, and an absent server is told from a refused value."""

import gc
import random
from contextvars import ContextVar
from pathlib import Path
from weakref import WeakSet

import pytest
import trio

from boocode.adapters.postgres import Database, DatabaseSettings, PostgresStore
from boocode.adapters.postgres.database import Unit
from boocode.ports.database import OutcomeUnknown, StoreMisconfigured, StoreRejected
from boocode.ports.store import StoreUnavailable
from tests.adapters.postgres.scenes import Sql, a_project

CANCELS = 2000


async def test_two_thousand_random_cancels_leave_the_pool_whole(
    database: Database, store: PostgresStore, sql: Sql
) -> None:
    project = await a_project(store)
    began = trio.current_time()
    await store.create_session(project.id, "as long as it takes")
    usual = trio.current_time() - began
    rng = random.Random(7)
    finished = 0

    async def cancel_some() -> None:
        nonlocal finished
        for number in range(CANCELS // 8):
            with trio.move_on_after(rng.expovariate(1 / (4 * usual))) as scope:
                if number % 2:
                    await store.list_projects()
                else:  # a transaction: begin, two statements, commit
                    await store.create_session(project.id, "cancelled or not")
            finished += not scope.cancelled_caught

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(cancel_some)
    assert 0 < finished < CANCELS, "some have to be cancelled and some not"
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            for _ in range(8):
                nursery.start_soon(store.list_projects)
    mine = "FROM pg_stat_activity WHERE datname = current_database()"
    assert await sql(f"SELECT count(*) {mine} AND state LIKE 'idle in%'") == 0
    halves = "SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT FROM chats WHERE session_id = s.id)"
    assert await sql(halves) == 0
    assert database.status().state == "up"


async def test_a_single_statement_that_lost_a_race_runs_again(database: Database) -> None:
    """Two that wait for each other in a circle: PostgreSQL ends one of them, and both get through."""
    done = []

    async def take(first: int, second: int) -> None:
        async def work(unit: Unit) -> None:
            await unit._connection.execute(
                f"""DO $$ BEGIN PERFORM pg_advisory_xact_lock({first}); PERFORM pg_sleep(0.3);
                    PERFORM pg_advisory_xact_lock({second}); END $$"""
            )
            done.append(first)

        await database.unit(work)

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(take, 1, 2)
            nursery.start_soon(take, 2, 1)
    assert sorted(done) == [1, 2]


async def test_calls_before_it_is_open_are_unavailable_at_once(
    database_url: str, asyncio_loop: object
) -> None:
    store = PostgresStore(Database(DatabaseSettings(database_url)))
    with pytest.raises(StoreUnavailable):
        await store.list_projects()


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path, asyncio_loop: object) -> None:
    database = Database(DatabaseSettings(f"postgresql://u@/d?host={tmp_path}"))
    with pytest.raises(StoreUnavailable):
        await database.open()
    assert database.status().state == "closed"


async def test_a_database_that_does_not_exist_is_a_mistake_not_an_absence(
    database_url: str, asyncio_loop: object
) -> None:
    database = Database(DatabaseSettings(database_url.replace("test_", "nowhere_")))
    with pytest.raises(StoreMisconfigured, match="Check the database URL"):
        await database.open()


async def test_a_broken_connection_in_the_middle_leaves_the_outcome_unknown(
    database: Database, store: PostgresStore, sql: Sql
) -> None:
    kill = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"""

    async def sleep(unit: Unit) -> None:
        await unit._connection.execute("SELECT pg_sleep(60)")

    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def interrupt() -> None:
            while not await sql(kill):
                pass

        with pytest.raises(OutcomeUnknown):
            await database.unit(sleep)
    with trio.fail_after(10):
        await database.suspected()
    await database.check()
    assert await store.list_projects() == ()


async def test_a_statement_that_takes_too_long_is_ended(database_url: str, asyncio_loop: object) -> None:
    database = Database(DatabaseSettings(database_url, statement_timeout_s=0.05))
    await database.open()

    async def sleep(unit: Unit) -> None:
        await unit._connection.execute("SELECT pg_sleep(60)")

    with trio.fail_after(10), pytest.raises(StoreUnavailable, match="QueryCanceled"):
        await database.unit(sleep)
    await database.close()


async def test_a_query_keeps_nothing_alive_of_who_asked(database: Database) -> None:
    """The driver sets timers that stay until they are due: seconds, or minutes."""
    known: ContextVar[object] = ContextVar("known")
    askers: WeakSet[_Asker] = WeakSet()

    async def ask() -> None:
        asker = _Asker()
        askers.add(asker)
        known.set(asker)
        await database.unit(_one)

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(ask)
    gc.collect()
    assert not askers


class _Asker:
    """Like an actor: found by whoever runs on its behalf."""


async def _one(unit: Unit) -> None:
    await unit.value("ping")


async def test_a_refused_value_is_not_an_absence(database: Database, store: PostgresStore) -> None:
    with pytest.raises(StoreRejected, match="check constraint"):
        await store.add_project("/x", "")
    assert database.status().state == "up"


async def test_a_transaction_that_lost_a_deadlock_is_run_again(
    database: Database, store: PostgresStore
) -> None:
    one, two = await store.add_project("/1", "1"), await store.add_project("/2", "2")
    met = trio.Event(), trio.Event()
    runs = 0

    async def cross(first: str, second: str, mine: trio.Event, other: trio.Event) -> None:
        async def work(unit: Unit) -> None:
            nonlocal runs
            runs += 1
            change = "UPDATE projects SET name = name || '+' WHERE id = $1"
            await unit._connection.execute(change, first)
            mine.set()
            while not other.is_set():
                await unit._connection.execute("SELECT pg_sleep(0.01)")
            await unit._connection.execute(change, second)

        await database.transaction(work)

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cross, one.id, two.id, *met)
            nursery.start_soon(cross, two.id, one.id, *met[::-1])
    assert [project.name for project in await store.list_projects()] == ["1++", "2++"]
    assert runs > 2, "there was no deadlock to lose"


async def test_closing_ends_what_hangs(database: Database) -> None:
    async def sleep(unit: Unit) -> None:
        await unit._connection.execute("SELECT pg_sleep(60)")

    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def hang() -> None:
            with pytest.raises(StoreUnavailable):
                await database.unit(sleep)

        while not database.status().size - database.status().idle:
            await trio.lowlevel.checkpoint()
        with trio.fail_after(10):
            await database.close()
