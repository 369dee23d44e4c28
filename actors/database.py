"""The store's keeper: opens the pool of connections, and watches over it.

While the server is away calls are refused at once; the keeper asks again, less and less often, until it is
back. It crashes only when waiting will not help.
"""

import logging
from collections.abc import Mapping
from typing import Any

import trio

from boocode.kernel import Actor, Exit
from boocode.ports.database import DatabasePool
from boocode.ports.store import StoreUnavailable

CHECK_S = 5.0
"""Between two checks when nobody complains."""
PATIENCE_S = 20.0
"""At the start: how long the server may take to appear."""
QUIET_S = 1.0
"""Waiting for so long is nothing that people need to hear of."""
FIRST_DELAY_S = 0.02
LONGEST_DELAY_S = 0.2


_log = logging.getLogger(__name__)


class DatabaseAway(Exception):
    """The server did not appear in time when BooCode started; str() is for people."""

    def __init__(self, reason: str, patience_s: float) -> None:
        super().__init__(
            f"The database could not be reached for {patience_s:g} s: {reason}. Check that its server runs and that "
            "the address is right (--database-url, DATABASE_URL, or url in [database] of config.toml)."
        )


class DatabaseKeeper(Actor):
    """Registered as `store`. Ready when the schema is in place."""

    def __init__(self, pool: DatabasePool, patience_s: float = PATIENCE_S) -> None:
        self._pool = pool
        self._patience_s = patience_s
        self._losses = 0
        self._applied: tuple[str, ...] = ()

    async def init(self) -> None:
        began = self.ctx.now()
        is_told = False
        delay = FIRST_DELAY_S
        while True:
            try:
                self._applied = await self._pool.open()
            except StoreUnavailable as error:
                waited = self.ctx.now() - began
                if waited > self._patience_s:
                    raise DatabaseAway(error.reason, self._patience_s) from error
                if waited > QUIET_S and not is_told:
                    is_told = True
                    _log.warning("waiting for the database: %s", error.reason)
                await trio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY_S)
            else:
                break
        self.ctx.start_task(self._watch, name="watch the connections")

    async def handle(self, message: Any) -> None:
        """Nobody talks to it: the store's calls go through the pool."""

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        await self._pool.close()

    def inspect(self) -> Mapping[str, object]:
        status = self._pool.status()
        return {
            "state": status.state,
            "connections": status.size,
            "idle": status.idle,
            "waiting": status.waiting,
            "server": status.server_version,
            "schema": status.schema_version,
            "applied_now": list(self._applied),
            "losses": self._losses,
            "last_error": status.last_error,
        }

    async def _watch(self) -> None:
        while True:
            with trio.move_on_after(CHECK_S):
                await self._pool.suspected()
            try:
                await self._pool.check()
            except StoreUnavailable:
                self._losses += 1
                await self._wait_for_return()

    async def _wait_for_return(self) -> None:
        delay = FIRST_DELAY_S
        with self.ctx.blocked("the database server"):
            while True:
                await trio.sleep(delay)
                try:
                    await self._pool.check()
                except StoreUnavailable:
                    delay = min(2 * delay, LONGEST_DELAY_S)
                else:
                    return
