"""PostgreSQL through asyncpg on trio-asyncio: the store, the durable log, LISTEN and the embedded server.

Nothing outside this package knows the driver. The asyncio loop is opened once, outermost, by whoever runs
the tree; every unit of work is one asyncio function, so that a cancel can never leave a connection behind.
"""

from boocode.adapters.postgres.database import Database, DatabaseSettings
from boocode.adapters.postgres.embedded import EmbeddedPostgres
from boocode.adapters.postgres.listener import PostgresNotices
from boocode.adapters.postgres.log import PostgresLog
from boocode.adapters.postgres.store import PostgresStore

__all__ = [
    "Database",
    "DatabaseSettings",
    "EmbeddedPostgres",
    "PostgresLog",
    "PostgresNotices",
    "PostgresStore",
]
