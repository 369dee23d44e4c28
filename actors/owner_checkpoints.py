"""Checkpoints, as a worktree's owner takes them: before a turn, by a person's wish, and before a restore.

A checkpoint is a commit, a ref that keeps it, and a row. The row comes last: what fails or dies before it has left
no checkpoint, only a ref that the next one of the chat writes over. Where nothing changed since the chat's last
checkpoint the row points at that one's commit and ref, so that each turn still has its way back.
"""

from collections.abc import Callable
from contextlib import suppress

import trio
from attrs import evolve, frozen

from actors.owner_ground import Ground, place_of
from boocode.contracts.frames import CheckpointCreated
from boocode.contracts.resources import Checkpoint
from boocode.domain.ids import new_id
from boocode.ports.checkpoints import CHECKPOINT_REFS, Captured, Sight
from boocode.ports.safety_store import CheckpointKind, CheckpointRow, NewCheckpoint
from boocode.ports.store import StoreUnavailable, WorktreeRow
from boocode.ports.worktrees import TakeCheckpoint, WorkspaceError

CAPTURE_S = 60.0
"""Twenty thousand files take less than one second; a turn does not wait longer than this for its way back."""


READY_REFS = "refs/boocode/scratch/ready/"
"""Followed by a session's id: what `prepare` captures, until it is done."""

_MESSAGE = "A checkpoint"


@frozen
class _Ready:
    """The files as they were when a turn was over."""

    worktree_id: str
    captured: Captured
    sight: Sight


def always() -> bool:
    return True


class OwnerCheckpoints:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._ready: _Ready | None = None
        self._last_commit: str | None = None
        """Of the last capture: where nothing changed since, there is no other commit."""

    async def take(self, asked: TakeCheckpoint, is_wanted: Callable[[], bool]) -> Checkpoint:
        """`is_wanted`: whoever asked still waits.

        Somebody who went away may let an agent write meanwhile, so what was captured then is not kept."""
        worktree = asked.worktree or await self._ground.require_worktree()
        kind: CheckpointKind = "manual" if asked.task_id is None else "turn"
        row = await self.add(worktree, asked.chat_id, kind, asked.task_id, asked.agent, is_wanted=is_wanted)
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
        last, number = await ground.store.newest_checkpoint(chat_id)
        ref = f"{CHECKPOINT_REFS}{chat_id}/{number}"
        captured = await self._capture(worktree, ref, last, also_like)
        if not is_wanted():
            raise WorkspaceError("checkpoint_failed", "Nobody waited for this checkpoint any more.")
        if last is not None and not captured.is_new:
            ref = last.checkpoint.ref
        return await ground.store.add_checkpoint(
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

    async def tell(self, checkpoint: Checkpoint) -> None:
        """That it can be gone back to. Whoever asked for it need not wait for that."""
        await self._ground.publish(CheckpointCreated(self._ground.session_id, checkpoint))

    async def prepare(self) -> None:
        """After a turn: what the next checkpoint will hold, should nothing change until then."""
        self._ready = None
        with suppress(WorkspaceError, StoreUnavailable), trio.move_on_after(CAPTURE_S):
            self._ready = await self._prepared()

    async def _prepared(self) -> "_Ready | None":
        ground, git = self._ground, self._ground.checkpoints
        worktree = await ground.store.get_worktree(ground.session_id)
        if worktree is None:
            return None
        place, ref = place_of(worktree), f"{READY_REFS}{ground.session_id}"
        since_ns = await git.now_ns(place)
        captured = await git.capture(place, ref, _MESSAGE, previous=self._last_commit)
        self._last_commit = captured.commit
        sight = await git.look(place)
        await git.drop(worktree.project_path, (ref,))
        if sight is None or not sight.is_settled(since_ns):
            return None
        return _Ready(worktree.id, captured, sight)

    async def _capture(
        self, worktree: WorktreeRow, ref: str, last: CheckpointRow | None, also_like: str | None
    ) -> Captured:
        git, place = self._ground.checkpoints, place_of(worktree)
        previous = None if last is None else last.checkpoint.commit
        with trio.move_on_after(CAPTURE_S):
            if also_like is None and (captured := await self._what_is_ready(worktree, ref, previous)):
                return captured
            captured = await git.capture(place, ref, _MESSAGE, previous=previous, also_like=also_like)
            self._last_commit = captured.commit
            return captured
        raise WorkspaceError(
            "checkpoint_failed", f"The files in {worktree.path} could not be read within {CAPTURE_S:g} s."
        )

    async def _what_is_ready(self, worktree: WorktreeRow, ref: str, previous: str | None) -> Captured | None:
        """The capture after the last turn, if the worktree still looks as it did then."""
        ready, git = self._ready, self._ground.checkpoints
        if ready is None or ready.worktree_id != worktree.id:
            return None
        if await git.look(place_of(worktree), ready.sight) != ready.sight:
            self._ready = None
            return None
        commit = ready.captured.commit
        try:
            if commit != previous:
                await git.keep(worktree.project_path, ref, commit)
        except WorkspaceError:  # nothing kept it until now, and a person's git collected it
            self._ready = None
            return None
        return evolve(ready.captured, is_new=commit != previous)
