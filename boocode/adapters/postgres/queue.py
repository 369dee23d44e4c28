"""Prompts that wait: edited or taken back until a process claims their task, and never after.

The row lock decides between a person and a claim: whoever has it first wins, the other one finds the truth.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.frames import STORE_ORIGIN, append, encoded_now
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable
from boocode.contracts.frames import MessageRemoved, MessageUpdated
from boocode.contracts.lossy import encode_lossy
from boocode.contracts.resources import Message, Part
from boocode.ports.store import EditedPrompt, NotQueued

Row = Mapping[str, Any]
Change = Callable[[Unit, Row], Awaitable[EditedPrompt]]


class QueueStore(StorePart):
    async def edit_queued(self, message_id: str, text: str) -> EditedPrompt | NotQueued | None:
        async def edit(unit: Unit, locked: Row) -> EditedPrompt:
            parts = encode_lossy((Part("text", text=text),)).decode()
            row = await unit.row("queued_prompt_edit", locked["id"], parts)
            task = await unit.row("queued_task_edit", locked["task_id"], storable(text))
            assert row is not None, "it was locked with its task in this transaction"
            assert task is not None, "its state was read under the lock"
            message = _queued(row)
            await append(unit, STORE_ORIGIN, (encoded_now(message.chat_id, MessageUpdated(message)),))
            return EditedPrompt(message, rows.task(task))

        return await self._change(message_id, edit)

    async def remove_queued(self, message_id: str) -> EditedPrompt | NotQueued | None:
        async def remove(unit: Unit, locked: Row) -> EditedPrompt:
            before = await unit.row("message_get", locked["id"])
            task = await unit.row("queued_task_remove", locked["task_id"])
            assert before is not None, "it was locked with its task in this transaction"
            assert task is not None, "its state was read under the lock"
            await unit.run("queued_prompt_remove", locked["id"])
            removed = MessageRemoved(locked["id"])
            await append(unit, STORE_ORIGIN, (encoded_now(locked["chat_id"], removed),))
            return EditedPrompt(rows.message(before), rows.task(task))

        return await self._change(message_id, remove)

    async def _change(self, message_id: str, change: Change) -> EditedPrompt | NotQueued | None:
        async def work(unit: Unit) -> EditedPrompt | NotQueued | None:
            await unit.run("queued_prompt_lock_chat", storable(message_id))
            locked = await unit.row("queued_prompt_lock", storable(message_id))
            if locked is None:
                known = await unit.row("message_get", storable(message_id))
                return None if known is None else NotQueued(None)
            if locked["role"] != "user" or locked["state"] != "pending":
                return NotQueued(locked["state"])
            return await change(unit, locked)

        return await self._database.transaction(work)


def _queued(row: Row) -> Message:
    return rows.message({**row, "queued": True})
