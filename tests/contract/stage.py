"""A backend on its stage: a home, a state folder and a model of its own, and a tree, or several in succession."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio
import trio_asyncio  # type: ignore[import-untyped]
from attrs import define

from boocode.adapters.postgres.database import Database, DatabaseSettings
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.events import PermissionAsked, PermissionOption, ToolCall, ToolUpdate
from boocode.ports.agents import Lease, SessionLimits
from tests.actors.agent_kit import Rig, Told, eventually, rig
from tests.contract.backends import BackendUnderTest
from tests.contract.backings import Place
from tests.contract.prompts import Prompts
from tests.kit.model_endpoint import ModelEndpoint, Seen, serve_model


@define(eq=False)
class Stage:
    backend: BackendUnderTest
    place: Place
    folder: Path
    model: ModelEndpoint

    @property
    def prompts(self) -> Prompts:
        return self.backend.prompts

    @asynccontextmanager
    async def open(self, owner: LocalProcesses | None = None) -> AsyncIterator[Rig]:
        """A tree; what it kept in the home and in the state folder is there in the next one."""
        backend = self.backend
        async with rig(
            self.folder,
            command=backend.command(),
            env=backend.env(self.place),
            agent=backend.agent,
            transport=backend.transport,
            backing=lambda parts: backend.backing(parts, self.place),
            owner=owner,
            limits=SessionLimits(cancel_s=backend.cancel_s),
            term_grace_s=1.0,
        ) as agents:
            yield agents

    def asked_model(self) -> list[Seen]:
        """What the model was asked, oldest first; empty for an agent without one."""
        return [seen for seen in self.model.requests if "messages" in seen.body]

    def said_to_model(self) -> list[str]:
        """The names of the models that were asked."""
        return [str(seen.body["model"]) for seen in self.asked_model()]


@asynccontextmanager
async def on_stage(
    backend: BackendUnderTest, folder: Path, database_url: str | None = None
) -> AsyncIterator[Stage]:
    async with serve_model() as model, _database(database_url) as database:
        place = Place(folder / "home", folder / "state", model.url, database)
        place.home.mkdir()
        for path, text in backend.home_files(model.url).items():
            file = place.home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        yield Stage(backend, place, folder, model)


@asynccontextmanager
async def _database(url: str | None) -> AsyncIterator[Database | None]:
    if url is None:
        yield None
        return
    async with trio_asyncio.open_loop():
        database = Database(DatabaseSettings(url, pool_size=2))
        await database.open()
        yield database
        await database.close()


def user_turns(told: Told) -> int:
    """How many turns the one who answered knew of, this one included."""
    found = re.search(r"user turns[^:]*: (\d+)", told.text)
    assert found, f"the answer counts no turns: {told.text!r}"
    return int(found[1])


def tool_statuses(told: Told) -> list[str]:
    """The last status of each tool call, in the order in which they became known."""
    last: dict[str, str] = {}
    for event in told.events:
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            last[event.tool_call_id] = event.status
    return list(last.values())


def option(asked: PermissionAsked, kind: str) -> PermissionOption:
    """People choose by what an option means; ids are the agent's own."""
    return next(option for option in asked.options if option.kind == kind)


async def decide(agents: Rig, lease: Lease, told: Told, kind: str | None) -> None:
    """Waits for the question and answers it; None = nobody answered in time."""
    asked = await told.asked()
    agents.answer(lease, asked, None if kind is None else option(asked, kind).id)


async def none_alive(agents: Rig) -> None:
    """Waits until no process of any agent is left."""

    async def gone() -> bool:
        await trio.lowlevel.checkpoint()
        return not agents.owner.owned()

    await eventually(gone)
