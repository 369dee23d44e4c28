"""Answers that are files: made piece by piece, and named for people."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from attrs import frozen

MAX_NAME_CHARS = 80
_NOT_IN_NAMES = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+'
)
"""What some system does not take in a file name, and what turns the direction of text."""


@frozen
class Download:
    """`content_type` as in the header; `pieces` are asked for as fast as the client takes them."""

    filename: str
    content_type: str
    pieces: AsyncIterator[bytes]


def file_name(title: str, otherwise: str, suffix: str) -> str:
    """A title as the name of a file; `otherwise` when nothing of it is left."""
    words = " ".join(_NOT_IN_NAMES.sub(" ", title).split())[:MAX_NAME_CHARS].strip(" .")
    return f"{words or otherwise}.{suffix}"


def disposition(filename: str) -> str:
    """Content-Disposition as RFC 6266 has it: in ASCII for old clients, and in UTF-8."""
    ascii_only = (
        filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    )
    return f"attachment; filename=\"{ascii_only}\"; filename*=UTF-8''{quote(filename, safe='')}"
