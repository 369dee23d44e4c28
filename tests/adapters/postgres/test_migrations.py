"""Migrations: in order, once, safe with several at a time, and never backwards."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import trio
import trio_asyncio

from boocode.adapters.postgres import Database, DatabaseSettings
from boocode.adapters.postgres.migrations import Migration, load_migrations, migrate
from boocode.ports.database import StoreMisconfigured
from tests.kit.postgres import PostgresServer


@pytest.fixture
def empty_url(postgres_server: PostgresServer) -> Any:
    name = postgres_server.new_database(template="template0")
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


async def on(url: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return await trio_asyncio.aio_as_trio(run)()


def step(number: int, sql: str) -> Migration:
    return Migration(number, f"step{number}", sql, f"sum of {sql}")


async def test_an_empty_database_gets_all_of_them_and_the_second_time_nothing(
    empty_url: str, asyncio_loop: object
) -> None:
    names = tuple(f"{each.number:04d}_{each.name}" for each in load_migrations())
    assert await on(empty_url, migrate) == (names, len(names))
    assert await on(empty_url, migrate) == ((), len(names))


async def test_eight_at_once_apply_each_migration_once(empty_url: str, asyncio_loop: object) -> None:
    applied: list[tuple[str, ...]] = []

    async def one() -> None:
        applied.append((await on(empty_url, migrate))[0])

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(one)
    assert sorted(map(len, applied)) == [0] * 7 + [len(load_migrations())]


async def test_an_older_database_is_brought_up_with_its_data(empty_url: str, asyncio_loop: object) -> None:
    old = load_migrations()[:3]
    await on(empty_url, lambda connection: migrate(connection, old))
    insert = "INSERT INTO projects (id, name, path) VALUES ('p', 'kept', '/kept')"
    await on(empty_url, lambda connection: connection.execute(insert))
    assert (await on(empty_url, migrate))[0][0].startswith("0004_")
    assert await on(empty_url, lambda connection: connection.fetchval("SELECT name FROM projects")) == "kept"


async def test_a_failing_migration_leaves_nothing_behind(empty_url: str, asyncio_loop: object) -> None:
    good, bad = step(1, "CREATE TABLE a ()"), step(2, "CREATE TABLE b (); SELECT 1/0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await on(empty_url, lambda connection: migrate(connection, (good, bad)))
    tables = "SELECT array_agg(relname::text) FROM pg_class WHERE relname IN ('a', 'b')"
    assert await on(empty_url, lambda connection: connection.fetchval(tables)) == ["a"]
    mended = step(2, "CREATE TABLE b ()")
    applied, _ = await on(empty_url, lambda connection: migrate(connection, (good, mended)))
    assert applied == ("0002_step2",)


async def test_a_newer_database_is_refused_in_words(empty_url: str, asyncio_loop: object) -> None:
    more = (*load_migrations(), step(len(load_migrations()) + 1, "CREATE TABLE future ()"))
    await on(empty_url, lambda connection: migrate(connection, more))
    database = Database(DatabaseSettings(empty_url))
    with pytest.raises(StoreMisconfigured, match=r"written by a newer BooCode: its schema is number \d+"):
        await database.open()
    assert database.status().state == "closed"


async def test_an_applied_migration_must_not_change(empty_url: str, asyncio_loop: object) -> None:
    await on(empty_url, lambda connection: migrate(connection, (step(1, "CREATE TABLE a ()"),)))
    with pytest.raises(StoreMisconfigured, match="0001_step1 was applied to this database in another form"):
        await on(empty_url, lambda connection: migrate(connection, (step(1, "CREATE TABLE other ()"),)))


@pytest.mark.parametrize("names", [["0001_a.sql", "0003_c.sql"], ["1_a.sql"], []])
def test_files_that_are_not_numbered_without_a_gap_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(ValueError, match=r"named like|numbered"):
        load_migrations(tmp_path)
