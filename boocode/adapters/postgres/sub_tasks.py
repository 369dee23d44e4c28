"""Sub-tasks in PostgreSQL: a SubTasks and a TaskEnds."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.frames import STORE_ORIGIN, append
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.posting import Place, add_prompt
from boocode.adapters.postgres.tasks import title_of
from boocode.adapters.postgres.text import storable
from boocode.contracts.frames import ToolCallFrame
from boocode.contracts.resources import Part, Task
from boocode.domain.ids import new_id
from boocode.domain.native.sub_tasks import last_words
from boocode.ports.log import PostPrompt
from boocode.ports.sub_tasks import (
    Child,
    ChildLimits,
    NewChild,
    NotStarted,
    Remembered,
    TaskEnded,
)

_parts = msgspec.json.Decoder(tuple[Part, ...])
_call = msgspec.json.Decoder(ToolCallFrame)


class PostgresSubTasks(StorePart):
    async def parent(self, chat_id: str) -> Task | None:
        return await self._row(rows.task, "sub_task_parent", chat_id)

    async def add_child(self, chat_id: str, child: NewChild, limits: ChildLimits) -> Task | NotStarted:
        async def work(unit: Unit) -> Task | NotStarted:
            parent = await unit.row("sub_task_lock_parent", chat_id)
            if parent is None:
                return NotStarted("ending")
            counts = await unit.row("sub_task_counts", parent["id"])
            assert counts is not None, "it counts, so there is a row"
            return _obstacle(counts, limits) or await _add(unit, parent, child)

        return await self._database.transaction(work)

    async def children(self, chat_id: str, limit: int) -> tuple[Task, ...]:
        return tuple(rows.task(row) for row in await self._rows("sub_task_list", chat_id, limit))

    async def child(self, chat_id: str, task_id: str) -> Child | None:
        return await self._row(_child, "sub_task_get", chat_id, storable(task_id))

    async def last_call(self, task_id: str) -> str | None:
        body = await self._value("sub_task_last_call", storable(task_id))
        return None if body is None else _call.decode(body).part.title

    async def untold(self, chat_id: str, limit: int) -> tuple[Child, ...]:
        return tuple(_child(row) for row in await self._rows("sub_task_untold", chat_id, limit))

    async def told(self, chat_id: str, task_ids: Sequence[str]) -> None:
        if task_ids:
            await self._run("sub_task_told", chat_id, list(task_ids))

    async def history(self, chat_id: str, newest: int) -> tuple[Remembered, ...]:
        found = await self._rows("session_history", chat_id, newest)
        return tuple(
            Remembered(rows.message(row), row["chat_title"] if row["is_elsewhere"] else None)
            for row in reversed(found)
        )

    async def ended(self, task_ids: Sequence[str]) -> tuple[TaskEnded, ...]:
        found = await self._rows("tasks_ended", [storable(task_id) for task_id in task_ids])
        return tuple(TaskEnded(row["id"], row["state"]) for row in found)


def _child(row: Mapping[str, Any]) -> Child:
    is_over = row["ended_at"] is not None and row["answer"] is not None
    return Child(rows.task(row), last_words(_parts.decode(row["answer"])) if is_over else "")


def _obstacle(counts: Mapping[str, Any], limits: ChildLimits) -> NotStarted | None:
    if counts["depth"] >= limits.deepest:
        return NotStarted("deep", limits.deepest)
    if counts["open"] >= limits.open_at_once:
        return NotStarted("open", counts["open"])
    if counts["in_all"] >= limits.in_all:
        return NotStarted("many", counts["in_all"])
    return None


async def _add(unit: Unit, parent: Mapping[str, Any], child: NewChild) -> Task:
    title = title_of(child.prompt)
    session = await unit.row("session_add", new_id("sess"), parent["project_id"], title)
    assert session is not None, "the parent's row holds its project"
    chat = await unit.row("chat_add", new_id("chat"), session["id"], title)
    assert chat is not None, "its session was made in this transaction"
    prompt = PostPrompt("", child.prompt, child.agent, child.model, child.mode)
    place = Place(chat["id"], session["id"], session["project_id"], parent["id"], one_shot=True)
    at = session["created_at"].timestamp()
    posted, frames = await add_prompt(unit, place, prompt, new_id("msg"), new_id("task"), at)
    await append(unit, STORE_ORIGIN, frames)
    return posted.task
