"""Bytes to lines and back, without losing one: every line keeps its own ending, the file its mark and last newline."""

import re
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

    def joined(self) -> str:
        return "".join(map(add, self.texts, self.endings))

    def starts(self) -> list[int]:
        """Where each line begins, in characters; one more for the end of the text."""
        return [0, *accumulate(map(add, map(len, self.texts), map(len, self.endings)))]


def split_lines(text: str) -> Lines:
    """Ends lines at LF, CR LF and CR alone, at nothing else."""
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


def ending_near(endings: list[str], at: int) -> str:
    """The line ending of the neighbourhood of line `at`: its own, else the nearest before, else after it, else LF."""
    for index in range(min(at, len(endings) - 1), -1, -1):
        if endings[index]:
            return endings[index]
    return next((ending for ending in endings[at:] if ending), "\n")


def with_endings(text: str, ending: str) -> str:
    """The same lines, each one that ends ending in `ending`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unified if ending == "\n" else unified.replace("\n", ending)


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
