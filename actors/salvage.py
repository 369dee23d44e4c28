"""The last word on a turn whose actor is gone: its message is folded from the log, then settled."""

import time

import trio

from boocode.contracts.frame_reader import read_frame
from boocode.contracts.frames import AgentStatusUpdated, MessageCreated
from boocode.domain.events import Outcome
from boocode.domain.transcript import Transcript
from boocode.kernel import Context, KernelError
from boocode.ports.log import Append, EventLog, Flush, LogEntry, Settlement, SettleTurn
from boocode.ports.names import EVENT_WRITER
from boocode.ports.store import ClaimedTask, StoreUnavailable

PAGE = 1000
RETRY_S = 0.5
TRY_S = 30.0


async def salvage(ctx: Context, log: EventLog, claimed: ClaimedTask, outcome: Outcome) -> None:
    """Settles the claimed task as `outcome` unless it is settled already. Tries until the database takes it."""
    while True:
        try:
            await _settle_from_log(ctx, log, claimed, outcome)
        except (KernelError, StoreUnavailable):
            await trio.sleep(RETRY_S)
        else:
            return


async def _settle_from_log(ctx: Context, log: EventLog, claimed: ClaimedTask, outcome: Outcome) -> None:
    task = claimed.task
    assert task.chat_id is not None
    writer = ctx.whereis(EVENT_WRITER)
    await writer.call(Flush(), timeout=TRY_S)
    transcript = await fold_message(log, task.chat_id, claimed.message_id)
    usage = transcript.usage
    now = time.time()
    tools = tuple(LogEntry(task.chat_id, frame, now) for frame in transcript.close_tools())
    settlement = Settlement(
        task_id=task.id,
        chat_id=task.chat_id,
        message_id=claimed.message_id,
        agent=task.agent,
        outcome=outcome,
        text=transcript.text,
        parts=transcript.parts,
        model=transcript.model or task.model,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost=usage.cost,
        at=now,
    )
    if tools:
        writer.cast(Append(tools))
    settled = await writer.call(SettleTurn(settlement), timeout=TRY_S)
    if settled.won:
        status = LogEntry(task.chat_id, AgentStatusUpdated(task.chat_id, task.agent, "error"), now)
        writer.cast(Append((status,)))


async def fold_message(log: EventLog, chat_id: str, message_id: str) -> Transcript:
    """The message as far as the durable log knows it."""
    transcript = Transcript(message_id)
    since = 0
    while page := await log.read(chat_id, since, PAGE):
        since = page[-1].seq
        for frame in page:
            body = read_frame(frame)
            if body is None or isinstance(body, MessageCreated):
                continue
            if getattr(body, "message_id", None) == message_id:
                transcript.fold(body)
    return transcript
