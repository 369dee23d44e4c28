"""Frames cut into the batches that sinks take. Not an actor."""

from collections.abc import Iterator
from itertools import pairwise

from boocode.contracts.frames import WireFrame
from boocode.ports.broadcast import FrameBatch

MAX_BATCH_BYTES = 128_000


def consecutive(frames: tuple[WireFrame, ...]) -> Iterator[tuple[WireFrame, ...]]:
    """Cut where a number was left out."""
    start = 0
    for index, (one, other) in enumerate(pairwise(frames), 1):
        if other.seq != one.seq + 1:
            yield frames[start:index]
            start = index
    if frames[start:]:
        yield frames[start:]


def batches(topic: str, frames: tuple[WireFrame, ...], *, is_durable: bool) -> Iterator[FrameBatch]:
    """Cut so that no WebSocket message becomes much larger than MAX_BATCH_BYTES."""
    start, size = 0, 0
    for index, frame in enumerate(frames):
        if index > start and size + len(frame.data) > MAX_BATCH_BYTES:
            yield FrameBatch(topic, frames[start:index], is_durable=is_durable)
            start, size = index, 0
        size += len(frame.data)
    if frames[start:]:
        yield FrameBatch(topic, frames[start:], is_durable=is_durable)
