"""Whose time it was: the ball between BooCode and an agent, on a clock that only waits move."""

import trio
import trio.testing

from benchmarks.ball import Ball


async def test_ours_is_the_time_before_what_goes_and_after_what_came_last(
    autojump_clock: trio.testing.MockClock,
) -> None:
    ball = Ball()
    ball.begin()
    await trio.sleep(1)  # ours
    ball.goes()
    await trio.sleep(10)  # the agent's
    ball.comes()
    await trio.sleep(20)  # the agent's: nothing had to go
    ball.comes()
    await trio.sleep(2)  # ours: the end of the turn
    assert ball.end() == 3


async def test_starting_a_process_is_ours_and_what_it_does_before_it_speaks_is_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    ball = Ball()
    ball.begin()
    await trio.sleep(1)
    ball.launched()
    await trio.sleep(30)
    ball.comes()
    await trio.sleep(2)
    ball.goes()
    assert ball.end() == 3


async def test_each_beginning_counts_anew(autojump_clock: trio.testing.MockClock) -> None:
    ball = Ball()
    ball.begin()
    await trio.sleep(1)
    assert ball.end() == 1
    ball.begin()
    assert ball.end() == 0
