"""Messages of a chat."""

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.cursors import decode_cursor, encode_cursor
from boocode.adapters.postgres.part import StorePart, page, page_size
from boocode.adapters.postgres.text import storable
from boocode.contracts.resources import Message
from boocode.ports.store import Page


class MessageStore(StorePart):
    async def list_messages(self, chat_id: str, before: str | None, limit: int) -> Page:
        limit = page_size(limit, most=200)
        found = await self._rows("message_list", storable(chat_id), decode_cursor(before), limit + 1)
        shown = found[limit - 1 :: -1] if len(found) > limit else found[::-1]
        older = encode_cursor(shown[0]["n"]) if len(found) > limit else None
        return Page(tuple(rows.message(row) for row in shown), older)

    async def list_messages_onward(self, chat_id: str, after: str | None, limit: int) -> Page:
        limit = page_size(limit, most=200)
        found = await self._rows("message_list_onward", storable(chat_id), decode_cursor(after), limit + 1)
        return page(found, limit, rows.message)

    async def get_message(self, message_id: str) -> Message | None:
        return await self._row(rows.message, "message_get", storable(message_id))
