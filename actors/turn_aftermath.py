"""What a turn leaves behind in processes, ended before anybody hears that the turn is over. Not an actor.

Its terminals go with it. After a cancel so do the commands that the agent itself had started in the turn and did not
end (goose does not): whoever reads the worktree next must not race with them. What an agent leaves running after a
turn that nobody cancelled, it meant to.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial

import trio

from actors.terminal_service import TerminalService
from boocode.kernel import Context, KernelError, Ref
from boocode.ports.agent_process import EndStrays

END_S = 8.0
"""How long the turn's end waits for all of it."""


def boot_time() -> float:
    """The clock that processes' start times count on, in seconds."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class TurnAftermath:
    def __init__(self, ctx: Context, terminals: TerminalService, process: Ref) -> None:
        self._ctx = ctx
        self._terminals = terminals
        self._process = process
        self.strays_ended = 0

    def cancelling(self) -> None:
        """The agent was asked to stop: so are its terminals."""
        self._terminals.kill_all()

    def over(self, began: float, *, cancelled: bool) -> trio.Event | None:
        """Begins; the event is set when nothing is left. None: there is nothing to wait for."""
        work: list[Callable[[], Awaitable[None]]] = []
        if self._terminals.has_any:
            work.append(partial(self._terminals.release_all, cancelled=cancelled))
        if cancelled:
            window = EndStrays(began, boot_time())
            work.append(partial(self._end_strays, window))
        if not work:
            return None
        done = trio.Event()
        self._ctx.start_task(self._work, work, done, name="end what the turn left")
        return done

    async def _work(self, work: list[Callable[[], Awaitable[None]]], done: trio.Event) -> None:
        try:
            with trio.move_on_after(END_S):
                async with trio.open_nursery() as nursery:
                    for each in work:
                        nursery.start_soon(each)
        finally:
            done.set()

    async def _end_strays(self, window: EndStrays) -> None:
        try:
            self.strays_ended += await self._process.call(window, timeout=END_S)
        except KernelError:
            return  # the process is gone, and all that it started with it
