"""Bodies and queries of the HTTP API: what clients send."""

from typing import Literal

from attrs import frozen
from msgspec import UNSET, UnsetType

from boocode.contracts.resources import PermissionPolicy, TaskState
from boocode.contracts.settings import DiffView, SendKey, Theme


@frozen
class NewProject:
    path: str
    name: str | None = None


@frozen
class ProjectChange:
    """What is left out stays as it is."""

    name: str | None = None
    permission_policy: PermissionPolicy | None = None


@frozen
class NewSession:
    project_id: str
    title: str | None = None
    for_now: bool = False
    """Nobody chose the title: a better one may take its place."""


@frozen
class NewChat:
    session_id: str
    title: str | None = None
    for_now: bool = False


@frozen
class Rename:
    title: str
    for_now: bool = False
    """Nobody chose the title: it is taken only while there is no better one, and may be replaced."""


@frozen
class NewPrompt:
    text: str
    agent: str
    model: str | None = None
    mode: str | None = None
    thinking: str | None = None
    client_id: str | None = None
    """Chosen by the client; the same one twice in a chat is one message."""


@frozen
class PromptEdit:
    text: str


@frozen
class NewTask:
    project_id: str
    input: str
    agent: str | None = None
    model: str | None = None
    mode: str | None = None
    parent_task_id: str | None = None


@frozen
class ApplySelection:
    """Which pending changes of a session; null = all of them."""

    ids: tuple[str, ...] | None = None
    dry_run: bool = False
    """Answers as it would, and changes nothing."""


@frozen
class ApplyChoice:
    """How much of one change; nothing said is all of it."""

    hunks: tuple[int, ...] | None = None
    """Of its diff, counted from 0. The others go on waiting."""
    dry_run: bool = False


@frozen
class RejectChoice:
    hunks: tuple[int, ...] | None = None
    """As in ApplyChoice."""


@frozen
class RewindChoice:
    dry_run: bool = False


@frozen
class NewCheckpoint:
    """A checkpoint by a person's wish, after all that is in this chat now."""

    chat_id: str


@frozen
class PermissionAnswer:
    option_id: str


@frozen
class SettingsChange:
    """What is left out stays as it is; null is a value."""

    theme: Theme | UnsetType = UNSET
    diff_view: DiffView | UnsetType = UNSET
    send_key: SendKey | UnsetType = UNSET
    notifications: bool | UnsetType = UNSET
    show_reasoning: bool | UnsetType = UNSET
    default_agent: str | UnsetType | None = UNSET


@frozen
class SessionsQuery:
    project_id: str | None = None
    after: str | None = None
    limit: int | None = None


@frozen
class ChatsQuery:
    session_id: str | None = None
    after: str | None = None
    limit: int | None = None


@frozen
class MessagesQuery:
    before: str | None = None
    limit: int | None = None


@frozen
class EventsQuery:
    since: int = 0
    limit: int | None = None


@frozen
class ChangesQuery:
    state: Literal["pending", "applied", "rejected", "superseded", "failed", "rewound", "all"] = "pending"
    limit: int | None = None
    """The newest so many; all of them when it is left out."""


@frozen
class WorktreesQuery:
    removed: bool = False
    """Also those that the reaper has removed."""


@frozen
class TasksQuery:
    state: TaskState | None = None
    project_id: str | None = None
    after: str | None = None
    limit: int | None = None
    parent_task_id: str | None = None


@frozen
class SupervisionEventsQuery:
    after: int = 0
    limit: int | None = None
    before: int | None = None
    """Only events of a smaller seq."""
    newest_first: bool = False
    notable: bool = False
    """Leaves out first starts and ends that were asked for."""
    path: str | None = None
    """Only of this actor and those below it."""


@frozen
class CostsQuery:
    group_by: Literal["project", "agent", "model", "day"] = "project"


@frozen
class AgentSessionsQuery:
    limit: int | None = None


@frozen
class PermissionsQuery:
    """Open questions, of one chat or of all."""

    chat_id: str | None = None


@frozen
class FilesQuery:
    query: str = ""
    limit: int | None = None


@frozen
class ExportQuery:
    format: Literal["markdown", "json"] = "markdown"
