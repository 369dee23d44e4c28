"""What PostgreSQL's text cannot hold is replaced before it gets there: NUL and lone surrogates.

JSON columns are not concerned: there both travel as escapes.
"""

from datetime import UTC, datetime
from functools import lru_cache


def storable(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD; nearly always the same object."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def storable_or_none(text: str | None) -> str | None:
    return None if text is None else storable(text)


def milliseconds(at: float) -> int:
    """Seconds since the epoch in whole milliseconds: what goes out live equals what is read back."""
    return round(at * 1000)


@lru_cache(maxsize=1024)
def iso_of(at_ms: int) -> str:
    """As `iso`. In a burst many frames share a millisecond."""
    return iso(datetime.fromtimestamp(at_ms / 1000, UTC))


def iso(at: datetime) -> str:
    """ISO 8601, UTC, milliseconds: `2026-01-31T09:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def iso_or_none(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def seconds_or_none(at: datetime | None) -> float | None:
    """Seconds since 1970."""
    return None if at is None else at.timestamp()
