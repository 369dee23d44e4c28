"""The edge over a real PostgreSQL, with the real event writer, permission desk and owners of worktrees."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve

from actors.event_writer import EventWriter
from actors.permission_desk import PermissionDesk
from actors.remover import Remover
from boocode.adapters.git import GitCheckpoints
from boocode.adapters.git.workspaces import GitWorkspaces
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.adapters.worktree_places import WorktreePlaces
from boocode.kernel import ChildSpec
from boocode.ports.names import PERMISSION_DESK, REMOVER
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
from tests.web.edges import Stage, serving


@define
class Api(Stage):
    store: PostgresStore | None = None
    durable_log: PostgresLog | None = None

    async def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The JSON of the answer, whose status must be the expected one."""
        answer = await self.http.request(method, f"/api/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def get(self, path: str, *, status: int = 200) -> Any:
        return await self.ask("GET", path, status=status)

    async def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        return await self.ask("POST", path, {} if body is None else body, status=status)

    async def a_chat(self) -> str:
        assert self.store is not None
        project = await self.store.add_project("/src/somewhere", "somewhere")
        session = await self.post("sessions", {"project_id": project.id}, status=201)
        chat_id: str = session["chats"][0]["id"]
        return chat_id


@pytest.fixture
async def api(store: PostgresStore, log: PostgresLog, tmp_path: Path) -> AsyncIterator[Api]:  # noqa: F811
    git = GitWorkspaces()
    children = (
        event_writer_child(partial(EventWriter, log)),
        *worktree_children(git, GitCheckpoints(), store, str(tmp_path / "worktrees")),
        ChildSpec(id="remover", start=partial(Remover, store), name=REMOVER),
        ChildSpec(
            id="desk", start=partial(PermissionDesk, store, "deny", WorktreePlaces()), name=PERMISSION_DESK
        ),
    )
    change = partial(evolve, store=store, git=git)
    async with serving(*children, log=log, change=change) as stage:
        yield Api(stage.system, stage.factory, stage.log, stage.http, stage.health, store, log)
