"""Worktrees: they outlive their sessions, and their rows outlive them."""

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.resources import Worktree
from boocode.ports.store import WorktreeRow


class WorktreeStore(StorePart):
    async def get_worktree(self, session_id: str) -> WorktreeRow | None:
        return await self._row(rows.worktree, "worktree_get", storable(session_id))

    async def worktree_by_id(self, worktree_id: str) -> WorktreeRow | None:
        return await self._row(rows.worktree, "worktree_by_id", storable(worktree_id))

    async def list_worktrees(self, *, removed: bool = False) -> tuple[Worktree, ...]:
        return tuple(rows.shown_worktree(row) for row in await self._rows("worktree_list", removed))

    async def save_worktree(self, row: WorktreeRow) -> None:
        await self._run(
            "worktree_save",
            row.id,
            row.session_id,
            row.project_id,
            row.project_path,
            row.path,
            row.branch,
            row.base_commit,
            row.made_for,
            row.orphaned_at,
            row.condemned_at,
        )

    async def adopt_worktree(self, row: WorktreeRow) -> None:
        await self._run(
            "worktree_adopt",
            row.id,
            row.project_id,
            storable(row.project_path),
            storable(row.path),
            storable_or_none(row.branch),
            row.base_commit,
            row.made_for,
        )

    async def move_base(self, worktree_id: str, base_commit: str) -> None:
        await self._run("worktree_move_base", worktree_id, base_commit)

    async def note_worktree(self, worktree_id: str, *, condemned: bool, kept_because: str | None) -> None:
        await self._run("worktree_note", worktree_id, condemned, storable_or_none(kept_because))

    async def forget_worktree(self, worktree_id: str) -> None:
        await self._run("worktree_forget", worktree_id)

    async def worktree_removed(self, worktree_id: str, salvage_ref: str | None) -> None:
        await self._run("worktree_removed", worktree_id, storable_or_none(salvage_ref))
