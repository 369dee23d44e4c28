"""Which of a capture's changes are news; pure, on rows.

A change that is the same as one that waits already keeps its agent and its task: whoever made it first made it.

What a person has declined (rejected, or applied and rewound) stays so until the agent changes that file again; its
bytes stay in the worktree, and each capture finds them again. A file of which only some hunks were declined shows as
one change again; it is taken apart by what is known:

    captured             base → worktree
    known                base → between (waits),  between → worktree (rejected)
    so it is offered     base → between

A state of a file is its path, mode and bytes; the rows are the ways between such states, and only a way that leads from
the one end to the other explains a captured change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve

from boocode.domain.ids import new_id
from boocode.ports.store import ChangeRow

Identity: TypeAlias = tuple[str, str | None, str, str | None, str | None, int | None, int | None]
State: TypeAlias = tuple[str, str | None, int | None]


def identity(row: ChangeRow) -> Identity:
    """What makes two changes the same: the paths, the operation, the bytes and modes on both sides."""
    change = row.change
    return (
        change.path,
        change.old_path,
        change.op,
        row.old_blob,
        row.new_blob,
        row.old_mode,
        row.new_mode,
    )


def still_offered(
    found: Iterable[ChangeRow], waiting: Sequence[ChangeRow], declined: Sequence[ChangeRow]
) -> tuple[ChangeRow, ...]:
    """What is left of a capture without what was declined; a part that waits is taken as it waits, with a fresh id."""
    known = {identity(row) for row in waiting}
    refused = {identity(row) for row in declined}
    ways = defaultdict[State, list[tuple[ChangeRow, bool]]](list)
    for each, waits in (*((row, False) for row in declined), *((row, True) for row in waiting)):
        ways[_start(each)].append((each, waits))
    rows = list[ChangeRow]()
    for row in found:
        if identity(row) in known or row.is_touched:
            rows.append(row)
        elif identity(row) not in refused:
            rows.extend(_unexplained(row, ways))
    return tuple(rows)


def attributed(
    found: Iterable[ChangeRow], waiting: Iterable[ChangeRow], task_id: str | None, agent: str | None
) -> tuple[ChangeRow, ...]:
    """The found changes with their authors: the one that is known, else this task and agent."""
    authors = {identity(row): (row.change.task_id, row.change.agent) for row in waiting}
    rows = []
    for row in found:
        author_task, author = authors.get(identity(row), (task_id, agent))
        rows.append(evolve(row, change=evolve(row.change, task_id=author_task, agent=author)))
    return tuple(rows)


def same_changes(found: Sequence[ChangeRow], waiting: Sequence[ChangeRow]) -> bool:
    """Whether a capture found exactly what waits already."""
    return len(found) == len(waiting) and {identity(r) for r in found} == {identity(r) for r in waiting}


def _unexplained(
    row: ChangeRow, ways: Mapping[State, Sequence[tuple[ChangeRow, bool]]]
) -> tuple[ChangeRow, ...]:
    """The row itself; or the one that waits on a way of declined ones from end to end; or nothing on a way without.

    `ways`: by the state that they lead away from, and whether they wait."""
    seen = {(_start(row), False)}
    ahead: list[tuple[State, ChangeRow | None]] = [(_start(row), None)]
    while ahead:
        state, part = ahead.pop(0)
        for way, waits in ways.get(state, ()):
            if waits and part is not None:
                continue  # two parts that wait: the capture shows them as the one change that they are
            taken = way if waits else part
            if (_end(way), taken is not None) in seen:
                continue
            seen.add((_end(way), taken is not None))
            if _end(way) == _end(row):
                return () if taken is None else (_renewed(taken),)
            ahead.append((_end(way), taken))
    return (row,)


def _renewed(row: ChangeRow) -> ChangeRow:
    return evolve(row, change=evolve(row.change, id=new_id("chg")))


def _start(row: ChangeRow) -> State:
    return (row.change.old_path or row.change.path, row.old_blob, row.old_mode)


def _end(row: ChangeRow) -> State:
    return (row.change.path, row.new_blob, row.new_mode)
