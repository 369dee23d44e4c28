"""The changes of a turn that still runs, made reviewable after each edit.

One capture at a time, and one more for all that was edited meanwhile. Nothing waits for it and no edit fails by it: the
end of the turn captures in any case.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from boocode.kernel import Context, KernelError
from boocode.ports.names import WORKTREES
from boocode.ports.store import StoreError
from boocode.ports.worktrees import CaptureChanges, WorkspaceError

CAPTURE_S = 120.0

SessionOf = Callable[[str], Awaitable[str | None]]
"""A chat's id → its session's; None = there is no such chat (any more). Raises StoreError."""


class Told(Protocol):
    """Who hears that a file was changed."""

    def of_change(self) -> None: ...


class Nobody:
    """Changes are looked at when the turn is over."""

    def of_change(self) -> None:
        return


class PendingCapture:
    """Has the worktree's owner capture what was changed."""

    def __init__(
        self, ctx: Context, session_of: SessionOf, chat_id: str, task_id: str | None, agent: str
    ) -> None:
        self._ctx = ctx
        self._session_of = session_of
        self._chat_id = chat_id
        self._task_id = task_id
        self._agent = agent
        self._is_due = False
        self._is_running = False

    def of_change(self) -> None:
        self._is_due = True
        if not self._is_running:
            self._is_running = True
            self._ctx.start_task(self._capture, name="capture changes")

    async def _capture(self) -> None:
        try:
            session_id = await self._session_of(self._chat_id)
            while self._is_due and session_id is not None:
                self._is_due = False
                request = CaptureChanges(session_id, self._task_id, self._agent, goes_on=True)
                await self._ctx.whereis(WORKTREES).call(request, timeout=CAPTURE_S)
        except (KernelError, WorkspaceError, StoreError):
            return  # the turn's end captures
        finally:
            self._is_running = False
