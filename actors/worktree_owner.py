"""The owner of one session's worktree: one request after the other, and it keeps nothing between them.

What it does is in rows and in git, each step repeatable, so that its death at any point loses nothing:

    open     git makes or finds the worktree       →  row
    capture  git's changes                         →  pending rows, earlier ones superseded
    apply    checked  →  files written  →  base moved on  →  rows applied
    reject   rows rejected; the files stay as the agent left them

Cut off inside an apply, the rows still wait: applying again finds files that are right already, writes the others,
and goes on. A refusal leaves the project, the worktree and the rows as they were.
"""

import os
import re
import time
from contextlib import suppress
from typing import Any

from actors.pending_rows import attributed, same_changes, without_rejected
from boocode.contracts.frames import PendingChangesUpdated
from boocode.contracts.resources import PendingChange, Task, WorktreeInfo
from boocode.domain.ids import new_id
from boocode.kernel import Actor, MailboxFull
from boocode.ports.log import Append, LogEntry
from boocode.ports.names import EVENT_WRITER, WORKTREES
from boocode.ports.store import ChangeRow, Store, StoreError, WorktreeRow
from boocode.ports.worktree_work import Work, WorkDone, WorktreeRequest
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    Git,
    InspectWorktree,
    OpenWorktree,
    RejectChanges,
    RemoveWorktree,
    WorkspaceError,
    WorktreePlace,
)

_AT_WORK = ("running", "blocked")


class WorktreeOwner(Actor):
    remember = 0  # its messages are requests without content

    def __init__(self, session_id: str, git: Git, store: Store, folder: str) -> None:
        self._session_id = session_id
        self._git = git
        self._store = store
        self._folder = folder
        self._done = 0

    async def handle(self, message: Any) -> None:
        if not isinstance(message, Work):
            return
        with self.ctx.blocked(type(message.request).__name__):
            try:
                answer = await self._do(message.request, message.started_turns)
            except (WorkspaceError, StoreError) as error:
                message.reply.fail(error)
            else:
                message.reply.reply(answer)
        self._done += 1
        self.ctx.whereis(WORKTREES).cast(WorkDone(message.number))

    def inspect(self) -> dict[str, object]:
        return {"session": self._session_id, "requests_done": self._done}

    async def _do(self, request: WorktreeRequest, started_turns: frozenset[str]) -> object:
        match request:
            case OpenWorktree():
                return await self._open()
            case CaptureChanges(task_id=task_id, agent=agent):
                return await self._capture(task_id, agent)
            case ApplyChanges(ids=ids):
                return await self._apply(ids, started_turns)
            case RejectChanges(ids=ids):
                return await self._reject(ids)
            case InspectWorktree():
                return await self._inspect()
            case RemoveWorktree():
                return await self._remove(started_turns)

    # The worktree

    async def _open(self) -> WorktreeRow:
        row = await self._store.get_worktree(self._session_id)
        if row is not None:
            await self._require_reach(row)
            await self._git.open_worktree(_place(row))
            return row
        session = await self._store.get_session(self._session_id)
        project = None if session is None else await self._store.get_project(session.project_id)
        if project is None:
            raise self._unknown()
        short = _short(self._session_id)
        place = WorktreePlace(
            self._session_id,
            project.path,
            os.path.join(self._folder, f"{_folder_name(project.name)}-{short}"),
            _branch(self._session_id),
        )
        opened = await self._git.open_worktree(place)
        row = WorktreeRow(
            id=new_id("wt"),
            session_id=self._session_id,
            project_id=project.id,
            project_path=project.path,
            path=place.path,
            branch=opened.branch,
            base_commit=opened.base_commit,
        )
        await self._store.save_worktree(row)
        return row

    async def _require_reach(self, row: WorktreeRow) -> None:
        """Another BooCode on the same database may have made it, in its own home. On this machine that works as
        well; from another one it must not be made a second time, without what was done in the first."""
        folder = os.path.dirname(row.path)
        if folder != self._folder and not await self._git.can_write(folder):
            raise WorkspaceError(
                "worktree_elsewhere",
                f"The worktree of this session is {row.path}, in the home of another BooCode, and cannot be "
                f"reached from here ({self._folder}). Go on where it was made, or open a new session.",
            )

    async def _inspect(self) -> WorktreeInfo | None:
        row = await self._store.get_worktree(self._session_id)
        if row is None:
            return None
        try:
            return await self._git.status(_place(row), row.base_commit)
        except WorkspaceError as error:
            if error.code == "no_worktree":
                return None
            raise

    async def _remove(self, started_turns: frozenset[str]) -> bool:
        """Fails closed: what cannot be looked at is kept."""
        await self._refuse_during_turn(started_turns)
        row = await self._store.get_worktree(self._session_id)
        if row is None:
            return False
        try:
            if await self._git.changes(_place(row), row.base_commit):
                return False
            if (await self._git.status(_place(row), row.base_commit)).unpushed:
                return False
            await self._git.remove_worktree(_place(row))
        except WorkspaceError:
            return False
        await self._store.forget_worktree(row.id)
        return True

    # Changes

    async def _capture(self, task_id: str | None, agent: str | None) -> tuple[PendingChange, ...]:
        row = await self._store.get_worktree(self._session_id)
        if row is None:
            return ()
        found = await self._git.changes(_place(row), row.base_commit)
        paths = {each.change.path for each in found}
        found = without_rejected(found, await self._rows("rejected", paths))
        waiting = await self._rows("pending")
        if same_changes(found, waiting):
            changes = tuple(each.change for each in waiting)
        else:
            news = attributed(found, waiting, task_id, agent)
            changes = await self._store.replace_pending(self._session_id, task_id, agent, news)
        # Told even where nothing is new: whoever waits for the end of a turn's capture hears of it by this.
        await self._publish(len(changes))
        return changes

    async def _rows(self, state: str, paths: set[str] | None = None) -> tuple[ChangeRow, ...]:
        """The session's changes in a state, with their blobs; `paths`: only of these files."""
        changes = await self._store.list_pending(self._session_id, (state,))
        ids = [change.id for change in changes if paths is None or change.path in paths]
        return await self._store.get_changes(ids) if ids else ()

    async def _apply(
        self, ids: tuple[str, ...] | None, started_turns: frozenset[str]
    ) -> tuple[PendingChange, ...]:
        for task in await self._refuse_during_turn(started_turns):
            # Its turn is over and its capture still to come: what is applied now includes what it did.
            await self._capture(task.id, task.agent)
        rows = await self._rows("pending") if ids is None else await self._selected(ids)
        worktree = await self._store.get_worktree(self._session_id)
        if not rows or worktree is None:
            return await self._nothing_to_do()
        await self._git.apply(worktree.project_path, rows)
        base = await self._git.advance_base(
            worktree.project_path, self._session_id, worktree.base_commit, rows
        )
        await self._store.move_base(worktree.id, base)
        return await self._decide(rows, "applied")

    async def _reject(self, ids: tuple[str, ...]) -> tuple[PendingChange, ...]:
        return await self._decide(await self._selected(ids), "rejected")

    async def _decide(self, rows: tuple[ChangeRow, ...], state: str) -> tuple[PendingChange, ...]:
        changes = await self._store.set_change_state([row.change.id for row in rows], "pending", state)
        await self._publish(len(await self._store.list_pending(self._session_id)))
        return changes

    async def _nothing_to_do(self) -> tuple[PendingChange, ...]:
        if await self._store.get_session(self._session_id) is None:
            raise self._unknown()
        return ()

    async def _selected(self, ids: tuple[str, ...]) -> tuple[ChangeRow, ...]:
        """These changes, all of this session and all pending. Raises WorkspaceError `not_found`, `not_pending`."""
        rows = await self._store.get_changes(tuple(dict.fromkeys(ids)))
        known = {row.change.id for row in rows if row.change.session_id == self._session_id}
        missing = [id_ for id_ in ids if id_ not in known]
        if missing:
            raise WorkspaceError("not_found", f"This session has no change {', '.join(missing)}.")
        decided = [row.change for row in rows if row.change.state != "pending"]
        if decided:
            words = ", ".join(f"{change.path} is {change.state}" for change in decided)
            raise WorkspaceError("not_pending", f"Only pending changes can be decided, but {words}.")
        return rows

    # Turns

    async def _refuse_during_turn(self, started_turns: frozenset[str]) -> list[Task]:
        """Raises WorkspaceError `turn_running`. Returns tasks that ended but whose turns have not said so yet.

        The rows decide: a turn that died without a word must not lock the session for ever.
        """
        ended = []
        for task_id in started_turns:
            task = await self._store.get_task(task_id)
            if task is not None and task.state in _AT_WORK:
                raise _turn_running(task)
            if task is not None:
                ended.append(task)
        session = await self._store.get_session(self._session_id)
        for chat in () if session is None else session.chats:
            task = await self._store.open_task_of_chat(chat.id)
            if task is not None and task.state in _AT_WORK:
                raise _turn_running(task)
        return ended

    async def _publish(self, pending: int) -> None:
        session = await self._store.get_session(self._session_id)
        if session is None or not session.chats:
            return
        now = time.time()
        body = PendingChangesUpdated(self._session_id, pending)
        entries = tuple(LogEntry(chat.id, body, now) for chat in session.chats)
        with suppress(MailboxFull):  # news only; the rows are there
            self.ctx.whereis(EVENT_WRITER).cast(Append(entries))

    def _unknown(self) -> WorkspaceError:
        return WorkspaceError(
            "not_found", f"There is no session {self._session_id}, or its project was removed."
        )


def _place(row: WorktreeRow) -> WorktreePlace:
    """Where an existing worktree is; its session is known to whoever asks by it."""
    assert row.session_id is not None
    return WorktreePlace(row.session_id, row.project_path, row.path, row.branch or _branch(row.session_id))


def _short(session_id: str) -> str:
    """Enough of an id to tell a person's sessions apart, and never two of them by accident."""
    return session_id.rpartition("_")[2][:12]


def _branch(session_id: str) -> str:
    return f"boocode/{_short(session_id)}"


def _folder_name(project: str) -> str:
    """A project's name as the readable part of a directory's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", project).strip(".-")[:40] or "project"


def _turn_running(task: Task) -> WorkspaceError:
    return WorkspaceError(
        "turn_running",
        f"{task.agent} is at work in this session. Wait until its turn is over, or cancel it, and try again.",
    )
