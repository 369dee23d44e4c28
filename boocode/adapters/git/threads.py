"""Threads for the plain calls of this adapter: a few of its own, so that nobody else's calls wait for a disk."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import trio

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")

THREADS = 4


class Threads:
    def __init__(self, limit: int = THREADS) -> None:
        self._limiter = trio.CapacityLimiter(limit)

    async def run(self, call: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        """The call's result; a cancel waits for the call to end, so that no file operation goes on unseen."""
        return await trio.to_thread.run_sync(call, *arguments, limiter=self._limiter)
