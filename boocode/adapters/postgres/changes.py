"""Pending changes: what waits for a person, what was decided, and what undoes it."""

from collections.abc import Sequence

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.resources import PendingChange
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import Decided, SplitChange
from boocode.ports.store import ChangeRow


class ChangeStore(StorePart):
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

    async def split_change(self, split: SplitChange) -> tuple[PendingChange, PendingChange]:
        """Raises StoreRejected when the change does not wait any more."""
        change_id = split.first.change.id

        async def work(unit: Unit) -> tuple[PendingChange, PendingChange]:
            if await unit.row("change_lock", change_id) is None:
                raise StoreRejected(f"The change {change_id} does not wait any more: it cannot be split.")
            first = await unit.row("change_split_first", change_id, *_content(split.first))
            rest = await unit.row("change_split_rest", split.rest.change.id, *_content(split.rest), change_id)
            assert first is not None, "it was locked in this transaction"
            assert rest is not None, "an INSERT returns its row"
            return rows.change(first), rows.change(rest)

        return await self._database.transaction(work)

    async def get_decided(self, change_ids: Sequence[str]) -> tuple[Decided, ...]:
        found = await self._rows("change_decided", [storable(id_) for id_ in change_ids])
        return tuple(rows.decided(row) for row in found)


def _columns(row: ChangeRow, session_id: str, task_id: str | None, agent: str | None) -> tuple[object, ...]:
    change = row.change
    return (
        change.id,
        session_id,
        change.task_id or task_id,
        change.agent or agent,
        *_content(row),
        storable_or_none(change.error),
        change.message_id,
    )


def _content(row: ChangeRow) -> tuple[object, ...]:
    """What a split divides; the rest of the columns stays with the row."""
    change = row.change
    return (
        storable(change.path),
        storable_or_none(change.old_path),
        change.op,
        storable(change.diff),
        change.binary,
        change.additions,
        change.deletions,
        row.old_blob,
        row.new_blob,
        row.old_mode,
        row.new_mode,
    )
