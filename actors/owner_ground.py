"""What the parts of a worktree's owner stand on: the session, its rows, git, and the rule that a turn goes first."""

import time
from contextlib import suppress

from attrs import define, field

from boocode.contracts.frames import FrameBody, PendingChangesUpdated
from boocode.contracts.resources import Task
from boocode.domain.worktree_names import branch_for
from boocode.kernel import Context, MailboxFull
from boocode.ports.changes import WorkspaceGit
from boocode.ports.checkpoints import CheckpointGit
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.log import Append, LogEntry
from boocode.ports.names import EVENT_WRITER
from boocode.ports.safety_store import WorktreeStore
from boocode.ports.store import StoreUnavailable, WorktreeRow
from boocode.ports.worktrees import WorkspaceError, WorktreePlace

_AT_WORK = ("running", "blocked")


@define
class Ground:
    """One owner's; `session_id` is that of the session which the worktree was made for."""

    session_id: str
    git: WorkspaceGit
    checkpoints: CheckpointGit
    store: WorktreeStore
    folder: str
    """The directory in which worktrees are made."""
    reached: Reached = pass_by
    ctx: Context = field(init=False)
    """The owner's; set when it starts."""
    started_turns: frozenset[str] = field(init=False, factory=frozenset)
    """Of the request in hand: tasks whose turns began to write here and did not say that they ended."""

    async def require_worktree(self) -> WorktreeRow:
        """Raises WorkspaceError `no_worktree`, `not_found`."""
        row = await self.store.get_worktree(self.session_id)
        if row is None:
            await self.require_session()
            raise WorkspaceError(
                "no_worktree", "This session has no worktree yet. It is made with the first turn in it."
            )
        return row

    async def require_session(self) -> None:
        if await self.store.get_session(self.session_id) is None:
            raise self.unknown()

    async def refuse_during_turn(self) -> list[Task]:
        """Raises WorkspaceError `turn_running`. Returns tasks that ended but whose turns have not said so yet.

        The rows decide: a turn that died without a word must not lock the session for ever.
        """
        ended = []
        for task_id in self.started_turns:
            task = await self.store.get_task(task_id)
            if task is not None and task.state in _AT_WORK:
                raise _turn_running(task)
            if task is not None:
                ended.append(task)
        session = await self.store.get_session(self.session_id)
        for chat in () if session is None else session.chats:
            task = await self.store.open_task_of_chat(chat.id)
            if task is not None and task.state in _AT_WORK:
                raise _turn_running(task)
        return ended

    async def is_at_work(self, task_id: str) -> bool:
        task = await self.store.get_task(task_id)
        return task is not None and task.state in _AT_WORK

    async def publish_pending(self, pending: int) -> None:
        await self.publish(PendingChangesUpdated(self.session_id, pending))

    async def publish(self, body: FrameBody) -> None:
        """Tells each chat of the session: news only, the rows are there."""
        await self.tell_others(None, body)

    async def tell_others(self, chat_id: str | None, body: FrameBody) -> None:
        """The same, for all chats of the session but this one."""
        try:
            session = await self.store.get_session(self.session_id)
        except StoreUnavailable:
            return
        now = time.time()
        chats = () if session is None else session.chats
        entries = tuple(LogEntry(chat.id, body, now) for chat in chats if chat.id != chat_id)
        if not entries:
            return
        with suppress(MailboxFull):
            self.ctx.whereis(EVENT_WRITER).cast(Append(entries))

    def unknown(self) -> WorkspaceError:
        return WorkspaceError(
            "not_found", f"There is no session {self.session_id}, or its project was removed."
        )


def place_of(row: WorktreeRow) -> WorktreePlace:
    """Where an existing worktree is."""
    return WorktreePlace(row.made_for, row.project_path, row.path, row.branch or branch_for(row.made_for))


def _turn_running(task: Task) -> WorkspaceError:
    return WorkspaceError(
        "turn_running",
        f"{task.agent} is at work in this session. Wait until its turn is over, or cancel it, and try again.",
    )
