"""Bytes to lines and back, without losing one: every line keeps its own ending, the file its mark and last newline.

A line ends at LF, CR LF or a CR alone and at nothing else: form feeds and Unicode's separators are text.
"""

import re
from functools import cached_property
from itertools import accumulate
from operator import add
from typing import Literal

from attrs import frozen

BOM = "\ufeff"
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r)")


@frozen
class Lines:
    """`texts[i] + endings[i]`, concatenated, is the text; only the last ending may be empty."""

    texts: list[str]
    endings: list[str]

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins, in characters; one more for the end of the text."""
        return [0, *accumulate(map(add, map(len, self.texts), map(len, self.endings)))]

    def joined(self) -> str:
        return "".join(map(add, self.texts, self.endings))

    def ending_near(self, at: int) -> str:
        """The line ending of the neighbourhood of line `at`: its own, else the nearest before, else LF."""
        for index in range(min(at, len(self.endings) - 1), -1, -1):
            if self.endings[index]:
                return self.endings[index]
        return "\n"


def split_lines(text: str) -> Lines:
    if "\r" not in text:
        return _split_at("\n", text)
    if text.count("\r\n") == text.count("\r") == text.count("\n"):
        return _split_at("\r\n", text)
    texts, endings, done = [], [], 0
    for found in _LINE.finditer(text):
        texts.append(found[1])
        endings.append(found[2])
        done = found.end()
    if done < len(text):
        texts.append(text[done:])
        endings.append("")
    return Lines(texts, endings)


def _split_at(ending: str, text: str) -> Lines:
    texts = text.split(ending)
    if texts[-1] == "":
        texts.pop()
        return Lines(texts, [ending] * len(texts))
    return Lines(texts, [ending] * (len(texts) - 1) + [""])


def with_lf(text: str) -> str:
    """The same lines, each one that ends ending in LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def ending_at(text: str, at: int) -> str:
    """The ending of the line that character `at` is in, else of the one before it; empty when the text has none."""
    lf = text.find("\n", at)
    if lf < 0:
        lf = text.rfind("\n", 0, at)
    if lf >= 0:
        return "\r\n" if lf > 0 and text[lf - 1] == "\r" else "\n"
    return "\r" if "\r" in text else ""


def line_numbers(text: str, begin: int, end: int) -> tuple[int, int]:
    """1-based, inclusive lines of these characters; of an empty span the line it is in, if there is one."""
    if begin == end == len(text) or (end > begin and text[end - 1] in "\r\n"):
        tail = text[max(0, end - 2) : end]
        end -= 2 if tail == "\r\n" else int(tail.endswith(("\r", "\n")))
        begin = min(begin, end)
    first = _breaks(text, 0, begin) + 1
    return first, first + _breaks(text, begin, max(begin, end))


def _breaks(text: str, begin: int, end: int) -> int:
    if "\r" not in text:
        return text.count("\n", begin, end)
    crlf = text.count("\r\n", begin, end)
    return text.count("\n", begin, end) + text.count("\r", begin, end) - crlf


@frozen
class Decoded:
    text: str
    has_bom: bool

    def encode(self, text: str) -> bytes:
        return ((BOM if self.has_bom else "") + text).encode("utf-8")


def decode(content: bytes) -> Decoded | Literal["binary", "not_utf8"]:
    """The text, or the code of the refusal: `binary` for a NUL, `not_utf8` for what strict UTF-8 refuses."""
    if b"\0" in content:
        return "binary"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "not_utf8"
    return Decoded(text[1:], True) if text.startswith(BOM) else Decoded(text, False)
