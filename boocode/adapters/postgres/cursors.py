"""Cursors of paged lists: the `n` of the last row, opaque to clients."""

import re

from boocode.ports.store import BadCursor

_CURSOR = re.compile(r"c([0-7]?[0-9a-f]{1,15})")


def encode_cursor(n: int) -> str:
    return f"c{n:x}"


def decode_cursor(cursor: str | None) -> int | None:
    """Raises BadCursor for what `encode_cursor` never made."""
    if cursor is None:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise BadCursor(cursor)
    return int(match[1], 16)
