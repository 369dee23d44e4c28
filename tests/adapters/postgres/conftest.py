"""Tests of the PostgreSQL adapter run against a real server."""

import os

import asyncpg
import pytest
import trio_asyncio

from boocode.adapters.postgres import PostgresLog
from tests.adapters.postgres.scenes import Pen, Sql
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401

collect_ignore = [] if os.geteuid() == 0 else ["test_privilege_of_root.py"]


@pytest.fixture
def pen(log: PostgresLog) -> Pen:  # noqa: F811
    """An event writer's hand without the actor."""
    return Pen(log)


@pytest.fixture
def sql(database_url: str, asyncio_loop: object) -> Sql:  # noqa: F811
    """One statement past the store."""

    async def run(statement: str, *arguments: object) -> object:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    return trio_asyncio.aio_as_trio(run)  # type: ignore[no-any-return]
