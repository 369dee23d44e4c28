"""The restart arithmetic as tables: window and backoff, pure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.kernel import Backoff, Budget
from boocode.kernel.restarts import Window, attempt_after, delay, record


@pytest.mark.parametrize(
    ("times", "now", "budget", "kept", "exhausted"),
    [
        ((), 0, Budget(0, 5), (0,), True),
        ((), 0, Budget(1, 5), (0,), False),
        ((0,), 5, Budget(1, 5), (0, 5), True),
        ((0,), 5.0625, Budget(1, 5), (5.0625,), False),
        ((0, 1, 2), 3, Budget(3, 5), (0, 1, 2, 3), True),
        ((0, 1, 2), 5.5, Budget(3, 5), (1, 2, 5.5), False),
        ((7, 7, 7), 7, Budget(3, 5), (7, 7, 7, 7), True),
    ],
)
def test_window_slides_with_an_inclusive_edge(times, now, budget, kept, exhausted) -> None:
    assert record(times, now, budget) == (kept, exhausted)


def test_window_counts_what_is_recent_without_recording() -> None:
    window, exhausted = Window(Budget(3, 5), (0.0, 4.0)).recorded(5.0)

    assert (window.times, exhausted) == ((0.0, 4.0, 5.0), False)
    assert [window.count(now) for now in (5.0, 5.5, 9.0, 9.5, 11.0)] == [3, 2, 2, 1, 0]
    assert window.times == (0.0, 4.0, 5.0)


def exhausted_by_definition(times: list[float], budget: Budget) -> bool:
    """The rule in words: at the last restart, more than `max_restarts` lie at most one period back."""
    return sum(times[-1] - time <= budget.period for time in times) > budget.max_restarts


@given(
    gaps=st.lists(st.integers(0, 12), min_size=1, max_size=30),
    max_restarts=st.integers(0, 5),
    period=st.integers(1, 20),
)
def test_window_agrees_with_its_definition(gaps, max_restarts, period) -> None:
    budget = Budget(max_restarts, period)
    window: tuple[float, ...] = ()
    times: list[float] = []
    for gap in gaps:
        times.append((times[-1] if times else 0.0) + gap)
        window, exhausted = record(window, times[-1], budget)
        assert exhausted == exhausted_by_definition(times, budget)
        assert len(window) <= len(times)


@pytest.mark.parametrize(
    ("attempt", "u", "seconds"),
    [
        (0, 0, 1),
        (1, 0, 2),
        (2, 0, 4),
        (3, 0, 8),
        (4, 0, 10),
        (99, 0, 10),
        (0, 0.5, 1.25),
        (2, 0.5, 5),
        (3, 0.5, 10),
    ],
)
def test_delay_doubles_jitters_and_is_capped_last(attempt, u, seconds) -> None:
    assert delay(Backoff(1, 10, jitter=0.5), attempt, u) == seconds


@given(
    attempt=st.integers(0, 5000),
    u=st.floats(0, 1, exclude_max=True),
    minimum=st.floats(1e-9, 100),
    more=st.floats(0, 1000),
    jitter=st.floats(0, 2),
)
def test_delay_lies_between_its_step_and_its_jitter_never_above_the_maximum(
    attempt, u, minimum, more, jitter
) -> None:
    backoff = Backoff(minimum, minimum + more, jitter)
    step = min(backoff.maximum, minimum * 2.0 ** min(attempt, 1000))
    seconds = delay(backoff, attempt, u)

    assert step <= seconds <= backoff.maximum
    assert seconds <= step * (1 + jitter) * (1 + 1e-12)
    assert math.isfinite(seconds)


@pytest.mark.parametrize(("uptime", "attempt"), [(None, 4), (0, 4), (9.99, 4), (10, 0), (11, 0)])
def test_sequence_begins_anew_after_enough_uptime(uptime, attempt) -> None:
    assert attempt_after(Backoff(1, 10, reset_after=10), 4, uptime) == attempt
