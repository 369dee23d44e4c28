"""Worktrees and pending changes."""

from collections.abc import Sequence

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.resources import PendingChange
from boocode.ports.store import ChangeRow, WorktreeRow


class WorktreeStore(StorePart):
    async def get_worktree(self, session_id: str) -> WorktreeRow | None:
        return await self._row(rows.worktree, "worktree_get", storable(session_id))

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
        )

    async def move_base(self, worktree_id: str, base_commit: str) -> None:
        await self._run("worktree_move_base", worktree_id, base_commit)

    async def forget_worktree(self, worktree_id: str) -> None:
        await self._run("worktree_forget", worktree_id)

    async def replace_pending(
        self, session_id: str, task_id: str | None, agent: str | None, changes: Sequence[ChangeRow]
    ) -> tuple[PendingChange, ...]:
        async def work(unit: Unit) -> tuple[PendingChange, ...]:
            await unit.run("change_supersede", session_id)
            await unit.run_many("change_add", [_columns(row, session_id, task_id, agent) for row in changes])
            found = await unit.rows("change_list", session_id, ["pending"])
            return tuple(rows.change(row) for row in found)

        return await self._database.transaction(work)

    async def list_pending(
        self, session_id: str, states: Sequence[str] = ("pending",)
    ) -> tuple[PendingChange, ...]:
        found = await self._rows("change_list", storable(session_id), list(states))
        return tuple(rows.change(row) for row in found)

    async def get_changes(self, ids: Sequence[str]) -> tuple[ChangeRow, ...]:
        found = await self._rows("change_get", [storable(id_) for id_ in ids])
        return tuple(rows.change_row(row) for row in found)

    async def set_change_state(
        self, ids: Sequence[str], from_state: str, to_state: str, error: str | None = None
    ) -> tuple[PendingChange, ...]:
        async def work(unit: Unit) -> tuple[PendingChange, ...]:
            found = await unit.rows(
                "change_set_state", list(ids), from_state, to_state, storable_or_none(error)
            )
            return tuple(rows.change(row) for row in sorted(found, key=lambda row: row["n"]))

        return await self._database.transaction(work)


def _columns(row: ChangeRow, session_id: str, task_id: str | None, agent: str | None) -> tuple[object, ...]:
    change = row.change
    return (
        change.id,
        session_id,
        change.task_id or task_id,
        change.agent or agent,
        storable(change.path),
        storable_or_none(change.old_path),
        change.op,
        "pending",
        storable(change.diff),
        change.binary,
        change.additions,
        change.deletions,
        row.old_blob,
        row.new_blob,
        row.old_mode,
        row.new_mode,
        storable_or_none(change.error),
    )
