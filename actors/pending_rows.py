"""Which of a capture's changes are news; pure, on rows.

A change that is the same as one that waits already keeps its agent and its task: whoever made it first made it.
A change that a person rejected stays rejected until the agent changes that file again; its bytes stay in the
worktree, and the next capture finds them again each time.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import evolve

from boocode.ports.store import ChangeRow

Identity: TypeAlias = tuple[str, str | None, str, str | None, str | None, int | None, int | None]


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


def without_rejected(found: Iterable[ChangeRow], rejected: Iterable[ChangeRow]) -> tuple[ChangeRow, ...]:
    known = {identity(row) for row in rejected}
    return tuple(row for row in found if identity(row) not in known)


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
