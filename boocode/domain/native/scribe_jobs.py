"""What waits for the scribe, and what comes next. Pure.

comes in                                   | what becomes of it
-------------------------------------------+--------------------------------------------------------------------
a job                                      | waits; past MOST_JOBS the oldest one is dropped
the name of a chat that waits to be named  | nothing: once is enough
a job that had to give way                 | first in line again, unless it has given way MOST_TRIES times

Names of chats go first, because people look at them; what tells of a turn comes in the order of the turns.
"""

from collections import deque
from typing import TypeAlias

from attrs import define, evolve, field, frozen

MOST_JOBS = 64
MOST_TRIES = 20


@frozen
class NameChat:
    chat_id: str
    task_id: str
    """Of the turn that asked for it."""
    uses_endpoint: bool
    """The endpoint serves that turn's model, which can be fallen back to."""
    tries: int = 0


@frozen
class DescribeTurn:
    """Labels for its runs of tool calls, and its summary."""

    chat_id: str
    task_id: str
    uses_endpoint: bool
    message_id: str
    tries: int = 0


Job: TypeAlias = NameChat | DescribeTurn


@define
class Jobs:
    dropped: int = 0
    gave_way: int = 0
    _waiting: deque[Job] = field(factory=deque)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, job: Job) -> None:
        if isinstance(job, NameChat) and any(_names(each, job.chat_id) for each in self._waiting):
            return
        self._waiting.append(job)
        if len(self._waiting) > MOST_JOBS:
            self._waiting.popleft()
            self.dropped += 1

    def take(self) -> Job | None:
        for job in self._waiting:
            if isinstance(job, NameChat):
                self._waiting.remove(job)
                return job
        return self._waiting.popleft() if self._waiting else None

    def give_way(self, job: Job) -> None:
        """It was begun and broken off for something more important."""
        self.gave_way += 1
        if job.tries + 1 < MOST_TRIES:
            self._waiting.appendleft(evolve(job, tries=job.tries + 1))
        else:
            self.dropped += 1


def _names(job: Job, chat_id: str) -> bool:
    return isinstance(job, NameChat) and job.chat_id == chat_id
