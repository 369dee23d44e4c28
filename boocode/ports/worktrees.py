"""Worktrees and changes: what git does for a session, and what may be asked of a worktree's owner."""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from boocode.contracts.answers import FilePage
from boocode.contracts.resources import Checkpoint, PendingChange, RestorePreview, WorktreeInfo
from boocode.domain.reaping import Risks
from boocode.kernel import Request
from boocode.ports.store import ChangeRow, WorktreeRow

SALVAGE_REFS = "refs/boocode/salvage/"
"""Followed by a worktree's id: what was in it when it was removed; with `-` and a number: a stash of it."""


STASHING_REFS = "refs/boocode/stashing/"
"""Followed by a worktree's id: what a stash of it has kept, until the whole of the stash is done; with `-head`: the
state that the files go back to, while they do."""


class WorkspaceError(Exception):
    """Base of refusals about repositories and worktrees; `code` is stable, str() is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@frozen
class Conflict:
    """One file that cannot be applied, and why; nothing was written."""

    path: str
    reason: str


class ApplyConflict(WorkspaceError):
    """Some of the files in the project are not what the change was made from. Nothing was touched."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        names = ", ".join(f"{c.path} ({c.reason})" for c in conflicts)
        super().__init__(
            "conflict", f"These files changed in the project since: {names}. Nothing was changed."
        )
        self.conflicts = tuple(conflicts)


@frozen
class WorktreePlace:
    """Where a session's worktree is, or is to be made. Its last path component is unique in its directory."""

    session_id: str
    project_path: str
    path: str
    branch: str
    """The branch that is made for it; the agent may have switched to another one since."""


@frozen
class KeptStash:
    ref: str
    commit: str


@frozen
class OpenedWorktree:
    base_commit: str
    branch: str
    """Not always the one asked for: a project may have a branch that stands in its way."""


class Git(Protocol):
    """Git operations on worktrees; none of them stalls the event loop. Errors are WorkspaceError with git's own words.
    Those on a project's files are in `changes`.

    Calls for one session must not overlap (its worktree's owner sees to that); different sessions may.
    """

    async def repository_root(self, path: str) -> str:
        """The canonical root of the repository at `path`; WorkspaceError `not_a_repository` or `no_commits`."""
        ...

    async def open_worktree(self, place: WorktreePlace) -> OpenedWorktree:
        """Makes the worktree from the project's HEAD, or finds it again, or mends a half-made or lost one."""
        ...

    async def changes(self, place: WorktreePlace, base: str) -> tuple[ChangeRow, ...]:
        """Everything that differs between `base` and the worktree, untracked files included, ignored ones not.

        Fresh ids, state `pending`, no agent and no task; the bytes are kept by a ref of the session.
        """
        ...

    async def settle_changes(self, place: WorktreePlace, base: str, *, waits: bool) -> None:
        """The rows are those of the last `changes`: until now the bytes of the ones before were kept as well.
        `waits`: it found anything."""
        ...

    async def find_files(self, root: str, query: str, limit: int, *, committed: bool) -> FilePage:
        """Files of the worktree at `root`, at most some seconds old, best match first; `committed`: those of its
        HEAD instead. May overlap with anything."""
        ...

    async def can_write(self, folder: str) -> bool:
        """Whether this directory is there, and files may be made in it."""
        ...

    async def status(self, place: WorktreePlace, base: str) -> WorktreeInfo:
        """What people are told of it; takes no lock that an agent's git could meet."""
        ...

    async def risks(self, place: WorktreePlace, base: str) -> Risks:
        """What would be lost with it. What cannot be looked at is told as trouble, not raised."""
        ...

    async def salvage(self, place: WorktreePlace, ref: str, files: str | None) -> str | None:
        """Keeps all that is in the worktree by a ref, in the shape of git's stash; returns the commit. `files`: a
        checkpoint of it as it is now. None: its directory is gone, keep what git still has (None: nothing)."""
        ...

    async def next_stash_ref(self, project_path: str, worktree_id: str) -> str: ...
    async def unfinished_stash(self, project_path: str, worktree_id: str) -> "KeptStash | None":
        """The stash that STASHING_REFS marks, while what it kept is still kept."""
        ...

    async def has_commit(self, project_path: str, commit: str) -> bool: ...
    async def set_aside(self, place: WorktreePlace) -> None:
        """The first step of removing: the directory is gone, for everybody at once."""
        ...

    async def was_set_aside(self, place: WorktreePlace) -> bool: ...
    async def remove_worktree(self, place: WorktreePlace) -> None:
        """Removes the worktree and its refs, whatever is in it: ask `risks` first, and `salvage`. Its branch goes
        only when all its commits are elsewhere. Can be repeated."""
        ...

    async def head_as_checked_out(self, place: WorktreePlace, ref: str, now: str) -> str:
        """A commit of the files that HEAD has, in the bytes of a checkout, kept by `ref`; `now`: a checkpoint of
        the worktree as it is."""
        ...

    async def is_like_head(self, place: WorktreePlace, kept: str, target: str) -> bool:
        """Whether files and index are those of HEAD. `kept`: a salvage of them; `target`: HEAD as checked out."""
        ...

    async def is_kept_by(self, place: WorktreePlace, earlier: str, kept: str, target: str) -> bool:
        """Whether `earlier`, a salvage, has all that `kept`, a later one, has beside HEAD; `target`: as above."""
        ...

    async def forget_ref(self, project_path: str, ref: str) -> None: ...
    async def after_stash(self, place: WorktreePlace, base: str) -> str:
        """With the files back at HEAD: git's index like HEAD, unless git is in the middle of something. Returns the
        base of what may still be offered: what the agent committed, and nothing that was applied before."""
        ...


@frozen
class OpenWorktree(Request[WorktreeRow]):
    """Call to the worktrees actor: the session's worktree, made from HEAD at the first time."""

    session_id: str


@frozen
class CaptureChanges(Request[tuple[PendingChange, ...]]):
    """Call: after a turn, diff against the base → pending changes of the session (earlier ones superseded)."""

    session_id: str
    task_id: str | None
    agent: str | None
    goes_on: bool = False
    """The turn of `task_id` is at work and will capture at its end. When it has ended by now this one is not told of:
    what is told after the end of a turn is all that it did."""


@frozen
class ApplyChanges(Request[tuple[PendingChange, ...]]):
    """Call: apply these pending changes (None = all of the session) to the project, all or none. Refused:
    ApplyConflict, WorkspaceError `not_pending`, `not_found`, `turn_running`, `no_such_hunk`."""

    session_id: str
    ids: tuple[str, ...] | None = field(default=None)
    hunks: tuple[int, ...] | None = None
    """Of a single change: only these hunks of its diff, counted from 0; the rest goes on waiting."""
    dry_run: bool = False
    """Answers as it would, and changes nothing."""


@frozen
class RejectChanges(Request[tuple[PendingChange, ...]]):
    session_id: str
    ids: tuple[str, ...]
    hunks: tuple[int, ...] | None = None


@frozen
class RewindChanges(Request[tuple[PendingChange, ...]]):
    """Call: takes applied changes out of the project again. Refused: ApplyConflict (nothing touched; lines that a
    person wrote since are never lost), WorkspaceError `not_applied`, `not_found`, `turn_running`."""

    session_id: str
    ids: tuple[str, ...]
    dry_run: bool = False


@frozen
class ListChanges(Request[tuple[PendingChange, ...]]):
    """Call: the session's changes in these states; pending ones say whether the project's file has changed."""

    session_id: str
    states: tuple[str, ...] = ("pending",)


@frozen
class InspectWorktree(Request[WorktreeInfo | None]):
    session_id: str


@frozen
class StashWorktree(Request[WorktreeInfo]):
    """Call: keeps all that is in the worktree by a git ref, then takes its files back to its HEAD. Refused:
    WorkspaceError `no_worktree`, `turn_running`."""

    session_id: str


@frozen
class JudgeWorktree(Request[Risks]):
    """Call of the reaper alone: what would be lost with this orphan. `session_id`: as in ReapWorktree."""

    session_id: str
    worktree_id: str


@frozen
class ReapWorktree(Request[bool]):
    """Call of the reaper alone: the orphan goes, after a salvage ref was written. False: something would be lost,
    or somebody is at work; it is kept. `session_id`: the session that it was made for."""

    session_id: str
    worktree_id: str


@frozen
class TakeCheckpoint(Request[Checkpoint]):
    """Call: the worktree's files as they are now, before the turn of `task_id` (None: by a person's wish).
    Refused: WorkspaceError `checkpoint_failed`, `no_worktree`."""

    session_id: str
    chat_id: str
    task_id: str | None
    agent: str | None
    worktree: WorktreeRow | None = None
    """As OpenWorktree gave it to the turn that asks: nothing changes or removes it while that turn is at work."""


@frozen
class PreviewRestore(Request[RestorePreview]):
    """Call. Refused: WorkspaceError `not_found` (no such checkpoint), `no_worktree`, `checkpoint_gone`."""

    session_id: str
    checkpoint_id: str


@frozen
class RestoreCheckpoint(Request[RestorePreview]):
    """Call: files and chat go back to the checkpoint. Refused like PreviewRestore, and `turn_running`,
    `restore_conflict`, `restore_failed`; then nothing has changed."""

    session_id: str
    checkpoint_id: str


@frozen
class RecoverOperations(Request[int]):
    """Call at boot, for a session whose journal is open: what was cut off is finished or undone. How many were."""

    session_id: str


@frozen
class TurnBounds:
    """Cast by a turn: an agent starts or stops writing in this session's worktree."""

    session_id: str
    task_id: str
    state: Literal["started", "ended"]
