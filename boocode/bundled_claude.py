"""Where Claude is: the one on PATH, or the one that its SDK brought along. The SDK itself is not imported."""

import shutil
from collections.abc import Mapping
from importlib import util
from pathlib import Path

from attrs import evolve

from boocode.ports.agents import ProviderSpec

PROGRAM = "claude"


def bundled_claude() -> str | None:
    """None when the SDK is not installed, or came without the program."""
    found = util.find_spec("claude_agent_sdk")
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "_bundled" / PROGRAM
    return str(program) if program.is_file() else None


def with_claude_found(spec: ProviderSpec, environ: Mapping[str, str]) -> ProviderSpec:
    """A provider whose command starts with a plain `claude` that is not on PATH gets the bundled one."""
    if spec.command[:1] != (PROGRAM,) or shutil.which(
        PROGRAM, path=spec.env.get("PATH") or environ.get("PATH")
    ):
        return spec
    bundled = bundled_claude()
    return spec if bundled is None else evolve(spec, command=(bundled, *spec.command[1:]))
