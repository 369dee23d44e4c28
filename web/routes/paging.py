"""Bounds of lists."""

from web.problems import invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_EVENTS = 1_000


def page_limit(asked: int | None, default: int = DEFAULT_LIMIT, most: int = MAX_LIMIT) -> int:
    """A client gets what it asks for, up to `most`."""
    if asked is None:
        return default
    if asked < 1:
        raise invalid("limit", f"`limit` must be 1 or more, got {asked}.")
    return min(asked, most)
