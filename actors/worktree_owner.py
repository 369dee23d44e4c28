"""The owner of one session's worktree: one request after the other, and it keeps nothing between them.

What it does is in rows and in git, each step repeatable, so that its death at any point loses nothing. The work
itself is in its parts:

    owner_life          open, inspect, stash, judge, reap
    owner_changes       capture, list, apply, reject, rewind
    owner_checkpoints   take
    owner_restoring     preview, restore
    owner_recovery      what an earlier life of it left half done, before anything else
"""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from attrs import frozen

from actors.owner_changes import OwnerChanges
from actors.owner_checkpoints import OwnerCheckpoints
from actors.owner_ground import Ground
from actors.owner_life import OwnerLife
from actors.owner_recovery import OwnerRecovery
from actors.owner_restoring import WENT_BACK, OwnerRestoring
from boocode.kernel import Actor, KernelError
from boocode.ports.agents import EndAgents
from boocode.ports.names import SESSION_POOL, WORKTREES
from boocode.ports.store import StoreError
from boocode.ports.worktree_work import Work, WorkDone, WorktreeRequest
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    InspectWorktree,
    JudgeWorktree,
    ListChanges,
    OpenWorktree,
    PreviewRestore,
    ReapWorktree,
    RecoverOperations,
    RejectChanges,
    RestoreCheckpoint,
    RewindChanges,
    StashWorktree,
    TakeCheckpoint,
    WorkspaceError,
)

_LATER = object()
"""In place of an answer: the request goes on."""
AGENTS_S = 15.0
"""For the agents of a chat to end, before its files go back."""


@frozen
class _AgentsEnded:
    """The agents of the chat that goes back have ended, or `error` says why not."""

    work: Work
    error: WorkspaceError | None = None


class WorktreeOwner(Actor):
    remember = 0  # its messages are requests without content

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._life = OwnerLife(ground)
        self._changes = OwnerChanges(ground)
        self._checkpoints = OwnerCheckpoints(ground)
        self._restoring = OwnerRestoring(ground, self._checkpoints, self._changes)
        self._recovery = OwnerRecovery(ground, self._changes, self._restoring)
        self._done = 0

    async def init(self) -> None:
        self._ground.ctx = self.ctx

    async def handle(self, message: Any) -> None:
        match message:
            case Work(request=RestoreCheckpoint(checkpoint_id=checkpoint_id)):
                await self._answer(message, self._prepare_restore(message, checkpoint_id))
            case Work():
                await self._answer(message, self._do(message))
            case _AgentsEnded(work=work, error=error):
                await self._answer(work, self._restore(work, error))

    def inspect(self) -> dict[str, object]:
        return {"session": self._ground.session_id, "requests_done": self._done}

    async def _answer(self, work: Work, doing: Coroutine[Any, Any, object]) -> None:
        """Whatever `doing` comes to, the caller hears of it; LATER: not yet."""
        self._ground.started_turns = work.started_turns
        with self.ctx.blocked(type(work.request).__name__):
            try:
                answer = await doing
            except (WorkspaceError, StoreError) as error:
                self._recovery.expect()
                work.reply.fail(error)
            else:
                if answer is _LATER:
                    return
                work.reply.reply(answer)
                await self._follow_up(work.request, answer)
        self._done += 1
        self.ctx.whereis(WORKTREES).cast(WorkDone(work.number))

    async def _follow_up(self, request: WorktreeRequest, answer: Any) -> None:
        """What whoever asked need not wait for, and the next one finds done."""
        match request:
            case TakeCheckpoint():
                await self._checkpoints.tell(answer)
            case CaptureChanges(goes_on=False):
                await self._checkpoints.prepare()
            case _:
                pass

    async def _do(self, work: Work) -> object:
        recovered = await self._recovery.run_if_due()
        match work.request:
            case RecoverOperations():
                return recovered + await self._recovery.run()
            case OpenWorktree():
                return await self._life.open()
            case InspectWorktree():
                return await self._life.inspect()
            case StashWorktree():
                return await self._life.stash(partial(self._changes.capture, None, None))
            case JudgeWorktree(worktree_id=worktree_id):
                return await self._life.judge(worktree_id)
            case ReapWorktree(worktree_id=worktree_id):
                return await self._life.reap(worktree_id)
            case CaptureChanges(task_id=str(task_id), agent=agent, goes_on=True):
                return await self._changes.capture_meanwhile(task_id, agent)
            case CaptureChanges(task_id=task_id, agent=agent):
                return await self._changes.capture(task_id, agent)
            case ListChanges(states=states):
                return await self._changes.list(states)
            case ApplyChanges(ids=ids, hunks=hunks, dry_run=dry_run):
                return await self._changes.apply(ids, hunks, dry_run)
            case RejectChanges(ids=chosen, hunks=hunks):
                return await self._changes.reject(chosen, hunks)
            case RewindChanges(ids=chosen, dry_run=dry_run):
                return await self._changes.rewind(chosen, dry_run)
            case TakeCheckpoint() as request:
                return await self._checkpoints.take(request, lambda: work.reply.is_open)
            case PreviewRestore(checkpoint_id=checkpoint_id):
                return await self._restoring.preview(checkpoint_id)
        raise AssertionError("going back is done in two halves")

    # Going back, in two halves: an agent may be held by a turn that is over and waits for this owner to capture its
    # changes, so the owner goes on with its work while the agents end.

    async def _prepare_restore(self, work: Work, checkpoint_id: str) -> object:
        await self._recovery.run_if_due()
        chat_id = await self._restoring.chat_to_restore(checkpoint_id)
        self.ctx.start_task(self._end_agents, work, chat_id, name="end agents")
        return _LATER

    async def _end_agents(self, work: Work, chat_id: str) -> None:
        error = None
        try:
            request = EndAgents((chat_id,), why=WENT_BACK)
            await self.ctx.whereis(SESSION_POOL).call(request, timeout=AGENTS_S)
        except KernelError as reason:
            words = f"The agents of this chat could not be ended: {reason}. Nothing was changed; try again."
            error = WorkspaceError("turn_running", words)
        self.ctx.ref.cast(_AgentsEnded(work, error))

    async def _restore(self, work: Work, error: WorkspaceError | None) -> object:
        if error is not None:
            raise error
        await self._recovery.run_if_due()
        assert isinstance(work.request, RestoreCheckpoint)
        return await self._restoring.restore(work.request.checkpoint_id)
