"""The event writer's queue: what may come in, and what the next batch is. Pure; no waiting, no clock.

comes in        | when the bound is reached
----------------+--------------------------------------------------------------------------------
frames          | refused, and so is all that their turn sends until it is settled: a log with a
                | hole in the middle of a text would be worse than one that ends early
snapshot        | dropped; a newer one of the same message takes the place of a queued older one
settlement      | taken; a second one of the same task joins the queued one
prompt          | refused
flush           | taken; it weighs nothing
"""

from collections import deque

from attrs import define, evolve, field, frozen

from boocode.kernel import Ref, ReplyTo
from boocode.ports.log_sink import AppendFrames, BatchOp, KeepParts, Post, Settle

MAX_QUEUE_BYTES = 32 * 1024 * 1024
MAX_BATCH_BYTES = 1024 * 1024
MAX_BATCH_FRAMES = 1000
OVERHEAD_BYTES = 256
"""What an entry weighs beside its content."""


@frozen
class QueueLimits:
    queue_bytes: int = MAX_QUEUE_BYTES
    batch_bytes: int = MAX_BATCH_BYTES
    batch_frames: int = MAX_BATCH_FRAMES


@define(eq=False)
class Entry:
    """`op` None is a flush: nothing to write, only somebody to tell."""

    op: BatchOp | None
    weight: int
    reply_to: Ref | None = None
    callers: list[ReplyTo] = field(factory=list)

    @property
    def frames(self) -> int:
        return len(self.op.frames) if isinstance(self.op, AppendFrames) else 1


@define(eq=False)
class WriteQueue:
    limits: QueueLimits = QueueLimits()
    weight: int = 0
    """Bytes of everything that is not committed yet, the batch under way included."""
    refused: int = 0
    _entries: deque[Entry] = field(factory=deque)
    _snapshots: dict[str, Entry] = field(factory=dict)
    _settlements: dict[str, Entry] = field(factory=dict)
    _ending_early: set[str] = field(factory=set)
    """Chats whose turn was refused something and has not been settled since."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def is_full(self) -> bool:
        return self.weight >= self.limits.queue_bytes

    def append(self, chat_id: str, op: AppendFrames, reply_to: Ref | None) -> bool:
        """False = refused."""
        if self.is_full or (reply_to is not None and chat_id in self._ending_early):
            self.refused += 1
            if reply_to is not None:
                self._ending_early.add(chat_id)
            return False
        weight = OVERHEAD_BYTES
        for frame in op.frames:
            weight += len(frame.body) + OVERHEAD_BYTES
        self._add(Entry(op, weight, reply_to))
        return True

    def keep_parts(self, op: KeepParts) -> None:
        weight = OVERHEAD_BYTES + len(op.parts)
        queued = self._snapshots.get(op.message_id)
        if queued is not None:
            self.weight += weight - queued.weight
            queued.op, queued.weight = op, weight
        elif not self.is_full:
            entry = Entry(op, weight)
            self._snapshots[op.message_id] = entry
            self._add(entry)

    def settle(self, op: Settle, weight: int, caller: ReplyTo) -> None:
        settlement = op.settlement
        queued = self._settlements.get(settlement.task_id)
        if queued is not None:
            queued.callers.append(caller)
            return
        if settlement.chat_id in self._ending_early:
            self._ending_early.discard(settlement.chat_id)
            op = evolve(op, completes_log=True)
        entry = Entry(op, OVERHEAD_BYTES + weight, callers=[caller])
        self._settlements[settlement.task_id] = entry
        self._add(entry)

    def post(self, op: Post, caller: ReplyTo) -> None:
        """Only when it is not full."""
        self._add(Entry(op, OVERHEAD_BYTES + len(op.prompt.text), callers=[caller]))

    def flush(self, caller: ReplyTo) -> None:
        self._add(Entry(None, 0, callers=[caller]))

    def take(self) -> list[Entry]:
        """The next batch, in order of arrival; it stays in `weight` until it is `done`."""
        batch: list[Entry] = []
        size = frames = 0
        while self._entries:
            entry = self._entries[0]
            size += entry.weight
            frames += entry.frames
            if batch and (size > self.limits.batch_bytes or frames > self.limits.batch_frames):
                break
            batch.append(self._entries.popleft())
            self._forget(entry)
        return batch

    def take_posts(self) -> list[Entry]:
        """The prompts that wait, to be refused while the database is away."""
        posts = [entry for entry in self._entries if isinstance(entry.op, Post)]
        if posts:
            self._entries = deque(entry for entry in self._entries if not isinstance(entry.op, Post))
        return posts

    def done(self, entries: list[Entry]) -> None:
        """They are committed or given up: their weight is gone."""
        self.weight -= sum(entry.weight for entry in entries)

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.weight += entry.weight

    def _forget(self, entry: Entry) -> None:
        match entry.op:
            case KeepParts(message_id=message_id):
                self._snapshots.pop(message_id, None)
            case Settle(settlement=settlement):
                self._settlements.pop(settlement.task_id, None)
            case _:
                pass
