"""Answers of the HTTP API that are not a resource themselves: pages, small results, problems."""

from typing import Literal

from attrs import frozen

from boocode.contracts.resources import (
    AgentSession,
    AnsweredBy,
    Chat,
    FoundFile,
    InboxItem,
    Message,
    Permission,
    Project,
    Session,
    Task,
)


@frozen
class ProjectPage:
    items: tuple[Project, ...]
    next: str | None = None


@frozen
class SessionPage:
    items: tuple[Session, ...]
    next: str | None = None


@frozen
class ChatPage:
    items: tuple[Chat, ...]
    next: str | None = None


@frozen
class MessagePage:
    """Oldest first; `next` is the cursor (`before`) of the page with older messages."""

    items: tuple[Message, ...]
    next: str | None = None


@frozen
class TaskPage:
    items: tuple[Task, ...]
    next: str | None = None


@frozen
class InboxPage:
    items: tuple[InboxItem, ...]
    next: str | None = None


@frozen
class AgentSessionPage:
    """Those at work first, then those that were active last."""

    items: tuple[AgentSession, ...]


@frozen
class PermissionPage:
    items: tuple[Permission, ...]


@frozen
class FilePage:
    """The best matches first; `truncated`: there are more."""

    items: tuple[FoundFile, ...]
    truncated: bool


@frozen
class ChatExport:
    """A whole chat. `project` and `session` are their names."""

    version: Literal[1]
    exported_at: str
    project: str
    session: str
    chat: Chat
    messages: tuple[Message, ...]


@frozen
class Posted:
    message: Message
    task: Task


@frozen
class Cancelled:
    cancelled: bool
    """False when there was nothing to cancel."""


@frozen
class ConflictItem:
    path: str
    reason: str


@frozen
class Problem:
    """An error as `application/problem+json`. `code` is stable, `detail` says what was asked, what was found
    and what to do."""

    code: str
    title: str
    detail: str
    status: int
    field: str | None = None
    """The field of the request that is wrong, where one is."""
    conflicts: tuple[ConflictItem, ...] | None = None
    """The files that stand in the way of an apply."""
    outcome: str | None = None
    """How the question ended that was to be answered."""
    answered_by: AnsweredBy | None = None
    """Who was first."""
