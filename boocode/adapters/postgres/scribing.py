"""Names that the scribe gives, each only where there is none by then."""

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import storable


class ScribeRows(StorePart):
    """With MessageStore and TaskStore it implements ports.scribing.ScribeStore."""

    async def first_prompt_if_nameless(self, chat_id: str) -> str | None:
        prompt: str | None = await self._value("scribe_nameless", storable(chat_id))
        return prompt

    async def name_chat(self, chat_id: str, title: str) -> bool:
        async def work(unit: Unit) -> bool:
            chat = await unit.value("scribe_name_chat", chat_id, storable(title))
            session = await unit.value("scribe_name_session", chat_id, storable(title))
            return chat is not None or session is not None

        return await self._database.transaction(work)

    async def summarise_task(self, task_id: str, before: str | None, summary: str) -> bool:
        return await self._value("scribe_summarise", task_id, before, storable(summary)) is not None
