"""The asyncio loop that the driver runs in. What it keeps for long knows nothing of who asked for it, and what is
ready at once runs at once.

Each of asyncio's handles keeps the context it was made in, and a context leads to the actor that runs in it, to the
socket it serves, to all that they hold. A timer stays until it is due, also when it was called off, and the driver sets
one at each query; a connection's handles stay as long as it does. So both get a context in which nobody is known.

One query is ten or more callbacks, each ready when the one before it has run. The bridge gives trio's scheduler a turn
after each, which costs more than the callback does; asyncio's own loop looks around once for all that is ready.
"""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import asyncpg
import trio
import trio_asyncio  # type: ignore[import-untyped]

BURST = 64
"""Callbacks between two turns of trio's scheduler, at most: one that always has a next one starves nobody."""

_log = logging.getLogger(__name__)


def guarded_loop() -> "trio_asyncio.BaseTrioEventLoop":
    """The asyncio loop of this task. An error in one of its callbacks is logged instead of ending the loop."""
    loop: trio_asyncio.BaseTrioEventLoop | None = trio_asyncio.current_loop.get()
    if loop is None:
        raise RuntimeError("No asyncio loop here: open trio_asyncio.open_loop() outermost, around the tree.")
    if not isinstance(loop.call_at, _Timers):
        loop.call_later, loop.call_at = _Timers(loop, loop.call_later), _Timers(loop, loop.call_at)
        loop._main_loop_one = _in_bursts(loop._main_loop_one)
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


def _in_bursts(run_one: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Of a loop's step: waits for one callback and runs it, with those that are ready then."""

    async def run(no_wait: bool = False) -> None:
        await run_one(no_wait)
        if no_wait:
            return
        with suppress(trio.WouldBlock):
            for _ in range(BURST - 1):
                await run_one(no_wait=True)

    return run


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
