"""A worktree's life, as its owner leads it: made, found again, looked at, stashed, and removed for the reaper."""

import os
import re

from actors.owner_ground import Ground, branch_for, place_of, short
from boocode.contracts.resources import WorktreeInfo
from boocode.domain.ids import new_id
from boocode.ports.store import WorktreeRow
from boocode.ports.worktrees import WorkspaceError, WorktreePlace


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
            os.path.join(ground.folder, f"{_folder_name(project.name)}-{short(ground.session_id)}"),
            branch_for(ground.session_id),
        )
        opened = await ground.git.open_worktree(place)
        row = WorktreeRow(
            id=new_id("wt"),
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
            return await self._ground.git.status(place_of(row), row.base_commit)
        except WorkspaceError as error:
            if error.code == "no_worktree":
                return None
            raise

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


def _folder_name(project: str) -> str:
    """A project's name as the readable part of a directory's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", project).strip(".-")[:40] or "project"
