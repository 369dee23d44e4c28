"""`{env:NAME}` in an entry of mcp.json, and what of an entry is nobody's to see. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field

_VARIABLE = re.compile(r"\$?\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_OURS = "BOOCODE_"
_OPEN = frozenset(("HOME", "USER", "LOGNAME", "PWD", "PATH", "SHELL", "TMPDIR", "LANG", "HOSTNAME"))
"""Variables that are no secrets: paths would be unreadable without them."""
_TELLING = re.compile(r"key|token|secret|pass|auth|credential|cookie|pat$", re.IGNORECASE)
_SHORTEST = 6
"""Characters: what is shorter would be struck out of half the words."""
_SCHEMES = frozenset(("bearer", "basic", "digest", "apikey", "token"))
STRUCK = "•••"


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
    replaced: Iterable[str], env: Mapping[str, str], headers: Mapping[str, str], url: str
) -> frozenset[str]:
    """What must not be shown of an entry: replaced variables, telling ones of its environment, headers, and what
    an address may carry."""
    found = [*replaced, *(value for name, value in env.items() if _TELLING.search(name))]
    for value in headers.values():
        found += [value, *(word for word in value.split() if word.lower() not in _SCHEMES)]
    if url:
        parts = urlsplit(url)
        found += [parts.password or "", parts.username or "", *(value for _, value in parse_qsl(parts.query))]
    return frozenset(each for value in found if len(each := value.strip()) >= _SHORTEST)


def redacted(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, STRUCK)
    return text
