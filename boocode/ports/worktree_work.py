"""Inside the worktrees sub-tree: what the router gives to a session's owner, and what it hears back."""

from typing import TypeAlias, get_args

from attrs import frozen

from boocode.kernel import ReplyTo
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    InspectWorktree,
    JudgeWorktree,
    ListChanges,
    OpenWorktree,
    PreviewRestore,
    ReapWorktree,
    RecoverOperations,
    RejectChanges,
    RestoreCheckpoint,
    RewindChanges,
    StashWorktree,
    TakeCheckpoint,
)

WorktreeRequest: TypeAlias = (
    ApplyChanges
    | CaptureChanges
    | InspectWorktree
    | JudgeWorktree
    | ListChanges
    | OpenWorktree
    | PreviewRestore
    | ReapWorktree
    | RecoverOperations
    | RejectChanges
    | RestoreCheckpoint
    | RewindChanges
    | StashWorktree
    | TakeCheckpoint
)


WORKTREE_REQUESTS = get_args(WorktreeRequest)


@frozen
class Work:
    """Cast to an owner: do this and answer `reply`; then tell the router that it is done."""

    number: int
    request: WorktreeRequest
    started_turns: frozenset[str]
    """Tasks whose turns began to write in the worktree and did not say that they ended."""
    reply: ReplyTo


@frozen
class WorkDone:
    """Cast to the router, whatever the answer was."""

    number: int
