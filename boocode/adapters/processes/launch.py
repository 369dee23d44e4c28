"""The block in which a child lives."""

from collections.abc import Awaitable, Callable
from types import TracebackType

import trio

from boocode.adapters.processes.child import Child

SPARE_S = 1.0
"""`end` keeps its own bound; this is for a loop that is late."""


class Launch:
    """Starts a child on entering, ends its whole tree on leaving, whichever way the block is left.

    A class and not a generator, because an error from the block must come out as it is: through a plain
    nursery it would come out in an ExceptionGroup.
    """

    def __init__(
        self, start: Callable[[], Awaitable[Child]], end: Callable[[Child], Awaitable[None]]
    ) -> None:
        self._start = start
        self._end = end
        self._nursery = trio.open_nursery()
        # This shield and the one below are bounded by the ladder of `end`, which always runs. Without them
        # a cancel from outside would stop the reaping and leave the tree alive, and the child would get stuck
        # on a full stderr in the middle of its orderly end.
        self._caring = trio.CancelScope(shield=True)

    async def __aenter__(self) -> Child:
        self._child = await self._start()
        nursery = await self._nursery.__aenter__()  # no checkpoint since the child started
        nursery.start_soon(self._care)
        return self._child

    async def _care(self) -> None:
        with self._caring:
            await self._child.care()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with trio.move_on_after(self._child.spec.stop_bound_s + SPARE_S, shield=True):
                await self._end(self._child)
        finally:
            self._child.close_pipes()
            self._caring.cancel()
            await self._nursery.__aexit__(None, None, None)
