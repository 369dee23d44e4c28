"""Prompts and settlements: the two ends of a task, each within the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.completion import missing_deltas
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.endings import count, ending_of, summary_of, terminal_frame
from boocode.adapters.postgres.frames import encoded
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.frames import MessageCreated, PermissionResolved
from boocode.contracts.lossy import encode_lossy
from boocode.contracts.resources import Part
from boocode.domain.permissions import withdrawn_with
from boocode.ports.log import Posted, PostPrompt, Settled
from boocode.ports.log_sink import EncodedFrame, Settle
from boocode.ports.store import UnknownChat

Frames = tuple[EncodedFrame, ...]


@frozen
class Place:
    """Where a prompt goes: a chat, and what it hangs on."""

    chat_id: str
    session_id: str
    project_id: str
    parent_task_id: str | None = None
    one_shot: bool = False
    """Made for one task, whose agent is not kept behind it."""


async def post(
    unit: Unit, prompt: PostPrompt, message_id: str, task_id: str, at: float
) -> tuple[Posted, Frames]:
    """User message and pending task. The same `client_id` gives the rows of then. Raises UnknownChat."""
    place = await unit.row("chat_place", storable(prompt.chat_id))
    if place is None:
        raise UnknownChat(prompt.chat_id)
    if prompt.client_id is not None:
        before = await unit.row("message_of_client", place["id"], storable(prompt.client_id))
        if before is not None:
            return await posted(unit, before["id"], repeated=True), ()
    where = Place(place["id"], place["session_id"], place["project_id"])
    return await add_prompt(unit, where, prompt, message_id, task_id, at)


async def add_prompt(
    unit: Unit, place: Place, prompt: PostPrompt, message_id: str, task_id: str, at: float
) -> tuple[Posted, Frames]:
    """The rows of a new prompt; PostgreSQL tells the dispatchers at the commit."""
    agent, model = storable(prompt.agent), storable_or_none(prompt.model)
    task_row = await unit.row(
        "task_add",
        task_id,
        place.project_id,
        place.session_id,
        place.chat_id,
        place.parent_task_id,
        agent,
        model,
        storable_or_none(prompt.mode),
        storable_or_none(prompt.thinking),
        storable(prompt.text),
        place.one_shot,
        storable_or_none(prompt.repeats),
    )
    parts = encode_lossy((Part("text", text=prompt.text),)).decode()
    client_id = storable_or_none(prompt.client_id)
    message_row = await unit.row(
        "message_add", message_id, place.chat_id, task_id, "user", "complete", agent, model, parts, client_id
    )
    assert task_row is not None, "an INSERT returns its row"
    assert message_row is not None, "an INSERT returns its row"
    message = evolve(rows.message(message_row), queued=True)
    frame = encoded(place.chat_id, MessageCreated(message), at)
    return Posted(message, rows.task(task_row)), (frame,)


async def posted(unit: Unit, message_id: str, *, repeated: bool) -> Posted:
    """What an earlier post made, read again."""
    message = await unit.row("message_get", message_id)
    task = await unit.row("task_of_message", message_id)
    if message is None or task is None:
        raise UnknownChat("of a message that was just deleted")
    return Posted(rows.message(message), rows.task(task), repeated)


async def settle(unit: Unit, op: Settle, before: Sequence[EncodedFrame]) -> tuple[Settled, Frames]:
    """Ends the task, its message and its open questions. Whoever comes second changes nothing.

    `before`: frames of the same transaction that come first.
    """
    settlement = op.settlement
    ending = ending_of(settlement.outcome)
    task = await unit.row(
        "task_end",
        settlement.task_id,
        ending.task_state,
        settlement.at,
        storable(summary_of(settlement.text)) or None,
        storable_or_none(ending.error),
        storable_or_none(settlement.model),
        count(settlement.input_tokens),
        count(settlement.output_tokens),
        settlement.cost,
    )
    if task is None:
        return await settled(unit, settlement.task_id, won=False), ()
    why = withdrawn_with(settlement.outcome)
    withdrawn = await unit.rows("permission_withdraw_of_task", settlement.task_id, storable(why))
    await unit.run(
        "message_finish",
        settlement.message_id,
        ending.message_status,
        encode_lossy(settlement.parts).decode(),
        storable_or_none(settlement.model),
        storable_or_none(ending.error),
    )
    await unit.run(
        "agent_session_end_turn",
        settlement.chat_id,
        settlement.agent,
        task["model"],
        count(settlement.input_tokens),
        count(settlement.output_tokens),
        settlement.cost,
        "idle" if ending.task_state in ("completed", "cancelled") else "error",
    )
    last = encoded(settlement.chat_id, terminal_frame(settlement, ending, task["model"]), settlement.at)
    missing = await missing_deltas(unit, settlement, before) if op.completes_log else ()
    return Settled(True, rows.task(task)), (*missing, *_resolved(withdrawn, settlement.at), last)


def _resolved(withdrawn: Sequence[Mapping[str, Any]], at: float) -> Frames:
    return tuple(
        encoded(
            row["chat_id"], PermissionResolved(row["id"], row["chat_id"], row["task_id"], row["outcome"]), at
        )
        for row in withdrawn
    )


async def settled(unit: Unit, task_id: str, *, won: bool) -> Settled:
    """The task as it is; None when its project was removed meanwhile."""
    task = await unit.row("task_get", task_id)
    return Settled(won, None if task is None else rows.task(task))
