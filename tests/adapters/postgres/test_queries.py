"""Named queries: found once, understood by PostgreSQL, and all of them used."""

from pathlib import Path

import asyncpg
import pytest
import trio_asyncio

from boocode.adapters.postgres import queries
from boocode.adapters.postgres.queries import load_queries, parse_queries


def test_blocks_are_split_at_their_names_and_lose_their_comments() -> None:
    text = "-- name: one\n-- why\nSELECT 1;\n\n-- name: two\nSELECT\n  2;\n"
    assert dict(parse_queries(text)) == {"one": "SELECT 1", "two": "SELECT\n  2"}


def test_sql_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="before the first"):
        dict(parse_queries("SELECT 1;\n-- name: late\nSELECT 2;\n"))


def test_a_name_used_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a.sql", "b.sql"):
        (tmp_path / name).write_text("-- name: same\nSELECT 1;\n")
    with pytest.raises(ValueError, match=r"same is used twice, again in b\.sql"):
        load_queries(tmp_path)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        load_queries(tmp_path / "nowhere")


async def test_postgres_understands_every_query(database_url: str, asyncio_loop: object) -> None:
    async def prepare_all() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            for name, sql in load_queries().items():
                try:
                    await connection.prepare(sql)
                except asyncpg.PostgresError as error:
                    pytest.fail(f"{name}: {error}")
        finally:
            await connection.close()
        return len(load_queries())

    assert await trio_asyncio.aio_as_trio(prepare_all)() > 50


def test_every_query_is_used() -> None:
    code = "".join(file.read_text() for file in Path(queries.__file__).parent.glob("*.py"))
    by_kind = (
        "_lock_chats",
        "_stop_tasks",
        "_cancel_running",
        "_remove",
    )  # chosen by kind: project, session, chat
    unused = [name for name in load_queries() if f'"{name}"' not in code and not name.endswith(by_kind)]
    assert unused == []
