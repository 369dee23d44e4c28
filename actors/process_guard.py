"""The process guard: keeps the small process alive that ends our children should BooCode itself be killed.

The first child of the tree, so that it is there before any process and is stopped after all. A guard that dies
crashes this actor: its next incarnation starts another and tells it everything, the restart budget says when to
give up. In passing it sweeps: reaps what we adopted, kills what outlived its owner.
"""

import trio
from attrs import frozen

from boocode.kernel import Actor
from boocode.ports.processes import ProcessOwner

SWEEP_S = 3.0
"""Also the longest that an escapee goes unnoticed which sheds every mark of its origin."""


@frozen
class Sweep:
    """Time to look over the processes."""


class GuardDied(Exception):
    """The guard process ended by itself."""


class ProcessGuard(Actor):
    """Ready when a guard runs and knows every process."""

    def __init__(self, processes: ProcessOwner, sweep_s: float = SWEEP_S) -> None:
        self._processes = processes
        self._sweep_s = sweep_s
        self.swept = 0
        """Processes that had outlived their owner: more than zero is worth a look."""

    async def init(self) -> None:
        await self.ctx.run_task(self._hold, name="guard")
        self.ctx.send_every(self._sweep_s, Sweep())

    async def handle(self, message: object) -> None:
        match message:
            case Sweep():
                self._tell(await self._processes.sweep())
            case _:
                raise TypeError(f"the process guard was sent a {type(message).__name__}")

    def _tell(self, found: int) -> None:
        if not found:
            return
        self.swept += found
        reason = (
            f"{found} process{'es' * (found != 1)} had outlived what owned {'it' if found == 1 else 'them'}"
        )
        self.ctx.system.telemetry.emit(
            "reaped", self.ctx.path, self.ctx.incarnation, extra={"reason": reason}
        )

    async def _hold(self, task_status: trio.TaskStatus[None]) -> None:
        async with self._processes.guard() as guard:
            self.ctx.set_process(guard.pid)
            task_status.started()
            ended = await guard.wait()
            raise GuardDied(f"The process guard (pid {guard.pid}) {ended.describe()}.")
