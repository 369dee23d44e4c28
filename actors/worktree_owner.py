"""The owner of one session's worktree: one request after the other, and it keeps nothing between them.

What it does is in rows and in git, each step repeatable, so that its death at any point loses nothing. The work
itself is in its parts:

    owner_life          open, inspect, stash, reap
    owner_changes       capture, list, apply, reject, rewind
    owner_checkpoints   take, preview, restore
    owner_recovery      what an earlier life of it left half done, before anything else
"""

from typing import Any

from actors.owner_changes import OwnerChanges
from actors.owner_ground import Ground
from actors.owner_life import OwnerLife
from boocode.kernel import Actor
from boocode.ports.names import WORKTREES
from boocode.ports.store import StoreError
from boocode.ports.worktree_work import Work, WorkDone, WorktreeRequest
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    InspectWorktree,
    ListChanges,
    OpenWorktree,
    RejectChanges,
    WorkspaceError,
)


class WorktreeOwner(Actor):
    remember = 0  # its messages are requests without content

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._life = OwnerLife(ground)
        self._changes = OwnerChanges(ground)
        self._done = 0

    async def init(self) -> None:
        self._ground.ctx = self.ctx

    async def handle(self, message: Any) -> None:
        if not isinstance(message, Work):
            return
        self._ground.started_turns = message.started_turns
        with self.ctx.blocked(type(message.request).__name__):
            try:
                answer = await self._do(message.request)
            except (WorkspaceError, StoreError) as error:
                message.reply.fail(error)
            else:
                message.reply.reply(answer)
        self._done += 1
        self.ctx.whereis(WORKTREES).cast(WorkDone(message.number))

    def inspect(self) -> dict[str, object]:
        return {"session": self._ground.session_id, "requests_done": self._done}

    async def _do(self, request: WorktreeRequest) -> object:
        match request:
            case OpenWorktree():
                return await self._life.open()
            case InspectWorktree():
                return await self._life.inspect()
            case CaptureChanges(task_id=task_id, agent=agent):
                return await self._changes.capture(task_id, agent)
            case ListChanges(states=states):
                return await self._changes.list(states)
            case ApplyChanges(ids=ids):
                return await self._changes.apply(ids)
            case RejectChanges(ids=ids):
                return await self._changes.reject(ids)
        raise NotImplementedError
