"""What the parts of the store have in common: the database and the shapes of a simple unit of work."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from boocode.adapters.postgres.cursors import encode_cursor
from boocode.adapters.postgres.database import Database, Unit
from boocode.ports.store import Page

T = TypeVar("T")
Rows = list[Mapping[str, Any]]


class StorePart:
    """Some of the store's methods, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, query: str, *arguments: object) -> Rows:
        async def work(unit: Unit) -> Rows:
            return await unit.rows(query, *arguments)

        return await self._database.unit(work)

    async def _row(self, make: Callable[[Mapping[str, Any]], T], query: str, *arguments: object) -> T | None:
        """The first row as a value, None without one."""

        async def work(unit: Unit) -> Mapping[str, Any] | None:
            return await unit.row(query, *arguments)

        row = await self._database.unit(work)
        return None if row is None else make(row)

    async def _value(self, query: str, *arguments: object) -> Any:
        async def work(unit: Unit) -> Any:
            return await unit.value(query, *arguments)

        return await self._database.unit(work)

    async def _run(self, query: str, *arguments: object) -> None:
        async def work(unit: Unit) -> None:
            await unit.run(query, *arguments)

        await self._database.unit(work)


def page(rows: Rows, limit: int, make: Callable[[Mapping[str, Any]], object]) -> Page:
    """A page from `limit + 1` rows in the list's order: the row too many says that there is a next page."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(tuple(make(row) for row in shown), encode_cursor(shown[-1]["n"]) if more else None)


def page_size(limit: int, most: int = 500) -> int:
    """Pages have at least one row and never so many that reading them stalls everybody."""
    return max(1, min(limit, most))
