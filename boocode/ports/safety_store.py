"""The store of what makes work safe: checkpoints, hidden messages, the journal of operations, orphans.

Like `Store`: every method is one unit of work, safe to cancel, and raises StoreUnavailable.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import frozen

from boocode.contracts.resources import Checkpoint, MatchTier, PendingChange, Worktree
from boocode.ports.checkpoints import LeftOut
from boocode.ports.store import ChangeRow, Store, WorktreeRow

CheckpointKind: TypeAlias = Literal["turn", "safety", "manual"]
OperationKind: TypeAlias = Literal["apply", "rewind", "restore"]
OperationEnd: TypeAlias = Literal["done", "undone", "stuck"]


@frozen
class NewCheckpoint:
    id: str
    session_id: str
    chat_id: str
    task_id: str | None
    """Of the turn that follows; its assistant message places the checkpoint in the chat. None: after all of it."""
    agent: str | None
    worktree_id: str
    kind: CheckpointKind
    ref: str
    commit: str
    head: str | None
    base_commit: str
    left_out: tuple[LeftOut, ...]


@frozen
class CheckpointRow:
    """A checkpoint with what restoring it needs, beside what people see."""

    checkpoint: Checkpoint
    n: int
    """Counts all checkpoints."""
    message_n: int
    """The place in its chat: messages whose turn is at or after it are not part of it."""
    worktree_id: str | None
    head: str | None
    base_commit: str | None


@frozen
class Trim:
    """Ids of the messages that leave the chat with a restore, and of those that come back; in the chat's order."""

    hidden: tuple[str, ...]
    shown: tuple[str, ...]


@frozen
class Operation:
    """An open entry of the journal: files are being exchanged, or were when BooCode died."""

    id: str
    kind: OperationKind
    session_id: str
    worktree_id: str
    plan: dict[str, object]
    """JSON; its shape belongs to whoever began it."""


@frozen
class Decided:
    """A change that was applied, or rewound: what was found, and what undoes it (bytes as the project had them)."""

    change_id: str
    tier: MatchTier
    score: float
    before_blob: str | None
    before_mode: int | None
    after_blob: str | None
    after_mode: int | None


@frozen
class SplitChange:
    """A pending change becomes two: `first` keeps its id, `rest` is new. Same agent, task and message."""

    first: ChangeRow
    rest: ChangeRow


class SafetyStore(Protocol):
    # checkpoints
    async def newest_checkpoint(self, chat_id: str) -> tuple[CheckpointRow | None, int]:
        """And the number for the ref of the chat's next one: larger than all it ever had, from 1."""
        ...

    async def add_checkpoint(self, new: NewCheckpoint) -> CheckpointRow: ...
    async def get_checkpoint(self, checkpoint_id: str) -> CheckpointRow | None: ...
    async def list_checkpoints(self, session_id: str) -> tuple[Checkpoint, ...]:
        """Oldest first; titles are the first words of the prompts that followed."""
        ...

    async def preview_trim(self, checkpoint_id: str) -> Trim: ...
    async def orphaned_checkpoints(self, before: float) -> tuple[tuple[str, str], ...]:
        """(ref, project path) of checkpoints whose chat was deleted before that time (seconds since 1970), and whose
        ref no checkpoint of a living chat has."""
        ...

    async def forget_checkpoints(self, refs: Sequence[str]) -> None: ...

    # the journal
    async def begin_operation(self, operation: Operation) -> None: ...
    async def open_operations(self, session_id: str | None = None) -> tuple[Operation, ...]:
        """Oldest first; None: of all sessions."""
        ...

    async def end_operation(self, operation_id: str, end: OperationEnd, error: str | None = None) -> None: ...
    async def finish_restore(self, operation_id: str, checkpoint_id: str, safety_id: str) -> Trim:
        """One transaction: messages hidden and shown, the chat's agent sessions forgotten (their agents start anew),
        `checkpoint_restored` in the chat's log, the operation done. A second time it changes nothing."""
        ...

    async def finish_decision(
        self,
        operation_id: str,
        state: Literal["applied", "rewound"],
        decided: Sequence[Decided],
        worktree_id: str,
        base_commit: str,
    ) -> tuple[PendingChange, ...]:
        """One transaction: the rows' new state (pending → applied, applied → rewound) with tier and what undoes it,
        the worktree's base, the operation done."""
        ...

    async def get_decided(self, change_ids: Sequence[str]) -> tuple[Decided, ...]:
        """What undoes these applied changes."""
        ...

    async def split_change(self, split: SplitChange) -> tuple[PendingChange, PendingChange]: ...

    # worktrees
    async def list_worktrees(self, *, removed: bool = False) -> tuple[Worktree, ...]: ...
    async def worktree_by_id(self, worktree_id: str) -> WorktreeRow | None:
        """None also when it was removed."""
        ...

    async def adopt_worktree(self, row: WorktreeRow) -> None:
        """A row for a worktree that git knows and the database does not: an orphan from now on."""
        ...

    async def note_worktree(self, worktree_id: str, *, condemned: bool, kept_because: str | None) -> None:
        """What the reaper found: safe to remove (keeps the time of the first such look), or why not."""
        ...

    async def worktree_removed(self, worktree_id: str, salvage_ref: str | None) -> None: ...


class WorktreeStore(Store, SafetyStore, Protocol):
    """What the owner of a worktree needs of the store."""
