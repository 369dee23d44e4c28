"""The keys by which lines count as the same, tier by tier. Each key is one of the key before it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

Keys: TypeAlias = Callable[[Sequence[str]], list[str]]

BLANKS = " \t\f\v"
_ASCII: dict[str, str] = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u2039\u203a\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
    " ": "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))),
    "": "\u00ad\u034f\u061c\u180e\ufeff"
    + "".join(map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)])),
}
"""Typographic quotes, dashes and spaces, and what has no width, by what stands for them."""
_INDENT = " \t" + _ASCII[" "]
_PLAIN = {special: plain for plain, specials in _ASCII.items() for special in specials}
_SPECIAL = re.compile(f"[{re.escape(''.join(_PLAIN))}]")


def without_trailing_blanks(lines: Sequence[str]) -> list[str]:
    return [line.rstrip(BLANKS) for line in lines]


def without_outer_blanks(lines: Sequence[str]) -> list[str]:
    return [line.strip(BLANKS) for line in lines]


def canonical(lines: Sequence[str]) -> list[str]:
    """NFC; typographic quotes, dashes and spaces as in ASCII; nothing of zero width; runs of blanks one blank.

    All lines at once: a line at a time takes four times as long in a large file.
    """
    if not lines:
        return []
    text = "\n".join(map(str.strip, lines))
    is_plain = text.isascii()
    if not is_plain:
        text = unicodedata.normalize("NFC", _SPECIAL.sub(lambda found: _PLAIN[found[0]], text))
    for blank in BLANKS[1:]:
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    keys = text.split("\n")
    return keys if is_plain else [key.strip(" ") for key in keys]


def indentation(line: str) -> str:
    """The blanks before the text, typographic ones too."""
    return line[: len(line) - len(line.lstrip(_INDENT))]
