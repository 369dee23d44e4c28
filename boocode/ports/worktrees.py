"""Worktrees and changes: what git does for a session, and what may be asked of a worktree's owner."""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from boocode.contracts.resources import PendingChange, WorktreeInfo
from boocode.kernel import Request
from boocode.ports.store import ChangeRow, WorktreeRow


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
        super().__init__("conflict", f"These files changed in the project since: {names}. Nothing was applied.")
        self.conflicts = tuple(conflicts)


class Git(Protocol):
    """Git operations; none of them stalls the event loop. Errors are WorkspaceError with git's own words."""

    async def repository_root(self, path: str) -> str:
        """The canonical root of the repository at `path`; WorkspaceError `not_a_repository` otherwise."""
        ...

    async def open_worktree(self, project_path: str, worktree_path: str, branch: str) -> str:
        """Makes (or finds again) the worktree from the project's HEAD; returns the base commit."""
        ...

    async def changes(self, worktree_path: str, base: str) -> tuple[ChangeRow, ...]:
        """Everything that differs between `base` and the worktree, untracked files included."""
        ...

    async def apply(self, project_path: str, changes: Sequence[ChangeRow]) -> None:
        """All of them or none, file by file whole; ApplyConflict names what stands in the way."""
        ...

    async def advance_base(
        self, project_path: str, session_id: str, base: str, applied: Sequence[ChangeRow]
    ) -> str:
        """A new base commit that contains `applied`, kept by a ref of the session; returns it."""
        ...

    async def status(self, worktree_path: str, base: str) -> WorktreeInfo: ...
    async def remove_worktree(self, project_path: str, worktree_path: str) -> None: ...


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


@frozen
class ApplyChanges(Request[tuple[PendingChange, ...]]):
    """Call: apply these pending changes (None = all of the session) to the project. Refused: ApplyConflict,
    WorkspaceError `not_pending`, `not_found`, `turn_running`."""

    session_id: str
    ids: tuple[str, ...] | None = field(default=None)


@frozen
class RejectChanges(Request[tuple[PendingChange, ...]]):
    session_id: str
    ids: tuple[str, ...]


@frozen
class InspectWorktree(Request["WorktreeInfo | None"]):
    session_id: str


@frozen
class TurnBounds:
    """Cast by a turn: an agent starts or stops writing in this session's worktree."""

    session_id: str
    task_id: str
    state: Literal["started", "ended"]
