"""Checkpoints, as a worktree's owner takes them: before a turn, by a person's wish, and before a restore.

A checkpoint is a commit, a ref that keeps it, and a row. The row comes last: what fails or dies before it has left
no checkpoint, only a ref that the next one of the chat writes over. Where nothing changed since the chat's last
checkpoint the row points at that one's commit and ref, so that each turn still has its way back.
"""

from collections.abc import Callable

import trio

from actors.owner_ground import Ground, place_of
from boocode.contracts.frames import CheckpointCreated
from boocode.contracts.resources import Checkpoint
from boocode.domain.ids import new_id
from boocode.ports.checkpoints import CHECKPOINT_REFS, Captured
from boocode.ports.safety_store import CheckpointKind, CheckpointRow, NewCheckpoint
from boocode.ports.store import WorktreeRow
from boocode.ports.worktrees import WorkspaceError

CAPTURE_S = 60.0
"""Twenty thousand files take less than one second; a turn does not wait longer than this for its way back."""


def always() -> bool:
    return True


class OwnerCheckpoints:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def take(
        self, chat_id: str, task_id: str | None, agent: str | None, is_wanted: Callable[[], bool] = always
    ) -> Checkpoint:
        """Before the turn of `task_id`, or by a person's wish. `is_wanted`: whoever asked still waits.

        Somebody who went away may let an agent write meanwhile, so what was captured then is not kept."""
        worktree = await self._ground.require_worktree()
        kind: CheckpointKind = "manual" if task_id is None else "turn"
        row = await self.add(worktree, chat_id, kind, task_id, agent, is_wanted=is_wanted)
        return row.checkpoint

    async def add(
        self,
        worktree: WorktreeRow,
        chat_id: str,
        kind: CheckpointKind,
        task_id: str | None = None,
        agent: str | None = None,
        *,
        also_like: str | None = None,
        is_wanted: Callable[[], bool] = always,
    ) -> CheckpointRow:
        """Raises WorkspaceError `checkpoint_failed`, `no_worktree`, `git_failed`."""
        ground = self._ground
        last = await ground.store.last_checkpoint(chat_id)
        number = await ground.store.next_checkpoint_number(chat_id)
        ref = f"{CHECKPOINT_REFS}{chat_id}/{number}"
        captured = await self._capture(worktree, ref, last, also_like)
        if not is_wanted():
            raise WorkspaceError("checkpoint_failed", "Nobody waited for this checkpoint any more.")
        if last is not None and not captured.is_new:
            ref = last.checkpoint.ref
        row = await ground.store.add_checkpoint(
            NewCheckpoint(
                id=new_id("cp"),
                session_id=ground.session_id,
                chat_id=chat_id,
                task_id=task_id,
                agent=agent,
                worktree_id=worktree.id,
                kind=kind,
                ref=ref,
                commit=captured.commit,
                head=captured.head,
                base_commit=worktree.base_commit,
                left_out=captured.left_out,
            )
        )
        await ground.publish(CheckpointCreated(ground.session_id, row.checkpoint))
        return row

    async def _capture(
        self, worktree: WorktreeRow, ref: str, last: CheckpointRow | None, also_like: str | None
    ) -> Captured:
        git, place = self._ground.checkpoints, place_of(worktree)
        previous = None if last is None else last.checkpoint.commit
        message = f"Checkpoint {ref.removeprefix(CHECKPOINT_REFS)}"
        with trio.move_on_after(CAPTURE_S):
            try:
                return await git.capture(place, ref, message, previous=previous, also_like=also_like)
            except WorkspaceError as error:
                if error.code != "checkpoint_gone" or previous is None:
                    raise
            # Somebody removed the ref of the last one, and git its commit: that is no reason to have none now.
            return await git.capture(place, ref, message, also_like=also_like)
        raise WorkspaceError(
            "checkpoint_failed", f"The files in {worktree.path} could not be read within {CAPTURE_S:g} s."
        )
