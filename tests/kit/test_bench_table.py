"""The benchmarks' table: figures, ratios and verdicts."""

from __future__ import annotations

import pytest

from benchmarks.table import Row, Target, contest, lines, readable


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        (1_230_000, "/s", "1.23 M/s"),
        (300_000, "/s", "300 k/s"),
        (12.4e-6, "s", "12.4 µs"),
        (0.26, "s", "260 ms"),
        (3.5e-9, "s", "3.5 ns"),
        (4_310, "B", "4.31 KB"),
        (7, "frames", "7 frames"),
    ],
)
def test_figures_are_scaled_for_reading(figure: float, unit: str, text: str) -> None:
    assert readable(figure, unit) == text


@pytest.mark.parametrize(
    ("figure", "target", "verdict"),
    [
        (500, Target("at least", 5), "ok"),
        (499, Target("at least", 5), "miss"),
        (150, Target("at most", 1.5), "ok"),
        (151, Target("at most", 1.5), "miss"),
        (80, Target("at most", 80, "figure"), "ok"),
        (81, Target("at most", 80, "figure"), "miss"),
        (81, None, ""),
    ],
)
def test_verdict_compares_the_ratio_or_the_figure(figure: float, target: Target | None, verdict: str) -> None:
    row = Row("X1", "measure", figure, "/s", ("peer", 100), target)

    assert row.verdict == verdict
    assert lines([row])[2].endswith(verdict)


async def test_contestants_take_turns_and_are_judged_by_their_medians() -> None:
    turns: list[str] = []
    figures = iter([1.0, 100.0, 3.0])

    async def slow() -> float:
        turns.append("slow")
        return next(figures)

    def quick() -> float:
        turns.append("quick")
        return 7.0

    assert await contest({"slow": slow, "quick": quick}, rounds=3) == {"slow": 3.0, "quick": 7.0}
    assert turns == ["slow", "quick"] * 3
