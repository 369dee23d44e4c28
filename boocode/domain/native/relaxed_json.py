"""JSON as weak models write it, read where it can mean one thing only.

| written | read as |
| --- | --- |
| raw line breaks and tabs in a string; `\\'`; `\\d` in a string without other escapes of letters | the characters |
| a comma too many; single quotes; bare keys; `True` `False` `None`; `\\n` between values | what was meant |
| closers missing at the very end, outside strings (not when the answer was cut short) | closed |
| closers too many; braces around the braces; an end token or a fence around it all | without them |
| the same object twice, or `{}` before it | that object once |
| JSON inside a JSON string | the inner one (see `read_object`) |

Everything else is refused with the place of the fault: quotes within a string that were not escaped, a string
without end, a key twice, escapes that can be read in two ways. Linear in the text; nesting is bounded.
"""

import json
import re
from collections.abc import Sequence
from typing import NoReturn

DEPTH = 100
"""Deepest nesting."""
MOST_REPAIRED = 200_000
"""Characters. Repairing is slow, and an answer that long is a model that repeats itself."""
_SPACE = re.compile(r"(?:[\s\ufeff]|\\[nrt])*")
_KEY = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])")
_WORDS: dict[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
}
_STRINGS = {quote: re.compile(rf"(?:[^{quote}\\]|\\.)*{quote}", re.DOTALL) for quote in ('"', "'")}
_LEAKED_QUOTE = re.compile(r'<\|\\?"\|?>|<escape>')
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[^\n`]*\n(.*?)\n?[ \t]*\1\s*\Z", re.DOTALL)
_END_TOKEN = re.compile(r"(?:</?s>|<\|[\w ]{1,30}\|>|</[\w:]{1,30}>|<｜[^<>｜]{1,30}｜>|;)\Z")
_END_TOKEN_CHARS = 40
_MEANINGFUL = frozenset("ntrbfuxavNU01234567")
"""Letters behind a backslash that mean another character, in JSON or in Python."""
_PLAIN_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "/": "/",
    '"': '"',
    "\\": "\\",
    "'": "'",
}


class Unreadable(ValueError):
    """str() says what is wrong and where, in words for the model."""


def read_object(text: str, *, cut_short: bool = False) -> tuple[dict[str, object], tuple[str, ...]]:
    """The object that `text` is, and what had to be repaired (empty: it was well written). Raises Unreadable."""
    value, repairs = read_value(text, cut_short=cut_short)
    for _ in range(2):
        if not isinstance(value, str) or not value.lstrip().startswith(("{", '"')):
            break
        value, inner = read_value(value, cut_short=cut_short)
        repairs = (*repairs, "JSON inside a string", *inner)
    if not isinstance(value, dict):
        raise Unreadable(f"it is {_kind(value)}, not an object in braces")
    return value, repairs


def read_value(text: str, *, cut_short: bool = False) -> tuple[object, tuple[str, ...]]:
    """The one value that `text` is. Raises Unreadable."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant), ()
    except (ValueError, RecursionError):
        pass
    if len(text) > MOST_REPAIRED:
        raise Unreadable(f"it is no JSON, and too long ({len(text)} characters) to be repaired")
    values, repairs = read_values(text, cut_short=cut_short)
    return _one(values), repairs if len(values) == 1 else (*repairs, "a second object")


def read_values(text: str, *, cut_short: bool = False) -> tuple[Sequence[object], tuple[str, ...]]:
    """All values of `text`, one behind the other, between them space, commas or semicolons. Raises Unreadable."""
    reader = _Reader(text, cut_short)
    return reader.all(), tuple(dict.fromkeys(reader.repairs))


def _one(values: Sequence[object]) -> object:
    told = [value for value in values if value != {}] or list(values[:1])
    if len(told) != 1 and any(value != told[0] for value in told):
        raise Unreadable("there is more than one value")
    return told[0]


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise Unreadable("a key is written twice")
    return read


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a JSON value")


def _without_end_tokens(text: str) -> str:
    end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        found = _END_TOKEN.search(text, max(0, end - _END_TOKEN_CHARS), end)
        if found is None:
            return text[:end]
        end = found.start()


def _kind(value: object) -> str:
    kinds = {str: "a string", list: "a list", type(None): "null", bool: "a boolean"}
    return kinds.get(type(value), "a number")


class _Reader:
    """One pass over the text; `repairs` collects what was not JSON."""

    def __init__(self, text: str, cut_short: bool) -> None:
        fenced = _FENCE.match(text)
        body = fenced[2] if fenced else text
        self.repairs: list[str] = ["a code fence"] if fenced else []
        body = _without_end_tokens(body)
        if _LEAKED_QUOTE.search(body):
            body = _LEAKED_QUOTE.sub('"', body)
            self.repairs.append("a leaked quote token")
        self._text = body
        self._may_close = not cut_short
        self._at = 0
        self._depth = 0

    def all(self) -> list[object]:
        values: list[object] = []
        while self._peek():
            values.append(self._value())
            while (char := self._peek()) and char in ",;}]":
                if char in "}]":
                    self.repairs.append("closers too many")
                self._at += 1
        if not values:
            raise Unreadable("it is empty")
        return values

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        if "\\" in space[0]:
            self.repairs.append("escapes between values")
        self._at = space.end()
        return self._text[self._at : self._at + 1]

    def _value(self) -> object:
        char = self._peek()
        if char in ("{", "["):
            self._depth += 1
            if self._depth > DEPTH:
                self._fail("it is nested too deep")
            read = self._object() if char == "{" else self._array()
            self._depth -= 1
            return read
        if char in ('"', "'"):
            return self._string(char)
        return self._scalar()

    def _object(self) -> object:
        self._at += 1
        if self._peek() == "{":  # braces around the braces
            self.repairs.append("braces around the braces")
            inner = self._value()
            self._close("}")
            return inner
        read: dict[str, object] = {}
        while (char := self._peek()) != "}":
            if not char:
                break
            key = self._string(char) if char in "\"'" else self._bare_key()
            if self._peek() != ":":
                self._fail(f"a colon is missing behind the key {key[:40]!r}")
            self._at += 1
            if key in read:
                self._fail(f"the key {key[:40]!r} is written twice")
            read[key] = self._value()
            self._comma("}")
        self._close("}")
        return read

    def _array(self) -> list[object]:
        self._at += 1
        read: list[object] = []
        while (char := self._peek()) != "]":
            if not char:
                break
            read.append(self._value())
            self._comma("]")
        self._close("]")
        return read

    def _comma(self, closer: str) -> None:
        char = self._peek()
        if char == ",":
            self._at += 1
            if self._peek() == closer:
                self.repairs.append("a comma too many")
            elif not self._peek():
                self._fail("it ends behind a comma")
        elif char not in (closer, ""):
            self._fail("a comma is missing, or a quote within a string is not escaped")

    def _close(self, closer: str) -> None:
        if self._peek() == closer:
            self._at += 1
        elif not self._peek() and self._may_close:
            self.repairs.append("missing closers")
        else:
            self._fail(f"{closer} is missing")

    def _string(self, quote: str) -> str:
        found = _STRINGS[quote].match(self._text, self._at + 1)
        if found is None:
            self._fail("a string has no end")
        if quote == "'":
            self.repairs.append("single quotes")
        raw = found[0][:-1]
        start, self._at = self._at, found.end()
        return self._unescaped(raw, start)

    def _unescaped(self, raw: str, start: int) -> str:
        if any(char < " " for char in raw):
            self.repairs.append("raw line breaks in a string")
        if "\\" not in raw:
            return raw
        letters = {found[1][0] for found in _ESCAPE.finditer(raw)}
        odd = letters - _PLAIN_ESCAPES.keys() - {"u"}
        if odd or any(found[1] == "u" for found in _ESCAPE.finditer(raw)):
            return self._odd_escapes(raw, letters, start)
        if "'" in letters:
            self.repairs.append("an escaped single quote")
        text = _ESCAPE.sub(lambda found: _escaped(found[1]), raw)
        return _paired_surrogates(text)

    def _odd_escapes(self, raw: str, letters: set[str], start: int) -> str:
        """`\\d` is no JSON. It means itself where no other escape stands beside it that could mean two things."""
        others = letters & _MEANINGFUL
        if others or not all(letter.isalnum() or letter in '"/' for letter in letters):
            self._at = start
            self._fail("a backslash in a string is not escaped (write \\\\ for one backslash)")
        self.repairs.append("backslashes that were not escaped")
        return _ESCAPE.sub(lambda found: found[1] if found[1] in '"/' else found[0], raw)

    def _bare_key(self) -> str:
        found = _KEY.match(self._text, self._at)
        if found is None:
            self._fail("a key in quotes is missing")
        self.repairs.append("keys without quotes")
        self._at = found.end()
        return found[0]

    def _scalar(self) -> object:
        word = _KEY.match(self._text, self._at)
        if word is not None and word[0] in _WORDS:
            self._at = word.end()
            if word[0][0].isupper():
                self.repairs.append(f"Python's {word[0]}")
            return _WORDS[word[0]]
        number = _NUMBER.match(self._text, self._at)
        if number is None:
            self._fail("a value is missing, or a string has no quotes")
        if number.end() == len(self._text) and not self._may_close:
            self._fail("it ends within a number")
        self._at = number.end()
        return json.loads(number[0]) if len(number[0]) < 400 else self._fail("a number is too long")

    def _fail(self, what: str) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        near = self._text[self._at : self._at + 30]
        raise Unreadable(f"{what} (line {line}, near {near!r})" if near else f"{what} (at the end)")


def _escaped(letter: str) -> str:
    return chr(int(letter[1:], 16)) if letter[0] == "u" else _PLAIN_ESCAPES[letter]


def _paired_surrogates(text: str) -> str:
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
