"""`{env:NAME}` in an entry of mcp.json, and what of an entry is nobody's to see. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from attrs import define, field

_VARIABLE = re.compile(r"\$?\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_OURS = "BOOCODE_"
_OPEN = frozenset(("HOME", "USER", "LOGNAME", "PWD", "PATH", "SHELL", "TMPDIR", "LANG", "HOSTNAME"))
"""Variables that are no secrets: paths would be unreadable without them."""
_TELLING = re.compile(r"key|token|secret|pass|auth|credential|cookie|pat$", re.IGNORECASE)
_SHORTEST = 6
"""Characters: what is shorter would be struck out of half the words."""
_SCHEMES = frozenset(("bearer", "basic", "digest", "apikey", "token"))


@define
class Expansion:
    """Replaces the variables of one entry, and remembers what it met."""

    environ: Mapping[str, str]
    secrets: set[str] = field(factory=set)
    warnings: list[str] = field(factory=list)

    def of(self, value: Any) -> Any:
        """`value` with every string in it replaced; an unset name becomes nothing, and is warned of once."""
        match value:
            case str():
                return _VARIABLE.sub(self._value, value)
            case list():
                return [self.of(each) for each in value]
            case dict():
                return {key: self.of(each) for key, each in value.items()}
            case _:
                return value

    def _value(self, found: re.Match[str]) -> str:
        name = found.group(1)
        if name.startswith(_OURS):
            self._warn(f"{{env:{name}}} is BooCode's own and is given to nobody.")
            return ""
        if name not in self.environ:
            self._warn(f"the environment variable {name} is not set.")
            return ""
        value = self.environ[name]
        if name not in _OPEN:
            self.secrets.add(value)
        return value

    def _warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)


def hidden(
    replaced: Iterable[str],
    env: Mapping[str, str],
    headers: Mapping[str, str],
    url: str,
    arguments: Sequence[str] = (),
) -> frozenset[str]:
    """What must not be shown of an entry: replaced variables, telling ones of its environment and its arguments,
    headers, and what an address may carry, also one that is an argument or a variable."""
    found = [*replaced, *(value for name, value in env.items() if _TELLING.search(name))]
    for value in headers.values():
        found += [value, *(word for word in value.split() if word.lower() not in _SCHEMES)]
    found += _told_by_flags(arguments)
    found += _carried(url, whole=True)
    for text in (*arguments, *env.values()):
        found += _carried(text)
    return frozenset(each for value in found if len(each := value.strip()) >= _SHORTEST)


def _told_by_flags(arguments: Sequence[str]) -> Iterator[str]:
    """`--api-key VALUE` and `--api-key=VALUE`."""
    for flag, value in pairwise((*arguments, "")):
        name, equals, joined = flag.partition("=")
        if name.startswith("-") and _TELLING.search(name):
            yield joined if equals else value if not value.startswith("-") else ""


def _carried(text: str, *, whole: bool = False) -> Iterator[str]:
    """Passwords of an address and keys in its query, as they are written and as they are meant; with `whole` its
    user and all of its query."""
    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query.replace("%", "%25").replace("+", "%2B"))
    except ValueError:
        return
    telling = [value for name, value in query if whole or _TELLING.search(name)]
    user = parts.username if whole or not parts.password else ""
    for written in (parts.password or "", user or "", *telling):
        yield from (written, unquote_plus(written))
