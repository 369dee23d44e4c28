"""LISTEN on a connection of its own."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import asyncpg
import trio_asyncio  # type: ignore[import-untyped]

from boocode.adapters.postgres.database import DatabaseSettings
from boocode.adapters.postgres.failures import NotConnected, as_store_error
from boocode.ports.database import Notice
from boocode.ports.store import StoreUnavailable

KEEPALIVE_S = 20.0
"""A connection that went silently is found out by asking."""

_log = logging.getLogger(__name__)


class PostgresNotices:
    """Implements ports.database.NoticeSource."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings

    async def listen(
        self, channels: Sequence[str], take: Callable[[Notice], None], listening: Callable[[], None]
    ) -> NoReturn:
        try:
            await trio_asyncio.aio_as_trio(self._listen)(channels, take, listening)
        except Exception as error:
            mapped = as_store_error(error)
            if mapped is None:
                raise
            raise mapped from error
        raise StoreUnavailable("the connection that listens was closed")

    async def _listen(
        self, channels: Sequence[str], take: Callable[[Notice], None], listening: Callable[[], None]
    ) -> None:
        settings = self._settings
        try:
            connection = await asyncpg.connect(
                settings.url, timeout=settings.connect_timeout_s, server_settings=settings.server_settings()
            )
        except Exception as error:
            raise NotConnected(error) from error

        def hear(_connection: Any, _pid: int, channel: str, payload: object) -> None:
            try:
                take(Notice(channel, str(payload)))
            except Exception:  # noqa: BLE001 - from a callback it would end the loop, and everything in it
                _log.exception("a notice on %s could not be taken", channel)

        ended = asyncio.Event()
        connection.add_termination_listener(lambda _connection: ended.set())
        try:
            for channel in channels:
                await connection.add_listener(channel, hear)
            listening()
            await self._until_it_ends(connection, ended)
        finally:
            connection.terminate()

    async def _until_it_ends(self, connection: "asyncpg.Connection", ended: asyncio.Event) -> None:
        while not ended.is_set():
            try:
                await asyncio.wait_for(ended.wait(), KEEPALIVE_S)
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=self._settings.connect_timeout_s)
