"""The queue of tasks: who may run what, and who gave up."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.cursors import decode_cursor
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.frames import STORE_ORIGIN, append, encoded_now
from boocode.adapters.postgres.part import StorePart, page, page_size
from boocode.adapters.postgres.posting import Place, add_prompt
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.frames import MessageComplete, MessageCreated
from boocode.contracts.resources import Task, TaskState
from boocode.domain.ids import new_id
from boocode.ports.database import StoreRejected
from boocode.ports.log import PostPrompt
from boocode.ports.store import ClaimedTask, Page

TAKE_BACK_LEASE_S = 60.0
"""How long whoever took tasks back has to settle them before somebody else may."""
CLAIM_ATTEMPTS = 3
MOST_CANCELLED_AT_ONCE = 100
TITLE_CHARS = 60


class TaskStore(StorePart):
    async def create_task(
        self, project_id: str, text: str, agent: str, model: str | None, mode: str | None, parent: str | None
    ) -> Task | None:
        prompt = PostPrompt("", text, agent, model, mode)
        title = title_of(text)

        async def work(unit: Unit) -> Task | None:
            session = await unit.row("session_add", new_id("sess"), storable(project_id), title)
            if session is None:
                return None
            chat = await unit.row("chat_add", new_id("chat"), session["id"], title)
            assert chat is not None, "its session was made in this transaction"
            parent_id = storable_or_none(parent)
            place = Place(chat["id"], session["id"], session["project_id"], parent_id, one_shot=True)
            at = session["created_at"].timestamp()
            posted, frames = await add_prompt(unit, place, prompt, new_id("msg"), new_id("task"), at)
            await append(unit, STORE_ORIGIN, frames)
            return posted.task

        return await self._database.transaction(work)

    async def list_tasks(
        self,
        state: TaskState | None,
        project_id: str | None,
        after: str | None,
        limit: int,
        parent: str | None = None,
    ) -> Page:
        limit = page_size(limit)
        found = await self._rows(
            "task_list",
            state,
            storable_or_none(project_id),
            decode_cursor(after),
            limit + 1,
            storable_or_none(parent),
        )
        return page(found, limit, rows.task)

    async def get_task(self, task_id: str) -> Task | None:
        return await self._row(rows.task, "task_get", storable(task_id))

    async def open_task_of_chat(self, chat_id: str) -> Task | None:
        return await self._row(rows.task, "task_open_of_chat", storable(chat_id))

    async def open_tasks_of_chats(self, chat_ids: Sequence[str]) -> tuple[Task, ...]:
        found = await self._rows("task_open_of_chats", [storable(chat_id) for chat_id in chat_ids])
        return tuple(rows.task(row) for row in found)

    async def set_task_blocked(self, task_id: str, blocked: bool) -> Task | None:
        return await self._row(rows.task, "task_set_blocked", task_id, blocked)

    # leases

    async def claim_tasks(self, owner: str, limit: int, lease_s: float) -> tuple[ClaimedTask, ...]:
        async def work(unit: Unit) -> tuple[ClaimedTask, ...]:
            claimed = _in_order(await unit.rows("task_claim", owner, limit, lease_s))
            return await _begin_messages(unit, claimed) if claimed else ()

        for _ in range(CLAIM_ATTEMPTS):
            try:
                return await self._database.transaction(work)
            except StoreRejected as error:
                # Another process claimed in the same session between our look and our write.
                if "tasks_one_open_per_session" not in str(error):
                    raise
        return ()

    async def renew_leases(self, owner: str, task_ids: Sequence[str], lease_s: float) -> tuple[str, ...]:
        found = await self._rows("task_renew", owner, list(task_ids), lease_s)
        return tuple(row["id"] for row in found)

    async def take_back(self, owner_prefix: str | None) -> tuple[ClaimedTask, ...]:
        found = await self._rows("task_take_back", owner_prefix, TAKE_BACK_LEASE_S)
        return tuple(rows.claimed_task(row) for row in _in_order(found))

    # cancelling

    async def cancel_requests(self, owner: str) -> tuple[str, ...]:
        return tuple(row["id"] for row in await self._rows("task_cancel_requests", owner))

    async def cancel_waiting(self) -> None:
        for row in await self._rows("sub_task_to_cancel", MOST_CANCELLED_AT_ONCE):
            await self.request_cancel(row["id"])

    async def request_cancel(self, task_id: str) -> Literal["cancelled", "asked", "ended", "unknown"]:
        async def work(unit: Unit) -> Literal["cancelled", "asked", "ended", "unknown"]:
            await unit.run("task_lock_chat", storable(task_id))
            task = await unit.row("task_lock", storable(task_id))
            if task is None:
                return "unknown"
            if task["state"] == "pending":
                await _cancel_pending(unit, task)
                return "cancelled"
            if task["ended_at"] is not None:
                return "ended"
            await unit.run("task_ask_to_cancel", task_id)
            return "asked"

        return await self._database.transaction(work)


def title_of(text: str) -> str:
    """Of the session that is made for a prompt."""
    return storable(text.strip().split("\n")[0][:TITLE_CHARS])


def _in_order(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """UPDATE … RETURNING gives rows in any order."""
    return sorted(found, key=lambda row: row["n"])


async def _begin_messages(unit: Unit, claimed: Sequence[Mapping[str, Any]]) -> tuple[ClaimedTask, ...]:
    """Makes the assistant messages of freshly claimed tasks, in the log too."""
    task_ids = [row["id"] for row in claimed]
    message_ids = [new_id("msg") for _ in claimed]
    made = await unit.rows("message_add_for_tasks", message_ids, task_ids)
    frames = [encoded_now(row["chat_id"], MessageCreated(rows.message(row))) for row in made]
    await append(unit, STORE_ORIGIN, frames)
    pairs = zip(claimed, message_ids, strict=True)
    return tuple(rows.claimed_task({**row, "message_id": message_id}) for row, message_id in pairs)


async def _cancel_pending(unit: Unit, task: Mapping[str, Any]) -> None:
    """A task that never began ends like any other: with one message and one terminal frame."""
    if task["chat_id"] is None:
        await unit.row("task_cancel_pending", task["id"], None)
        return
    message_id = new_id("msg")
    row = await unit.row(
        "message_add",
        message_id,
        task["chat_id"],
        task["id"],
        "assistant",
        "cancelled",
        task["agent"],
        task["model"],
        "[]",
        None,
    )
    assert row is not None, "an INSERT returns its row"
    await unit.row("task_cancel_pending", task["id"], message_id)
    created = MessageCreated(rows.message(row))
    complete = MessageComplete(message_id, "cancelled", task["model"], None, "cancelled", "before_start")
    chat_id = task["chat_id"]
    await append(unit, STORE_ORIGIN, (encoded_now(chat_id, created), encoded_now(chat_id, complete)))
