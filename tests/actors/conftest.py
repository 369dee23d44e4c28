"""Fixtures of the actors' tests: a real PostgreSQL for those that write."""

from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
