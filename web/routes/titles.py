"""Names that people give to things."""

from web.problems import invalid

MAX_TITLE_CHARS = 200


def title(given: str | None, default: str, field: str = "title") -> str:
    """Trimmed, one line, not too long; `default` when nothing was given."""
    text = " ".join((given or "").split())
    if not text:
        if given:
            raise invalid(field, f"`{field}` is empty.")
        return default
    if len(text) > MAX_TITLE_CHARS:
        raise invalid(field, f"`{field}` has {len(text)} characters; at most {MAX_TITLE_CHARS} are taken.")
    return text
