"""The durable event log: what may be asked of the event writer, and what it answers.

The writer is the only one in this process that writes chat frames. It keeps one queue in order of arrival,
bounded in bytes; each flush is one database transaction; after the commit the frames, now with their `seq`,
go to the hub. While the database is away the queue waits; past its bound new entries are refused and the
sender is told, except settlements and terminal frames, which are always taken.
"""

from typing import Protocol

from attrs import frozen

from boocode.contracts.frames import FrameBody, WireFrame
from boocode.contracts.resources import Message, Part, Task
from boocode.domain.events import Outcome
from boocode.kernel import Ref, Request


@frozen
class LogEntry:
    """One frame of one chat; `at` is UTC seconds since the epoch when it happened."""

    chat_id: str
    body: FrameBody
    at: float


@frozen
class Append:
    """Cast: keep these in the log, in this order. Refused whole when the queue is full."""

    entries: tuple[LogEntry, ...]
    reply_to: Ref | None = None


@frozen
class AppendRefused:
    """Cast by the writer to `reply_to`: the entries of one Append were not taken; the turn must end."""

    chat_id: str
    reason: str


@frozen
class SaveMessage:
    """Cast: store the assistant message's parts as they are now (its status stays `streaming`)."""

    message_id: str
    text: str
    parts: tuple[Part, ...]
    model: str | None


@frozen
class Settlement:
    """How a turn ended: the last word on its message and its task. Idempotent: the first one wins."""

    task_id: str
    chat_id: str
    message_id: str
    agent: str
    outcome: Outcome
    text: str
    parts: tuple[Part, ...]
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    at: float


@frozen
class SettleTurn(Request["Settled"]):
    """Call: settle after everything appended before it. The reply comes when it is durable.

    One transaction: message finalised, `message_complete` appended to the log, task ended, usage added
    to the agent session. A task that is settled already is left alone (`won` false).
    """

    settlement: Settlement


@frozen
class Settled:
    won: bool
    task: Task | None
    """None when the task was deleted with its project."""


@frozen
class PostPrompt(Request["Posted"]):
    """Call: a person's prompt. One transaction: user message, assistant task row (`pending`), log, NOTIFY."""

    chat_id: str
    text: str
    agent: str
    model: str | None = None
    mode: str | None = None
    thinking: str | None = None
    client_id: str | None = None
    repeats: str | None = None
    """The task that this one tries again, in the way in which it ran."""


@frozen
class Posted:
    message: Message
    task: Task
    repeated: bool = False
    """The same `client_id` was posted before; these are the rows of then."""


@frozen
class Flush(Request[None]):
    """Call: replies when everything that came before is durable."""


@frozen
class Publish:
    """Cast to the hub: committed frames of one durable topic, in `seq` order, encoded once."""

    topic: str
    frames: tuple[WireFrame, ...]


@frozen
class PublishHint:
    """Cast to the hub: a frame of the topic `user`, which is not durable; the hub numbers it."""

    topic: str
    body: FrameBody
    at: float


@frozen
class Relay:
    """Cast to the hub: frames of a topic that is not durable and that the sender numbers, in `seq` order. What has a
    number that was told already is dropped. `is_kept`: also for those who come back later."""

    topic: str
    frames: tuple[WireFrame, ...]
    is_kept: bool = True


@frozen
class ForeignFrames:
    """Cast to the hub: another process wrote to this chat; its log now ends at `last_seq`."""

    chat_id: str
    last_seq: int


class EventLog(Protocol):
    """Reading the durable log. Raises StoreUnavailable while the database is away."""

    async def read(self, chat_id: str, since: int, limit: int) -> tuple[WireFrame, ...]:
        """Frames with seq > `since`, oldest first, at most `limit`."""
        ...

    async def last_seq(self, chat_id: str) -> int | None:
        """The seq of the newest frame, 0 for an empty log, None for an unknown chat."""
        ...
