"""Checkpoints, and which messages a chat has at each of them.

Nothing is deleted by going back: a message is hidden from one safety checkpoint on, until another one shows it
again, so that what a chat looked like at any checkpoint can always be told.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.lossy import encode_lossy
from boocode.contracts.resources import Checkpoint
from boocode.ports.safety_store import CheckpointRow, NewCheckpoint, Trim


class CheckpointStore(StorePart):
    async def newest_checkpoint(self, chat_id: str) -> tuple[CheckpointRow | None, int]:
        """Nothing and 1 also for a chat that is gone: its checkpoint is an orphan from the beginning."""

        async def work(unit: Unit) -> Mapping[str, Any] | None:
            return await unit.row("checkpoint_newest", storable(chat_id))

        row = await self._database.unit(work)
        if row is None:
            return None, 1
        return None if row["id"] is None else rows.checkpoint_row(row), row["last_checkpoint"] + 1

    async def add_checkpoint(self, new: NewCheckpoint) -> CheckpointRow:
        """A second time with the same id it gives the row of then."""

        async def work(unit: Unit) -> CheckpointRow:
            await unit.run("checkpoint_add", *_columns(new), number_of(new.ref, new.chat_id))
            row = await unit.row("checkpoint_get", new.id)
            assert row is not None, "it was added just now or before, and only orphans go, after their grace"
            return rows.checkpoint_row(row)

        return await self._database.unit(work)

    async def get_checkpoint(self, checkpoint_id: str) -> CheckpointRow | None:
        return await self._row(rows.checkpoint_row, "checkpoint_get", storable(checkpoint_id))

    async def list_checkpoints(self, session_id: str) -> tuple[Checkpoint, ...]:
        return tuple(
            rows.checkpoint(row) for row in await self._rows("checkpoint_list", storable(session_id))
        )

    async def preview_trim(self, checkpoint_id: str) -> Trim:
        """As if the safety checkpoint were taken now. An unknown checkpoint trims nothing."""

        async def work(unit: Unit) -> Trim:
            row = await unit.row("checkpoint_get", storable(checkpoint_id))
            if row is None or row["chat_id"] is None:
                return Trim((), ())
            safety = await unit.value("checkpoint_place", row["chat_id"], None)
            return trim_of(await unit.rows("trim_plan", row["id"], safety))

        return await self._database.unit(work)

    async def orphaned_checkpoints(self, before: float) -> tuple[tuple[str, str], ...]:
        found = await self._rows("checkpoint_orphans", before)
        return tuple((row["ref"], row["project_path"]) for row in found)

    async def forget_checkpoints(self, refs: Sequence[str]) -> None:
        """Those of living chats stay, whatever their ref."""
        await self._run("checkpoint_forget", list(refs))


def number_of(ref: str, chat_id: str) -> int:
    """The number in a checkpoint's ref; 0 when the ref was made for another chat."""
    _, _, tail = ref.rpartition(f"/{chat_id}/")
    return int(tail) if tail != ref and tail.isdecimal() else 0


def trim_of(found: Sequence[Mapping[str, Any]]) -> Trim:
    return Trim(
        hidden=tuple(row["id"] for row in found if not row["is_seen"]),
        shown=tuple(row["id"] for row in found if row["is_seen"]),
    )


async def apply_trim(unit: Unit, checkpoint: CheckpointRow, safety: CheckpointRow) -> Trim:
    """Within a transaction that holds the chat's row."""
    trim = trim_of(await unit.rows("trim_plan", checkpoint.checkpoint.id, safety.message_n))
    await unit.run("trim_hide", list(trim.hidden), checkpoint.checkpoint.chat_id, safety.n)
    await unit.run("trim_show", list(trim.shown), safety.n)
    await unit.run("trim_mark", list(trim.hidden), True)
    await unit.run("trim_mark", list(trim.shown), False)
    return trim


def _columns(new: NewCheckpoint) -> tuple[object, ...]:
    return (
        new.id,
        new.session_id,
        new.chat_id,
        new.task_id,
        new.worktree_id,
        new.kind,
        storable(new.ref),
        new.commit,
        new.base_commit,
        storable_or_none(new.agent),
        new.head,
        encode_lossy(new.left_out).decode(),
    )
