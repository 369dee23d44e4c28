"""Checkpoints: a worktree's files as a commit that nobody's git meets, and the way back to them."""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import frozen

from boocode.ports.worktrees import Conflict, WorkspaceError, WorktreePlace

CHECKPOINT_REFS = "refs/boocode/checkpoints/"
"""Followed by the chat's id and a number that counts in the chat."""

LeftOutReason = Literal["nested repository", "too large", "not a file"]

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A larger file is left out of checkpoints and listed; a restore neither writes nor deletes it."""


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


class RestoreConflict(WorkspaceError):
    """Some files are neither as they were captured nor as in the checkpoint. Nothing was touched."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        names = ", ".join(f"{c.path} ({c.reason})" for c in conflicts)
        super().__init__("restore_conflict", f"These files are in the way: {names}. Nothing was restored.")
        self.conflicts = tuple(conflicts)


class CheckpointGit(Protocol):
    """All raise WorkspaceError: `no_worktree` (the directory or its registration is gone), `git_failed`,
    `checkpoint_failed`, `checkpoint_gone` (the commit is no longer in the repository), `restore_conflict`
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

        `previous`: the last checkpoint; when nothing differs no commit is made. Any failure means no checkpoint."""
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
