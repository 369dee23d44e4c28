"""Two waits at once, where each is a child of its own on a core of its own."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

_First = TypeVar("_First")
_Second = TypeVar("_Second")


async def both(
    first: Callable[[], Awaitable[_First]], second: Callable[[], Awaitable[_Second]]
) -> tuple[_First, _Second]:
    """Both results. When one fails the other is cancelled, and the failure comes out as it is, in no group."""
    results: list[_Second] = []

    async def run_second() -> None:
        results.append(await second())

    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run_second)
            result = await first()
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
    return result, results[0]
