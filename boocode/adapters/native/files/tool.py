"""What the tools on files are made of: their ground, their threads, and arguments as a model sent them."""

import errno
from collections.abc import Callable, Mapping
from typing import TypeVar

import trio
from attrs import frozen

from boocode.adapters.native.files.confines import Confines
from boocode.ports.native_tools import Effect, ToolOffer, ToolRefused

R = TypeVar("R")
Arguments = Mapping[str, object]

THREADS = 4
"""For all agents together; a slow disk must not use up the threads that start processes."""
_WORDS = {
    errno.ENOSPC: "The disk is full. Nothing was changed",
    errno.EROFS: "It lies on a file system that cannot be written",
    errno.EACCES: "BooCode may not do that (permission denied)",
    errno.EPERM: "BooCode may not do that (not permitted)",
    errno.ENAMETOOLONG: "The name is too long for this file system",
    errno.EISDIR: "It is a folder",
    errno.ELOOP: "Its symbolic links lead in a circle",
}


@frozen
class Disk:
    """Does plain calls in threads; what the system refuses becomes words for the model."""

    confines: Confines
    limiter: trio.CapacityLimiter

    async def run(self, asked: str, work: Callable[[], R]) -> R:
        """`asked` says for people and the model what was to be done. Raises ToolRefused. A cancel waits for the call
        to end, so that no write goes on unseen."""
        try:
            return await trio.to_thread.run_sync(work, limiter=self.limiter)
        except (OSError, ValueError) as error:
            raise ToolRefused(f"{asked} failed: {_reason(error)}.") from error


def _reason(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    return _WORDS.get(error.errno, error.strerror or str(error))


def offer(
    name: str,
    description: str,
    properties: Mapping[str, Mapping[str, object]],
    *required: str,
    effect: Effect = "read",
    kind: str = "read",
) -> ToolOffer:
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return ToolOffer(name, description, schema, effect, kind)


PATH = {"type": "string", "description": "Path from the worktree's root, for example src/main.py"}


def text(arguments: Arguments, name: str, default: str | None = None) -> str:
    """The argument of that name. Raises ToolRefused when there is none, or it is something else."""
    value = arguments.get(name)
    if value is None:
        value = default
    if not isinstance(value, str):
        found = "nothing" if value is None else type(value).__name__
        raise ToolRefused(f"{name} must be a text, found {found}. Send the call again with it.")
    return value


def number(arguments: Arguments, name: str, default: int) -> int:
    value = arguments.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ToolRefused(f"{name} must be a whole number of 1 or more, found {value!r}.")
    return value


def flag(arguments: Arguments, name: str) -> bool:
    value = arguments.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise ToolRefused(f"{name} must be true or false, found {value!r}.")
    return value
