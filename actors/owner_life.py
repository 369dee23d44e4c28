"""A worktree's life, as its owner leads it: made, found again, looked at, stashed, and removed for the reaper.

    stash   checkpoint  →  salvage ref of its own  →  marked  →  files to HEAD  →  git's index, the base
            →  changes anew  →  mark removed; one that is found marked is what the next stash finishes first
    reap    looked at   →  checkpoint, salvage ref  →  looked at again  →  set aside  →  removed  →  row

Whatever is taken away was kept by a ref before, and each step can be repeated after a death at any point.
"""

import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from attrs import evolve

from actors.owner_ground import Ground, place_of
from boocode.contracts.resources import WorktreeInfo
from boocode.domain.ids import new_id
from boocode.domain.reaping import Risks
from boocode.domain.worktree_names import branch_for, folder_name
from boocode.ports.store import StoreError, WorktreeRow
from boocode.ports.worktrees import SALVAGE_REFS, STASHING_REFS, KeptStash, WorkspaceError, WorktreePlace

_log = logging.getLogger(__name__)


class OwnerLife:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def open(self) -> WorktreeRow:
        ground = self._ground
        row = await ground.store.get_worktree(ground.session_id)
        if row is not None:
            await self._require_reach(row)
            opened = await ground.git.open_worktree(place_of(row))
            return await self._with_base(row, opened.base_commit)
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

    async def stash(self, capture: Callable[[], Awaitable[object]]) -> WorktreeInfo:
        """`stashed` of the answer is the ref that keeps what was there; None: all is as in HEAD. `capture`: finds the
        changes anew, as the last step.

        One that was cut off is finished first, and its ref is the answer. Raises WorkspaceError `no_worktree`,
        `turn_running`, `stash_cut_off` (the files changed since one was cut off; the next call puts them aside), and
        those of a capture and a restore; from the ref on, each error names it."""
        ground = self._ground
        await ground.refuse_during_turn()
        row = await ground.require_worktree()
        cut_off = await ground.git.unfinished_stash(row.project_path, row.id)
        with _naming(None if cut_off is None else cut_off.ref):
            ref = await ground.git.next_stash_ref(row.project_path, row.id)
            kept = KeptStash(ref, await self._keep(row, ref))
        with _naming((cut_off or kept).ref):
            ground.reached("stash.kept")
            stashed = await self._files_back(row, kept, cut_off)
        with _naming(stashed):
            ground.reached("stash.files_back")
            await ground.store.move_base(row.id, await ground.git.after_stash(place_of(row), row.base_commit))
            await capture()
            info = await self.inspect()
            assert info is not None
            await ground.git.forget_ref(row.project_path, STASHING_REFS + row.id)
        return evolve(info, stashed=stashed)

    async def _files_back(self, row: WorktreeRow, kept: KeptStash, cut_off: KeptStash | None) -> str | None:
        """Returns the ref that keeps what was there; a second one of the same is not kept."""
        git, place = self._ground.git, place_of(row)
        target_ref = f"{STASHING_REFS}{row.id}-head"
        try:
            target = await git.head_as_checked_out(place, target_ref, kept.commit)
            is_clean = await git.is_like_head(place, kept.commit, target)
            if not is_clean and cut_off is None:
                await self._restore_marked(row, kept.commit, target)
            elif not is_clean and cut_off is not None:
                if not await git.is_kept_by(place, cut_off.commit, kept.commit, target):
                    await git.forget_ref(row.project_path, kept.ref)
                    await git.forget_ref(row.project_path, STASHING_REFS + row.id)
                    raise WorkspaceError(
                        "stash_cut_off",
                        "An earlier stash of this worktree was cut off, and its files have changed since. "
                        "Nothing was touched now; stash again to put them aside.",
                    )
                await self._ground.checkpoints.restore(place, kept.commit, target)
        finally:
            await git.forget_ref(row.project_path, target_ref)
        if cut_off is not None or is_clean:
            await git.forget_ref(row.project_path, kept.ref)
        if cut_off is not None:
            return cut_off.ref
        return None if is_clean else kept.ref

    async def _restore_marked(self, row: WorktreeRow, now: str, target: str) -> None:
        checkpoints, mark = self._ground.checkpoints, STASHING_REFS + row.id
        await checkpoints.keep(row.project_path, mark, now)
        try:
            await checkpoints.restore(place_of(row), now, target)
        except WorkspaceError as error:
            if error.code != "rollback_failed":  # all files are as they were: there is nothing to finish
                await self._ground.git.forget_ref(row.project_path, mark)
            raise

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
            await ground.git.forget_ref(row.project_path, f"{STASHING_REFS}{row.id}-head")
            await ground.git.forget_ref(row.project_path, STASHING_REFS + row.id)
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

    async def _with_base(self, row: WorktreeRow, base: str) -> WorktreeRow:
        """The row with a base that its repository has: another one may be at the project's path since, where the
        worktree was adopted with a base of its own."""
        ground = self._ground
        if base == row.base_commit or await ground.git.has_commit(row.project_path, row.base_commit):
            return row
        await ground.store.move_base(row.id, base)
        words = "The repository at %s does not have %s, which %s was compared with: from now on it is %s."
        _log.warning(words, row.project_path, row.base_commit, row.path, base)
        return evolve(row, base_commit=base)

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


@contextmanager
def _naming(ref: str | None) -> Iterator[None]:
    """Whatever goes wrong, whoever asked hears of the ref that keeps their work."""
    try:
        yield
    except (WorkspaceError, StoreError) as error:
        if ref is not None:
            error.args = (f"{error} What was there is kept as {ref}.",)
        raise
