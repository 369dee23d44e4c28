"""Schema migrations: schema/migrations/NNNN_*.sql, forward only, each in a transaction, recorded with a checksum.

Any number of processes may start at once: an advisory lock lets one after the other look, and the later ones
find nothing left to do.
"""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TypeAlias

import asyncpg
from attrs import frozen

from boocode.adapters.postgres.queries import SCHEMA
from boocode.ports.database import StoreMisconfigured

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

LOCK = 0x0B00C0DE
"""The advisory lock's key; nothing but its uniqueness matters."""

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


@frozen
class Migration:
    number: int
    name: str
    sql: str
    checksum: str


@cache
def load_migrations(directory: Path = SCHEMA / "migrations") -> tuple[Migration, ...]:
    """In order. Raises ValueError for a wrong file name, a gap or a repeated number."""
    migrations = []
    for file in sorted(directory.glob("*.sql")):
        match = _FILE.fullmatch(file.name)
        if match is None:
            raise ValueError(f"{file.name} is not named like 0001_what_it_brings.sql")
        sql = file.read_text(encoding="utf-8")
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        migrations.append(Migration(int(match[1]), match[2], sql, checksum))
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)) or not numbers:
        raise ValueError(f"The migrations in {directory} are numbered {numbers}, expected 1, 2, 3 …")
    return tuple(migrations)


async def migrate(
    connection: Connection,
    migrations: tuple[Migration, ...] | None = None,
) -> tuple[tuple[str, ...], int]:
    """Brings the database up to date; returns what was applied now and the schema's number.

    Runs on asyncio. Raises StoreMisconfigured when the database is newer than this program or when an applied
    migration differs from its file; then nothing was changed.
    """
    migrations = load_migrations() if migrations is None else migrations
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        applied = await _applied(connection)
        _check(applied, migrations)
        fresh = [migration for migration in migrations if migration.number not in applied]
        for migration in fresh:
            await _apply(connection, migration)
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
    return tuple(f"{migration.number:04d}_{migration.name}" for migration in fresh), len(migrations)


async def _applied(connection: Connection) -> dict[int, str]:
    await connection.execute(
        """CREATE TABLE IF NOT EXISTS schema_migrations (
               number     integer PRIMARY KEY,
               name       text NOT NULL,
               checksum   text NOT NULL,
               applied_at timestamptz NOT NULL DEFAULT now())"""
    )
    rows = await connection.fetch("SELECT number, checksum FROM schema_migrations")
    return {row["number"]: row["checksum"] for row in rows}


def _check(applied: dict[int, str], migrations: tuple[Migration, ...]) -> None:
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise StoreMisconfigured(
            f"The database was written by a newer BooCode: its schema is number {newest}, this program knows "
            f"up to {len(migrations)}. Start the newer BooCode, or use another database."
        )
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise StoreMisconfigured(
                f"Migration {migration.number:04d}_{migration.name} was applied to this database in another "
                "form than this program has. Use the program that made the database, or another database."
            )


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
