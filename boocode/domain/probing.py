"""What can be learned of an agent by asking its program: pure parts."""

import re
from pathlib import PurePath

_INTERPRETERS = re.compile(r"(python|node|npx|npm|uvx?|bunx?|deno|ba?sh|env)[\d.]*")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")


def version_command(command: tuple[str, ...]) -> tuple[str, ...] | None:
    """The command that prints the agent's version; None where it would be an interpreter's version instead."""
    if _INTERPRETERS.fullmatch(PurePath(command[0]).name):
        return None
    return (command[0], "--version")


def version_in(output: str) -> str | None:
    """The first thing in the output that looks like a version: `1.34.0` of ` goose 1.34.0`."""
    match = _VERSION.search(output)
    return match[0] if match else None
