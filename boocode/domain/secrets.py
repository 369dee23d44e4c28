"""Texts for people without what is nobody's to see. Pure."""

from collections.abc import Iterable

STRUCK = "•••"


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Each secret struck out, the longest first: one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, STRUCK)
    return text
