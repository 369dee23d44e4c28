"""Several waits at once, where each is a child of its own on a core of its own."""

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


async def all_of(*waits: Callable[[], Awaitable[_First]]) -> list[_First]:
    """All results, in order. When one fails the others are cancelled, and the first failure comes out as it is."""
    results: dict[int, _First] = {}

    async def run(number: int, wait: Callable[[], Awaitable[_First]]) -> None:
        results[number] = await wait()

    try:
        async with trio.open_nursery() as nursery:
            for number, wait in enumerate(waits):
                nursery.start_soon(run, number, wait)
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
    return [results[number] for number in range(len(waits))]
