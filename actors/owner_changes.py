"""Pending changes, as a worktree's owner handles them: captured after a turn, then decided on by a person.

    capture  git's changes                                            →  pending rows, earlier ones superseded
    apply    checked  →  files written  →  base moved on              →  rows applied
    reject   the files stay as the agent left them                    →  rows rejected

Each step is in rows and in git and can be repeated. A refusal leaves the project, the worktree and the rows as they
were.
"""

from actors.owner_ground import Ground, place_of
from actors.pending_rows import attributed, same_changes, without_rejected
from boocode.contracts.resources import PendingChange
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import WorkspaceError


class OwnerChanges:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def capture(self, task_id: str | None, agent: str | None) -> tuple[PendingChange, ...]:
        ground = self._ground
        row = await ground.store.get_worktree(ground.session_id)
        if row is None:
            return ()
        found = await ground.git.changes(place_of(row), row.base_commit)
        paths = {each.change.path for each in found}
        found = without_rejected(found, await self._rows("rejected", paths))
        waiting = await self._rows("pending")
        if same_changes(found, waiting):
            changes = tuple(each.change for each in waiting)
        else:
            news = attributed(found, waiting, task_id, agent)
            changes = await ground.store.replace_pending(ground.session_id, task_id, agent, news)
        # Told even where nothing is new: whoever waits for the end of a turn's capture hears of it by this.
        await ground.publish_pending(len(changes))
        return changes

    async def list(self, states: tuple[str, ...]) -> tuple[PendingChange, ...]:
        return await self._ground.store.list_pending(self._ground.session_id, states)

    async def apply(self, ids: tuple[str, ...] | None) -> tuple[PendingChange, ...]:
        ground = self._ground
        for task in await ground.refuse_during_turn():
            # Its turn is over and its capture still to come: what is applied now includes what it did.
            await self.capture(task.id, task.agent)
        rows = await self._rows("pending") if ids is None else await self._selected(ids)
        worktree = await ground.store.get_worktree(ground.session_id)
        if not rows or worktree is None:
            return await self._nothing_to_do()
        await ground.git.apply(worktree.project_path, rows)
        base = await ground.git.advance_base(
            worktree.project_path, ground.session_id, worktree.base_commit, rows
        )
        await ground.store.move_base(worktree.id, base)
        return await self._decide(rows, "applied")

    async def reject(self, ids: tuple[str, ...]) -> tuple[PendingChange, ...]:
        return await self._decide(await self._selected(ids), "rejected")

    async def _rows(self, state: str, paths: set[str] | None = None) -> tuple[ChangeRow, ...]:
        """The session's changes in a state, with their blobs; `paths`: only of these files."""
        changes = await self._ground.store.list_pending(self._ground.session_id, (state,))
        ids = [change.id for change in changes if paths is None or change.path in paths]
        return await self._ground.store.get_changes(ids) if ids else ()

    async def _decide(self, rows: tuple[ChangeRow, ...], state: str) -> tuple[PendingChange, ...]:
        ground = self._ground
        changes = await ground.store.set_change_state([row.change.id for row in rows], "pending", state)
        await ground.publish_pending(len(await ground.store.list_pending(ground.session_id)))
        return changes

    async def _nothing_to_do(self) -> tuple[PendingChange, ...]:
        await self._ground.require_session()
        return ()

    async def _selected(self, ids: tuple[str, ...]) -> tuple[ChangeRow, ...]:
        """These changes, all of this session and all pending. Raises WorkspaceError `not_found`, `not_pending`."""
        rows = await self._ground.store.get_changes(tuple(dict.fromkeys(ids)))
        known = {row.change.id for row in rows if row.change.session_id == self._ground.session_id}
        missing = [id_ for id_ in ids if id_ not in known]
        if missing:
            raise WorkspaceError("not_found", f"This session has no change {', '.join(missing)}.")
        decided = [row.change for row in rows if row.change.state != "pending"]
        if decided:
            words = ", ".join(f"{change.path} is {change.state}" for change in decided)
            raise WorkspaceError("not_pending", f"Only pending changes can be decided, but {words}.")
        return rows
