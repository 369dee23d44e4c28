"""Waiting for a sub-task within a call of the native agent, and saying meanwhile how it stands."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import trio
from attrs import frozen

from boocode.contracts.resources import Task
from boocode.domain.native.sub_tasks import in_the_end, key_of, meanwhile
from boocode.kernel import CallTimeout, Context, KernelError, MailboxFull
from boocode.ports.names import DISPATCHER, TASK_MONITOR
from boocode.ports.native_tools import Tell, ToolResult
from boocode.ports.store import StoreError
from boocode.ports.sub_tasks import AwaitEnd, Child, SubTasks
from boocode.ports.turns import TurnWaits

LOOK_S = 5.0
"""How often it is said how a child stands; its end is heard at once."""
RETRY_S = 1.0
GONE = "Sub-task {} is not there any more: its project or the turn that began it was removed."


@frozen
class ChildWait:
    ctx: Context
    store: SubTasks
    chat_id: str

    async def until_over(self, task_id: str, tell: Tell) -> ToolResult:
        """While the database is away it waits on. Cancelling it leaves the child alone."""
        with self._takes_no_place(await self._parent()):
            while True:
                try:
                    child = await self.store.child(self.chat_id, task_id)
                    if child is None:
                        return ToolResult(GONE.format(task_id), failed=True)
                    if child.task.ended_at is not None:
                        return result_of(child)
                    tell(await self.how_it_stands(child.task))
                except StoreError:
                    await trio.sleep(RETRY_S)  # nothing tells when it is back
                    continue
                await self._heard(task_id)

    async def how_it_stands(self, task: Task) -> str:
        """Of one that is not over. Raises StoreError."""
        doing = await self.store.last_call(task.id) if task.state == "running" else None
        return meanwhile(task, lasting(task), doing)

    async def _parent(self) -> str | None:
        try:
            parent = await self.store.parent(self.chat_id)
        except StoreError:
            return None
        return parent.id if parent is not None else None

    async def _heard(self, task_id: str) -> None:
        """Returns when it is over, or when it is time to look."""
        try:
            await self.ctx.whereis(TASK_MONITOR).call(AwaitEnd(task_id), timeout=LOOK_S)
        except CallTimeout:
            return
        except KernelError:
            await trio.sleep(RETRY_S)  # it is being started again

    @contextmanager
    def _takes_no_place(self, parent_id: str | None) -> Iterator[None]:
        if parent_id is None:
            yield
            return
        self._say(TurnWaits(parent_id, True))
        try:
            yield
        finally:
            self._say(TurnWaits(parent_id, False))

    def _say(self, message: TurnWaits) -> None:
        with suppress(MailboxFull):  # then the turn goes on taking, or not taking, its place until it is over
            self.ctx.whereis(DISPATCHER).cast(message)


def result_of(child: Child) -> ToolResult:
    """Of one that is over: its parent knows it from here on."""
    failed = child.task.state != "completed"
    return ToolResult(in_the_end(child.task, child.answer), failed, told=(key_of(child.task.id),))


def lasting(task: Task) -> float:
    """Seconds since it began, or since it has been waiting."""
    since = datetime.fromisoformat(task.started_at or task.created_at)
    return max(0.0, time.time() - since.timestamp())
