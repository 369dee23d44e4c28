"""The drain guard: last child of dispatch, therefore stopped first; it lets running turns end before anything stops.

While it stops, the rest of the tree still works: turns may finish for a while, then they are asked to end (which
settles them as interrupted and keeps the warm sessions usable), and only then do the actors they need go away.
"""

from boocode.kernel import Actor, Exit, KernelError
from boocode.ports.names import DISPATCHER
from boocode.ports.turns import Drain, EndAllTurns


class DrainGuard(Actor):
    """`finish_s`: how long turns may go on by themselves; `end_s`: how long they have after they were asked to end."""

    def __init__(self, finish_s: float, end_s: float) -> None:
        self._finish_s = finish_s
        self._end_s = end_s

    async def handle(self, message: object) -> None:
        """Nobody speaks to it."""

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002 - whatever ends it, turns get their time
        dispatcher = self.ctx.whereis(DISPATCHER)
        async with self.ctx.shielded(self._finish_s + self._end_s + 1.0):
            if await self._drained(self._finish_s):
                return
            dispatcher.cast(EndAllTurns("BooCode stopped while this turn was running."))
            await self._drained(self._end_s)

    async def _drained(self, seconds: float) -> bool:
        try:
            await self.ctx.whereis(DISPATCHER).call(Drain(), timeout=seconds)
        except KernelError:
            return False
        return True
