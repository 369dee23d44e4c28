"""Fixtures of the actors' tests: a real PostgreSQL for those that write."""

from tests.actors.worktree_kit import desk  # noqa: F401
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
