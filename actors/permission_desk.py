"""The permission desk: every question of an agent to a person, from asked to answered.

A question is a row before it is shown, is answered once (the row decides): by the project's policy before anybody
sees it, by a person, or by its deadline; and is withdrawn when the turn that asks is gone. After a restart of the
desk the open questions of the turns here are found again in the store. A turn may run in another process on the
same database: its questions can be answered here all the same, and the desk there is told of the row.
"""

import time
from datetime import datetime
from typing import Any

from attrs import frozen

from actors.permission_words import answer_for, gone, resolved_frame
from boocode.contracts.frames import (
    USER_TOPIC,
    FrameBody,
    PermissionRequested,
    TaskUpdated,
)
from boocode.contracts.resources import AnsweredBy, Permission
from boocode.domain.permission_policy import automatic_answer, may_allow, named_places
from boocode.domain.permissions import (
    OnTimeout,
    selected,
    timed_out,
    timeout_option,
    withdrawn,
)
from boocode.kernel import Actor, CallRefused, Down, Ref
from boocode.ports.log import Append, LogEntry, PublishHint
from boocode.ports.names import EVENT_WRITER, HUB
from boocode.ports.permissions import (
    Answer,
    AskAgain,
    AskPermission,
    PermissionAnswered,
    PermissionShown,
    PlaceFinder,
    ResolvedElsewhere,
    UnknownOption,
    WithdrawPermission,
)
from boocode.ports.store import NewPermission, Store, StoreUnavailable
from boocode.ports.turns import turn_name

RETRY_S = 0.5
NEVER_SHOWN = "Timed out: the database was away, so nobody could be asked."


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

    def __init__(self, store: Store, on_timeout: OnTimeout, places: PlaceFinder) -> None:
        self._store = store
        self._places = places
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
                await self._withdraw(self._monitors.pop(monitor), "The turn that asked is over.")
            case ResolvedElsewhere(permission_id=permission_id):
                for known_id in tuple(self._open) if permission_id is None else (permission_id,):
                    await self._heard_of(known_id)
            case _Reread():
                await self._reread()
        return None

    def inspect(self) -> dict[str, object]:
        return {"open": sorted(self._open)}

    async def _ask(self, request: NewPermission, asker: Ref) -> None:
        try:
            permission = await self._store.save_permission(request)
            if permission.outcome is None:
                permission = await self._by_policy(permission)
        except StoreUnavailable:
            # A question that nobody can see must not hold the agent for ever: ask again soon, the deadline runs.
            if time.time() < request.expires_at:
                self.ctx.send_after(RETRY_S, AskPermission(request, asker))
            else:
                asker.cast(
                    PermissionAnswered(
                        request.id, request.request_key, None, timed_out=True, words=NEVER_SHOWN
                    )
                )
            return
        if permission.outcome is not None:  # by the policy, or while this desk did not know it
            asker.cast(answer_for(permission, request.request_key))
            return
        self._adopt(permission, request.request_key, asker)
        asker.cast(PermissionShown(request.request_key))
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

    async def _by_policy(self, permission: Permission) -> Permission:
        """The question as it is after the project's policy had its say."""
        rules = await self._store.permission_rules(permission.task_id)
        if rules is None or rules.worktree is None or not may_allow(rules.policy, permission.tool):
            return permission
        named = named_places(permission.tool)
        places = None if named is None else await self._places.find(rules.worktree, named)
        if places is None:
            return permission
        option_id = automatic_answer(rules.policy, permission.tool, permission.options, places)
        if option_id is None:
            return permission
        return await self._resolve(permission.id, selected(option_id), "policy") or permission

    def _adopt(self, permission: Permission, request_key: str, asker: Ref) -> None:
        self._open[permission.id] = _Open(permission, request_key, asker)
        self._monitors[self.ctx.monitor(asker)] = permission.id
        wait = max(0.0, datetime.fromisoformat(permission.expires_at).timestamp() - time.time())
        self.ctx.send_after(wait, _Deadline(permission.id))

    async def _answer(self, permission_id: str, option_id: str) -> Permission:
        known = self._open.get(permission_id)
        try:
            question = known.permission if known else await self._store.get_permission(permission_id)
        except StoreUnavailable as error:
            raise CallRefused(error) from error
        if question is None or question.outcome is not None:
            raise CallRefused(gone(permission_id, question))
        offered = [option.id for option in question.options]
        if option_id not in offered:
            words = (
                f"The question {permission_id} has no option '{option_id}'. It offers: {', '.join(offered)}."
            )
            raise CallRefused(UnknownOption(words))
        try:
            resolved = await self._resolve(permission_id, selected(option_id), "person")
            now = resolved or await self._store.get_permission(permission_id)
        except StoreUnavailable as error:
            raise CallRefused(error) from error
        if resolved is None:
            raise CallRefused(gone(permission_id, now))
        if known is not None:  # else its turn runs in another process, whose desk hears of it by the row
            known.asker.cast(answer_for(resolved, known.request_key))
        return resolved

    async def _heard_of(self, permission_id: str) -> None:
        """The row of an open question may have its outcome from another process."""
        known = self._open.get(permission_id)
        if known is None:
            return
        try:
            permission = await self._store.get_permission(permission_id)
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, ResolvedElsewhere(permission_id))
            return
        if permission is not None and permission.outcome is None:
            return
        del self._open[permission_id]
        await self._unblock(known.permission.task_id)
        if permission is None:
            known.asker.cast(PermissionAnswered(permission_id, known.request_key, None))
            return
        # Whoever resolved it has told the chat; who watches for questions everywhere hears it from us.
        self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, resolved_frame(permission), time.time()))
        known.asker.cast(answer_for(permission, known.request_key))

    async def _time_out(self, permission_id: str) -> None:
        known = self._open.get(permission_id)
        if known is None:
            return
        option_id = timeout_option(known.permission.options, self._on_timeout)
        try:
            resolved = await self._resolve(permission_id, timed_out(option_id), "deadline")
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, _Deadline(permission_id))
            return
        if resolved is not None:
            known.asker.cast(answer_for(resolved, known.request_key))

    async def _withdraw(self, permission_id: str, why: str) -> None:
        try:
            await self._resolve(permission_id, withdrawn(why))
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, WithdrawPermission(permission_id, why))

    async def _resolve(
        self, permission_id: str, outcome: str, answered_by: AnsweredBy | None = None
    ) -> Permission | None:
        """The first outcome counts; None when there was one before. Raises StoreUnavailable, nothing changed."""
        resolved = await self._store.resolve_permission(permission_id, outcome, answered_by)
        if resolved is None:
            self.ctx.ref.cast(ResolvedElsewhere(permission_id))
            return None
        known = self._open.pop(permission_id, None)
        self._publish(resolved.chat_id, resolved_frame(resolved))
        if known:
            await self._unblock(resolved.task_id)
        return resolved

    async def _unblock(self, task_id: str) -> None:
        """Unless the task has another open question."""
        if not any(known.permission.task_id == task_id for known in self._open.values()):
            await self._mark_task(task_id, blocked=False)

    async def _mark_task(self, task_id: str, *, blocked: bool) -> None:
        try:
            task = await self._store.set_task_blocked(task_id, blocked)
        except StoreUnavailable:
            return  # the state of the task is shown late; the question itself is a row of its own
        if task is not None:
            self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, TaskUpdated.of(task), time.time()))

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
            if permission.id not in self._open:
                await self._find_asker(permission)

    async def _find_asker(self, permission: Permission) -> None:
        """A turn that is not here may run in another process, or is dead and will be settled: both see to their
        questions. Only one whose task has ended has nobody left."""
        asker = self.ctx.whereis(turn_name(permission.task_id))
        if asker.is_running:
            asker.cast(AskAgain(permission.id))
            return
        try:
            task = await self._store.get_task(permission.task_id)
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, _Reread())
            return
        if task is None or task.ended_at is not None:
            await self._withdraw(permission.id, "The turn that asked is over.")
