"""Turns in the chats of one session, each with its checkpoint: real git, a real PostgreSQL, a real (empty) pool."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from actors.event_writer import EventWriter
from boocode.adapters.git import GitCheckpoints
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.resources import Checkpoint, Message, RestorePreview
from boocode.kernel import System
from boocode.ports.checkpoints import Captured, RestorePlan
from boocode.ports.log import Flush, PostPrompt, SettleTurn
from boocode.ports.names import EVENT_WRITER, HUB
from boocode.ports.store import AgentSessionRow, ClaimedTask, StoreUnavailable, WorktreeRow
from boocode.ports.worktrees import (
    ListChanges,
    OpenWorktree,
    PreviewRestore,
    RestoreCheckpoint,
    TakeCheckpoint,
    WorktreePlace,
)
from supervisors.agent import pool_child, sessions_child
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.actors.store_kit import SOON_S, a_tree, ear
from tests.actors.worktree_kit import Crash, Desk, Faulty
from tests.adapters.postgres.scenes import settlement
from tests.kit.repositories import Repo, make_repository, settle_git_environment

FILES = {"app.py": "one\n", "lib/util.py": "two\n", ".gitignore": "*.log\n"}


class FaultyCheckpoints(GitCheckpoints):
    """Real git that a test can stop before a step: `at` may raise, wait, or do what a person would."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.at: dict[str, Callable[[], Awaitable[Any]]] = {}
        self.captures = 0

    async def capture(self, *arguments: Any, **more: Any) -> Captured:
        self.captures += 1
        if "capture" in self.at:
            await self.at["capture"]()
        return await super().capture(*arguments, **more)

    async def restore(self, place: WorktreePlace, now: str, target: str) -> RestorePlan:
        if "restore" in self.at:
            await self.at["restore"]()
        return await super().restore(place, now, target)


class FaultyStore(PostgresStore):
    """A database that goes away just before, or just after, one named unit of work."""

    away_before: str | None = None
    away_after: str | None = None

    async def _around(self, name: str, work: Awaitable[Any]) -> Any:
        if self.away_before == name:
            work.close()  # type: ignore[attr-defined]
            raise StoreUnavailable("it was pulled away")
        answer = await work
        if self.away_after == name:
            raise StoreUnavailable("it was pulled away")
        return answer

    async def begin_operation(self, *arguments: Any) -> None:
        await self._around("begin", super().begin_operation(*arguments))

    async def end_operation(self, *arguments: Any) -> None:
        await self._around("end", super().end_operation(*arguments))

    async def finish_restore(self, *arguments: Any) -> Any:
        return await self._around("finish", super().finish_restore(*arguments))

    async def finish_decision(self, *arguments: Any) -> Any:
        return await self._around("finish", super().finish_decision(*arguments))

    def comes_back(self) -> None:
        self.away_before = self.away_after = None


@define
class Points:
    """What was come by; at `crash_at` an error that nobody expects ends the owner."""

    passed: list[str] = field(factory=list)
    crash_at: str | None = None

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if point == self.crash_at:
            raise Crash(point)


@define
class Talk:
    """People at the chats of one session; its turns write what an agent would."""

    desk: Desk
    store: FaultyStore
    checkpoints: FaultyCheckpoints
    points: Points

    @property
    def chat(self) -> str:
        return self.desk.session.chats[0].id

    @property
    def session_id(self) -> str:
        return self.desk.session.id

    async def second_chat(self) -> str:
        chat = await self.store.create_chat(self.session_id, "Second")
        assert chat is not None
        return chat.id

    async def worktree(self) -> Repo:
        return (await self.desk.open())[1]

    async def post(self, chat_id: str | None = None, text: str = "do it") -> Any:
        writer = self.desk.system.whereis(EVENT_WRITER)
        return await writer.call(PostPrompt(chat_id or self.chat, text, "practice"), SOON_S)

    async def begin(self, chat_id: str | None = None, text: str = "do it") -> ClaimedTask:
        """A prompt whose turn has begun: its worktree is open, its checkpoint is taken."""
        await self.post(chat_id, text)
        [claimed] = await self.store.claim_tasks("me", 1, 600.0)
        await self.take(claimed, await self.desk.ask(OpenWorktree(self.session_id)))
        return claimed

    async def take(self, claimed: ClaimedTask, worktree: WorktreeRow | None = None) -> Checkpoint:
        task = claimed.task
        assert task.chat_id is not None
        taken: Checkpoint = await self.desk.ask(
            TakeCheckpoint(self.session_id, task.chat_id, task.id, task.agent, worktree)
        )
        await self._follow_up()
        return taken

    async def _follow_up(self) -> None:
        """What the owner does after its answer is done: this is behind it."""
        await self.desk.ask(ListChanges(self.session_id))

    async def end(self, claimed: ClaimedTask) -> None:
        await self.desk.system.whereis(EVENT_WRITER).call(SettleTurn(settlement(claimed)), SOON_S)
        await self.desk.capture(task_id=claimed.task.id)
        await self._follow_up()

    async def turn(
        self, text: str, chat_id: str | None = None, **files: str | bytes | None
    ) -> tuple[ClaimedTask, Checkpoint]:
        """A whole turn that writes these files (None: deletes; `_` is a dot in their names)."""
        claimed = await self.begin(chat_id, text)
        tree = await self.worktree()
        for name, content in files.items():
            path = name.replace("_", ".")
            if content is None:
                (tree.root / path).unlink()
            else:
                tree.write(path, content)
        await self.end(claimed)
        [checkpoint] = [c for c in await self.taken() if c.task_id == claimed.task.id]
        return claimed, checkpoint

    async def taken(self) -> tuple[Checkpoint, ...]:
        return await self.store.list_checkpoints(self.session_id)

    async def preview(self, checkpoint: Checkpoint) -> RestorePreview:
        preview: RestorePreview = await self.desk.ask(PreviewRestore(self.session_id, checkpoint.id))
        return preview

    async def restore(self, checkpoint: Checkpoint) -> RestorePreview:
        done: RestorePreview = await self.desk.ask(RestoreCheckpoint(self.session_id, checkpoint.id))
        return done

    async def said(self, chat_id: str | None = None) -> list[str]:
        """The messages that the chat shows: a prompt's text, an answer's task."""
        page = await self.store.list_messages(chat_id or self.chat, None, 100)
        messages = [item for item in page.items if isinstance(item, Message)]
        return [m.text if m.role == "user" else f"answer to {m.task_id}" for m in messages]

    async def frames(self, type_: str, chat_id: str | None = None) -> list[dict[str, Any]]:
        await self.desk.system.whereis(EVENT_WRITER).call(Flush(), SOON_S)
        frames = await self.desk.log.read(chat_id or self.chat, 0, 1000)
        return [body for frame in frames if (body := json.loads(frame.data))["type"] == type_]

    def refs(self, below: str = "refs/boocode/checkpoints/") -> list[str]:
        return self.desk.repo.git("for-each-ref", "--format=%(refname)", below).decode().split()

    async def remember(self, chat_id: str, agent_session_id: str) -> None:
        """The agent has a conversation of its own for this chat."""
        await self.store.save_agent_session(
            AgentSessionRow(chat_id, "practice", "acp", "idle", agent_session_id, "hash")
        )

    async def memory(self, chat_id: str) -> str | None:
        row = await self.store.get_agent_session(chat_id, "practice")
        return None if row is None else row.agent_session_id


@asynccontextmanager
async def living(
    desk: Desk, store: FaultyStore, checkpoints: FaultyCheckpoints, points: Points
) -> AsyncIterator[System]:
    """One life of BooCode, as far as worktrees go."""
    async with a_tree(
        event_writer_child(partial(EventWriter, desk.log)),
        ear(HUB, []),
        sessions_child(),
        pool_child({}),
        *worktree_children(desk.git, checkpoints, store, str(desk.folder), idle_ttl_s=3600.0, reached=points),
    ) as system:
        desk.system = system
        yield system


@pytest.fixture
async def talk(
    store: PostgresStore, log: PostgresLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Talk]:
    settle_git_environment(monkeypatch, tmp_path / "person")
    repo = make_repository(tmp_path / "project", FILES)
    project = await store.add_project(str(repo.root), "project")
    session = await store.create_session(project.id, "A session")
    assert session is not None
    faulty = FaultyStore(store._database)
    desk = Desk(None, faulty, log, Faulty(), repo, project, session, tmp_path / "home" / "worktrees")  # type: ignore[arg-type]
    made = Talk(desk, faulty, FaultyCheckpoints(), Points())
    async with living(desk, faulty, made.checkpoints, made.points):
        yield made
