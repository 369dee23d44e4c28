"""Frames on their way into the log: encoded once, placed by the database, read back byte for byte."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.text import iso, moment
from boocode.contracts.codec import wire_frame
from boocode.contracts.frames import FrameBody, WireFrame, chat_topic
from boocode.contracts.lossy import encode_lossy
from boocode.ports.log_sink import EncodedFrame

STORE_ORIGIN = "store"
"""Who wrote frames that did not come from an event writer: no hub has seen those yet."""

Seqs = Mapping[str, tuple[int, int]]
"""For each chat: the seq before the appended frames, and that of the last one."""

_seqs = msgspec.json.Decoder(dict[str, tuple[int, int]])


def decode_seqs(text: str) -> Seqs:
    return _seqs.decode(text)


def encoded(chat_id: str, body: FrameBody, at: float) -> EncodedFrame:
    return EncodedFrame(chat_id, body.type, at, encode_lossy(body))


def encoded_now(chat_id: str, body: FrameBody) -> EncodedFrame:
    return encoded(chat_id, body, datetime.now(UTC).timestamp())


def columns(frames: Sequence[EncodedFrame]) -> tuple[list[str], list[str], list[datetime], list[str]]:
    """The arrays that `append_frames` takes."""
    return (
        [frame.chat_id for frame in frames],
        [frame.type for frame in frames],
        [moment(frame.at) for frame in frames],
        [frame.body.decode() for frame in frames],
    )


async def append(unit: Unit, origin: str, frames: Sequence[EncodedFrame]) -> Seqs:
    """Within a transaction: gives the frames their seq. Frames of chats that are gone are left out."""
    if not frames:
        return {}
    return decode_seqs(await unit.value("log_append_frames", origin, *columns(frames)))


def placed(frames: Sequence[EncodedFrame], seqs: Seqs) -> tuple[tuple[WireFrame, ...], ...]:
    """What went into the log, per chat and in seq order."""
    by_chat: dict[str, list[WireFrame]] = {chat_id: [] for chat_id in seqs}
    for frame in frames:
        done = by_chat.get(frame.chat_id)
        if done is None:
            continue
        seq = seqs[frame.chat_id][0] + len(done) + 1
        topic = chat_topic(frame.chat_id)
        done.append(wire_frame(topic, seq, frame.type, iso(moment(frame.at)), frame.body))
    return tuple(tuple(done) for done in by_chat.values())


def read_back(chat_id: str, rows: Sequence[Mapping[str, Any]]) -> tuple[WireFrame, ...]:
    """Rows of `events` as the frames that were published."""
    topic = chat_topic(chat_id)
    return tuple(
        wire_frame(topic, row["seq"], row["type"], iso(row["at"]), row["body"].encode()) for row in rows
    )
