"""Profiles as people write them: `AGENTS.md` in BooCode's home.

    # reviewer
    ```toml
    description = "Reads and reports"
    tools = ["read_file", "search_files", "mcp__git__*"]
    model = "qwen3-coder"
    mode = "plan"
    max_steps = 20
    [sampling]
    temperature = 0.2
    ```
    You review code. …

A heading of the first level begins a profile, a toml block straight behind it says what it is, all else up to the next
such heading is its prompt. The section `boocode` changes the built-in profile. A section that cannot be used is left
out with a warning that names it and the key; the others stay.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import get_args

import attrs
from attrs import evolve, frozen

from boocode.domain.native.profiles import BUILT_IN, LEAVES, Profile
from boocode.domain.native.sampling import Sampling

PROFILE_FILE = "AGENTS.md"
MOST_PROFILES = 50

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>.*)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
_TOOL = re.compile(r"[A-Za-z0-9_.-]+\*?|\*")
_KEYS = ("description", "tools", "model", "mode", "max_steps", "sampling")


class _Wrong(Exception):
    """This section cannot be used; str() says why."""


@frozen
class _Section:
    name: str
    header: str | None
    """Of its toml block; None without one."""
    prompt: str


def read_profiles(text: str, source: str = PROFILE_FILE) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """The built-in profile first, then those of the file in its order; and warnings for people."""
    profiles = {BUILT_IN.name: BUILT_IN}
    warnings: list[str] = []
    for name, lines in _sections(text):
        try:
            section = _taken_apart(name, lines)
            key = _checked_name(section.name, profiles)
            profiles[key] = _profile(section, profiles.get(key))
        except _Wrong as wrong:
            warnings.append(f"{source}: the profile “{name[:60]}” is left out: {wrong}")
    return tuple(profiles.values())[: MOST_PROFILES + 1], tuple(warnings)


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Heading and lines of each; what stands before the first heading belongs to nobody."""
    name: str | None = None
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        fence = _fence_after(fence, line)
        heading = None if fence else _heading(line)
        if heading is None:
            lines.append(line)
            continue
        if name is not None:
            yield name, lines
        name, lines = heading, []
    if name is not None:
        yield name, lines


def _heading(line: str) -> str | None:
    if not line.startswith(("# ", "#\t")):
        return None
    name = line[1:].strip()
    bare = name.rstrip("#")
    return (bare.rstrip() if bare[-1:] in ("", " ", "\t") else name) or None


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open behind this line, "" when none is."""
    found = _FENCE.fullmatch(line)
    if found is None:
        return fence
    marks = found["marks"]
    if not fence:
        return "" if "`" in found["info"] and marks[0] == "`" else marks
    return "" if marks.startswith(fence) and not found["info"].strip() else fence


def _taken_apart(name: str, lines: list[str]) -> _Section:
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    opening = _FENCE.fullmatch(lines[first]) if first < len(lines) else None
    if opening is None or opening["info"].strip().lower() != "toml":
        return _Section(name, None, "\n".join(lines).strip())
    for index in range(first + 1, len(lines)):
        if not _fence_after(opening["marks"], lines[index]):
            header, rest = lines[first + 1 : index], lines[index + 1 :]
            return _Section(name, "\n".join(header), "\n".join(rest).strip())
    raise _Wrong("its toml block has no end")


def _checked_name(name: str, taken: Mapping[str, Profile]) -> str:
    folded = name.casefold()
    if folded == BUILT_IN.name:
        return BUILT_IN.name
    if not _NAME.fullmatch(name):
        raise _Wrong(
            "a name has 1 to 40 letters, digits, spaces, '.', '_' and '-', and starts with one of the first two"
        )
    if folded in LEAVES:
        raise _Wrong(f"{folded} is a mode of BooCode's own; choose another name")
    if any(each.casefold() == folded for each in taken):
        raise _Wrong("there is one of this name above")
    return name


def _profile(section: _Section, base: Profile | None) -> Profile:
    given = _table(section.header)
    for key in given:
        if key not in _KEYS:
            raise _Wrong(f"unknown key “{key}”; known are {', '.join(_KEYS)}")
    mode = given.get("mode")
    leave = next((leave for leave in LEAVES if leave == mode), None)
    if mode is not None and leave is None:
        raise _Wrong(f"mode is {mode!r}; it must be one of {', '.join(LEAVES)}")
    if leave is not None and base is not None:
        raise _Wrong("its mode is `mode` under [native] of config.toml")
    base = base or Profile(section.name)
    return evolve(
        base,
        prompt=section.prompt or base.prompt,
        description=_text(given, "description") or base.description,
        tools=_tools(given, base.tools),
        model=_text(given, "model") or base.model,
        leave=leave or base.leave,
        sampling=_sampling(given.get("sampling", {})),
        max_steps=_steps(given.get("max_steps")),
    )


def _table(header: str | None) -> Mapping[str, object]:
    try:
        return tomllib.loads(header or "")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _Wrong(f"its toml block cannot be read: {error}") from error


def _text(given: Mapping[str, object], key: str) -> str:
    found = given.get(key, "")
    if not isinstance(found, str) or (key in given and not found.strip()):
        raise _Wrong(f"{key} is {found!r}; it must be a text")
    return " ".join(found.split())


def _tools(given: Mapping[str, object], default: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if "tools" not in given:
        return default
    found = given["tools"]
    if not isinstance(found, list):
        raise _Wrong(f"tools is {found!r}; it must be a list of names")
    for each in found:
        if not isinstance(each, str) or not _TOOL.fullmatch(each):
            raise _Wrong(f"tools holds {each!r}, which is no name of a tool; '*' may stand at an end only")
    return tuple(found)


def _steps(found: object) -> int | None:
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise _Wrong(f"max_steps is {found!r}; it must be a number from 1")
    return found


def _sampling(found: object) -> Sampling:
    if not isinstance(found, dict):
        raise _Wrong(f"sampling is {found!r}; it must be a table: [sampling]")
    kinds = {each.name: frozenset(get_args(each.type)) for each in attrs.fields(Sampling)}
    for key, value in found.items():
        if key not in kinds:
            raise _Wrong(f"unknown key “sampling.{key}”; known are {', '.join(kinds)}")
        found[key] = _knob(key, value, kinds[key])
    return Sampling(**found)


def _knob(key: str, value: object, kinds: frozenset[object]) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if float in kinds:
        wanted, fits = "a number", number
    elif int in kinds:
        wanted, fits = "a whole number", number and isinstance(value, int)
    elif str in kinds:
        wanted, fits = "a text", isinstance(value, str)
    else:
        wanted = "a list of texts"
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not fits:
        raise _Wrong(f"sampling.{key} is {value!r}; it must be {wanted}")
    return tuple(value) if isinstance(value, list) else value
