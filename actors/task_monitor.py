"""The task monitor: tells whoever waits for a task that it has ended, in whichever process it ran.

PostgreSQL's notice is a hint, the row is the truth: a task is looked up when somebody begins to wait for it, when its
end is told, and, after a lost connection, whatever is waited for. What is told dies with its hearer; whoever must not
miss an end reads the row again after a restart (an agent's own sub-tasks: `actors/native_sub_tasks.py`).
"""

from collections.abc import Mapping
from typing import Any

import trio

from boocode.kernel import Actor, ReplyTo
from boocode.ports.store import StoreUnavailable
from boocode.ports.sub_tasks import AwaitEnd, EndHeard, TaskEnded, TaskEnds

LONGEST_WAIT_S = 2.0


class TaskMonitor(Actor):
    """Registered as `task_monitor`."""

    def __init__(self, store: TaskEnds) -> None:
        self._store = store
        self._waiting: dict[str, list[ReplyTo]] = {}
        self._to_look: dict[str, None] = {}
        self._is_looking = False
        self._told = 0

    async def handle(self, message: Any) -> None:
        match message:
            case AwaitEnd(task_id=task_id):
                self._forget_who_left()
                self._waiting.setdefault(task_id, []).append(self.ctx.defer())
                self._look(task_id)
            case EndHeard(task_id=None):
                self._look(*self._waiting)
            case EndHeard(task_id=str(task_id)):
                self._look(task_id)

    def inspect(self) -> Mapping[str, object]:
        return {"waited_for": sorted(self._waiting), "told": self._told}

    def _look(self, *task_ids: str) -> None:
        self._to_look |= dict.fromkeys(task_id for task_id in task_ids if task_id in self._waiting)
        if self._to_look and not self._is_looking:
            self._is_looking = True
            self.ctx.start_task(self._read, name="look")

    async def _read(self) -> None:
        """Until there is nothing to look at. What is heard of a task while it is read is looked at again."""
        while self._to_look:
            asked, self._to_look = tuple(self._to_look), {}
            try:
                found = await self._store.ended(asked)
            except StoreUnavailable as error:
                self._to_look = dict.fromkeys(asked) | self._to_look
                with self.ctx.blocked("the database"):
                    await trio.sleep(min(max(error.retry_in, 0.05), LONGEST_WAIT_S))
                continue
            for ended in found:
                self._tell(ended)
        self._is_looking = False

    def _tell(self, ended: TaskEnded) -> None:
        for waiting in self._waiting.pop(ended.task_id, ()):
            if waiting.is_open:
                self._told += 1
                waiting.reply(ended)

    def _forget_who_left(self) -> None:
        for task_id, waiting in tuple(self._waiting.items()):
            still = [reply for reply in waiting if reply.is_open]
            if still:
                self._waiting[task_id] = still
            else:
                del self._waiting[task_id]
