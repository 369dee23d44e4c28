"""A change as it is wished to be made to a project, whether it is to be applied or taken out again.

Taking out is the same thing the other way round: from what was written to what was there before.
"""

from collections.abc import Sequence

from attrs import frozen

from boocode.domain.applying import Found, Reason, Step, steps_of
from boocode.domain.changes import EXECUTABLE, FILE, Entry
from boocode.domain.hunks import Run

_REGULAR = (FILE, EXECUTABLE)


@frozen
class Wish:
    id: str
    old_path: bytes
    """The same as `path` unless the file is renamed."""
    path: bytes
    old: Entry | None
    new: Entry | None
    runs: tuple[Run, ...] | None = None
    """Which lines differ; None: not known yet."""

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(self.old_path, self.path, self.old, self.new)

    @property
    def is_of_files(self) -> bool:
        """Whether it leads from a regular file to a regular file: only then lines can be carried over."""
        return _is_regular(self.old) and _is_regular(self.new)

    def stays_out_of_the_way(self, conflicts: Sequence[tuple[bytes, Reason]]) -> bool:
        """Whether all that stands in the way is that the file itself has other bytes."""
        return self.is_of_files and [*conflicts] == [(self.old_path, "changed")]

    def finds_its_base(self, found: Sequence[Found]) -> bool:
        """Whether what it was made from is what is there (`found` for each of its steps)."""
        return all(
            each.kind in ("missing", "behind file") if step.before is None else each.holds(step.before)
            for step, each in zip(self.steps, found, strict=True)
        )


def _is_regular(entry: Entry | None) -> bool:
    return entry is not None and entry.mode in _REGULAR
