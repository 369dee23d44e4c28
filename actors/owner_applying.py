"""Changes into the project and out of it again, as a worktree's owner does it: journaled, so that no death loses one.

    planned        what would be written where; a conflict ends it here, and a dry run
    kept           the bytes on both sides are in git
    journaled      the plan is in the database
    exchanged      the project's files are as planned
    base moved     so is the commit that the next capture compares with
    decided        rows, base and journal in one transaction

Whoever finds the journal open goes on from `journaled`: files that are as before or as after become as after. Where a
person has written one of them since, that one stays as it is. The others go back to before, unless all of them are as
after: then the exchange had come to its end, the person wrote on top of it, and it is finished.

Where whoever asked was told that it failed, and the journal could not be told, the entry is ended when it is met again:
nothing is carried out that nobody expects any more.
"""

from contextlib import suppress
from typing import Literal

from attrs import evolve, frozen

from actors.operation_plans import JournaledPlan, Split, from_json, to_json
from actors.owner_ground import Ground
from boocode.contracts.frames import NoticeFrame
from boocode.contracts.resources import PendingChange
from boocode.domain.ids import new_id
from boocode.ports.changes import Plan, Unwanted, Wanted
from boocode.ports.safety_store import Decided, Operation, OperationEnd, SplitChange
from boocode.ports.store import ChangeRow, StoreUnavailable, WorktreeRow
from boocode.ports.worktrees import ApplyConflict, WorkspaceError

_DOING = {"apply": "Applying changes", "rewind": "Rewinding changes"}


@frozen
class _Ending:
    end: OperationEnd
    error: str
    """For the journal."""
    notice: str | None = None
    """For the chats; None: whoever asked has been told."""


class OwnerApplying:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._given_up: dict[str, _Ending] = {}
        """Operations that are over although the journal may have them as open, by id."""

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
        known = self._given_up.get(operation.id)
        if known is not None:
            return await self._end(operation, known)
        journaled = from_json(operation.plan)
        try:
            await self._ground.git.exchange(journaled.project_path, journaled.plan.files)
        except WorkspaceError as error:
            if error.code == "apply_busy":
                raise
            return await self._recover_as_found(operation, journaled, error)
        await self._finish(operation)
        return "done"

    async def _recover_as_found(
        self, operation: Operation, journaled: JournaledPlan, error: WorkspaceError
    ) -> OperationEnd:
        """Of one whose files cannot be exchanged any more, for `error`."""
        git, project, files = self._ground.git, journaled.project_path, journaled.plan.files
        doing, why = _DOING[operation.kind], _why(error)
        try:
            found = await git.progress(project, files)
            came_to_end = bool(found.after) and not found.before
            left = () if came_to_end else await git.put_back(project, files)
        except WorkspaceError as other:
            if other.code == "apply_busy":
                raise
            words = f"{doing} was cut off and can neither be finished nor taken back: {why} {other}"
            return await self._end(operation, _Ending("stuck", f"{error} {other}", words))
        if came_to_end:
            await self._finish(operation)
            words = f"{doing} was cut off at its end; that is finished now.{_left(found.other)}"
            await self._ground.publish(NoticeFrame(None, words))
            return "done"
        words = f"{doing} was cut off and has been taken back: {why}{_left(left)}"
        return await self._end(operation, _Ending("undone", f"{error}{_left(left)}", words))

    async def _end(self, operation: Operation, ending: "_Ending") -> OperationEnd:
        """Raises StoreUnavailable; then it ends like this when it is met again, and in no other way."""
        self._given_up[operation.id] = ending
        await self._ground.store.end_operation(operation.id, ending.end, ending.error)
        del self._given_up[operation.id]
        if ending.notice is not None:
            await self._ground.publish(NoticeFrame(None, ending.notice))
        return ending.end

    async def _perform(
        self, kind: Literal["apply", "rewind"], worktree: WorktreeRow, plan: Plan, split: Split | None
    ) -> tuple[PendingChange, ...]:
        ground = self._ground
        await ground.git.keep_plan(worktree.project_path, ground.session_id, plan)
        ground.reached("apply.kept")
        journaled = JournaledPlan(ground.folder, worktree.project_path, worktree.base_commit, plan, split)
        operation = Operation(new_id("op"), kind, ground.session_id, worktree.id, to_json(journaled))
        try:
            await ground.store.begin_operation(operation)
        except StoreUnavailable as error:
            self._given_up[operation.id] = _Ending(
                "undone", str(error)
            )  # its entry may be there all the same
            raise
        ground.reached("apply.journaled")
        try:
            await ground.git.exchange(worktree.project_path, plan.files)
        except WorkspaceError as error:
            end: OperationEnd = "stuck" if error.code == "rollback_failed" else "undone"
            with suppress(StoreUnavailable):  # why it failed is what whoever asked wants to know
                await self._end(operation, _Ending(end, str(error)))
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


def _why(error: WorkspaceError) -> str:
    """Of what was cut off: an ApplyConflict's own words are about one that never began."""
    if not isinstance(error, ApplyConflict):
        return str(error)
    names = ", ".join(f"{each.path} ({each.reason})" for each in error.conflicts)
    return f"these files changed in the project meanwhile: {names}."


def _left(paths: tuple[str, ...]) -> str:
    return f" Left as they are: {', '.join(paths)}." if paths else ""


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
