"""Pending changes, as a worktree's owner handles them: captured after a turn, then decided on by a person.

    capture  git's changes            →  pending rows, earlier ones superseded
    list     what waits               →  beside how it stands to the project's files of today
    reject   the files stay as the agent left them
    apply    into the project         →  see owner_applying
    rewind   out of it again          →  see owner_applying

A change may be decided on by some of its hunks: then it becomes two, one is decided and the other one goes on waiting.
A refusal leaves the project, the worktree and the rows as they were.
"""

from contextlib import suppress

from attrs import evolve

from actors.owner_applying import OwnerApplying
from actors.owner_ground import Ground, place_of
from actors.pending_rows import attributed, same_changes, still_offered
from boocode.contracts.resources import PendingChange
from boocode.ports.changes import Standing
from boocode.ports.safety_store import Operation, OperationEnd, SplitChange
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import WorkspaceError


class OwnerChanges:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._applying = OwnerApplying(ground)

    async def capture(self, task_id: str | None, agent: str | None) -> tuple[PendingChange, ...]:
        changes = await self._captured(task_id, agent)
        if changes is None:
            return ()
        # Told even where nothing is new: whoever waits for the end of a turn's capture hears of it by this.
        await self._ground.publish_pending(len(changes))
        return changes

    async def capture_meanwhile(self, task_id: str, agent: str | None) -> tuple[PendingChange, ...]:
        """While the turn goes on; see CaptureChanges."""
        if not await self._ground.is_at_work(task_id):
            return ()
        changes = await self._captured(task_id, agent)
        if changes is not None and await self._ground.is_at_work(task_id):
            await self._ground.publish_pending(len(changes))
        return changes or ()

    async def _captured(self, task_id: str | None, agent: str | None) -> tuple[PendingChange, ...] | None:
        """The rows as they are now; None without a worktree."""
        ground = self._ground
        row = await ground.store.get_worktree(ground.session_id)
        if row is None:
            return None
        found = await ground.git.changes(place_of(row), row.base_commit)
        has_any = bool(found)
        paths = {each.change.path for each in found}
        waiting = await self._rows(("pending",))
        found = still_offered(found, waiting, await self._rows(("rejected", "rewound"), paths))
        if same_changes(found, waiting):
            changes = tuple(each.change for each in waiting)
        else:
            news = attributed(found, waiting, task_id, agent)
            changes = await ground.store.replace_pending(ground.session_id, task_id, agent, news)
        with suppress(WorkspaceError):  # then more is kept than need be, until the next capture
            await ground.git.settle_changes(place_of(row), row.base_commit, waits=has_any)
        return changes

    async def list(self, states: tuple[str, ...]) -> tuple[PendingChange, ...]:
        """Beside a pending change stands what the project's file is today: `base_changed`; then the diff is the one
        from today's file, where that can be told, or `error` says why applying would be refused."""
        ground = self._ground
        changes = await ground.store.list_pending(ground.session_id, states)
        pending = tuple(change.id for change in changes if change.state == "pending")
        worktree = await ground.store.get_worktree(ground.session_id) if pending else None
        if worktree is None:
            return changes
        try:
            rows = await ground.store.get_changes(pending)
            standing = await ground.git.standing(worktree.project_path, rows)
        except WorkspaceError:
            return changes  # what cannot be looked at is listed all the same
        return tuple(_standing(change, standing.get(change.id, Standing())) for change in changes)

    async def apply(
        self, ids: tuple[str, ...] | None, hunks: tuple[int, ...] | None = None, dry_run: bool = False
    ) -> tuple[PendingChange, ...]:
        ground = self._ground
        await self._after_turns()
        if hunks is not None:
            _require_one(ids)
        rows = await self._rows(("pending",)) if ids is None else await self._selected(ids, "pending")
        worktree = await ground.store.get_worktree(ground.session_id)
        if not rows or worktree is None:
            await ground.require_session()
            return ()
        return await self._applying.apply(worktree, rows, hunks, dry_run)

    async def reject(
        self, ids: tuple[str, ...], hunks: tuple[int, ...] | None = None
    ) -> tuple[PendingChange, ...]:
        ground = self._ground
        rows = await self._selected(ids, "pending")
        rejected = tuple(row.change.id for row in rows)
        if hunks is not None:
            _require_one(ids)
            rejected = (await self._split_off(rows[0], hunks),)
        changes = await ground.store.set_change_state(rejected, "pending", "rejected")
        await ground.publish_pending(len(await ground.store.list_pending(ground.session_id)))
        return changes

    async def rewind(self, ids: tuple[str, ...], dry_run: bool = False) -> tuple[PendingChange, ...]:
        ground = self._ground
        await self._after_turns()
        rows = await self._selected(ids, "applied")
        if not rows:
            return ()
        return await self._applying.rewind(await ground.require_worktree(), rows, dry_run)

    async def recover(self, operation: Operation) -> OperationEnd:
        """Brings an apply or a rewind that was cut off to its end, or undoes it."""
        return await self._applying.recover(operation)

    async def _after_turns(self) -> None:
        for task in await self._ground.refuse_during_turn():
            # Its turn is over and its capture still to come: what is decided now includes what it did.
            await self.capture(task.id, task.agent)

    async def _split_off(self, row: ChangeRow, hunks: tuple[int, ...]) -> str:
        """The id of the row that is to be rejected. It keeps its id, and leads from what waits to what the agent wrote:
        so the next capture knows it when the rest is in the base."""
        ground = self._ground
        worktree = await ground.require_worktree()
        parts = await ground.git.part(worktree.project_path, row, hunks, chosen_first=False)
        if parts is not None:
            await ground.git.keep_parts(worktree.project_path, ground.session_id, parts)
            first = evolve(parts.upper, change=evolve(parts.upper.change, id=row.change.id))
            rest = evolve(parts.lower, change=evolve(parts.lower.change, id=parts.upper.change.id))
            await ground.store.split_change(SplitChange(first, rest))
        return row.change.id

    async def _rows(self, states: tuple[str, ...], paths: set[str] | None = None) -> tuple[ChangeRow, ...]:
        """The session's changes in these states, with their blobs; `paths`: only of these files."""
        changes = await self._ground.store.list_pending(self._ground.session_id, states)
        ids = [change.id for change in changes if paths is None or change.path in paths]
        return await self._ground.store.get_changes(ids) if ids else ()

    async def _selected(self, ids: tuple[str, ...], state: str) -> tuple[ChangeRow, ...]:
        """These changes, all of this session and in this state. Raises WorkspaceError `not_found`, `not_pending`,
        `not_applied`."""
        rows = await self._ground.store.get_changes(tuple(dict.fromkeys(ids)))
        known = {row.change.id for row in rows if row.change.session_id == self._ground.session_id}
        missing = [id_ for id_ in ids if id_ not in known]
        if missing:
            words = ", ".join(id_[:60] for id_ in missing[:5])
            raise WorkspaceError("not_found", f"This session has no change {words}.")
        others = [row.change for row in rows if row.change.state != state]
        if others:
            words = ", ".join(f"{change.path} is {change.state}" for change in others)
            what = (
                "Only pending changes can be decided"
                if state == "pending"
                else "Only applied changes can be rewound"
            )
            raise WorkspaceError(f"not_{state}", f"{what}, but {words}.")
        return rows


def _require_one(ids: tuple[str, ...] | None) -> None:
    if ids is None or len(set(ids)) != 1:
        raise WorkspaceError(
            "no_such_hunk", "Hunks are counted within one change: name exactly one to choose among its hunks."
        )


def _standing(change: PendingChange, standing: Standing) -> PendingChange:
    if change.state != "pending" or not standing.base_changed:
        return change
    return evolve(
        change, base_changed=True, diff=standing.diff or change.diff, error=standing.error or change.error
    )
