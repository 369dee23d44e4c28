"""Migrations: in order, once, safe with several at a time, and never backwards."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import trio
import trio_asyncio

from boocode.adapters.postgres import Database, DatabaseSettings, PostgresStore
from boocode.adapters.postgres.migrations import Migration, load_migrations, migrate
from boocode.ports.database import StoreMisconfigured
from boocode.ports.safety_store import Trim
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


OF_14 = """
INSERT INTO projects (id, name, path) VALUES ('p', 'p', '/src');
INSERT INTO sessions (id, project_id) VALUES ('s', 'p'), ('s2', 'p');
INSERT INTO chats (id, session_id) VALUES ('c', 's'), ('c2', 's2');
INSERT INTO tasks (id, project_id, session_id, chat_id, agent, input, state, ended_at)
VALUES ('t', 'p', 's', 'c', 'practice', 'Do it', 'completed', now());
INSERT INTO messages (id, chat_id, task_id, role, status) VALUES
    ('m1', 'c', 't', 'user', 'complete'), ('m2', 'c', 't', 'assistant', 'complete');
UPDATE tasks SET message_id = 'm2';
INSERT INTO worktrees (id, session_id, project_id, project_path, path, base_commit, removed_at) VALUES
    ('w', 's', 'p', '/src', '/wt/1', 'b', NULL), ('w0', 's', 'p', '/src', '/wt/0', 'b', now()),
    ('lost', NULL, 'p', '/src', '/wt/2', 'b', NULL);
INSERT INTO checkpoints (id, session_id, chat_id, message_id, task_id, worktree_id, kind, ref, commit_id) VALUES
    ('turn', 's', 'c', 'm2', 't', 'w', 'turn', 'refs/boocode/checkpoints/c/3', 'x'),
    ('safety', 's', 'c', NULL, NULL, 'w', 'safety', 'refs/boocode/checkpoints/c/12', 'x'),
    ('empty', 's2', 'c2', NULL, NULL, NULL, 'manual', 'refs/other', 'x'),
    ('orphan', NULL, NULL, NULL, NULL, 'lost', 'turn', 'refs/boocode/checkpoints/gone/1', 'x');
INSERT INTO pending_changes (id, session_id, task_id, path, op, state, diff, is_binary, additions, deletions) VALUES
    ('k1', 's', 't', 'a', 'edit', 'pending', '', false, 1, 1),
    ('k2', 's', NULL, 'a', 'edit', 'applied', '', false, 1, 1);
"""


async def upgraded(url: str) -> Database:
    """A database of the schema before checkpoints could be gone back to, with rows in it, opened today."""
    await on(url, lambda connection: migrate(connection, load_migrations()[:14]))
    await on(url, lambda connection: connection.execute(OF_14))
    database = Database(DatabaseSettings(url))
    await database.open()
    return database


async def test_checkpoints_of_an_older_database_find_their_place(
    empty_url: str, asyncio_loop: object
) -> None:
    database = await upgraded(empty_url)
    store = PostgresStore(database)
    turn, safety = (await store.get_checkpoint("turn"), await store.get_checkpoint("safety"))
    assert turn is not None
    assert safety is not None
    assert (turn.checkpoint.agent, turn.checkpoint.title, turn.checkpoint.left_out) == (
        "practice",
        "Do it",
        (),
    )
    assert safety.message_n == turn.message_n + 1
    assert [(await store.newest_checkpoint(chat_id))[1] for chat_id in ("c", "c2")] == [13, 1]
    assert await store.preview_trim("turn") == Trim(hidden=("m1", "m2"), shown=())
    assert await store.orphaned_checkpoints(time.time() + 60) == (
        ("refs/boocode/checkpoints/gone/1", "/src"),
    )
    await database.close()


async def test_worktrees_and_changes_of_an_older_database_are_kept(
    empty_url: str, asyncio_loop: object
) -> None:
    database = await upgraded(empty_url)
    store = PostgresStore(database)
    living = [await store.worktree_by_id(id_) for id_ in ("w", "lost")]
    assert [row and (row.session_id, row.made_for) for row in living] == [("s", "s"), (None, "lost")]
    assert [change.message_id for change in await store.list_pending("s", ("pending", "applied"))] == [
        "m2",
        None,
    ]
    assert await store.get_decided(["k2"]) == ()
    page = await store.list_messages("c", None, 10)
    assert [message.id for message in page.items] == ["m1", "m2"]  # type: ignore[attr-defined]
    await database.close()
