"""Frames read back: from the bytes of the log to the class of their type."""

from typing import get_args

import msgspec

from boocode.contracts.frames import FrameBody, WireFrame

_TYPES = {cls.type: cls for cls in get_args(FrameBody)}


def read_frame(frame: WireFrame) -> FrameBody | None:
    """The body of a frame; None for a type that this version does not know (a newer one wrote it)."""
    data = msgspec.json.decode(frame.data)
    cls = _TYPES.get(data.get("type"))
    return None if cls is None else msgspec.convert(data, cls)
