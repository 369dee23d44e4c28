"""Frames: what the WebSocket carries and the durable log keeps.

A frame is a body (one of the classes here) and an envelope `{topic, seq, type, at}`. Bodies of the topic
`chat:ID` are durable: the log gives them their gapless `seq`. The others are hints and may be missed.
"""

from typing import ClassVar, Final, Literal, TypeAlias

from attrs import evolve, frozen

from boocode.contracts.crashes import Decision
from boocode.contracts.resources import (
    AgentStatus,
    AnsweredBy,
    Chat,
    Checkpoint,
    CommandInfo,
    Message,
    MessageStatus,
    Part,
    PermissionOption,
    PlanItem,
    Project,
    Provider,
    Session,
    Task,
    ToolLabel,
)
from boocode.contracts.settings import UiSettings
from boocode.contracts.supervision import EventKind, ExitKind, Node, Subject, WarmPool

Rung: TypeAlias = Literal["before_start", "asked", "given_up", "killed"]
"""Of cancelling: the prompt had not been sent; the agent obeyed; it kept silent and was left; it was killed."""

TOLD_CHARS: Final = 300
"""Of a text whose beginning alone is told."""


@frozen
class MessageCreated:
    type: ClassVar[str] = "message_created"
    message: Message


@frozen
class MessageUpdated:
    """A queued prompt was edited: this is it now."""

    type: ClassVar[str] = "message_updated"
    message: Message


@frozen
class MessageRemoved:
    """A queued prompt was taken back: it is not in the chat any more."""

    type: ClassVar[str] = "message_removed"
    message_id: str


@frozen
class MessageDelta:
    """A piece of text; the deltas of one message give exactly its text and reasoning parts."""

    type: ClassVar[str] = "message_delta"
    message_id: str
    kind: Literal["text", "reasoning"]
    text: str


@frozen
class ToolCallFrame:
    type: ClassVar[str] = "tool_call"
    message_id: str
    part: Part


@frozen
class ToolUpdateFrame:
    type: ClassVar[str] = "tool_update"
    message_id: str
    part: Part


@frozen
class PlanUpdated:
    type: ClassVar[str] = "plan_updated"
    message_id: str
    entries: tuple[PlanItem, ...]


@frozen
class UsageUpdated:
    type: ClassVar[str] = "usage_updated"
    message_id: str
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None


@frozen
class NoticeFrame:
    type: ClassVar[str] = "notice"
    message_id: str | None
    text: str


@frozen
class ToolsLabelled:
    """A run of tool calls has a label; it may come long after the turn, or never."""

    type: ClassVar[str] = "tools_labelled"
    message_id: str
    label: ToolLabel


@frozen
class MessageComplete:
    """The one terminal frame of a turn."""

    type: ClassVar[str] = "message_complete"
    message_id: str
    status: MessageStatus
    model: str | None
    error: str | None = None
    cause: str | None = None
    rung: Rung | None = None
    """Of a cancelled turn: what it took to end it."""


@frozen
class AgentStatusUpdated:
    type: ClassVar[str] = "agent_status_updated"
    chat_id: str
    agent: str
    status: AgentStatus
    reason: str | None = None
    """For people, when there is more to say: how an agent ended while nobody waited for it."""
    quiet_since: str | None = None
    """Set while a working agent says nothing; the next frame without it takes it back."""
    session_id: str | None = None
    """Said on the topic `user` only."""


@frozen
class AgentCommandsUpdated:
    type: ClassVar[str] = "agent_commands_updated"
    agent: str
    commands: tuple[CommandInfo, ...]


@frozen
class PermissionRequested:
    type: ClassVar[str] = "permission_requested"
    id: str
    chat_id: str
    task_id: str
    title: str
    tool: Part
    options: tuple[PermissionOption, ...]
    expires_at: str


@frozen
class PermissionResolved:
    type: ClassVar[str] = "permission_resolved"
    id: str
    chat_id: str
    task_id: str
    outcome: str
    answered_by: AnsweredBy | None = None
    """Null for a question that was withdrawn. What the project's policy answers is never asked: this is then the
    only frame of it."""
    title: str | None = None
    tool_call_id: str | None = None


@frozen
class PendingChangesUpdated:
    type: ClassVar[str] = "pending_changes_updated"
    session_id: str
    pending: int
    """How many changes wait for a person now."""


@frozen
class CheckpointCreated:
    """The worktree's files as they were before a turn, or before a restore, can be gone back to."""

    type: ClassVar[str] = "checkpoint_created"
    session_id: str
    checkpoint: Checkpoint


@frozen
class CheckpointRestored:
    """The files went back to a checkpoint, and with them the chat: some messages left it, others came back."""

    type: ClassVar[str] = "checkpoint_restored"
    session_id: str
    checkpoint: Checkpoint
    safety_id: str
    """The checkpoint that is the way back."""
    hidden_messages: tuple[str, ...]
    shown_messages: tuple[str, ...]


@frozen
class TaskUpdated:
    """The topic is `user`, where every window hears of every task: of its long texts only the beginning is told."""

    type: ClassVar[str] = "task_updated"
    task: Task

    @classmethod
    def of(cls, task: Task) -> "TaskUpdated":
        """`input` and `output_summary` have at most TOLD_CHARS characters; who wants them whole reads the task."""
        summary = task.output_summary
        if len(task.input) <= TOLD_CHARS and (summary is None or len(summary) <= TOLD_CHARS):
            return cls(task)
        return cls(evolve(task, input=_beginning(task.input), output_summary=summary and _beginning(summary)))


def _beginning(text: str) -> str:
    return text if len(text) <= TOLD_CHARS else f"{text[: TOLD_CHARS - 1]}…"


@frozen
class ProviderUpdated:
    """Something else is known of an agent than before; the topic is `user`."""

    type: ClassVar[str] = "provider_updated"
    provider: Provider


@frozen
class ProjectUpdated:
    """A project came, or is not as it was. This and the following: the topic is `user`, each says how a thing is now
    and may come more than once."""

    type: ClassVar[str] = "project_updated"
    project: Project


@frozen
class ProjectRemoved:
    """Its sessions and chats have frames of their own, before or after."""

    type: ClassVar[str] = "project_removed"
    id: str


@frozen
class SessionUpdated:
    """With its chats, as they are now."""

    type: ClassVar[str] = "session_updated"
    session: Session


@frozen
class SessionRemoved:
    """Its chats have frames of their own, before or after."""

    type: ClassVar[str] = "session_removed"
    id: str
    project_id: str


@frozen
class ChatUpdated:
    type: ClassVar[str] = "chat_updated"
    chat: Chat


@frozen
class ChatRemoved:
    type: ClassVar[str] = "chat_removed"
    id: str
    session_id: str


@frozen
class SettingsUpdated:
    type: ClassVar[str] = "settings_updated"
    settings: UiSettings


@frozen
class ListsChanged:
    """Something may have been missed while the database was away: whoever shows lists reads them again."""

    type: ClassVar[str] = "lists_changed"


@frozen
class SupervisionEvent:
    """Something happened to an actor. `node` is the actor as it is now, without its children."""

    type: ClassVar[str] = "supervision_event"
    path: str
    event: EventKind
    reason: str | None
    incarnation: int
    node: Node | None = None
    exit_kind: ExitKind | None = None
    duration_s: float | None = None
    """Of an exit: how long it was up; of a start: how long it took."""
    due_in_s: float | None = None
    """Of a planned restart."""
    decision: Decision | None = None
    """Of an exit: what its supervisor did about it."""
    is_notable: bool = True
    """False for what is the order of things: a first start, an end that was asked for."""
    subject: Subject | None = None


@frozen
class SupervisionSample:
    """What looks different in the tree than in the sample before. Only while somebody follows the topic."""

    type: ClassVar[str] = "supervision_sample"
    since: int
    """Tells all that changed after this number of the topic: a tree that is older has missed something."""
    nodes: tuple[Node, ...]
    """As they are now, without their children, in the tree's order; new ones come after their elder siblings."""
    gone: tuple[str, ...]
    """Paths; what is below them is gone, too."""
    loop_lag_ms: float
    dead_letters: int
    pool: WarmPool | None = None
    """Null while it is as it was."""


FrameBody: TypeAlias = (
    MessageCreated
    | MessageUpdated
    | MessageRemoved
    | MessageDelta
    | ToolCallFrame
    | ToolUpdateFrame
    | PlanUpdated
    | UsageUpdated
    | NoticeFrame
    | ToolsLabelled
    | MessageComplete
    | AgentStatusUpdated
    | AgentCommandsUpdated
    | PermissionRequested
    | PermissionResolved
    | PendingChangesUpdated
    | CheckpointCreated
    | CheckpointRestored
    | TaskUpdated
    | ProviderUpdated
    | ProjectUpdated
    | ProjectRemoved
    | SessionUpdated
    | SessionRemoved
    | ChatUpdated
    | ChatRemoved
    | SettingsUpdated
    | ListsChanged
    | SupervisionEvent
    | SupervisionSample
)


@frozen
class WireFrame:
    """One frame, encoded once: `data` is the whole JSON object as bytes, envelope included."""

    topic: str
    seq: int
    data: bytes


CHAT_PREFIX = "chat:"


def chat_topic(chat_id: str) -> str:
    return CHAT_PREFIX + chat_id


USER_TOPIC = "user"
SUPERVISION_TOPIC = "supervision"
