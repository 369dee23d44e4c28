"""What concerns people: open questions, the inbox, costs and remembered settings."""

from collections.abc import Mapping
from typing import Any, Literal

from boocode.adapters.postgres import rows
from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.text import iso, storable, storable_or_none
from boocode.contracts.lossy import encode_lossy
from boocode.contracts.resources import AnsweredBy, CostRow, InboxItem, Permission
from boocode.ports.store import NewPermission, PermissionRules

TITLE_CHARS = 120


class PeopleStore(StorePart):
    # permissions

    async def save_permission(self, permission: NewPermission) -> Permission:
        saved = await self._row(
            rows.permission,
            "permission_add",
            permission.id,
            permission.chat_id,
            permission.task_id,
            permission.agent,
            storable(permission.request_key),
            storable(permission.title),
            encode_lossy(permission.tool).decode(),
            encode_lossy(permission.options).decode(),
            permission.expires_at,
        )
        assert saved is not None, "an upsert returns its row"
        return saved

    async def resolve_permission(
        self, permission_id: str, outcome: str, answered_by: AnsweredBy | None = None
    ) -> Permission | None:
        return await self._row(
            rows.permission, "permission_resolve", storable(permission_id), storable(outcome), answered_by
        )

    async def permission_rules(self, task_id: str) -> PermissionRules | None:
        return await self._row(_rules, "permission_rules", storable(task_id))

    async def get_permission(self, permission_id: str) -> Permission | None:
        return await self._row(rows.permission, "permission_get", storable(permission_id))

    async def open_permissions(self, chat_id: str | None = None) -> tuple[Permission, ...]:
        return tuple(
            rows.permission(row) for row in await self._rows("permission_open", storable_or_none(chat_id))
        )

    # settings

    async def get_setting(self, key: str) -> str | None:
        value: str | None = await self._value("setting_get", key)
        return value

    async def set_setting(self, key: str, value: str) -> None:
        await self._run("setting_set", key, storable(value))

    # reports

    async def inbox(self) -> tuple[InboxItem, ...]:
        async def work(unit: Unit) -> tuple[InboxItem, ...]:
            questions = await unit.rows("permission_open_with_task")
            tasks = await unit.rows("inbox")
            asked = {row["task_id"] for row in questions}
            return (
                *(_question(row) for row in questions),
                *(_task(row) for row in tasks if row["task_id"] not in asked),
            )

        return await self._database.unit(work)

    async def costs(self, group_by: Literal["project", "agent", "model", "day"]) -> tuple[CostRow, ...]:
        return tuple(
            CostRow(row["key"], row["tasks"], row["input_tokens"], row["output_tokens"], row["cost"])
            for row in await self._rows("costs", group_by)
        )


def _rules(row: Mapping[str, Any]) -> PermissionRules:
    return PermissionRules(row["permission_policy"], row["worktree"])


def _question(row: Mapping[str, Any]) -> InboxItem:
    return InboxItem(
        id=row["id"],
        kind="permission",
        task_id=row["task_id"],
        project_id=row["project_id"],
        session_id=row["session_id"],
        chat_id=row["chat_id"],
        agent=row["agent"],
        title=row["title"],
        detail=None,
        created_at=iso(row["created_at"]),
        permission=rows.permission(row),
    )


def _task(row: Mapping[str, Any]) -> InboxItem:
    return InboxItem(
        id=row["task_id"],
        kind=row["state"],
        task_id=row["task_id"],
        project_id=row["project_id"],
        session_id=row["session_id"],
        chat_id=row["chat_id"],
        agent=row["agent"],
        title=row["input"][:TITLE_CHARS],
        detail=row["error"],
        created_at=iso(row["since"]),
    )
