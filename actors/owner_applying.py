"""Changes into the project and out of it again, as a worktree's owner does it: journaled, so that no death loses one.

    planned        what would be written where; a conflict ends it here, and a dry run
    kept           the bytes on both sides are in git
    journaled      the plan is in the database
    exchanged      the project's files are as planned
    base moved     so is the commit that the next capture compares with
    decided        rows, base and journal in one transaction

Whoever finds the journal open goes on from `journaled`: files that are as before or as after become as after. Where a
person has written one of them since, that one stays as it is and the others go back to before.
"""

from typing import Literal

from attrs import evolve

from actors.operation_plans import JournaledPlan, Split, from_json, to_json
from actors.owner_ground import Ground
from boocode.contracts.resources import PendingChange
from boocode.domain.ids import new_id
from boocode.ports.changes import Plan, Unwanted, Wanted
from boocode.ports.safety_store import Decided, Operation, OperationEnd, SplitChange
from boocode.ports.store import ChangeRow, WorktreeRow
from boocode.ports.worktrees import WorkspaceError


class OwnerApplying:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def apply(
        self,
        worktree: WorktreeRow,
        rows: tuple[ChangeRow, ...],
        hunks: tuple[int, ...] | None,
        dry_run: bool,
    ) -> tuple[PendingChange, ...]:
        """`hunks`: of the only row. Raises ApplyConflict, WorkspaceError `no_such_hunk`."""
        git, split, shown = self._ground.git, None, rows
        if hunks is not None:
            [row] = rows
            parts = await git.part(worktree.project_path, row, hunks, chosen_first=True)
            hunks = None if parts is None else hunks
            if parts is not None and hunks is not None:
                split, shown = Split(row.change.id, hunks, parts.upper.change.id), (parts.lower,)
        plan = await git.plan_apply(worktree.project_path, [Wanted(row, hunks) for row in rows])
        if dry_run:
            return _as_decided(shown, plan, "applied")
        return await self._perform("apply", worktree, plan, split)

    async def rewind(
        self, worktree: WorktreeRow, rows: tuple[ChangeRow, ...], dry_run: bool
    ) -> tuple[PendingChange, ...]:
        """Raises ApplyConflict."""
        known = {each.change_id: each for each in await self._ground.store.get_decided(_ids(rows))}
        unwanted = [Unwanted(row, known.get(row.change.id) or _as_captured(row)) for row in rows]
        plan = await self._ground.git.plan_rewind(worktree.project_path, unwanted, worktree.base_commit)
        if dry_run:
            return _as_decided(rows, plan, "rewound")
        return await self._perform("rewind", worktree, plan, None)

    async def recover(self, operation: Operation) -> OperationEnd:
        """An apply or rewind that the journal has as open. Raises StoreUnavailable, WorkspaceError `apply_busy`."""
        git, store = self._ground.git, self._ground.store
        journaled = from_json(operation.plan)
        files, project = journaled.plan.files, journaled.project_path
        try:
            await git.exchange(project, files)
        except WorkspaceError as error:
            if error.code == "apply_busy":
                raise
            reason = str(error)
        else:
            await self._finish(operation)
            return "done"
        try:
            left = await git.put_back(project, files)
        except WorkspaceError as error:
            if error.code == "apply_busy":
                raise
            await store.end_operation(operation.id, "stuck", f"{reason} {error}")
            return "stuck"
        kept = f" Left as they are: {', '.join(left)}." if left else ""
        await store.end_operation(operation.id, "undone", reason + kept)
        return "undone"

    async def _perform(
        self, kind: Literal["apply", "rewind"], worktree: WorktreeRow, plan: Plan, split: Split | None
    ) -> tuple[PendingChange, ...]:
        ground = self._ground
        await ground.git.keep_plan(worktree.project_path, ground.session_id, plan)
        ground.reached("apply.kept")
        journaled = JournaledPlan(ground.folder, worktree.project_path, worktree.base_commit, plan, split)
        operation = Operation(new_id("op"), kind, ground.session_id, worktree.id, to_json(journaled))
        await ground.store.begin_operation(operation)
        ground.reached("apply.journaled")
        try:
            await ground.git.exchange(worktree.project_path, plan.files)
        except WorkspaceError as error:
            end: OperationEnd = "stuck" if error.code == "rollback_failed" else "undone"
            await ground.store.end_operation(operation.id, end, str(error))
            raise
        ground.reached("apply.exchanged")
        return await self._finish(operation)

    async def _finish(self, operation: Operation) -> tuple[PendingChange, ...]:
        """From files that are as planned to rows that say so."""
        ground, journaled = self._ground, from_json(operation.plan)
        base = await ground.git.advance_base(
            journaled.project_path, ground.session_id, journaled.base, journaled.plan.base
        )
        ground.reached("apply.base_moved")
        if journaled.split is not None:
            await self._split(journaled, journaled.split)
            ground.reached("apply.split")
        changes = await ground.store.finish_decision(
            operation.id,
            "applied" if operation.kind == "apply" else "rewound",
            journaled.plan.decided,
            operation.worktree_id,
            base,
        )
        ground.reached("apply.decided")
        await ground.publish_pending(len(await ground.store.list_pending(ground.session_id)))
        return changes

    async def _split(self, journaled: JournaledPlan, split: Split) -> None:
        store = self._ground.store
        rows = {row.change.id: row for row in await store.get_changes((split.change_id, split.rest_id))}
        row = rows.get(split.change_id)
        if row is None or row.change.state != "pending" or split.rest_id in rows:
            return
        parts = await self._ground.git.part(journaled.project_path, row, split.hunks, chosen_first=True)
        assert parts is not None, "an operation splits a change only where something is left of it"
        rest = evolve(parts.upper, change=evolve(parts.upper.change, id=split.rest_id))
        await store.split_change(SplitChange(parts.lower, rest))


def _ids(rows: tuple[ChangeRow, ...]) -> tuple[str, ...]:
    return tuple(row.change.id for row in rows)


def _as_captured(row: ChangeRow) -> Decided:
    """Of a change that was applied when nothing more was written down: whole files were all there was."""
    return Decided(row.change.id, "exact", 1.0, row.old_blob, row.old_mode, row.new_blob, row.new_mode)


def _as_decided(
    rows: tuple[ChangeRow, ...], plan: Plan, state: Literal["applied", "rewound"]
) -> tuple[PendingChange, ...]:
    """The changes as they would be."""
    decided = {each.change_id: each for each in plan.decided}
    return tuple(
        evolve(row.change, state=state, tier=decided[row.change.id].tier, score=decided[row.change.id].score)
        for row in rows
    )
