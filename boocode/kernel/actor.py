"""What people write: actors and jobs.

An `Actor` owns its state alone: one message at a time, in one task. A `Job` is a plain task that deserves a
supervisor: it takes no messages. Each incarnation is a fresh object from the spec's factory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from boocode.kernel.exits import Exit

if TYPE_CHECKING:
    import trio

    from boocode.kernel.context import Context


class Actor:
    """Base of actors. `ctx` is there before `init`.

    `remember` is how many messages before a crash its report shows; 0 for actors whose messages are large.
    """

    ctx: Context
    remember: ClassVar[int] = 8

    async def init(self) -> None:
        """Before it is ready. An exception is a failed start; `Ignore` asks for not being needed."""

    async def handle(self, message: Any) -> Any:
        """One message: a cast, a call (the result is the reply), Down, a timer's.

        An unexpected exception ends the actor; `CallRefused(exc)` answers a call with `exc` and does not.
        """
        raise NotImplementedError(f"{type(self).__name__} got {type(message).__name__} and has no handle()")

    async def terminate(self, exit: Exit) -> None:
        """After the last message of an actor whose init succeeded, within the spec's shutdown seconds."""

    def inspect(self) -> Mapping[str, object]:
        """A summary of the state for people; called between two messages, must not wait."""
        return {name: value for name, value in vars(self).items() if name[0] != "_" and name != "ctx"}


class Job:
    """Base of plain tasks."""

    ctx: Context

    async def run(self, ctx: Context, task_status: trio.TaskStatus[Any]) -> None:
        """Call `task_status.started()` once it works; end soon after `ctx.stop_requested`, or be cancelled."""
        raise NotImplementedError(f"{type(self).__name__} has no run()")
