"""From a command to trio and back: what a command means to say is said, whatever nurseries it came through."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

from boocode.cli.errors import CommandError

T = TypeVar("T")


def run_async(fn: Callable[[], Awaitable[T]]) -> T:
    """trio.run; a CommandError or KeyboardInterrupt inside an exception group comes out as itself."""
    try:
        return trio.run(fn)
    except BaseExceptionGroup as group:
        for kind in (CommandError, KeyboardInterrupt):
            if (meant := group.subgroup(kind)) is not None:
                raise _first(meant) from group
        raise


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
