"""The driver's loop: callbacks that are ready run together, and leave everybody else their turn."""

from typing import Any

import pytest
import trio
import trio_asyncio  # type: ignore[import-untyped]

from boocode.adapters.postgres.asyncio_side import BURST, guarded_loop


class Rounds(trio.abc.Instrument):
    """Counts the turns of trio's scheduler."""

    count = 0

    def before_io_wait(self, timeout: float) -> None:
        self.count += 1


@pytest.fixture
async def loop(asyncio_loop: Any) -> Any:
    guarded_loop()
    await asyncio_loop.synchronize()  # the step that waited already when it became ours
    return asyncio_loop


async def rounds_of_chain(loop: Any, length: int) -> int:
    """How many turns of the scheduler pass while each callback makes the next one ready."""
    rounds, over, seen = Rounds(), trio.Event(), []

    def link(left: int) -> None:
        seen.append(rounds.count)
        loop.call_soon(link, left - 1) if left else over.set()

    trio.lowlevel.add_instrument(rounds)
    loop.call_soon(link, length)
    with trio.fail_after(5):
        await over.wait()
    trio.lowlevel.remove_instrument(rounds)
    return seen[-1] - seen[0]


async def test_callbacks_that_make_each_other_ready_share_one_turn(loop: Any) -> None:
    assert await rounds_of_chain(loop, BURST // 2) == 0


async def test_a_longer_chain_gives_way_after_each_burst(loop: Any) -> None:
    assert await rounds_of_chain(loop, 3 * BURST) >= 2


async def test_a_callback_that_always_has_a_next_one_starves_nobody(loop: Any) -> None:
    ran = 0

    def again() -> None:
        nonlocal ran
        ran += 1
        if not over:
            loop.call_soon(again)

    over = False
    loop.call_soon(again)
    with trio.fail_after(5):
        for _ in range(100):
            await trio.lowlevel.checkpoint()
    over = True
    assert ran > BURST


async def test_callbacks_and_timers_run_in_order(loop: Any) -> None:
    ran: list[int] = []
    over = trio.Event()
    for number in range(2 * BURST):
        loop.call_soon(ran.append, number)
    loop.call_later(0.01, over.set)
    loop.call_later(0.001, ran.append, -1)
    with trio.fail_after(5):
        await over.wait()
    assert ran == [*range(2 * BURST), -1]


async def test_an_error_in_a_callback_leaves_those_behind_it(loop: Any) -> None:
    errors: list[object] = []
    loop.set_exception_handler(lambda _, context: errors.append(context["exception"]))
    over = trio.Event()
    loop.call_soon(lambda: 1 / 0)
    loop.call_soon(over.set)
    with trio.fail_after(5):
        await over.wait()
    assert [type(error) for error in errors] == [ZeroDivisionError]


async def test_the_loop_ends_with_all_that_was_ready_before() -> None:
    ran: list[int] = []
    with trio.fail_after(5):
        async with trio_asyncio.open_loop() as loop:
            guarded_loop()
            await loop.synchronize()
            for number in range(3 * BURST):
                loop.call_soon(ran.append, number)
    assert ran == [*range(3 * BURST)]
