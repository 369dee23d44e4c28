"""The commands of docs/safety.md are tried on what the real owner of a worktree leaves in a repository."""

from tests.actors.worktree_kit import desk  # noqa: F401
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
