"""A home with its reaper: sessions that come and go, real git, a real PostgreSQL, and no clock to wait for."""

import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from actors.event_writer import EventWriter
from actors.reaper import ReaperParts
from boocode.adapters.git import GitCheckpoints, GitOrphans
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.resources import Project, Session, Worktree
from boocode.kernel import Event, System
from boocode.ports.log import PostPrompt
from boocode.ports.names import EVENT_WRITER, HUB, REAPER, WORKTREES
from boocode.ports.reaping import Looked, LookThrough
from boocode.ports.store import ClaimedTask, WorktreeRow
from boocode.ports.worktrees import CaptureChanges, OpenWorktree, TakeCheckpoint
from supervisors.store import event_writer_child
from supervisors.surface import reaper_child
from supervisors.worktrees import worktree_children
from tests.actors.store_kit import SOON_S, a_tree, ear
from tests.actors.worktree_kit import Faulty
from tests.kit.repositories import Repo, make_repository, settle_git_environment

GRACE_S = 3600.0
LATER_S = 1.5 * GRACE_S


@define
class Home:
    system: System
    store: PostgresStore
    git: Faulty
    repo: Repo
    project: Project
    folder: Path
    died_at: str | None = None
    """The crash point at which the owner dies, once."""
    at: dict[str, Callable[[], None]] = field(factory=dict)
    """What somebody else does at a crash point."""
    passed: list[str] = field(factory=list)
    told: list[str] = field(factory=list)
    """Reasons of `reaped` events."""
    ahead_s: float = 0.0
    """The reaper's clock, ahead of the database's."""

    async def ask(self, request: Any) -> Any:
        return await self.system.whereis(WORKTREES).call(request, SOON_S)

    async def session(self, title: str = "A session") -> Session:
        session = await self.store.create_session(self.project.id, title)
        assert session is not None
        return session

    async def opened(self) -> tuple[Session, WorktreeRow, Repo]:
        session = await self.session()
        row = await self.ask(OpenWorktree(session.id))
        return session, row, Repo(Path(row.path))

    async def orphan(self) -> tuple[WorktreeRow, Repo]:
        """A worktree whose session was deleted."""
        session, row, worktree = await self.opened()
        await self.store.delete_session(session.id)
        return row, worktree

    async def capture(self, session: Session) -> Any:
        return await self.ask(CaptureChanges(session.id, None, "practice"))

    async def checkpoint(self, session: Session) -> Any:
        return await self.ask(TakeCheckpoint(session.id, session.chats[0].id, None, None))

    async def turn(self, session: Session) -> ClaimedTask:
        """A prompt is posted and claimed; its row is `running`."""
        post = PostPrompt(session.chats[0].id, "do it", "practice")
        await self.system.whereis(EVENT_WRITER).call(post, SOON_S)
        [claimed] = await self.store.claim_tasks("me", 1, 600.0)
        return claimed

    async def look(self) -> Looked:
        looked: Looked = await self.system.whereis(REAPER).call(LookThrough(), SOON_S)
        return looked

    async def look_later(self) -> Looked:
        """After the grace of all that are orphans now."""
        self.ahead_s += LATER_S
        return await self.look()

    async def state(self, worktree_id: str) -> Worktree:
        rows = await self.store.list_worktrees(removed=True)
        return next(row for row in rows if row.id == worktree_id)

    def salvaged(self, worktree_id: str) -> str:
        return f"refs/boocode/salvage/{worktree_id}"

    def refs(self) -> list[str]:
        return self.repo.git("for-each-ref", "--format=%(refname)").decode().split()


def reached(home: list[Home]) -> Callable[[str], None]:
    def note(point: str) -> None:
        for each in home:
            each.passed.append(point)
            if point in each.at:
                each.at[point]()
            if each.died_at == point:
                each.died_at = None
                raise RuntimeError(f"died at {point}")

    return note


@pytest.fixture
async def home(
    store: PostgresStore, log: PostgresLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Home]:
    settle_git_environment(monkeypatch, tmp_path / "person")
    repo = make_repository(
        tmp_path / "project", {"app.py": "one\n", "lib/util.py": "two\n", ".gitignore": "*.log\n"}
    )
    project = await store.add_project(str(repo.root), "Project")
    folder = tmp_path / "home" / "worktrees"
    git = Faulty()
    made: list[Home] = []
    parts = ReaperParts(
        store,
        GitOrphans(),
        GitCheckpoints(),
        str(folder),
        grace_s=GRACE_S,
        look_s=GRACE_S,
        wall=lambda: time.time() + (made[0].ahead_s if made else 0.0),
    )
    async with a_tree(
        event_writer_child(partial(EventWriter, log)),
        ear(HUB, []),
        *worktree_children(git, GitCheckpoints(), store, str(folder), reached=reached(made)),
        reaper_child(parts),
    ) as system:
        home = Home(system, store, git, repo, project, folder)
        made.append(home)

        def note(event: Event) -> None:
            if event.kind == "reaped":
                home.told.append(str(event.extra["reason"]))

        detach = system.telemetry.attach(note)
        yield home
        detach()
