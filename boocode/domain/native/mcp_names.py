"""The names under which tools of MCP servers are offered: `mcp__SERVER__TOOL`, legal for every endpoint, unique."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

LONGEST = 64
"""Characters of a function's name, by the OpenAI interface."""
_PREFIX = "mcp"
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_-]")
_MARK = 8
"""Characters that tell two names apart which would otherwise be the same."""


def offered_names(tools: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """One name for each (server, tool). It depends on them and on those that it would clash with alone, so that
    a name stays the same when other servers come and go."""
    plain = [_legal(f"{_PREFIX}__{server}__{tool}") for server, tool in tools]
    seen = Counter(plain)
    return tuple(
        name if len(name) <= LONGEST and seen[name] == 1 else _marked(name, *pair)
        for name, pair in zip(plain, tools, strict=True)
    )


def child_name(server: str) -> str:
    """How a server is called in the tree."""
    return _legal(server)[:LONGEST] or "server"


def _legal(name: str) -> str:
    return _ILLEGAL.sub("_", name)


def _marked(name: str, server: str, tool: str) -> str:
    mark = hashlib.sha256(f"{server}\0{tool}".encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return f"{name[: LONGEST - _MARK - 1]}_{mark}"
