"""Turns with their checkpoints, restores, and changes that wait: rows to test safety with."""

import time

from attrs import define, field

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import Chat, PendingChange, Project
from boocode.domain.ids import new_id
from boocode.ports.checkpoints import CHECKPOINT_REFS, LeftOut
from boocode.ports.safety_store import (
    CheckpointKind,
    CheckpointRow,
    Decided,
    NewCheckpoint,
    Operation,
    OperationKind,
    Trim,
)
from boocode.ports.store import ChangeRow, ClaimedTask, WorktreeRow
from tests.adapters.postgres.scenes import Pen, a_session, settlement

SOON = 60.0


def later() -> float:
    """A time after everything that happened so far."""
    return time.time() + SOON


@define
class Desk:
    """A session with its worktree, and what its owner writes."""

    store: PostgresStore
    pen: Pen
    session_id: str
    project_id: str
    worktree: WorktreeRow
    chats: tuple[Chat, ...]
    claimed: ClaimedTask | None = field(default=None)

    @property
    def chat_id(self) -> str:
        return self.chats[0].id

    async def checkpoint(
        self,
        kind: CheckpointKind = "turn",
        task_id: str | None = None,
        chat_id: str | None = None,
        ref: str | None = None,
        left_out: tuple[LeftOut, ...] = (),
    ) -> CheckpointRow:
        chat_id = chat_id or self.chat_id
        _, number = await self.store.newest_checkpoint(chat_id)
        return await self.store.add_checkpoint(
            NewCheckpoint(
                id=new_id("cp"),
                session_id=self.session_id,
                chat_id=chat_id,
                task_id=task_id,
                agent="practice" if task_id else None,
                worktree_id=self.worktree.id,
                kind=kind,
                ref=ref or f"{CHECKPOINT_REFS}{chat_id}/{number}",
                commit=f"commit{number}",
                head="head",
                base_commit="base",
                left_out=left_out,
            )
        )

    async def begin_turn(self, text: str = "do it", chat_id: str | None = None) -> CheckpointRow:
        """A prompt, claimed, with the checkpoint before it; `claimed` is open from then on."""
        await self.pen.post(chat_id or self.chat_id, text)
        return await self.begin_queued()

    async def begin_queued(self) -> CheckpointRow:
        (self.claimed,) = await self.store.claim_tasks("me", 1, 30.0)
        task = self.claimed.task
        return await self.checkpoint("turn", task.id, task.chat_id)

    async def end_turn(self) -> None:
        assert self.claimed is not None, "no turn was begun"
        await self.pen.settle(settlement(self.claimed))
        self.claimed = None

    async def turn(self, text: str = "do it", chat_id: str | None = None) -> CheckpointRow:
        before = await self.begin_turn(text, chat_id)
        await self.end_turn()
        return before

    async def begin_operation(self, kind: OperationKind = "restore") -> str:
        operation = Operation(new_id("op"), kind, self.session_id, self.worktree.id, {})
        await self.store.begin_operation(operation)
        return operation.id

    async def restore(self, target: CheckpointRow) -> tuple[CheckpointRow, Trim]:
        """The whole of it; gives the way back and what changed."""
        safety = await self.checkpoint("safety", chat_id=target.checkpoint.chat_id)
        operation_id = await self.begin_operation()
        trim = await self.store.finish_restore(operation_id, target.checkpoint.id, safety.checkpoint.id)
        return safety, trim

    async def seen(self, chat_id: str | None = None) -> list[str]:
        page = await self.store.list_messages(chat_id or self.chat_id, None, 200)
        return [message.id for message in page.items]  # type: ignore[attr-defined]

    async def waiting(self, *paths: str) -> list[PendingChange]:
        return list(
            await self.store.replace_pending(self.session_id, None, None, [change(path) for path in paths])
        )


async def a_desk(store: PostgresStore, pen: Pen, chats: int = 1, project: Project | None = None) -> Desk:
    session = await a_session(store, project)
    made = [*session.chats]
    while len(made) < chats:
        chat = await store.create_chat(session.id, "another")
        assert chat is not None
        made.append(chat)
    id_ = new_id("wt")
    row = WorktreeRow(id_, session.id, session.project_id, f"/src/{id_}", f"/wt/{id_}", "branch", "base0")
    await store.save_worktree(row)
    return Desk(store, pen, session.id, session.project_id, row, tuple(made))


def change(path: str, task_id: str | None = None, message_id: str | None = None) -> ChangeRow:
    pending = PendingChange(
        id=new_id("chg"),
        session_id="filled in",
        path=path,
        old_path=None,
        op="edit",
        agent=None,
        state="pending",
        diff="--- diff",
        binary=False,
        additions=1,
        deletions=2,
        task_id=task_id,
        message_id=message_id,
    )
    return ChangeRow(pending, "old", "new", 0o100644, 0o100644)


def decided(change_id: str, before: str | None = "before", after: str | None = "after") -> Decided:
    return Decided(change_id, "fuzzy", 0.9, before, 0o100644, after, 0o100755)
