"""Sub-tasks: work that an agent hands to a task of its own and of which it sees only what came of it.

Whose they are: the parent is the task whose turn runs in a chat now. Its *own* children are those of all turns that
the same agent had in that chat, because that is one conversation; nobody is shown others.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import frozen

from boocode.contracts.resources import Message, Task
from boocode.kernel import Request


@frozen
class NewChild:
    prompt: str
    agent: str
    model: str | None = None
    mode: str | None = None


@frozen
class ChildLimits:
    deepest: int = 3
    """Sub-tasks of sub-tasks: a person's own task stands at 0."""
    open_at_once: int = 8
    """Of one parent."""
    in_all: int = 50
    """Below one task of a person, whoever began them."""


@frozen
class NotStarted:
    """Why there is no new child."""

    why: Literal["ending", "deep", "open", "many"]
    found: int = 0


@frozen
class Child:
    task: Task
    answer: str = ""
    """Of one that is over: what it said last, whole."""


@frozen
class Remembered:
    """A message of a session, for an agent that asks what was before."""

    message: Message
    chat_title: str | None
    """Of another chat than the asker's; None for its own."""


class SubTasks(Protocol):
    """What is kept of them. Raises StoreError."""

    async def parent(self, chat_id: str) -> Task | None:
        """The task whose turn runs in the chat."""
        ...

    async def add_child(self, chat_id: str, child: NewChild, limits: ChildLimits) -> Task | NotStarted:
        """In a session and chat of its own. Together with the parent's end it is one order: a child that was made is
        seen by a cancel of its parent, and a parent that is over makes none."""
        ...

    async def children(self, chat_id: str, limit: int) -> tuple[Task, ...]:
        """Own ones, newest first."""
        ...

    async def child(self, chat_id: str, task_id: str) -> Child | None:
        """None when it is not one of the chat's own."""
        ...

    async def last_call(self, task_id: str) -> str | None:
        """The title of the tool call that its turn began last."""
        ...

    async def untold(self, chat_id: str, limit: int) -> tuple[Child, ...]:
        """Own ones that are over and of which the agent was not told, in the order in which they ended."""
        ...

    async def told(self, chat_id: str, task_ids: Sequence[str]) -> None:
        """The running turn of the chat told of them, and its conversation remembers it durably."""
        ...

    async def history(self, chat_id: str, newest: int) -> tuple[Remembered, ...]:
        """The newest messages of the chat's session, oldest first."""
        ...


@frozen
class TaskEnded:
    """A task is over, or was deleted (`state` None)."""

    task_id: str
    state: str | None


@frozen
class AwaitEnd(Request[TaskEnded]):
    """Call to the task monitor: replies when the task has ended, wherever it ran."""

    task_id: str


@frozen
class EndHeard:
    """Cast to the task monitor: PostgreSQL told that a task ended; None: something may have been missed."""

    task_id: str | None = None


class TaskEnds(Protocol):
    async def ended(self, task_ids: Sequence[str]) -> tuple[TaskEnded, ...]:
        """Those of them that are over or gone. Raises StoreUnavailable."""
        ...
