"""Where the event writer puts its batches: one transaction each, committed once however often it is tried."""

from collections.abc import Callable
from functools import cached_property
from typing import Protocol, TypeAlias

from attrs import field, frozen

from boocode.contracts.frames import WireFrame
from boocode.ports.log import Posted, PostPrompt, Settled, Settlement
from boocode.ports.store import StoreError


@frozen
class EncodedFrame:
    """A frame without its seq; `body` is the JSON object that `encode_body` makes, `at` UTC seconds."""

    chat_id: str
    type: str
    at: float
    body: bytes


@frozen
class StatusChange:
    """An agent's status, kept beside its frame so that it can be read without the log."""

    chat_id: str
    agent: str
    status: str
    reason: str | None = None
    quiet_since: str | None = None


@frozen
class CommandsChange:
    """The slash commands of an agent, kept like its status; `commands` is encoded JSON."""

    chat_id: str
    agent: str
    commands: bytes


@frozen
class LabelChange:
    """A label of tool calls, kept with their message; `label` is encoded JSON."""

    message_id: str
    label: bytes


@frozen
class AppendFrames:
    frames: tuple[EncodedFrame, ...]
    statuses: tuple[StatusChange, ...] = ()
    commands: tuple[CommandsChange, ...] = ()
    labels: tuple[LabelChange, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing is kept but the frames."""
        return not (self.statuses or self.commands or self.labels)


@frozen
class KeepParts:
    """A snapshot of a message that is being written; `parts` is encoded JSON."""

    message_id: str
    parts: bytes
    model: str | None


@frozen
class Settle:
    settlement: Settlement
    completes_log: bool = False
    """Deltas at the end of this turn were refused: what the log lacks of the text is added before the last frame,
    so that the deltas still give exactly the stored text."""


@frozen
class Post:
    """`message_id` and `task_id` are chosen by the sender, so that a second attempt makes the same rows."""

    prompt: PostPrompt
    message_id: str
    task_id: str
    at: float


BatchOp: TypeAlias = AppendFrames | KeepParts | Settle | Post
Reply: TypeAlias = Settled | Posted | StoreError | None
"""A StoreError here refuses that one operation; the batch as a whole was committed."""


@frozen
class Batch:
    """`number` rises by one from batch to batch of a writer; a batch that failed keeps its number."""

    writer: str
    number: int
    ops: tuple[BatchOp, ...]


Placed: TypeAlias = tuple[tuple[WireFrame, ...], ...]


@frozen
class Committed:
    replies: tuple[Reply, ...]
    """One for each operation of the batch."""
    place: Callable[[], Placed] = field(eq=False, repr=False)

    @cached_property
    def frames(self) -> Placed:
        """Per chat and in seq order: what the batch added to the log. Built when it is asked for, so that the
        next batch can be on its way by then."""
        return self.place()


class LogSink(Protocol):
    async def write(self, batch: Batch) -> Committed:
        """Commits the batch, or finds that it was committed before: the answer is the same.

        Raises StoreUnavailable when it was certainly not written, OutcomeUnknown when only another `write` of
        the same batch can tell, StoreRejected when some operation cannot be kept; then nothing was written.
        """
        ...
