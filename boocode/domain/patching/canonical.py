"""The keys by which lines count as the same, tier by tier."""

import unicodedata
from collections.abc import Callable
from typing import TypeAlias

Key: TypeAlias = Callable[[str], str]

_BLANKS = " \t\f\v"
_QUOTES = {ord(each): "'" for each in "\u2018\u2019\u201a\u201b\u2032\u02bc"}
_DOUBLE_QUOTES = {ord(each): '"' for each in "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"}
_DASHES = {ord(each): "-" for each in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"}
_SPACES = {ord(each): " " for each in "\u00a0\u1680\u202f\u205f\u3000"} | dict.fromkeys(
    range(0x2000, 0x200B), " "
)
_ZERO_WIDTH: dict[int, str] = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), "")
_ASCII = _QUOTES | _DOUBLE_QUOTES | _DASHES | _SPACES | _ZERO_WIDTH


def without_trailing_blanks(line: str) -> str:
    return line.rstrip(_BLANKS)


def without_outer_blanks(line: str) -> str:
    return line.strip(_BLANKS)


def canonical(line: str) -> str:
    """NFC; typographic quotes, dashes and spaces as in ASCII; nothing of zero width; runs of blanks one blank."""
    if not line.isascii():
        line = unicodedata.normalize("NFC", line).translate(_ASCII)
    elif "  " not in line and "\t" not in line and line == line.strip():
        return line
    return " ".join(line.split())


def indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
