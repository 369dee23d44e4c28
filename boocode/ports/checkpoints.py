"""Checkpoints: a worktree's files as a commit that nobody's git meets, and the way back to them."""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from boocode.ports.worktrees import Conflict, WorkspaceError, WorktreePlace

CHECKPOINT_REFS = "refs/boocode/checkpoints/"
"""Followed by the chat's id and a number that counts in the chat."""

LeftOutReason = Literal["nested repository", "too large", "not a file"]

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A larger file is left out of checkpoints and listed; a restore neither writes nor deletes it."""


TICK_NS = 30_000_000
"""Longer than any tick of the clock that files are stamped with."""
COARSE_TICK_NS = 3_000_000_000
"""For file systems that count in seconds."""


@frozen
class LeftOut:
    """Something in the worktree that a checkpoint does not hold. `path` is for people (see pathnames)."""

    path: str
    reason: LeftOutReason


@frozen
class Captured:
    commit: str
    """Its first parent is the worktree's HEAD at that time, where there was one."""
    head: str | None
    left_out: tuple[LeftOut, ...]
    is_new: bool
    """False: nothing changed since `previous`; `commit` is that one and no ref was written."""


@frozen
class RestorePlan:
    """What going back to a checkpoint does to the files. Paths are for people, in git's order."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[LeftOut, ...]
    """Left as they are: too large, or another repository."""
    kept_ignored: tuple[str, ...]
    """Newer than the checkpoint, but under its own rules they are ignored files: left as they are."""
    head_moved: int | None
    """Commits made in the worktree since, which stay on their branch; None: HEAD is on other history now."""

    @property
    def is_empty(self) -> bool:
        return not (self.written or self.deleted)


@frozen
class Sight:
    """How a worktree looked at one time, from names and times alone: equal sights saw equal files."""

    digest: bytes
    newest_ns: int
    """When the last thing in it changed, by the clock of its file system."""
    passed_over: tuple[bytes, ...] = field(repr=False)
    """Directories that git ignores as a whole."""

    def is_settled(self, since_ns: int) -> bool:
        """Whether nothing was written in the worktree from `since_ns` (see `now_ns`) until the look. What was written
        a moment before may be written again within the same tick of the clock: that does not count as settled."""
        tick_ns = TICK_NS if self.newest_ns % 1_000_000_000 else COARSE_TICK_NS
        return self.newest_ns < since_ns - tick_ns


class RestoreConflict(WorkspaceError):
    """Some files are neither as they were captured nor as in the checkpoint. Nothing was touched."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        names = ", ".join(f"{c.path} ({c.reason})" for c in conflicts)
        super().__init__("restore_conflict", f"These files are in the way: {names}. Nothing was restored.")
        self.conflicts = tuple(conflicts)


class CheckpointGit(Protocol):
    """All raise WorkspaceError: `no_worktree` (the directory or its registration is gone), `git_failed`,
    `checkpoint_failed`, `checkpoint_gone` (the commit is no longer in the repository), RestoreConflict
    (a file is in the way or changed meanwhile; nothing was touched), `restore_failed` (everything put back),
    `rollback_failed`. Calls for one place must not overlap."""

    async def capture(
        self,
        place: WorktreePlace,
        ref: str,
        message: str,
        *,
        previous: str | None = None,
        also_like: str | None = None,
    ) -> Captured:
        """Tracked and untracked files, byte for byte, as a commit kept by `ref`; ignored ones are not in it unless
        git tracks them, or they are in the commit `also_like` (what a restore would overwrite must be held).

        `previous`: the last checkpoint; when the files, HEAD and what is left out are the same, no commit is made.
        A state captured with `also_like` knows which of that commit's paths were really absent, so that a restore
        to it is the exact way back from `also_like`. Any failure means no checkpoint."""
        ...

    async def now_ns(self, place: WorktreePlace) -> int:
        """The time now, by the clock of the worktree's file system. Refused: `no_worktree`, `git_failed`."""
        ...

    async def look(self, place: WorktreePlace, like: Sight | None = None) -> Sight | None:
        """Cheap: milliseconds, and no git where `like`, an earlier look, says what to pass over. None: it cannot be
        told (too large a worktree, a change while it was looked at). Refused: `no_worktree`, `git_failed`."""
        ...

    async def plan(self, place: WorktreePlace, now: str, target: str) -> RestorePlan:
        """What `restore` would do from the captured state `now`. Reads only."""
        ...

    async def restore(self, place: WorktreePlace, now: str, target: str) -> RestorePlan:
        """Takes the files from the captured state `now` to `target`: deletes exactly what only `now` has, writes
        exactly what differs; HEAD and the index stay. A file that is neither as in `now` nor as in `target` is a
        conflict. Can be repeated after a crash."""
        ...

    async def keep(self, project_path: str, ref: str, commit: str) -> None:
        """Sets a ref."""
        ...

    async def drop(self, project_path: str, refs: Sequence[str]) -> None:
        """Removes refs; those that are gone already are fine."""
        ...
