"""The store: rows as values. Every method is one unit of work and safe to cancel.

All of them raise StoreUnavailable while the database cannot be reached; lookups answer None for an unknown id.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import Factory, field, frozen

from boocode.contracts.requests import SettingsChange
from boocode.contracts.resources import (
    AgentSession,
    AgentStatus,
    AnsweredBy,
    Chat,
    CostRow,
    InboxItem,
    Message,
    Part,
    PendingChange,
    Permission,
    PermissionOption,
    PermissionPolicy,
    Project,
    Session,
    Task,
    TaskState,
)
from boocode.contracts.settings import UiSettings
from boocode.domain.probing import StoredAgent


class StoreError(Exception):
    """Base of what a store raises on purpose."""


class StoreUnavailable(StoreError):
    """The database cannot be reached now; nothing was written. Try again after `retry_in` seconds."""

    def __init__(self, reason: str, retry_in: float = 1.0) -> None:
        super().__init__(f"The database cannot be reached: {reason}. BooCode keeps trying.")
        self.reason = reason
        self.retry_in = retry_in


class BadCursor(StoreError):
    """A cursor that no list ever gave out."""

    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"{cursor[:80]!r} is not a cursor: take `next` from the page before, or leave it out."
        )
        self.cursor = cursor


class UnknownChat(StoreError):
    """A prompt was posted to a chat that does not exist (any more)."""

    def __init__(self, chat_id: str) -> None:
        super().__init__(f"There is no chat {chat_id}.")
        self.chat_id = chat_id


@frozen
class Page:
    """A page of a list: `next` is the cursor of the next page, None on the last one."""

    items: tuple[object, ...]
    next: str | None


@frozen
class ClaimedTask:
    """A task that this process now owns, with what the turn needs to run it."""

    task: Task
    project_path: str
    prompt: str
    message_id: str
    """The assistant message made for it, status `streaming`."""
    thinking: str | None = None
    claimed_by: str | None = None
    """The process that runs it; None once it was taken back."""
    one_shot: bool = False
    """Work without a chat of its own: nobody goes on talking with its agent, which ends with it."""


@frozen
class AgentSessionRow:
    chat_id: str
    agent: str
    backend: str
    status: AgentStatus
    agent_session_id: str | None
    config_hash: str | None
    led_elsewhere: str | None = None
    """Changes when another process than the one asked about has run a task of this conversation, and when the chat
    went back to a checkpoint."""


@frozen
class WorktreeRow:
    id: str
    session_id: str | None
    project_id: str | None
    project_path: str
    path: str
    branch: str | None
    base_commit: str
    """The commit against which pending changes are computed; moves on after an apply."""
    made_for: str = field(default=Factory(lambda self: self.session_id or self.id, takes_self=True))
    """The id of the session that it was made for: outlives that session, and names its refs and its owner."""
    orphaned_at: float | None = None
    """Seconds since 1970; None while its session is there."""
    condemned_at: float | None = None


@frozen
class ChangeRow:
    """A pending change with what applying it needs, beside what people see."""

    change: PendingChange
    old_blob: str | None
    """Git object id of the file at the base; None when it did not exist."""
    new_blob: str | None
    old_mode: int | None
    new_mode: int | None
    is_touched: bool = False
    """Of a capture: the file is not as the capture before it found it. Not kept."""


@frozen
class NewPermission:
    id: str
    chat_id: str
    task_id: str
    agent: str
    request_key: str
    title: str
    tool: Part
    options: tuple[PermissionOption, ...]
    expires_at: float


@frozen
class PermissionRules:
    """What a task's project lets its agents do without a person, and where."""

    policy: PermissionPolicy
    worktree: str | None
    """The path of its session's worktree; None while there is none."""


@frozen
class EditedPrompt:
    """A queued prompt after it was edited, or as it was when it was taken back, and its task as it is."""

    message: Message
    task: Task


@frozen
class NotQueued:
    """The message is no prompt that waits."""

    state: TaskState | None
    """That of its task; None when it has none."""


class Store(Protocol):
    # projects
    async def add_project(self, path: str, name: str) -> Project: ...
    async def list_projects(self) -> tuple[Project, ...]: ...
    async def get_project(self, project_id: str) -> Project | None: ...
    async def change_project(
        self, project_id: str, name: str | None, permission_policy: PermissionPolicy | None
    ) -> Project | None:
        """None leaves a field as it is."""
        ...

    async def remove_project(self, project_id: str) -> bool: ...

    # sessions and chats
    # `for_now`: the title is a default or the first words of a prompt, in whose place a better one may come. Such a
    # rename changes nothing where somebody has chosen a name.
    async def create_session(
        self, project_id: str, title: str, *, for_now: bool = False
    ) -> Session | None: ...
    async def list_sessions(self, project_id: str | None, after: str | None, limit: int) -> Page: ...
    async def get_session(self, session_id: str) -> Session | None: ...
    async def rename_session(
        self, session_id: str, title: str, *, for_now: bool = False
    ) -> Session | None: ...
    async def delete_session(self, session_id: str) -> bool: ...
    async def create_chat(self, session_id: str, title: str, *, for_now: bool = False) -> Chat | None: ...
    async def list_chats(self, session_id: str | None, after: str | None, limit: int) -> Page: ...
    async def get_chat(self, chat_id: str) -> Chat | None: ...
    async def rename_chat(self, chat_id: str, title: str, *, for_now: bool = False) -> Chat | None: ...
    async def delete_chat(self, chat_id: str) -> bool: ...

    # messages
    async def list_messages(self, chat_id: str, before: str | None, limit: int) -> Page:
        """Oldest first within the page; `before` is a cursor from an earlier page's `next`."""
        ...

    async def list_messages_onward(self, chat_id: str, after: str | None, limit: int) -> Page:
        """From the oldest on; `after` is a cursor from an earlier page's `next`."""
        ...

    async def get_message(self, message_id: str) -> Message | None: ...

    async def edit_queued(self, message_id: str, text: str) -> EditedPrompt | NotQueued | None:
        """A new text for a prompt whose task nobody has claimed, with `message_updated` in the log; None: no such
        message. A claim that meets this has it before or after, never half."""
        ...

    async def remove_queued(self, message_id: str) -> EditedPrompt | NotQueued | None:
        """Takes such a prompt back: the message goes (`message_removed`), its task is cancelled."""
        ...

    # tasks
    async def create_task(
        self, project_id: str, text: str, agent: str, model: str | None, mode: str | None, parent: str | None
    ) -> Task | None:
        """A task without a chat of its own: gets a session and chat made for it. None: unknown project."""
        ...

    async def list_tasks(
        self,
        state: TaskState | None,
        project_id: str | None,
        after: str | None,
        limit: int,
        parent: str | None = None,
    ) -> Page: ...
    async def get_task(self, task_id: str) -> Task | None: ...
    async def claim_tasks(self, owner: str, limit: int, lease_s: float) -> tuple[ClaimedTask, ...]:
        """Takes pending tasks, oldest first, one per chat and one writer per session at a time; makes their
        assistant messages (status streaming, `message_created` in the log) in the same transaction."""
        ...

    async def renew_leases(self, owner: str, task_ids: Sequence[str], lease_s: float) -> tuple[str, ...]:
        """Returns the ids that are still ours."""
        ...

    async def take_back(self, owner_prefix: str | None) -> tuple[ClaimedTask, ...]:
        """Open tasks whose lease ended, or whose owner starts with the prefix (a dead process of this home)."""
        ...

    async def cancel_requests(self, owner: str) -> tuple[str, ...]:
        """Ids of this owner's open tasks that were asked to be cancelled: what a lost NOTIFY would have said."""
        ...

    async def cancel_waiting(self) -> None:
        """Cancels what waits in the queue although it was to be cancelled: sub-tasks of what was cancelled."""
        ...

    async def request_cancel(self, task_id: str) -> Literal["cancelled", "asked", "ended", "unknown"]:
        """A pending task is cancelled at once; for a running one its owner is told (NOTIFY tasks_cancel)."""
        ...

    async def open_task_of_chat(self, chat_id: str) -> Task | None:
        """The running or blocked task of the chat, else its oldest pending one."""
        ...

    async def open_tasks_of_chats(self, chat_ids: Sequence[str]) -> tuple[Task, ...]:
        """All that runs or waits there, in the order in which it is to be cancelled: the last in the queue first."""
        ...

    async def set_task_blocked(self, task_id: str, blocked: bool) -> Task | None: ...

    # agent sessions
    async def get_agent_session(
        self, chat_id: str, agent: str, owner: str | None = None
    ) -> AgentSessionRow | None:
        """`led_elsewhere` is as seen by `owner`."""
        ...

    async def save_agent_session(self, row: AgentSessionRow) -> None: ...
    async def list_agent_sessions(self, session_id: str) -> tuple[AgentSession, ...]: ...
    async def list_all_agent_sessions(self, limit: int) -> tuple[AgentSession, ...]:
        """Of all sessions: those that are not idle first, then those that were active last."""
        ...

    # worktrees and pending changes
    async def get_worktree(self, session_id: str) -> WorktreeRow | None: ...
    async def save_worktree(self, row: WorktreeRow) -> None: ...
    async def move_base(self, worktree_id: str, base_commit: str) -> None: ...
    async def forget_worktree(self, worktree_id: str) -> None:
        """The worktree is gone from the disk; its row stays, marked so."""
        ...

    async def replace_pending(
        self, session_id: str, task_id: str | None, agent: str | None, changes: Sequence[ChangeRow]
    ) -> tuple[PendingChange, ...]:
        """What was pending in the session becomes superseded, these become pending; one transaction.

        A change that names its own task and agent keeps them."""
        ...

    async def list_pending(
        self, session_id: str, states: Sequence[str] = ("pending",)
    ) -> tuple[PendingChange, ...]: ...
    async def get_changes(self, ids: Sequence[str]) -> tuple[ChangeRow, ...]: ...
    async def set_change_state(
        self, ids: Sequence[str], from_state: str, to_state: str, error: str | None = None
    ) -> tuple[PendingChange, ...]:
        """Only rows that are in `from_state` change; those are returned."""
        ...

    # permissions
    async def save_permission(self, permission: NewPermission) -> Permission:
        """Idempotent by id: a question that is there already is returned as it is."""
        ...

    async def resolve_permission(
        self, permission_id: str, outcome: str, answered_by: AnsweredBy | None = None
    ) -> Permission | None:
        """None when it was resolved before or is unknown: an answer counts once."""
        ...

    async def permission_rules(self, task_id: str) -> PermissionRules | None:
        """None for an unknown task."""
        ...

    async def get_permission(self, permission_id: str) -> Permission | None: ...
    async def open_permissions(self, chat_id: str | None = None) -> tuple[Permission, ...]: ...

    # providers (cache of probes) and small things
    async def save_provider(self, agent: StoredAgent) -> None: ...
    async def list_providers(self) -> tuple[StoredAgent, ...]: ...
    async def get_setting(self, key: str) -> str | None: ...
    async def set_setting(self, key: str, value: str) -> None: ...
    async def ui_settings(self) -> UiSettings: ...
    async def change_ui_settings(self, change: SettingsChange) -> UiSettings: ...
    async def inbox(self) -> tuple[InboxItem, ...]: ...
    async def costs(self, group_by: Literal["project", "agent", "model", "day"]) -> tuple[CostRow, ...]: ...


@frozen
class TaskNotice:
    """Cast by the task listener: what PostgreSQL told. `missed` = the connection was lost, look everywhere."""

    kind: Literal["new", "cancel", "missed"]
    task_id: str | None = None
