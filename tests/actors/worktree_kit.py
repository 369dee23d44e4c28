"""A person at a session whose worktree is served by the real sub-tree: real git, a real PostgreSQL."""

import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from actors.event_writer import EventWriter
from boocode.adapters.git import GitCheckpoints, GitWorkspaces
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.resources import PendingChange, Project, Session
from boocode.kernel import Request, System
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.log import Flush, PostPrompt, SettleTurn
from boocode.ports.names import EVENT_WRITER, HUB, WORKTREE_OWNERS, WORKTREES
from boocode.ports.store import ChangeRow, ClaimedTask, WorktreeRow
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    ListChanges,
    OpenWorktree,
    RejectChanges,
    RewindChanges,
    TurnBounds,
    WorkspaceError,
    WorktreePlace,
)
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.actors.store_kit import SOON_S, a_tree, ear
from tests.adapters.postgres.scenes import settlement
from tests.kit.repositories import Repo, make_repository, settle_git_environment


class Faulty(GitWorkspaces):
    """Real git that a test can stop at a named step: `at` is called before it, and may raise or wait."""

    def __init__(self, reached: Reached = pass_by) -> None:
        super().__init__(reached=reached)
        self.at: dict[str, Callable[[], Any]] = {}

    async def _before(self, step: str) -> None:
        if step in self.at:
            await self.at[step]()

    async def changes(self, place: WorktreePlace, base: str) -> tuple[ChangeRow, ...]:
        await self._before("changes")
        found = await super().changes(place, base)
        await self._before("rows")
        return found

    async def advance_base(self, *arguments: Any) -> str:
        await self._before("advance_base")
        return await super().advance_base(*arguments)


class Crash(Exception):
    """An error that nobody expects: it ends the owner."""


@define
class Desk:
    """A person at a session, and the turns in it."""

    system: System
    store: PostgresStore
    log: PostgresLog
    git: Faulty
    repo: Repo
    project: Project
    session: Session
    folder: Path
    _number: int = field(default=0)

    async def ask(self, request: Request[Any]) -> Any:
        return await self.system.whereis(WORKTREES).call(request, SOON_S)

    async def open(self, session: Session | None = None) -> tuple[WorktreeRow, Repo]:
        row = await self.ask(OpenWorktree((session or self.session).id))
        return row, Repo(Path(row.path))

    async def capture(self, agent: str = "practice", task_id: str | None = None) -> tuple[PendingChange, ...]:
        changes: tuple[PendingChange, ...] = await self.ask(CaptureChanges(self.session.id, task_id, agent))
        return changes

    async def apply(self, *ids: str) -> tuple[PendingChange, ...]:
        changes: tuple[PendingChange, ...] = await self.ask(ApplyChanges(self.session.id, ids or None))
        return changes

    async def listed(self, *states: str) -> tuple[PendingChange, ...]:
        changes: tuple[PendingChange, ...] = await self.ask(
            ListChanges(self.session.id, states or ("pending",))
        )
        return changes

    async def rewind(self, *ids: str) -> tuple[PendingChange, ...]:
        changes: tuple[PendingChange, ...] = await self.ask(RewindChanges(self.session.id, ids))
        return changes

    async def reject(self, *ids: str) -> tuple[PendingChange, ...]:
        changes: tuple[PendingChange, ...] = await self.ask(RejectChanges(self.session.id, ids))
        return changes

    async def refused(self, request: Request[Any]) -> WorkspaceError:
        with pytest.raises(WorkspaceError) as caught:
            await self.ask(request)
        return caught.value

    async def pending(self) -> dict[str, PendingChange]:
        return {change.path: change for change in await self.store.list_pending(self.session.id)}

    async def start_turn(self, agent: str = "practice") -> ClaimedTask:
        """A prompt is posted and claimed; its row is `running`."""
        chat = self.session.chats[0]
        await self.system.whereis(EVENT_WRITER).call(PostPrompt(chat.id, "do it", agent), SOON_S)
        [claimed] = await self.store.claim_tasks("me", 1, 600.0)
        return claimed

    async def settle(self, claimed: ClaimedTask) -> None:
        await self.system.whereis(EVENT_WRITER).call(SettleTurn(settlement(claimed)), SOON_S)

    def bounds(self, claimed: ClaimedTask, state: Any) -> None:
        self.system.whereis(WORKTREES).cast(TurnBounds(self.session.id, claimed.task.id, state))

    async def news(self, chat_id: str | None = None) -> list[int]:
        """How many changes wait, as told to one of the session's chats, oldest first."""
        await self.system.whereis(EVENT_WRITER).call(Flush(), SOON_S)
        frames = await self.log.read(chat_id or self.session.chats[0].id, 0, 1000)
        bodies = [json.loads(frame.data) for frame in frames]
        return [body["pending"] for body in bodies if body["type"] == "pending_changes_updated"]

    def owners(self) -> int:
        return len(self.system.supervisor(WORKTREE_OWNERS).which())


@pytest.fixture
async def desk(
    store: PostgresStore, log: PostgresLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    settle_git_environment(monkeypatch, tmp_path / "person")
    repo = make_repository(tmp_path / "My project!", {"app.py": "one\n", "lib/util.py": "two\n"})
    project = await store.add_project(str(repo.root), "My project!")
    session = await store.create_session(project.id, "A session")
    assert session is not None
    git = Faulty()
    folder = tmp_path / "home" / "worktrees"
    async with a_tree(
        event_writer_child(partial(EventWriter, log)),
        ear(HUB, []),
        *worktree_children(git, GitCheckpoints(), store, str(folder), idle_ttl_s=3600.0),
    ) as system:
        yield Desk(system, store, log, git, repo, project, session, folder)
