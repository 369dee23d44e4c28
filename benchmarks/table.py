"""The table every benchmark prints: what was measured, beside what, and whether the target is reached.

Machines differ and are noisy: a figure stands for the median of several runs, and where there is a floor or a peer, the
ratio to it, measured in the same run, is what the target speaks of.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TextIO

from attrs import frozen

Bound = Literal["at least", "at most"]

HEADINGS: Final = ("id", "measure", "figure", "beside", "its figure", "ratio", "target", "")


@frozen
class Target:
    """What is to be reached: a bound on the figure itself (in its unit), or on its ratio to the peer."""

    bound: Bound
    value: float
    of: Literal["figure", "ratio"] = "ratio"

    def is_met(self, figure: float, ratio: float | None) -> bool:
        measured = figure if self.of == "figure" else ratio
        if measured is None:
            return False
        return measured >= self.value if self.bound == "at least" else measured <= self.value


@frozen
class Row:
    """One line. `unit` is one of the units of `readable`; `peer` is (name, figure) from the same run."""

    id: str
    measure: str
    figure: float
    unit: str
    peer: tuple[str, float] | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        return self.figure / self.peer[1] if self.peer and self.peer[1] else None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "ok" if self.target.is_met(self.figure, self.ratio) else "miss"

    def cells(self) -> tuple[str, ...]:
        name, other = (self.peer[0], readable(self.peer[1], self.unit)) if self.peer else ("–", "–")
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return (
            self.id,
            self.measure,
            readable(self.figure, self.unit),
            name,
            other,
            ratio,
            self._wanted(),
            self.verdict,
        )

    def _wanted(self) -> str:
        if self.target is None:
            return "–"
        sign = "≥" if self.target.bound == "at least" else "≤"
        value = self.target.value
        return f"{sign} {value:g} ×" if self.target.of == "ratio" else f"{sign} {readable(value, self.unit)}"


def readable(figure: float, unit: str) -> str:
    """`/s`, `s` and `B` are scaled (1.2 M/s, 35 µs, 4.1 KB); any other unit is written behind the number."""
    if unit == "s":
        for factor, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
            if figure >= factor:
                return f"{figure / factor:.3g} {name}"
        return f"{figure * 1e9:.3g} ns"
    scales = {"/s": ((1e6, "M/s"), (1e3, "k/s")), "B": ((1e6, "MB"), (1e3, "KB"))}.get(unit, ())
    for factor, name in scales:
        if figure >= factor:
            return f"{figure / factor:.3g} {name}"
    return f"{figure:.3g} {unit}".strip()


def lines(rows: Iterable[Row]) -> list[str]:
    """The table as aligned text."""
    table: list[Sequence[str]] = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]
    return [text[0], "  ".join("-" * width for width in widths), *text[1:]]


def show(rows: Iterable[Row], out: TextIO = sys.stdout) -> None:
    """Print the table."""
    out.write("\n".join(lines(rows)) + "\n")
    out.flush()


async def contest(
    contestants: Mapping[str, Callable[[], float | Awaitable[float]]], rounds: int = 15
) -> dict[str, float]:
    """The median figure of each contestant.

    They take turns, so that a busy minute of the machine falls on all of them alike.
    """
    figures: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            figure = measure()
            figures[name].append(figure if isinstance(figure, float) else await figure)
    return {name: statistics.median(values) for name, values in figures.items()}
