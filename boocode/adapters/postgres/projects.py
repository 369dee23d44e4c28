"""Projects, sessions and chats."""

from collections.abc import Iterable

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.cursors import decode_cursor
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart, page, page_size
from boocode.adapters.postgres.text import storable, storable_or_none
from boocode.contracts.resources import Chat, PermissionPolicy, Project, Session
from boocode.domain.ids import new_id
from boocode.ports.store import Page


class ProjectStore(StorePart):
    # projects

    async def add_project(self, path: str, name: str) -> Project:
        project = await self._row(rows.project, "project_add", new_id("proj"), storable(path), storable(name))
        assert project is not None, "an upsert returns its row"
        return project

    async def list_projects(self) -> tuple[Project, ...]:
        return tuple(rows.project(row) for row in await self._rows("project_list"))

    async def get_project(self, project_id: str) -> Project | None:
        return await self._row(rows.project, "project_get", storable(project_id))

    async def change_project(
        self, project_id: str, name: str | None, permission_policy: PermissionPolicy | None
    ) -> Project | None:
        return await self._row(
            rows.project, "project_change", storable(project_id), storable_or_none(name), permission_policy
        )

    async def remove_project(self, project_id: str) -> bool:
        return await self._remove("project", project_id)

    # sessions

    async def create_session(self, project_id: str, title: str, *, for_now: bool = False) -> Session | None:
        query = "session_add" if for_now else "session_add_named"

        async def work(unit: Unit) -> Session | None:
            row = await unit.row(query, new_id("sess"), storable(project_id), storable(title))
            if row is None:
                return None
            first = await unit.row("chat_add", new_id("chat"), row["id"], "")
            assert first is not None, "its session was made in this transaction"
            return rows.session(row, (rows.chat(first),))

        return await self._database.transaction(work)

    async def list_sessions(self, project_id: str | None, after: str | None, limit: int) -> Page:
        cursor, limit = decode_cursor(after), page_size(limit)

        async def work(unit: Unit) -> Page:
            found = await unit.rows("session_list", storable_or_none(project_id), cursor, limit + 1)
            chats = await chats_by_session(unit, [row["id"] for row in found[:limit]])
            return page(found, limit, lambda row: rows.session(row, chats.get(row["id"], ())))

        return await self._database.unit(work)

    async def get_session(self, session_id: str) -> Session | None:
        return await self._one_session("session_get", storable(session_id))

    async def rename_session(self, session_id: str, title: str, *, for_now: bool = False) -> Session | None:
        if for_now:
            await self._run("session_name_for_now", storable(session_id), storable(title))
            return await self.get_session(session_id)
        return await self._one_session("session_rename", storable(session_id), storable(title))

    async def delete_session(self, session_id: str) -> bool:
        return await self._remove("session", session_id)

    async def _one_session(self, query: str, *arguments: object) -> Session | None:
        async def work(unit: Unit) -> Session | None:
            row = await unit.row(query, *arguments)
            if row is None:
                return None
            chats = await chats_by_session(unit, [row["id"]])
            return rows.session(row, chats.get(row["id"], ()))

        return await self._database.unit(work)

    # chats

    async def create_chat(self, session_id: str, title: str, *, for_now: bool = False) -> Chat | None:
        query = "chat_add" if for_now else "chat_add_named"
        return await self._row(rows.chat, query, new_id("chat"), storable(session_id), storable(title))

    async def list_chats(self, session_id: str | None, after: str | None, limit: int) -> Page:
        limit = page_size(limit)
        found = await self._rows("chat_list", storable_or_none(session_id), decode_cursor(after), limit + 1)
        return page(found, limit, rows.chat)

    async def get_chat(self, chat_id: str) -> Chat | None:
        return await self._row(rows.chat, "chat_get", storable(chat_id))

    async def rename_chat(self, chat_id: str, title: str, *, for_now: bool = False) -> Chat | None:
        if for_now:
            await self._run("chat_name_for_now", storable(chat_id), storable(title))
            return await self.get_chat(chat_id)
        return await self._row(rows.chat, "chat_rename", storable(chat_id), storable(title))

    async def delete_chat(self, chat_id: str) -> bool:
        return await self._remove("chat", chat_id)

    async def _remove(self, kind: str, id_: str) -> bool:
        """Deletes with all that hangs on it. What waits is cancelled, what runs is told to end: its row stays
        as history, and its turn settles without a chat."""

        async def work(unit: Unit) -> bool:
            await unit.run(f"{kind}_lock_chats", storable(id_))
            await unit.run(f"{kind}_stop_tasks", storable(id_))
            await unit.run(f"{kind}_cancel_running", storable(id_))
            return await unit.value(f"{kind}_remove", storable(id_)) is not None

        return await self._database.transaction(work)


async def chats_by_session(unit: Unit, session_ids: Iterable[str]) -> dict[str, tuple[Chat, ...]]:
    """The chats of these sessions, as they lie side by side."""
    chats: dict[str, tuple[Chat, ...]] = {}
    for row in await unit.rows("chats_of_sessions", list(session_ids)):
        chats[row["session_id"]] = (*chats.get(row["session_id"], ()), rows.chat(row))
    return chats
