"""The remover: deletes chats, sessions and projects, in an order that leaves nothing behind.

    1  turns      cancelled, and waited for: QUIET_S at most, in whichever process they run
    2  agents     of these chats, ended here; other processes hear of it when the rows go
    3  rows       deleted with all that hangs on them; worktrees and checkpoints stay until the reaper has judged them

Each step can be repeated: cut off anywhere, the same request again goes on. A turn that does not end in time keeps
its worktree; its row stays as history and it settles without a chat.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import trio

from boocode.contracts.resources import Session
from boocode.kernel import Actor, KernelError, ReplyTo
from boocode.ports.agents import EndAgents
from boocode.ports.names import SESSION_POOL
from boocode.ports.removal import Removal, RemoveChat, RemoveProject, RemoveSession
from boocode.ports.store import Store, StoreError

QUIET_S = 30.0
"""Longer than a deaf agent lives once its turn was cancelled."""
LOOK_S = 0.05
"""Between two looks whether a turn is over: it may run in another process, only its row says so here."""
AGENTS_S = 15.0
PAGE = 100


class Remover(Actor):
    """Registered as `remover`."""

    def __init__(self, store: Store, quiet_s: float = QUIET_S) -> None:
        self._store = store
        self._quiet_s = quiet_s
        self._asked: dict[Removal, list[ReplyTo]] = {}

    async def handle(self, message: Any) -> None:
        if not isinstance(message, RemoveChat | RemoveSession | RemoveProject):
            return
        waiting = self._asked.setdefault(message, [])
        waiting.append(self.ctx.defer())
        if len(waiting) == 1:
            self.ctx.start_task(self._remove, message, name=str(message))

    def inspect(self) -> dict[str, object]:
        return {"removing": [str(removal) for removal in self._asked]}

    async def _remove(self, removal: Removal) -> None:
        try:
            deleted = await self._steps_of(removal)
        except (StoreError, KernelError) as error:
            for reply in self._asked.pop(removal):
                reply.fail(error)
        else:
            for reply in self._asked.pop(removal):
                reply.reply(deleted)

    async def _steps_of(self, removal: Removal) -> bool:
        match removal:
            case RemoveChat(chat_id=chat_id):
                await self._end_work((chat_id,))
                return await self._store.delete_chat(chat_id)
            case RemoveSession(session_id=session_id):
                session = await self._store.get_session(session_id)
                there = () if session is None else (session,)
                return await self._sessions(there, lambda: self._store.delete_session(session_id))
            case RemoveProject(project_id=project_id):
                sessions = await self._sessions_of(project_id)
                return await self._sessions(sessions, lambda: self._store.remove_project(project_id))

    async def _sessions(self, sessions: tuple[Session, ...], delete: Callable[[], Awaitable[bool]]) -> bool:
        await self._end_work(tuple(chat.id for session in sessions for chat in session.chats))
        return await delete()

    async def _sessions_of(self, project_id: str) -> tuple[Session, ...]:
        found: list[Session] = []
        after: str | None = None
        while True:
            page = await self._store.list_sessions(project_id, after, PAGE)
            found += [session for session in page.items if isinstance(session, Session)]
            if page.next is None:
                return tuple(found)
            after = page.next

    async def _end_work(self, chat_ids: tuple[str, ...]) -> None:
        """Turns first, then agents: an agent whose turn goes on would be taken for one that died."""
        with trio.move_on_after(self._quiet_s):
            await self._end_turns(chat_ids)
        if chat_ids:
            with suppress(KernelError):  # the idle ones expire; one that is held ends with its turn
                await self.ctx.whereis(SESSION_POOL).call(EndAgents(chat_ids), timeout=AGENTS_S)

    async def _end_turns(self, chat_ids: tuple[str, ...]) -> None:
        """Cancels what runs or waits in these chats, prompts that come meanwhile included."""
        asked: set[str] = set()
        while tasks := await self._store.open_tasks_of_chats(chat_ids):
            for task in tasks:
                if task.id not in asked:
                    asked.add(task.id)
                    await self._store.request_cancel(task.id)
            await trio.sleep(LOOK_S)
