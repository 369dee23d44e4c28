"""Tests of the PostgreSQL adapter run against a real server."""

from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
