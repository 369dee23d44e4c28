"""Frames on their way into the log: encoded once, placed by the database, read back byte for byte."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.text import iso, iso_of, milliseconds
from boocode.contracts.codec import wire_frame
from boocode.contracts.frames import FrameBody, WireFrame, chat_topic
from boocode.contracts.lossy import encode_lossy
from boocode.ports.log_sink import EncodedFrame

STORE_ORIGIN = "store"
"""Who wrote frames that did not come from an event writer: no hub has seen those yet."""

_SEPARATOR: Final = "\x1e"

Seqs = Mapping[str, tuple[int, int]]
"""For each chat: the seq before the appended frames, and that of the last one."""

_seqs = msgspec.json.Decoder(dict[str, tuple[int, int]])


def decode_seqs(text: str) -> Seqs:
    return _seqs.decode(text)


def encoded(chat_id: str, body: FrameBody, at: float) -> EncodedFrame:
    return EncodedFrame(chat_id, body.type, at, encode_lossy(body))


def encoded_now(chat_id: str, body: FrameBody) -> EncodedFrame:
    return encoded(chat_id, body, time.time())


def columns(frames: Sequence[EncodedFrame]) -> tuple[str, str, str, str]:
    """The lists that `append_frames` takes: chats, types, milliseconds, bodies."""
    return (
        _SEPARATOR.join([frame.chat_id for frame in frames]),
        _SEPARATOR.join([frame.type for frame in frames]),
        _SEPARATOR.join([str(milliseconds(frame.at)) for frame in frames]),
        b"\x1e".join([frame.body for frame in frames]).decode(),
    )


async def append(unit: Unit, origin: str, frames: Sequence[EncodedFrame]) -> Seqs:
    """Within a transaction: gives the frames their seq. Frames of chats that are gone are left out."""
    if not frames:
        return {}
    return decode_seqs(await unit.value("log_append_frames", origin, *columns(frames)))


def placed(frames: Sequence[EncodedFrame], seqs: Seqs) -> tuple[tuple[WireFrame, ...], ...]:
    """What went into the log, per chat and in seq order."""
    by_chat: dict[str, list[EncodedFrame]] = {chat_id: [] for chat_id in seqs}
    for frame in frames:
        if frame.chat_id in by_chat:
            by_chat[frame.chat_id].append(frame)
    return tuple(_placed_in(chat_id, seqs[chat_id][0] + 1, found) for chat_id, found in by_chat.items())


def _placed_in(chat_id: str, first: int, frames: Sequence[EncodedFrame]) -> tuple[WireFrame, ...]:
    topic = chat_topic(chat_id)
    return tuple(
        [
            wire_frame(topic, seq, frame.type, iso_of(milliseconds(frame.at)), frame.body)
            for seq, frame in enumerate(frames, first)
        ]
    )


def read_back(chat_id: str, rows: Sequence[Mapping[str, Any]]) -> tuple[WireFrame, ...]:
    """Rows of `events` as the frames that were published."""
    topic = chat_topic(chat_id)
    return tuple(
        wire_frame(topic, row["seq"], row["type"], iso(row["at"]), row["body"].encode()) for row in rows
    )
