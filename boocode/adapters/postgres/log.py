"""The durable log: batches in, each once; frames out, as they were."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from boocode.adapters.postgres.database import Database, Unit
from boocode.adapters.postgres.frames import append, columns, decode_seqs, placed, read_back
from boocode.adapters.postgres.posting import post, posted, settle, settled
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.frames import WireFrame
from boocode.ports.log import Posted, Settled
from boocode.ports.log_sink import (
    AppendFrames,
    Batch,
    BatchOp,
    Committed,
    EncodedFrame,
    KeepParts,
    Post,
    Reply,
    Settle,
)
from boocode.ports.store import UnknownChat

_json = msgspec.json.Encoder()


class PostgresLog:
    """Implements ports.log.EventLog and ports.log_sink.LogSink.

    `origin` names this process in NOTIFY chat_events, so that its own listener can skip what its hub has seen.
    """

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    # reading

    async def read(self, chat_id: str, since: int, limit: int) -> tuple[WireFrame, ...]:
        async def work(unit: Unit) -> list[Mapping[str, Any]]:
            return await unit.rows("log_read", storable(chat_id), max(0, min(since, 2**63 - 1)), limit)

        return read_back(chat_id, await self._database.unit(work))

    async def last_seq(self, chat_id: str) -> int | None:
        async def work(unit: Unit) -> Any:
            return await unit.value("log_last_seq", storable(chat_id))

        seq: int | None = await self._database.unit(work)
        return seq

    # writing

    async def write(self, batch: Batch) -> Committed:
        appends = [op for op in batch.ops if isinstance(op, AppendFrames)]
        if len(appends) == len(batch.ops):
            return await self._write_frames(batch, appends)
        return await self._write_ops(batch)

    async def _write_frames(self, batch: Batch, appends: Sequence[AppendFrames]) -> Committed:
        """What streaming is made of: one statement, one round trip, a transaction by itself, where nothing is kept
        beside the frames."""
        frames = [frame for op in appends for frame in op.frames]

        async def work(unit: Unit) -> Committed:
            seqs = await unit.value(
                "log_append_batch", batch.writer, batch.number, self._origin, *columns(frames)
            )
            if seqs is None:
                return await _recall(unit, batch)
            for op in appends:
                await _keep_beside(unit, op)
            return Committed((None,) * len(batch.ops), partial(placed, frames, decode_seqs(seqs)))

        if all(op.is_plain for op in appends):
            return await self._database.unit(work)
        return await self._database.transaction(work)

    async def _write_ops(self, batch: Batch) -> Committed:
        async def work(unit: Unit) -> Committed:
            if await unit.value("log_take_batch", batch.writer, batch.number) is None:
                return await _recall(unit, batch)
            await unit.run("log_lock_chats", sorted({chat for op in batch.ops for chat in _chats(op)}))
            frames: list[EncodedFrame] = []
            replies: list[Reply] = []
            for op in batch.ops:
                reply, more = await _perform(unit, op, frames)
                replies.append(reply)
                frames.extend(more)
            seqs = await append(unit, self._origin, frames)
            result = {"seqs": seqs, "replies": [_remembered(reply) for reply in replies]}
            await unit.run("log_keep_result", batch.writer, _json.encode(result).decode())
            return Committed(tuple(replies), partial(placed, frames, seqs))

        return await self._database.transaction(work)


def _chats(op: BatchOp) -> tuple[str, ...]:
    match op:
        case AppendFrames():
            return tuple({frame.chat_id for frame in op.frames})
        case Settle():
            return (op.settlement.chat_id,)
        case Post():
            return (storable(op.prompt.chat_id),)
        case KeepParts():
            return ()


async def _perform(
    unit: Unit, op: BatchOp, before: Sequence[EncodedFrame]
) -> tuple[Reply, tuple[EncodedFrame, ...]]:
    match op:
        case AppendFrames():
            await _keep_beside(unit, op)
            return None, op.frames
        case KeepParts():
            model = storable_or_none(op.model)
            await unit.run("message_save", [op.message_id], [op.parts.decode()], [model])
            return None, ()
        case Settle():
            return await settle(unit, op, before)
        case Post():
            try:
                return await post(unit, op.prompt, op.message_id, op.task_id, op.at)
            except UnknownChat as error:
                return error, ()


async def _keep_beside(unit: Unit, op: AppendFrames) -> None:
    """What the rows know of the frames: with them or not at all."""
    for status in op.statuses:
        await unit.run(
            "agent_session_set_status",
            status.chat_id,
            status.agent,
            status.status,
            storable_or_none(status.reason),
            status.quiet_since,
        )
    for told in op.commands:
        await unit.run("agent_session_set_commands", told.chat_id, told.agent, told.commands.decode())
    for made in op.labels:
        await unit.run("scribe_label", made.message_id, made.label.decode())


# A batch that was committed before: its answer is read from what it left.


def _remembered(reply: Reply) -> object:
    match reply:
        case Settled():
            return {"won": reply.won}
        case Posted():
            return {"message_id": reply.message.id, "repeated": reply.repeated}
        case _:
            return None


async def _recall(unit: Unit, batch: Batch) -> Committed:
    row = await unit.row("log_result", batch.writer)
    if row is None or row["batch"] != batch.number:
        found = None if row is None else row["batch"]
        raise RuntimeError(
            f"Batch {batch.number} of {batch.writer} is asked for again, but {found} is the newest."
        )
    result = msgspec.json.decode(row["result"])
    found = [await _frames_between(unit, chat, *seqs) for chat, seqs in result["seqs"].items()]
    frames = tuple(each for each in found if each)
    remembered: Sequence[Any] = result.get("replies", [None] * len(batch.ops))
    replies = [await _recall_reply(unit, op, kept) for op, kept in zip(batch.ops, remembered, strict=True)]
    return Committed(tuple(replies), lambda: frames)


async def _frames_between(unit: Unit, chat_id: str, before: int, last: int) -> tuple[WireFrame, ...]:
    return read_back(chat_id, await unit.rows("log_read", chat_id, before, last - before))


async def _recall_reply(unit: Unit, op: BatchOp, kept: Any) -> Reply:
    match op:
        case Settle():
            return await settled(unit, op.settlement.task_id, won=kept["won"])
        case Post() if kept is None:
            return UnknownChat(op.prompt.chat_id)
        case Post():
            return await posted(unit, kept["message_id"], repeated=kept["repeated"])
        case _:
            return None
