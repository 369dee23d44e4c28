"""The permission desk: every question of an agent to a person, from asked to answered.

A question is a row before it is shown, is answered once (the row decides), by a person or by its deadline, and
is withdrawn when the turn that asks is gone. After a restart of the desk its open questions are found again in
the store: those of living turns stay open, the others are withdrawn.
"""

import time
from datetime import datetime
from typing import Any

from attrs import frozen

from boocode.contracts.frames import (
    USER_TOPIC,
    FrameBody,
    PermissionRequested,
    PermissionResolved,
    TaskUpdated,
)
from boocode.contracts.resources import Permission
from boocode.domain.permissions import OnTimeout, selected, timed_out, timeout_option, withdrawn
from boocode.kernel import Actor, CallRefused, Down, Ref
from boocode.ports.log import Append, LogEntry, PublishHint
from boocode.ports.names import EVENT_WRITER, HUB
from boocode.ports.permissions import (
    Answer,
    AskAgain,
    AskPermission,
    PermissionAnswered,
    PermissionGone,
    UnknownOption,
    WithdrawPermission,
)
from boocode.ports.store import NewPermission, Store, StoreUnavailable
from boocode.ports.turns import turn_name

RETRY_S = 0.5


@frozen
class _Open:
    """A question that waits, and who asked it."""

    permission: Permission
    request_key: str
    asker: Ref


@frozen
class _Deadline:
    permission_id: str


@frozen
class _Reread:
    """Look again for questions that an earlier desk left open."""


class PermissionDesk(Actor):
    """Registered as `permission_desk`."""

    def __init__(self, store: Store, on_timeout: OnTimeout) -> None:
        self._store = store
        self._on_timeout: OnTimeout = on_timeout
        self._open: dict[str, _Open] = {}
        self._monitors: dict[object, str] = {}

    async def init(self) -> None:
        self.ctx.ref.cast(_Reread())

    async def handle(self, message: Any) -> object:
        match message:
            case AskPermission(request=request, asker=asker):
                await self._ask(request, asker)
            case Answer(permission_id=permission_id, option_id=option_id):
                return await self._answer(permission_id, option_id)
            case _Deadline(permission_id=permission_id):
                await self._time_out(permission_id)
            case WithdrawPermission(permission_id=permission_id, why=why):
                await self._withdraw(permission_id, why)
            case Down(monitor=monitor) if monitor in self._monitors:
                await self._withdraw(self._monitors.pop(monitor), "the turn that asked is over")
            case _Reread():
                await self._reread()
        return None

    def inspect(self) -> dict[str, object]:
        return {"open": sorted(self._open)}

    async def _ask(self, request: NewPermission, asker: Ref) -> None:
        try:
            permission = await self._store.save_permission(request)
        except StoreUnavailable:
            # A question that nobody can see must not hold the agent for ever: ask again soon, the deadline runs.
            if time.time() < request.expires_at:
                self.ctx.send_after(RETRY_S, AskPermission(request, asker))
            else:
                asker.cast(PermissionAnswered(request.id, request.request_key, None, timed_out=True))
            return
        self._adopt(permission, request.request_key, asker)
        body = PermissionRequested(
            permission.id,
            permission.chat_id,
            permission.task_id,
            permission.title,
            permission.tool,
            permission.options,
            permission.expires_at,
        )
        self._publish(permission.chat_id, body)
        await self._mark_task(permission.task_id, blocked=True)

    def _adopt(self, permission: Permission, request_key: str, asker: Ref) -> None:
        self._open[permission.id] = _Open(permission, request_key, asker)
        self._monitors[self.ctx.monitor(asker)] = permission.id
        wait = max(0.0, datetime.fromisoformat(permission.expires_at).timestamp() - time.time())
        self.ctx.send_after(wait, _Deadline(permission.id))

    async def _answer(self, permission_id: str, option_id: str) -> Permission:
        known = self._open.get(permission_id)
        if known is None:
            raise CallRefused(await self._gone(permission_id))
        offered = [option.id for option in known.permission.options]
        if option_id not in offered:
            words = (
                f"The question {permission_id} has no option '{option_id}'. It offers: {', '.join(offered)}."
            )
            raise CallRefused(UnknownOption(words))
        try:
            resolved = await self._resolve(permission_id, selected(option_id))
        except StoreUnavailable as error:
            raise CallRefused(error) from error
        if resolved is None:
            raise CallRefused(await self._gone(permission_id))
        known.asker.cast(PermissionAnswered(permission_id, known.request_key, option_id))
        return resolved

    async def _gone(self, permission_id: str) -> PermissionGone:
        row = await self._store.get_permission(permission_id)
        return PermissionGone(permission_id, row.outcome if row else None)

    async def _time_out(self, permission_id: str) -> None:
        known = self._open.get(permission_id)
        if known is None:
            return
        option_id = timeout_option(known.permission.options, self._on_timeout)
        try:
            await self._resolve(permission_id, timed_out(option_id))
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, _Deadline(permission_id))
            return
        known.asker.cast(PermissionAnswered(permission_id, known.request_key, option_id, timed_out=True))

    async def _withdraw(self, permission_id: str, why: str) -> None:
        try:
            await self._resolve(permission_id, withdrawn(why))
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, WithdrawPermission(permission_id, why))

    async def _resolve(self, permission_id: str, outcome: str) -> Permission | None:
        """The first outcome counts; None when there was one before. Raises StoreUnavailable, nothing changed."""
        resolved = await self._store.resolve_permission(permission_id, outcome)
        known = self._open.pop(permission_id, None)
        if resolved is not None:
            body = PermissionResolved(resolved.id, resolved.chat_id, resolved.task_id, outcome)
            self._publish(resolved.chat_id, body)
            if known and not any(o.permission.task_id == resolved.task_id for o in self._open.values()):
                await self._mark_task(resolved.task_id, blocked=False)
        return resolved

    async def _mark_task(self, task_id: str, *, blocked: bool) -> None:
        try:
            task = await self._store.set_task_blocked(task_id, blocked)
        except StoreUnavailable:
            return  # the state of the task is shown late; the question itself is a row of its own
        if task is not None:
            self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, TaskUpdated(task), time.time()))

    def _publish(self, chat_id: str, body: FrameBody) -> None:
        now = time.time()
        self.ctx.whereis(EVENT_WRITER).cast(Append((LogEntry(chat_id, body, now),)))
        self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, body, now))

    async def _reread(self) -> None:
        try:
            left = await self._store.open_permissions()
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, _Reread())
            return
        for permission in left:
            if permission.id in self._open:
                continue
            asker = self.ctx.whereis(turn_name(permission.task_id))
            if asker.is_running:
                asker.cast(AskAgain(permission.id))
            else:
                await self._withdraw(permission.id, "BooCode was restarted while this question was open")
