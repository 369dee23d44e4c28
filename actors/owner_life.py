"""A worktree's life, as its owner leads it: made, found again, looked at, stashed, and removed for the reaper.

    stash   checkpoint  →  salvage ref of its own  →  files to HEAD  →  git's index, the base  →  changes anew
    reap    looked at   →  checkpoint, salvage ref  →  looked at again  →  set aside  →  removed  →  row

Whatever is taken away was kept by a ref before, and each step can be repeated after a death at any point.
"""

import os

from attrs import evolve

from actors.owner_ground import Ground, place_of
from boocode.contracts.resources import WorktreeInfo
from boocode.domain.ids import new_id
from boocode.domain.reaping import Risks
from boocode.domain.worktree_names import branch_for, folder_name
from boocode.ports.store import WorktreeRow
from boocode.ports.worktrees import SALVAGE_REFS, WorkspaceError, WorktreePlace

BEFORE_STASH_REFS = "refs/boocode/stashing/"
"""Followed by a worktree's id: the state it goes back to, while it does."""


class OwnerLife:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def open(self) -> WorktreeRow:
        ground = self._ground
        row = await ground.store.get_worktree(ground.session_id)
        if row is not None:
            await self._require_reach(row)
            await ground.git.open_worktree(place_of(row))
            return row
        session = await ground.store.get_session(ground.session_id)
        project = None if session is None else await ground.store.get_project(session.project_id)
        if project is None:
            raise ground.unknown()
        place = WorktreePlace(
            ground.session_id,
            project.path,
            os.path.join(ground.folder, folder_name(project.name, ground.session_id)),
            branch_for(ground.session_id),
        )
        opened = await ground.git.open_worktree(place)
        row = WorktreeRow(
            id=await self._orphan_at(place.path) or new_id("wt"),
            session_id=ground.session_id,
            project_id=project.id,
            project_path=project.path,
            path=place.path,
            branch=opened.branch,
            base_commit=opened.base_commit,
        )
        await ground.store.save_worktree(row)
        return row

    async def inspect(self) -> WorktreeInfo | None:
        row = await self._ground.store.get_worktree(self._ground.session_id)
        if row is None:
            return None
        try:
            info = await self._ground.git.status(place_of(row), row.base_commit)
            return evolve(info, pending=len(await self._ground.store.list_pending(row.made_for)))
        except WorkspaceError as error:
            if error.code == "no_worktree":
                return None
            raise

    async def stash(self) -> str | None:
        """Returns the ref that keeps what was there; None: all is as in HEAD. Changes are to be captured anew after it.

        Raises WorkspaceError `no_worktree`, `turn_running`, and those of a capture and a restore; where files could
        not go back, all of them are as they were."""
        ground = self._ground
        await ground.refuse_during_turn()
        row = await ground.require_worktree()
        place = place_of(row)
        ref = await ground.git.next_stash_ref(row.project_path, row.id)
        now = await self._keep(row, ref)
        ground.reached("stash.kept")
        target_ref = f"{BEFORE_STASH_REFS}{row.id}"
        try:
            target = await ground.git.head_as_checked_out(place, target_ref, now)
            is_clean = await ground.git.is_like_head(place, now, target)
            if not is_clean:
                await ground.checkpoints.restore(place, now, target)
        finally:
            await ground.git.forget_ref(row.project_path, target_ref)
        ground.reached("stash.files_back")
        # Also where all was as in HEAD: an earlier stash may have died before it came so far.
        await ground.store.move_base(row.id, await ground.git.after_stash(place, row.base_commit))
        if is_clean:
            await ground.git.forget_ref(row.project_path, ref)
        return None if is_clean else ref

    async def judge(self, worktree_id: str) -> Risks:
        """What would be lost with this orphan."""
        row = await self._orphan(worktree_id)
        if row is None:
            return Risks(trouble="it is no orphan any more")
        if await self._ground.store.open_operations(row.made_for):
            return Risks(trouble="an exchange of its files was cut off and is not finished")
        return await self._ground.git.risks(place_of(row), row.base_commit)

    async def reap(self, worktree_id: str) -> bool:
        """False: it was kept; nothing of it was touched."""
        ground = self._ground
        row = await self._orphan(worktree_id)
        if row is None or await self._is_held():
            return False
        place = place_of(row)
        risks = await self.judge(worktree_id)
        if risks.words is not None:
            return False
        ref = await self._salvage(row, risks)
        ground.reached("reap.salvaged")
        if risks.directory == "there" and (await self.judge(worktree_id)).words is not None:
            return False  # somebody came while it was being kept
        await ground.git.set_aside(place)
        ground.reached("reap.set_aside")
        if risks.has_repository:
            await ground.git.forget_ref(row.project_path, BEFORE_STASH_REFS + row.id)
        await ground.git.remove_worktree(place)
        ground.reached("reap.removed")
        await ground.store.worktree_removed(row.id, ref)
        return True

    async def _salvage(self, row: WorktreeRow, risks: Risks) -> str | None:
        """The ref that keeps it; None: there is nothing to keep."""
        place, ref = place_of(row), SALVAGE_REFS + row.id
        match risks.directory:
            case "there":
                await self._keep(row, ref)
                return ref
            case "gone" if await self._ground.git.was_set_aside(place):
                return ref  # kept before that, at an earlier try
            case "gone" if risks.has_repository:
                return ref if await self._ground.git.salvage(place, ref, None) else None
        return None

    async def _keep(self, row: WorktreeRow, ref: str) -> str:
        """All of the worktree by this ref; returns its commit, which a restore takes for a checkpoint."""
        ground, place = self._ground, place_of(row)
        message = f"What was in {row.path}"
        captured = await ground.checkpoints.capture(place, ref, message, also_like=row.base_commit)
        kept = await ground.git.salvage(place, ref, captured.commit)
        return kept or captured.commit

    async def _orphan(self, worktree_id: str) -> WorktreeRow | None:
        row = await self._ground.store.worktree_by_id(worktree_id)
        is_ours = row is not None and row.session_id is None and row.made_for == self._ground.session_id
        return row if is_ours else None

    async def _orphan_at(self, path: str) -> str | None:
        """The id of a row that the reaper made when it found a worktree without one: its session has it back."""
        known = await self._ground.store.list_worktrees()
        return next((each.id for each in known if each.path == path and each.session_id is None), None)

    async def _is_held(self) -> bool:
        try:
            await self._ground.refuse_during_turn()
        except WorkspaceError:
            return True
        return False

    async def _require_reach(self, row: WorktreeRow) -> None:
        """Another BooCode on the same database may have made it, in its own home. On this machine that works as
        well; from another one it must not be made a second time, without what was done in the first."""
        folder = os.path.dirname(row.path)
        if folder != self._ground.folder and not await self._ground.git.can_write(folder):
            raise WorkspaceError(
                "worktree_elsewhere",
                f"The worktree of this session is {row.path}, in the home of another BooCode, and cannot be "
                f"reached from here ({self._ground.folder}). Go on where it was made, or open a new session.",
            )
