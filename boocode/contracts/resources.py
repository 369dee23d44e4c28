"""Resources of the HTTP API, as they travel. Times are ISO 8601 UTC strings; ids are opaque."""

from typing import Literal, TypeAlias

from attrs import frozen

MessageStatus: TypeAlias = Literal["streaming", "complete", "cancelled", "error", "interrupted"]
TaskState: TypeAlias = Literal["pending", "running", "blocked", "completed", "failed", "cancelled"]
AgentStatus: TypeAlias = Literal["working", "blocked", "idle", "error"]
ChangeOp: TypeAlias = Literal["create", "edit", "delete", "rename", "chmod"]
ChangeState: TypeAlias = Literal["pending", "applied", "rejected", "superseded", "failed", "rewound"]
PermissionPolicy: TypeAlias = Literal["ask", "allow_reads", "allow_worktree"]
"""What agents may do in a project without asking a person: nothing; read files of the session's worktree; also
change them. Commands are asked about in every policy. No policy ever rejects."""
MatchTier: TypeAlias = Literal["exact", "trim", "canon", "fuzzy"]
AnsweredBy: TypeAlias = Literal["person", "policy", "deadline"]
PartType: TypeAlias = Literal["text", "reasoning", "tool", "plan", "notice"]


@frozen
class Project:
    id: str
    name: str
    path: str
    created_at: str
    permission_policy: PermissionPolicy = "ask"


@frozen
class Chat:
    id: str
    session_id: str
    title: str
    created_at: str
    last_seq: int = 0


@frozen
class Session:
    id: str
    project_id: str
    title: str
    created_at: str
    chats: tuple[Chat, ...] = ()


@frozen
class Diff:
    path: str
    old_text: str | None
    new_text: str


@frozen
class PlanItem:
    content: str
    status: str
    priority: str


@frozen
class Part:
    """One piece of a message. Which fields are set depends on `type`; the others are null."""

    type: PartType
    text: str | None = None
    tool_call_id: str | None = None
    title: str | None = None
    kind: str | None = None
    status: Literal["pending", "running", "completed", "failed"] | None = None
    input: dict[str, object] | None = None
    output: str | None = None
    locations: tuple[str, ...] | None = None
    diff: Diff | None = None
    entries: tuple[PlanItem, ...] | None = None
    permission: str | None = None
    """Of a tool that the agent asked leave for: what was answered and by whom, in words."""


@frozen
class ToolLabel:
    """What a run of tool calls of one message did, in a line. It covers all parts from the first to the last of its
    calls."""

    tool_call_ids: tuple[str, ...]
    text: str


@frozen
class Usage:
    """What a turn used; null = the agent did not say."""

    input_tokens: int | None
    output_tokens: int | None
    cost: float | None


@frozen
class Message:
    id: str
    chat_id: str
    role: Literal["user", "assistant"]
    status: MessageStatus
    agent: str | None
    model: str | None
    text: str
    """The text parts, concatenated."""
    parts: tuple[Part, ...]
    created_at: str
    error: str | None = None
    task_id: str | None = None
    client_id: str | None = None
    queued: bool = False
    """A prompt whose turn has not begun: it may still be edited or taken back. The assistant message of its
    task ends that."""
    usage: Usage | None = None
    """Of an assistant message whose turn is over; null: it is not, or the agent said nothing of it."""
    labels: tuple[ToolLabel, ...] = ()


@frozen
class Task:
    id: str
    project_id: str
    session_id: str | None
    chat_id: str | None
    parent_task_id: str | None
    arena_id: str | None
    state: TaskState
    agent: str
    model: str | None
    input: str
    output_summary: str | None
    error: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    mode: str | None = None
    message_id: str | None = None
    """The assistant message that this task writes."""


@frozen
class PendingChange:
    id: str
    session_id: str
    path: str
    old_path: str | None
    op: ChangeOp
    agent: str | None
    state: ChangeState
    diff: str
    binary: bool
    additions: int
    deletions: int
    task_id: str | None = None
    created_at: str | None = None
    error: str | None = None
    message_id: str | None = None
    """The assistant message of the turn that made it."""
    tier: MatchTier | None = None
    """How it was found in the project when it was applied; null: not applied."""
    score: float | None = None
    """How like the lines it was found by are, 0 to 1."""
    base_changed: bool = False
    """The project's file is not any more what the change was made from: applying matches it on today's lines."""


@frozen
class LeftOutFile:
    """A file that a checkpoint does not hold."""

    path: str
    reason: Literal["nested repository", "too large", "not a file"]


@frozen
class Checkpoint:
    """The files of a session's worktree at one time. `message_id`: the assistant message before whose turn it was."""

    id: str
    session_id: str | None
    chat_id: str | None
    message_id: str | None
    task_id: str | None
    agent: str | None
    kind: Literal["turn", "safety", "manual"]
    """`safety`: taken by a restore of what it was about to overwrite, and the way back from it."""
    commit: str
    ref: str
    """A git ref in the project's repository that keeps it."""
    left_out: tuple[LeftOutFile, ...]
    created_at: str
    title: str | None = None
    """The first words of the prompt that followed."""


@frozen
class RestorePreview:
    """What going back to a checkpoint does, or did. Lists of paths are in git's order."""

    checkpoint: Checkpoint
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[LeftOutFile, ...]
    kept_ignored: tuple[str, ...]
    head_moved: int | None
    """Commits made in the worktree since, which stay on their branch; null: HEAD is on other history now."""
    hidden_messages: tuple[str, ...]
    """Ids of messages that leave the chat; they are kept and come back with the way back."""
    shown_messages: tuple[str, ...]
    """Ids of messages that an earlier restore had hidden and that come back."""
    safety: Checkpoint | None = None
    """Only after the restore: what it overwrote. Restoring this one is the way back; null: nothing was done."""


@frozen
class CommandInfo:
    name: str
    description: str


@frozen
class AgentSession:
    chat_id: str
    agent: str
    status: AgentStatus
    has_session: bool
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    last_active_at: str | None
    session_id: str | None = None
    reason: str | None = None
    """As in the frame of its status: how an agent ended while nobody waited for it."""
    quiet_since: str | None = None
    """Set while a working agent says nothing."""
    commands: tuple[CommandInfo, ...] | None = None
    """The slash commands that it told last in this chat; null: it told none. Only of one session's agents."""


@frozen
class PermissionOption:
    id: str
    label: str
    kind: str


@frozen
class Permission:
    """A question of an agent to a person; `outcome` is null while it is open."""

    id: str
    chat_id: str
    task_id: str
    title: str
    tool: Part
    options: tuple[PermissionOption, ...]
    expires_at: str
    created_at: str
    outcome: str | None = None
    """Null while open, then `selected:<option id>`, `timed_out:<option id>` or `withdrawn:<why>`."""
    answered_by: AnsweredBy | None = None
    """Null while open and when withdrawn."""


@frozen
class Model:
    id: str
    label: str
    thinking: tuple[str, ...] | None = None
    """How hard this model can be made to think; null: as its provider says, empty: that cannot be chosen."""


@frozen
class Provider:
    id: str
    label: str
    installed: bool
    version: str | None
    transport: str
    models: tuple[Model, ...]
    modes: tuple[str, ...]
    commands: tuple[CommandInfo, ...]
    error: str | None
    thinking: tuple[str, ...] = ()
    """How hard its models can be made to think, those that do not say it themselves; empty: that cannot be chosen,
    or is not known yet."""
    default_model: str | None = None
    """What it takes when nothing is chosen; null: not known."""
    default_mode: str | None = None


@frozen
class WorktreeInfo:
    """A session's worktree, and what would be at risk if it went: changed and untracked files, own commits."""

    path: str
    branch: str | None
    base_commit: str
    dirty: int
    untracked: int
    unpushed: int
    pending: int = 0
    """Changes that wait for a person."""
    stashed: str | None = None
    """After a stash: the git ref that keeps what was there."""


@frozen
class Worktree:
    """A worktree as BooCode knows it, with or without its session."""

    id: str
    session_id: str | None
    """Null: its session was deleted, or nobody knows it any more."""
    project_id: str | None
    project_path: str
    path: str
    branch: str | None
    created_at: str
    orphaned_at: str | None
    condemned_at: str | None
    """Found to be safe to remove; it goes at the next look."""
    removed_at: str | None
    kept_because: str | None
    """Of an orphan: why it is not removed."""
    salvage_ref: str | None
    """After the removal: the git ref that keeps what was in it."""


@frozen
class Health:
    """Everything but `ok` is answered 503; `degraded`: the database is away."""

    status: Literal["starting", "ok", "degraded", "stopping"]
    version: str
    uptime_s: float
    database: Literal["up", "down", "starting"]


@frozen
class InboxItem:
    """Something that waits for a person: a question of an agent, or a task that failed or is blocked."""

    id: str
    kind: Literal["permission", "blocked", "failed"]
    task_id: str
    project_id: str | None
    session_id: str | None
    chat_id: str | None
    agent: str | None
    title: str
    detail: str | None
    created_at: str
    permission: Permission | None = None


@frozen
class FoundFile:
    """A file or folder that can be named in a prompt; `path` is relative to the worktree, written as git shows it."""

    path: str
    kind: Literal["file", "directory"]


@frozen
class CostRow:
    """What one project, agent, model or day used; null = no agent said."""

    key: str | None
    tasks: int
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
