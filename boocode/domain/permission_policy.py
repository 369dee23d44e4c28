"""What a project's policy answers for a person: yes, or nothing. It never says no.

policy           | read, search | edit, delete, move | execute, fetch, other, think, switch_mode
-----------------+--------------+--------------------+-------------------------------------------
ask              | a person     | a person           | a person
allow_reads      | yes          | a person           | a person
allow_worktree   | yes          | yes                | a person

"Yes" holds only when everything that the call names lies inside the session's worktree, symlinks followed, and
outside git's own files. A call that names no place cannot be judged, and a command can reach anywhere whatever
folder it starts in: both go to a person. A policy spares questions; it is no sandbox, for an agent that asks
about one thing and does another is not held by any answer.
"""

import os.path
import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from boocode.contracts.resources import Part, PermissionOption, PermissionPolicy

_READS = frozenset({"read", "search"})
_WRITES = frozenset({"edit", "delete", "move"})
_ALLOWED: Mapping[PermissionPolicy, frozenset[str]] = {
    "ask": frozenset(),
    "allow_reads": _READS,
    "allow_worktree": _READS | _WRITES,
}

_CONTENT = frozenset(
    {
        "content",
        "contents",
        "text",
        "diff",
        "newtext",
        "oldtext",
        "newstring",
        "oldstring",
        "newstr",
        "oldstr",
    }
    | {"filetext", "inserttext", "newsource", "replacement", "description", "explanation"}
)
"""Keys of a tool's input (lower case, without `_`) that hold what is written, never where."""
_EDIT_CONTENT = _CONTENT | {"old", "new"}
"""The same for an edit whose diff is shown: elsewhere these two may be the names of a move."""
_BEYOND = frozenset(
    {"command", "commands", "cmd", "argv", "args", "script", "code", "shell", "url", "uri", "urls"}
    | {"patch", "patchtext"}
)
"""Keys whose meaning we do not know well enough: a call that has one is a person's."""
_PLACES_HIDDEN = re.compile(r"(^|[^\w.])\.\.([/\\]|$)|[\s,;:=\"'(]([/~]|\.\.)|^~|\$|\\|://|,\s|[\x00\n\r]")
"""Upwards, home, variables, lists of several places, or something that is no plain path."""
MAX_PLACES = 100
MAX_PLACE_CHARS = 4096


@frozen
class Places:
    """Absolute and with every symlink followed: the worktree, and what a tool call names."""

    root: str
    named: tuple[str, ...]


def may_allow(policy: PermissionPolicy, tool: Part) -> bool:
    """Whether the policy could say yes to this kind of call: else nobody need look at the disk."""
    return (tool.kind or "other") in _ALLOWED[policy]


def named_places(tool: Part) -> tuple[str, ...] | None:
    """Every path that the call names, as it wrote them; None when they cannot be told for certain."""
    found = list(tool.locations or ())
    if tool.diff is not None:
        found.append(tool.diff.path)
    try:
        found.extend(_strings(tool.input or {}, _content_of(tool)))
    except _Unjudgeable:
        return None
    places = tuple(dict.fromkeys(found))
    if not places or len(places) > MAX_PLACES:
        return None
    return None if any(not _is_plain(place) for place in places) else places


def automatic_answer(
    policy: PermissionPolicy, tool: Part, options: Sequence[PermissionOption], places: Places
) -> str | None:
    """The option that the policy chooses, or None: ask a person. Never an answer for ever."""
    if not may_allow(policy, tool) or not places.named:
        return None
    if not all(_is_inside(places.root, place) for place in places.named):
        return None
    return next((option.id for option in options if option.kind == "allow_once"), None)


class _Unjudgeable(Exception):
    """The input holds something whose reach we do not know."""


def _content_of(tool: Part) -> frozenset[str]:
    return _EDIT_CONTENT if tool.kind == "edit" and tool.diff is not None else _CONTENT


def _strings(value: object, content: frozenset[str], depth: int = 0) -> Iterator[str]:
    """Every text of an input but contents: any of them may name a place."""
    if depth > 8:
        raise _Unjudgeable
    match value:
        case str():
            if value:
                yield value
        case Mapping():
            for key, inner in value.items():
                name = str(key).replace("_", "").replace("-", "").lower()
                if name in _BEYOND:
                    raise _Unjudgeable
                if name not in content:
                    yield from _strings(inner, content, depth + 1)
        case list() | tuple():
            for inner in value:
                yield from _strings(inner, content, depth + 1)
        case _:
            pass


def _is_plain(place: str) -> bool:
    return 0 < len(place) <= MAX_PLACE_CHARS and _PLACES_HIDDEN.search(place) is None


def _is_inside(root: str, place: str) -> bool:
    if not (os.path.isabs(root) and os.path.isabs(place)):
        return False
    parts = os.path.relpath(place, root).split(os.sep)
    return parts[0] != os.pardir and ".git" not in parts
