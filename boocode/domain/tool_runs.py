"""Runs of tool calls in a message, and what a label of one covers.

A run is what an agent did between two things that it said: two or more calls with nothing but thoughts and plans
between them. A label names its calls, so whoever shows it needs no rule of their own: it covers the parts from the
first to the last of them. A label whose calls are not there, or not in one stretch, is passed over.
"""

from collections.abc import Sequence
from typing import TypeAlias

from attrs import frozen

from boocode.contracts.resources import Part, ToolLabel

FEWEST = 2
"""One call has its own title."""

Run: TypeAlias = tuple[Part, ...]
"""The calls of a run, in order."""


@frozen
class Labelled:
    """A stretch of parts under one label, the thoughts between its calls included."""

    label: ToolLabel
    parts: tuple[Part, ...]


def runs_of(parts: Sequence[Part]) -> tuple[Run, ...]:
    runs: list[Run] = []
    run: list[Part] = []
    for part in parts:
        if part.type == "tool" and part.tool_call_id:
            run.append(part)
        elif _parts_a_run(part):
            runs.append(tuple(run))
            run = []
    return tuple(each for each in (*runs, tuple(run)) if len(each) >= FEWEST)


def grouped(parts: Sequence[Part], labels: Sequence[ToolLabel]) -> tuple[Part | Labelled, ...]:
    """The parts in their order, those under a label in one piece. The first label of a call counts."""
    places = {part.tool_call_id: at for at, part in enumerate(parts) if part.type == "tool"}
    ends: dict[int, tuple[int, ToolLabel]] = {}
    taken: set[int] = set()
    for label in labels:
        at = [places[each] for each in label.tool_call_ids if each in places]
        if not at or len(at) < len(label.tool_call_ids):
            continue
        stretch = range(min(at), max(at) + 1)
        if taken.isdisjoint(stretch) and not any(_parts_a_run(parts[each]) for each in stretch):
            taken.update(stretch)
            ends[stretch.start] = (stretch.stop, label)
    out: list[Part | Labelled] = []
    for index, part in enumerate(parts):
        if index in ends:
            stop, label = ends[index]
            out.append(Labelled(label, tuple(parts[index:stop])))
        elif index not in taken:
            out.append(part)
    return tuple(out)


def _parts_a_run(part: Part) -> bool:
    return part.type in ("text", "notice") and bool((part.text or "").strip())
