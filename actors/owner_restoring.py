"""Going back to a checkpoint: the files of the worktree, and the chat whose checkpoint it is.

    refused while a task of the session runs or waits
    agents of the chat ended         nobody writes (see worktree_owner.py: it happens before, and the owner goes on)
    safety checkpoint taken          what is about to be overwritten, and the way back to it
    journal entry written            from here on a death is made good by `resume`
    files exchanged                  can be repeated from the safety checkpoint
    pending changes captured         of the files as they are now
    finished                         one transaction: messages hidden and shown, agent sessions forgotten, journal done

A prompt that is posted meanwhile waits for the owner: its turn begins with the files as they were restored, and it
stays in the chat, because the trim leaves alone whatever has its place after the safety checkpoint. An agent that is
warm all the same, here or in another BooCode, is not given to it: its conversation missed the restore (led_elsewhere).
"""

import logging
from contextlib import suppress

from actors.owner_changes import OwnerChanges
from actors.owner_checkpoints import OwnerCheckpoints
from actors.owner_ground import Ground, place_of
from boocode.contracts.frames import NoticeFrame
from boocode.contracts.resources import LeftOutFile, RestorePreview
from boocode.domain.ids import new_id
from boocode.ports.checkpoints import RestorePlan
from boocode.ports.safety_store import CheckpointRow, Operation, Trim
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import WorkspaceError

PREVIEW_REFS = "refs/boocode/scratch/preview/"
"""Followed by a session's id: what a preview looked at, gone with its answer."""

WENT_BACK = "its chat went back to a checkpoint"
"""Why its agents end."""

_log = logging.getLogger(__name__)


class OwnerRestoring:
    def __init__(self, ground: Ground, checkpoints: OwnerCheckpoints, changes: OwnerChanges) -> None:
        self._ground = ground
        self._checkpoints = checkpoints
        self._changes = changes
        self._never_begun: set[str] = set()
        """Operations whose beginning the database may or may not have taken: whoever asked was refused."""

    async def preview(self, checkpoint_id: str) -> RestorePreview:
        """What `restore` would do now. Leaves nothing behind."""
        ground = self._ground
        target = await self._find(checkpoint_id)
        worktree = await ground.require_worktree()
        place, commit = place_of(worktree), target.checkpoint.commit
        ref = f"{PREVIEW_REFS}{ground.session_id}"
        try:
            now = await ground.checkpoints.capture(place, ref, "Preview of a restore", also_like=commit)
            plan = await ground.checkpoints.plan(place, now.commit, commit)
        finally:
            with suppress(WorkspaceError):  # the next preview writes over it
                await ground.checkpoints.drop(worktree.project_path, (ref,))
        return _told(target, plan, await ground.store.preview_trim(checkpoint_id))

    async def chat_to_restore(self, checkpoint_id: str) -> str:
        """The chat that goes back. Raises WorkspaceError `not_found`, `no_worktree`, `turn_running`."""
        target = await self._find(checkpoint_id)
        await self._ground.require_worktree()
        await self._refuse_open_tasks()
        return _chat_of(target)

    async def restore(self, checkpoint_id: str) -> RestorePreview:
        """When the agents of its chat are ended. Raises WorkspaceError; then nothing has changed."""
        ground = self._ground
        target = await self._find(checkpoint_id)
        worktree = await ground.require_worktree()
        await self._refuse_open_tasks()
        safety = await self._checkpoints.add(
            worktree, _chat_of(target), "safety", also_like=target.checkpoint.commit
        )
        ground.reached("restore.safety_taken")
        await self._checkpoints.tell(safety.checkpoint)
        await self._refuse_open_tasks()
        operation = Operation(
            new_id("op"),
            "restore",
            ground.session_id,
            worktree.id,
            {"checkpoint_id": target.checkpoint.id, "safety_id": safety.checkpoint.id, "by": ground.folder},
        )
        try:
            await ground.store.begin_operation(operation)
        except StoreUnavailable:
            self._never_begun.add(operation.id)  # its entry may be there all the same
            raise
        ground.reached("restore.journaled")
        try:
            plan = await ground.checkpoints.restore(
                place_of(worktree), safety.checkpoint.commit, target.checkpoint.commit
            )
        except WorkspaceError as error:
            await self._give_up(operation, error)
            raise
        trim = await self._finish(operation, target, safety)
        return _told(target, plan, trim, safety)

    async def resume(self, operation: Operation) -> None:
        """Finishes what an earlier life began; where that cannot be done, the files stay as they are found."""
        ground = self._ground
        if operation.id in self._never_begun:
            await ground.store.end_operation(operation.id, "undone", "The database was away.")
            self._never_begun.discard(operation.id)
            return
        ids = operation.plan["checkpoint_id"], operation.plan["safety_id"]
        target, safety = [await ground.store.get_checkpoint(str(id_)) for id_ in ids]
        worktree = await ground.store.worktree_by_id(operation.worktree_id)
        if target is None or safety is None or target.checkpoint.chat_id is None:
            await self._stuck(operation, "its chat was deleted meanwhile")
        elif worktree is None:
            await self._stuck(operation, "its worktree was removed meanwhile")
        else:
            try:
                await ground.checkpoints.restore(
                    place_of(worktree), safety.checkpoint.commit, target.checkpoint.commit
                )
            except WorkspaceError as error:
                await self._stuck(operation, str(error))
            else:
                await self._finish(operation, target, safety)
                await ground.publish(
                    NoticeFrame(
                        None, "BooCode ended while it went back to a checkpoint; that is finished now."
                    )
                )

    async def _finish(self, operation: Operation, target: CheckpointRow, safety: CheckpointRow) -> Trim:
        """From exchanged files to the end, each step repeatable."""
        ground = self._ground
        ground.reached("restore.files_done")
        await self._capture_changes()
        ground.reached("restore.changes_captured")
        trim = await ground.store.finish_restore(operation.id, target.checkpoint.id, safety.checkpoint.id)
        ground.reached("restore.finished")
        chat_id = _chat_of(target)
        await ground.tell_others(
            chat_id,
            NoticeFrame(
                None,
                "The files of this session went back to a checkpoint of another chat. "
                "Agents here remember them as they were before.",
            ),
        )
        return trim

    async def _capture_changes(self) -> None:
        """Git's refusal must not keep the chat from going back with its files; the next turn's end captures again."""
        try:
            await self._changes.capture(None, None)
        except WorkspaceError as error:
            _log.warning("the changes after a restore could not be read: %s", error)
            words = f"The changes could not be read after going back: {error} They are still in the worktree."
            await self._ground.publish(NoticeFrame(None, words))

    async def _find(self, checkpoint_id: str) -> CheckpointRow:
        row = await self._ground.store.get_checkpoint(checkpoint_id)
        if row is None or row.checkpoint.session_id != self._ground.session_id:
            raise WorkspaceError("not_found", f"This session has no checkpoint {checkpoint_id}.")
        if row.checkpoint.chat_id is None:
            raise WorkspaceError("not_found", f"The chat of the checkpoint {checkpoint_id} was deleted.")
        return row

    async def _refuse_open_tasks(self) -> None:
        session = await self._ground.store.get_session(self._ground.session_id)
        chats = () if session is None else tuple(chat.id for chat in session.chats)
        for task in await self._ground.store.open_tasks_of_chats(chats):
            how = "waits for its turn" if task.state == "pending" else "is at work"
            raise WorkspaceError(
                "turn_running",
                f"{task.agent} {how} in this session. Wait until it is done, or cancel it, and try again.",
            )

    async def _give_up(self, operation: Operation, error: WorkspaceError) -> None:
        if error.code == "rollback_failed":
            await self._stuck(operation, str(error))
        else:
            await self._ground.store.end_operation(operation.id, "undone", str(error))

    async def _stuck(self, operation: Operation, why: str) -> None:
        await self._ground.store.end_operation(operation.id, "stuck", why)
        words = (
            f"Going back to a checkpoint was cut off and cannot be finished: {why} The files are as they were found, "
            f"and the safety checkpoint {operation.plan['safety_id']} has them as they were before."
        )
        await self._ground.publish(NoticeFrame(None, words))


def _chat_of(row: CheckpointRow) -> str:
    assert row.checkpoint.chat_id is not None
    return row.checkpoint.chat_id


def _told(
    target: CheckpointRow, plan: RestorePlan, trim: Trim, safety: CheckpointRow | None = None
) -> RestorePreview:
    return RestorePreview(
        checkpoint=target.checkpoint,
        written=plan.written,
        deleted=plan.deleted,
        kept=tuple(LeftOutFile(item.path, item.reason) for item in plan.kept),
        kept_ignored=plan.kept_ignored,
        head_moved=plan.head_moved,
        hidden_messages=trim.hidden,
        shown_messages=trim.shown,
        safety=None if safety is None else safety.checkpoint,
    )
