"""Fixtures of the actors' tests: a real PostgreSQL for those that write."""

import pytest

from boocode.adapters.postgres import PostgresLog
from tests.actors.checkpoint_kit import talk  # noqa: F401
from tests.actors.reaper_kit import home  # noqa: F401
from tests.actors.worktree_kit import desk  # noqa: F401
from tests.adapters.postgres.scenes import Pen
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401


@pytest.fixture
def pen(log: PostgresLog) -> Pen:  # noqa: F811
    """An event writer's hand without the actor."""
    return Pen(log)
