"""News: what came, is not as it was, or is gone in the database, whichever process did it."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import frozen

from boocode.contracts.frames import FrameBody

Subject: TypeAlias = Literal[
    "project",
    "session",
    "chat",
    "task",
    "answer",
    "agent",
    "settings",
    "project_gone",
    "session_gone",
    "chat_gone",
]


@frozen
class RowNews:
    """Cast to the herald: look at this row. `other`: of an agent its id (`id` is its chat), of what is gone the id
    of what it belonged to."""

    subject: Subject
    id: str
    other: str = ""


@frozen
class NewsMissed:
    """Cast to the herald: something may have happened that nobody was told of."""


class NewsStore(Protocol):
    async def frames_of(self, news: Sequence[RowNews]) -> tuple[FrameBody, ...]:
        """What there is to be said of these rows as they are now; nothing of a row that is not there any more.
        Raises StoreUnavailable."""
        ...
