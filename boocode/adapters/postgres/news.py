"""Rows that are news, as the frames that tell of them."""

from collections.abc import Iterable, Sequence

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.projects import chats_by_session
from boocode.adapters.postgres.text import iso_or_none
from boocode.adapters.postgres.ui_settings import read_settings
from boocode.contracts.frames import (
    AgentStatusUpdated,
    ChatRemoved,
    ChatUpdated,
    FrameBody,
    PermissionRequested,
    PermissionResolved,
    ProjectRemoved,
    ProjectUpdated,
    SessionRemoved,
    SessionUpdated,
    SettingsUpdated,
    TaskUpdated,
)
from boocode.contracts.resources import Permission
from boocode.ports.news import RowNews, Subject


class NewsReader(StorePart):
    """Implements ports.news.NewsStore."""

    async def frames_of(self, news: Sequence[RowNews]) -> tuple[FrameBody, ...]:
        async def work(unit: Unit) -> tuple[FrameBody, ...]:
            said: list[FrameBody] = []
            said += await _of_lists(unit, news)
            said += await _of_work(unit, news)
            if _ids(news, "settings"):
                said.append(SettingsUpdated(await read_settings(unit)))
            return (*said, *_gone(news))

        return await self._database.unit(work)


def _ids(news: Sequence[RowNews], subject: Subject) -> list[str]:
    return [each.id for each in news if each.subject == subject]


async def _of_lists(unit: Unit, news: Sequence[RowNews]) -> list[FrameBody]:
    said: list[FrameBody] = []
    if ids := _ids(news, "project"):
        said += [ProjectUpdated(rows.project(row)) for row in await unit.rows("news_projects", ids)]
    if ids := _ids(news, "session"):
        found = await unit.rows("news_sessions", ids)
        chats = await chats_by_session(unit, [row["id"] for row in found])
        said += [SessionUpdated(rows.session(row, chats.get(row["id"], ()))) for row in found]
    if ids := _ids(news, "chat"):
        said += [ChatUpdated(rows.chat(row)) for row in await unit.rows("news_chats", ids)]
    return said


async def _of_work(unit: Unit, news: Sequence[RowNews]) -> list[FrameBody]:
    said: list[FrameBody] = []
    if ids := _ids(news, "task"):
        tasks = [rows.task(row) for row in await unit.rows("news_tasks", ids)]
        said += [TaskUpdated.of(task) for task in tasks]
        if blocked := [task.id for task in tasks if task.state == "blocked"]:
            asked = await unit.rows("news_questions", blocked)
            said += [_requested(rows.permission(row)) for row in asked]
    if ids := _ids(news, "answer"):
        said += [_resolved(rows.permission(row)) for row in await unit.rows("news_answers", ids)]
    if agents := [each for each in news if each.subject == "agent"]:
        found = await unit.rows("news_agents", [each.id for each in agents], [each.other for each in agents])
        said += [
            AgentStatusUpdated(
                row["chat_id"],
                row["agent"],
                row["status"],
                row["reason"],
                iso_or_none(row["quiet_since"]),
                row["session_id"],
            )
            for row in found
        ]
    return said


def _gone(news: Sequence[RowNews]) -> Iterable[FrameBody]:
    for each in news:
        match each.subject:
            case "chat_gone":
                yield ChatRemoved(each.id, each.other)
            case "session_gone":
                yield SessionRemoved(each.id, each.other)
            case "project_gone":
                yield ProjectRemoved(each.id)
            case _:
                pass


def _requested(asked: Permission) -> PermissionRequested:
    return PermissionRequested(
        asked.id, asked.chat_id, asked.task_id, asked.title, asked.tool, asked.options, asked.expires_at
    )


def _resolved(answered: Permission) -> PermissionResolved:
    return PermissionResolved(
        answered.id,
        answered.chat_id,
        answered.task_id,
        answered.outcome or "",
        answered.answered_by,
        answered.title,
        answered.tool.tool_call_id,
    )
