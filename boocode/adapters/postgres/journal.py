"""The journal of operations on files, and the one transaction each of them ends with.

The end of an operation and what it means (rows decided, messages hidden) are written together: whoever finds
the operation open knows that none of it was written, and whoever repeats the end changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.checkpoints import apply_trim, trim_of
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.frames import STORE_ORIGIN, append, encoded_now
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable_or_none
from boocode.contracts.frames import CheckpointRestored
from boocode.contracts.resources import PendingChange
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import CheckpointRow, Decided, Operation, OperationEnd, Trim


class JournalStore(StorePart):
    async def begin_operation(self, operation: Operation) -> None:
        """A second time with the same id it changes nothing."""
        plan = json.dumps(operation.plan)  # in ASCII: names that are not UTF-8 come back as they were
        await self._run(
            "operation_begin",
            operation.id,
            operation.kind,
            operation.session_id,
            operation.worktree_id,
            plan,
        )

    async def open_operations(self, session_id: str | None = None) -> tuple[Operation, ...]:
        return tuple(rows.operation(row) for row in await self._rows("operation_list_open", session_id))

    async def end_operation(self, operation_id: str, end: OperationEnd, error: str | None = None) -> None:
        await self._run("operation_end", operation_id, end, storable_or_none(error))

    async def finish_restore(self, operation_id: str, checkpoint_id: str, safety_id: str) -> Trim:
        """Raises StoreRejected for an unknown operation or checkpoint. Without its chat nothing is trimmed."""

        async def work(unit: Unit) -> Trim:
            operation = await _lock(unit, operation_id)
            checkpoint, safety = await _checkpoint(unit, checkpoint_id), await _checkpoint(unit, safety_id)
            if operation["state"] != "open":
                return trim_of(await unit.rows("trim_made", safety_id))
            chat_id = checkpoint.checkpoint.chat_id
            trim = Trim((), ())
            if chat_id is not None and await unit.row("checkpoint_lock_chat", chat_id) is not None:
                trim = await apply_trim(unit, checkpoint, safety)
                await unit.run("operation_forget_agents", chat_id)
                frame = _restored(checkpoint, safety_id, operation["session_id"], trim)
                await append(unit, STORE_ORIGIN, (encoded_now(chat_id, frame),))
            await unit.run("operation_end", operation_id, "done", None)
            return trim

        return await self._database.transaction(work)

    async def finish_decision(
        self,
        operation_id: str,
        state: Literal["applied", "rewound"],
        decided: Sequence[Decided],
        worktree_id: str,
        base_commit: str,
    ) -> tuple[PendingChange, ...]:
        """Raises StoreRejected for an unknown operation. Repeated, it gives the rows that are in `state`."""

        async def work(unit: Unit) -> tuple[PendingChange, ...]:
            operation = await _lock(unit, operation_id)
            if operation["state"] != "open":
                found = await unit.rows("change_get", [each.change_id for each in decided])
                return tuple(rows.change(row) for row in found if row["state"] == state)
            in_order = sorted(decided, key=lambda each: each.change_id)  # two never wait in a circle
            changed = [row for each in in_order if (row := await _decide(unit, state, each)) is not None]
            await unit.run("worktree_move_base", worktree_id, base_commit)
            await unit.run("operation_end", operation_id, "done", None)
            return tuple(rows.change(row) for row in sorted(changed, key=lambda row: row["n"]))

        return await self._database.transaction(work)


async def _lock(unit: Unit, operation_id: str) -> Mapping[str, Any]:
    operation = await unit.row("operation_lock", operation_id)
    if operation is None:
        raise StoreRejected(f"There is no operation {operation_id} in the journal: it was never begun.")
    return operation


async def _checkpoint(unit: Unit, checkpoint_id: str) -> CheckpointRow:
    row = await unit.row("checkpoint_get", checkpoint_id)
    if row is None:
        raise StoreRejected(f"There is no checkpoint {checkpoint_id}.")
    return rows.checkpoint_row(row)


def _restored(checkpoint: CheckpointRow, safety_id: str, session_id: str, trim: Trim) -> CheckpointRestored:
    return CheckpointRestored(session_id, checkpoint.checkpoint, safety_id, trim.hidden, trim.shown)


async def _decide(
    unit: Unit, state: Literal["applied", "rewound"], decided: Decided
) -> Mapping[str, Any] | None:
    if state == "rewound":
        return await unit.row("change_rewind", decided.change_id)
    return await unit.row(
        "change_apply",
        decided.change_id,
        decided.tier,
        decided.score,
        decided.before_blob,
        decided.before_mode,
        decided.after_blob,
        decided.after_mode,
    )
