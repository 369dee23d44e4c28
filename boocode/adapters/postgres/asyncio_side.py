"""The asyncio loop that the driver runs in. What it keeps for long knows nothing of who asked for it.

Each of asyncio's handles keeps the context it was made in, and a context leads to the actor that runs in it, to the
socket it serves, to all that they hold. A timer stays until it is due, also when it was called off, and the driver sets
one at each query; a connection's handles stay as long as it does. So both get a context in which nobody is known.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import trio_asyncio  # type: ignore[import-untyped]

_log = logging.getLogger(__name__)


def guarded_loop() -> "trio_asyncio.BaseTrioEventLoop":
    """The asyncio loop of this task. An error in one of its callbacks is logged instead of ending the loop."""
    loop: trio_asyncio.BaseTrioEventLoop | None = trio_asyncio.current_loop.get()
    if loop is None:
        raise RuntimeError("No asyncio loop here: open trio_asyncio.open_loop() outermost, around the tree.")
    if not isinstance(loop.call_at, _Timers):
        loop.call_later, loop.call_at = _Timers(loop, loop.call_later), _Timers(loop, loop.call_at)
    if loop.get_exception_handler() is None:
        loop.set_exception_handler(_log_callback_error)
    return loop


async def connect_on_its_own(*arguments: Any, **more: Any) -> Any:
    """asyncpg.connect, for a pool."""
    loop = asyncio.get_running_loop()
    connecting = loop.create_task(asyncpg.connect(*arguments, **more), context=_nobodys(loop))
    try:
        return await connecting
    except asyncio.CancelledError:
        if connecting.done() and not connecting.cancelled() and connecting.exception() is None:
            connecting.result().terminate()  # it was there just before we were cancelled
        raise


class _Timers:
    """A loop's call_later or call_at."""

    def __init__(self, loop: asyncio.AbstractEventLoop, schedule: Callable[..., asyncio.TimerHandle]) -> None:
        self._schedule = schedule
        self._context = _nobodys(loop)

    def __call__(
        self, when: float, callback: Callable[..., object], *arguments: object, **more: Any
    ) -> asyncio.TimerHandle:
        return self._schedule(when, callback, *arguments, **{"context": self._context, **more})


def _nobodys(loop: asyncio.AbstractEventLoop) -> contextvars.Context:
    context = contextvars.Context()
    context.run(trio_asyncio.current_loop.set, loop)
    return context


def _log_callback_error(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:  # noqa: ARG001
    error = context.get("exception")
    _log.error("error in an asyncio callback: %s", context.get("message"), exc_info=error)
