"""The event writer: everything a chat's clients will ever see goes through here, is durable, then published.

Group commit: an idle writer writes at once, and what arrives while a batch is under way is the next batch; one
token alone pays one round trip, a burst shares it. While the database is away the queue waits, within its
bound; the batch whose COMMIT may or may not have happened is tried again under its number until that is known.
"""

import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import trio

from actors.write_queue import Entry, QueueLimits, WriteQueue
from boocode.contracts.frames import (
    USER_TOPIC,
    AgentCommandsUpdated,
    AgentStatusUpdated,
    TaskUpdated,
    ToolsLabelled,
)
from boocode.contracts.lossy import encode_lossy
from boocode.domain.ids import new_id
from boocode.kernel import Actor, CallRefused, Exit, MailboxFull, MailboxSpec
from boocode.ports.database import OutcomeUnknown, StoreRejected
from boocode.ports.log import (
    Append,
    AppendRefused,
    Flush,
    Posted,
    PostPrompt,
    Publish,
    PublishHint,
    SaveMessage,
    Settled,
    SettleTurn,
)
from boocode.ports.log_sink import (
    AppendFrames,
    Batch,
    CommandsChange,
    Committed,
    EncodedFrame,
    KeepParts,
    LabelChange,
    LogSink,
    Post,
    Reply,
    Settle,
    StatusChange,
)
from boocode.ports.names import HUB
from boocode.ports.store import StoreError, StoreUnavailable

FIRST_DELAY_S = 0.02
LONGEST_DELAY_S = 0.1
WRITER_MAILBOX = MailboxSpec(capacity=65_536)
"""Messages only pass through it: they wait in the queue, whose bound is in bytes."""

_log = logging.getLogger(__name__)


class EventWriter(Actor):
    """Registered as `event_writer`. Takes Append, SaveMessage; answers SettleTurn, PostPrompt, Flush."""

    remember = 0  # messages are as large as what agents write

    def __init__(self, sink: LogSink, limits: QueueLimits = QueueLimits()) -> None:  # noqa: B008 - frozen
        self._sink = sink
        self._queue = WriteQueue(limits)
        self._writer = new_id("writer")
        self._batches = 0
        self._frames = 0
        self._work = trio.Event()
        self._committed: deque[tuple[list[Entry], Committed]] = deque()
        self._news = trio.Event()
        self._drained = trio.Event()
        self._away: str | None = None
        """Why the database cannot be written to now."""

    async def init(self) -> None:
        self.ctx.start_task(self._write_forever, name="write batches")
        self.ctx.start_task(self._deliver_forever, name="tell of batches")

    async def handle(self, message: Any) -> None:
        match message:
            case Append():
                self._append(message)
            case SaveMessage(message_id=message_id, parts=parts, model=model):
                self._queue.keep_parts(KeepParts(message_id, encode_lossy(parts), model))
            case SettleTurn(settlement=settlement):
                size = 2 * len(settlement.text) + sum(len(part.output or "") for part in settlement.parts)
                self._queue.settle(Settle(settlement), size, self.ctx.defer())
            case PostPrompt():
                self._post(message)
            case Flush():
                self._queue.flush(self.ctx.defer())
        self._work.set()

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        """What was taken is written, if the database lets us, within the time that is given."""
        self._drained = trio.Event()
        self._work.set()
        await self._drained.wait()

    def inspect(self) -> Mapping[str, object]:
        return {
            "queued": len(self._queue),
            "queued_bytes": self._queue.weight,
            "bound_bytes": self._queue.limits.queue_bytes,
            "refused": self._queue.refused,
            "batches": self._batches,
            "frames": self._frames,
            "away": self._away,
        }

    # what comes in

    def _append(self, append: Append) -> None:
        if not append.entries:
            return
        frames = []
        statuses = []
        commands = []
        labels = []
        for entry in append.entries:
            body = entry.body
            frames.append(EncodedFrame(entry.chat_id, body.type, entry.at, encode_lossy(body)))
            match body:
                case AgentStatusUpdated(chat_id=chat, agent=agent, status=status):
                    statuses.append(StatusChange(chat, agent, status, body.reason, body.quiet_since))
                case AgentCommandsUpdated(agent=agent):
                    commands.append(CommandsChange(entry.chat_id, agent, encode_lossy(body.commands)))
                case ToolsLabelled(message_id=message_id, label=label):
                    labels.append(LabelChange(message_id, encode_lossy(label)))
                case _:
                    pass
        chat_id = append.entries[0].chat_id
        op = AppendFrames(tuple(frames), tuple(statuses), tuple(commands), tuple(labels))
        if not self._queue.append(chat_id, op, append.reply_to):
            self._refuse_append(chat_id, append.reply_to, self._why_full())

    def _post(self, prompt: PostPrompt) -> None:
        if self._away is not None:
            raise CallRefused(StoreUnavailable(self._away))
        if self._queue.is_full:
            raise CallRefused(StoreUnavailable(self._why_full()))
        self._queue.post(Post(prompt, new_id("msg"), new_id("task"), time.time()), self.ctx.defer())

    def _why_full(self) -> str:
        waiting = f"{self._queue.weight / 2**20:.1f} MB wait to be written"
        return f"{waiting}, the database is away ({self._away})" if self._away else waiting

    # what goes out

    async def _write_forever(self) -> None:
        while True:
            await self._work.wait()
            self._work = trio.Event()
            while batch := self._queue.take():
                await self._write(batch)
            self._news.set()

    async def _deliver_forever(self) -> None:
        """While the next batch is under way: telling takes a fourth of the time that writing takes."""
        while True:
            await self._news.wait()
            self._news = trio.Event()
            while self._committed:
                self._deliver(*self._committed.popleft())
            if not self._queue.weight and not len(self._queue):
                self._drained.set()

    async def _write(self, batch: list[Entry]) -> None:
        """Until every entry of the batch is committed, or refused for good."""
        may_be_there = False
        delay = FIRST_DELAY_S
        while batch:
            ops = tuple(entry.op for entry in batch if entry.op is not None)
            try:
                committed = await self._commit(ops)
            except StoreRejected as error:
                await self._write_apart(batch, error)
                break
            except StoreUnavailable as error:
                may_be_there = may_be_there or isinstance(error, OutcomeUnknown)
                self._away = error.reason
                self._refuse_posts(self._queue.take_posts(), error)
                if not may_be_there:
                    self._refuse_posts([entry for entry in batch if isinstance(entry.op, Post)], error)
                    batch = [entry for entry in batch if not isinstance(entry.op, Post)]
                await self._pause(delay)
                delay = min(2 * delay, LONGEST_DELAY_S)
            else:
                self._queue.done(batch)
                self._committed.append((batch, committed))
                self._news.set()
                break
        self._away = None

    async def _pause(self, seconds: float) -> None:
        with self.ctx.blocked("the database"):
            await trio.sleep(seconds)

    async def _commit(self, ops: tuple[Any, ...]) -> Committed:
        if not ops:
            return Committed((), tuple)
        committed = await self._sink.write(Batch(self._writer, self._batches + 1, ops))
        self._batches += 1
        return committed

    async def _write_apart(self, batch: list[Entry], error: StoreRejected) -> None:
        """Somewhere in it is what the database does not take: the others must not suffer for it."""
        if len(batch) > 1:
            for entry in batch:
                await self._write([entry])
            return
        entry = batch[0]
        _log.error("the database refuses an entry of the log for good: %s", error)
        self._queue.done(batch)
        for caller in entry.callers:
            caller.fail(error)
        if isinstance(entry.op, AppendFrames):
            self._refuse_append(entry.op.frames[0].chat_id, entry.reply_to, str(error))

    def _refuse_posts(self, entries: list[Entry], error: StoreUnavailable) -> None:
        self._queue.done(entries)
        for entry in entries:
            for caller in entry.callers:
                caller.fail(StoreUnavailable(error.reason, error.retry_in))

    def _refuse_append(self, chat_id: str, reply_to: Any, reason: str) -> None:
        if reply_to is None:
            return
        with suppress(MailboxFull):  # it will be refused again, and told again, with its next entry
            reply_to.cast(AppendRefused(chat_id, reason))

    def _deliver(self, batch: Sequence[Entry], committed: Committed) -> None:
        """First the frames, then the answers: who is answered may rely on its frames being on their way."""
        for frames in committed.frames:
            self._frames += len(frames)
            self._tell_hub(Publish(frames[0].topic, frames))
        writers = [entry for entry in batch if entry.op is not None]
        for entry, reply in zip(writers, committed.replies, strict=True):
            self._answer(entry, reply)
        for entry in batch:
            if entry.op is None:
                for caller in entry.callers:
                    caller.reply(None)

    def _answer(self, entry: Entry, reply: Reply) -> None:
        match reply:
            case Settled(won=True, task=task) if task is not None:
                self._hint(TaskUpdated.of(task))
            case Posted(repeated=False, task=task):
                self._hint(TaskUpdated.of(task))
            case _:
                pass
        for caller in entry.callers:
            if isinstance(reply, StoreError):
                caller.fail(reply)
            else:
                caller.reply(reply)

    # the hub

    def _tell_hub(self, publish: Publish) -> None:
        with suppress(MailboxFull):  # then the hub reads the log: what it is told is never all there is
            self.ctx.whereis(HUB).cast(publish)

    def _hint(self, body: TaskUpdated) -> None:
        with suppress(MailboxFull):
            self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, body, time.time()))
