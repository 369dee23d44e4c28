"""Somebody who waits for a supervisor's answer to an administrative request."""

from __future__ import annotations

from typing import Any

import trio
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from boocode.kernel.errors import KernelError


class Pending:
    """One waiting task; a request whose asker went away is carried out all the same."""

    __slots__ = ("_error", "_task")

    def __init__(self) -> None:
        self._task: trio.lowlevel.Task | None = None
        self._error: KernelError | None = None

    async def wait(self) -> None:
        """Until the answer; raises the refusal. Its owner answers in any case, at the latest when it ends."""
        self._task = current_task()
        await wait_task_rescheduled(self._abandon)
        if self._error is not None:
            raise self._error

    def resolve(self, error: KernelError | None) -> None:
        self._error = error
        task, self._task = self._task, None
        if task is not None:
            reschedule(task)

    def _abandon(self, _: Any) -> Abort:
        self._task = None
        return Abort.SUCCEEDED
