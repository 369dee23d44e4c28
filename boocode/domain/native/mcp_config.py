"""mcp.json of BooCode's home: which MCP servers there are. Pure; what is wrong with one entry harms no other.

    {"mcpServers": {"git":  {"command": "uvx", "args": ["mcp-server-git"], "env": {}, "cwd": "~/work"},
                    "docs": {"url": "https://…/mcp", "headers": {"Authorization": "Bearer {env:DOCS_TOKEN}"}}}}

`servers` is another name of `mcpServers`. `{env:NAME}` is replaced in every string of an entry, at any depth.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen

from boocode.domain.native.mcp_secrets import Expansion, hidden
from boocode.domain.secrets import redacted

MCP_FILE = "mcp.json"
CALL_S = 300.0
"""What a call may take without progress when the entry has no `timeout_s`."""
LONGEST_NAME = 100
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_TABLES = ("mcpServers", "servers")
_KINDS = {
    "stdio": "stdio",
    "local": "stdio",
    "http": "http",
    "streamable-http": "http",
    "streamableHttp": "http",
    "streamable_http": "http",
    "remote": "http",
}
_KEYS = {
    "stdio": frozenset(("command", "args", "env", "environment", "cwd")),
    "http": frozenset(("url", "headers")),
}
_BOTH = frozenset(("type", "transport", "disabled", "enabled", "timeout_s", "description"))


class McpConfigError(ValueError):
    """The file as a whole cannot be used; str() says why."""


@frozen
class Stdio:
    """A server that is a child process."""

    command: tuple[str, ...] = field(repr=False)
    env: Mapping[str, str] = field(factory=dict, repr=False)
    cwd: str | None = None
    """None = BooCode's home; a relative one begins there."""


@frozen
class Http:
    """A server that listens, spoken to in streamable HTTP."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class McpEntry:
    name: str
    way: Stdio | Http
    call_s: float = CALL_S
    secrets: frozenset[str] = field(factory=frozenset, repr=False)
    """What no log, error or view may show."""

    @property
    def shown(self) -> str:
        """How it is reached, for people."""
        match self.way:
            case Stdio(command=command):
                return self.redacted(" ".join(command))
            case Http(url=url):
                return self.redacted(url)

    def redacted(self, text: str) -> str:
        return redacted(text, self.secrets)


@frozen
class McpConfig:
    entries: tuple[McpEntry, ...] = ()
    refused: Mapping[str, str] = field(factory=dict)
    """Reasons, by name."""
    disabled: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """Of entries that are used all the same."""


class _Refused(Exception):
    """This entry cannot be used; str() says why."""


def parse_mcp(text: str, environ: Mapping[str, str]) -> McpConfig:
    """Raises McpConfigError when `text` is no such file at all."""
    try:
        whole = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise McpConfigError(f"{MCP_FILE} is not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise McpConfigError(f'{MCP_FILE} must be an object: {{"mcpServers": {{…}}}}')
    reading = _Reading(environ)
    for table in _TABLES:
        if not isinstance(entries := whole.get(table, {}), dict):
            raise McpConfigError(f"{table} in {MCP_FILE} must be an object of servers by name.")
        for name, raw in entries.items():
            reading.take(name, raw)
    if not any(table in whole for table in _TABLES) and whole:
        raise McpConfigError(f'{MCP_FILE} has no "mcpServers".')
    return reading.config()


@define
class _Reading:
    """What has been read so far."""

    environ: Mapping[str, str]
    entries: dict[str, McpEntry] = field(factory=dict)
    refused: dict[str, str] = field(factory=dict)
    disabled: list[str] = field(factory=list)
    warnings: list[str] = field(factory=list)

    def take(self, name: str, raw: object) -> None:
        warnings: list[str] = []
        if not name.isprintable() or len(name) > LONGEST_NAME:
            shown = "".join(each if each.isprintable() else "?" for each in name[:LONGEST_NAME])
            self.refused[shown] = f"Its name must be at most {LONGEST_NAME} characters that can be seen."
            return
        if name in self.entries or name in self.refused or name in self.disabled:
            self.entries.pop(name, None)
            self.refused[name] = "There are two servers of this name."
            return
        try:
            entry = _entry(name, raw, self.environ, warnings)
        except _Refused as refusal:
            self.refused[name] = str(refusal)
            return
        if entry is None:
            self.disabled.append(name)
        else:
            self.entries[name] = entry
            self.warnings += [f"MCP server {name}: {words}" for words in warnings]

    def config(self) -> McpConfig:
        return McpConfig(
            tuple(self.entries.values()), self.refused, tuple(self.disabled), tuple(self.warnings)
        )


def _entry(name: str, raw: object, environ: Mapping[str, str], warnings: list[str]) -> McpEntry | None:
    """None for one that is switched off. Raises _Refused."""
    if not isinstance(raw, dict):
        raise _Refused("Its entry must be an object.")
    if not name.strip():
        raise _Refused("It has no name.")
    if _HALF_A_PAIR.search(json.dumps(raw, ensure_ascii=False)):
        raise _Refused("It holds half a character, which no program can be given.")
    if _flag(raw, "disabled", False) or not _flag(raw, "enabled", True):
        return None
    expansion = Expansion(environ)
    told: dict[str, Any] = expansion.of(raw)
    kind = _kind(told)
    entry = McpEntry(name, _stdio(told) if kind == "stdio" else _http(told), _call_s(told))
    unknown = sorted(set(told) - _KEYS[kind] - _BOTH)
    warnings += expansion.warnings
    warnings += [f"`{key}` is not known to BooCode and has no effect." for key in unknown]
    way = entry.way
    named = way.env if isinstance(way, Stdio) else {}
    sent = way.headers if isinstance(way, Http) else {}
    url = way.url if isinstance(way, Http) else ""
    arguments = way.command[1:] if isinstance(way, Stdio) else ()
    return evolve(entry, secrets=hidden(expansion.secrets, named, sent, url, arguments))


def _flag(raw: Mapping[str, Any], key: str, default: bool) -> bool:
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise _Refused(f"`{key}` must be true or false.")
    return value


def _kind(told: Mapping[str, Any]) -> str:
    word = told.get("type", told.get("transport"))
    has = {"stdio": "command" in told, "http": "url" in told}
    if word == "sse":
        raise _Refused("The old SSE transport is not spoken by BooCode: use its streamable HTTP address.")
    if word is None:
        if has["stdio"] == has["http"]:
            raise _Refused("It needs either a `command` or a `url`.")
        return "stdio" if has["stdio"] else "http"
    if not isinstance(word, str) or word not in _KINDS:
        raise _Refused("`type` must be stdio or http.")
    kind = _KINDS[word]
    if not has[kind]:
        raise _Refused(f"It needs a `{'command' if kind == 'stdio' else 'url'}`.")
    return kind


def _stdio(told: Mapping[str, Any]) -> Stdio:
    first, args = told["command"], told.get("args", [])
    words = [first] if isinstance(first, str) else first
    if not _is_texts(words) or not words or not words[0].strip():
        raise _Refused("`command` must be the name of a program.")
    if not _is_texts(args):
        raise _Refused("`args` must be a list of strings.")
    cwd = told.get("cwd")
    if cwd is not None and not isinstance(cwd, str):
        raise _Refused("`cwd` must be a string.")
    env = _texts_by_name(told, "env" if "env" in told else "environment")
    if any("=" in name or not name for name in env):
        raise _Refused("`env` holds a name that no variable can have.")
    everything = (*words, *args, *env, *env.values(), cwd or "")
    if any("\0" in text for text in everything):
        raise _Refused("It holds a NUL character, which no command can.")
    return Stdio((*words, *args), env, cwd)


def _http(told: Mapping[str, Any]) -> Http:
    url = told["url"]
    if not isinstance(url, str) or not _is_address(url):
        raise _Refused("`url` must be an http:// or https:// address.")
    headers = {name: value.strip() for name, value in _texts_by_name(told, "headers").items()}
    for name, value in headers.items():
        if not name or not (name + value).isascii() or not (name + value).isprintable():
            raise _Refused(f"The header {name!r} holds characters that no header can.")
    return Http(url.strip(), headers)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _call_s(told: Mapping[str, Any]) -> float:
    value = told.get("timeout_s", CALL_S)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86_400:
        raise _Refused("`timeout_s` must be a number of seconds above 0.")
    return float(value)


def _texts_by_name(told: Mapping[str, Any], key: str) -> dict[str, str]:
    value = told.get(key, {})
    if not isinstance(value, dict) or not _is_texts(list(value.values())):
        raise _Refused(f"`{key}` must be an object of strings.")
    return value


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
