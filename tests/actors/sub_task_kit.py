"""A conversation of the native agent that has sub-tasks: its tools on a real database, with listener and monitor."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field

from actors.native_sub_tasks import SubTaskSource
from actors.task_listener import TaskListener
from actors.task_monitor import TaskMonitor
from boocode.adapters.postgres import DatabaseSettings, PostgresNotices, PostgresStore
from boocode.adapters.postgres.sub_tasks import PostgresSubTasks
from boocode.contracts.resources import Task
from boocode.domain.events import Completed, Outcome
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.kernel import Actor, ChildSpec, Context, System
from boocode.ports.names import DISPATCHER, HUB, TASK_MONITOR
from boocode.ports.native import Briefing, NativeChoices, NativePlace
from boocode.ports.native_tools import CallShown, NativeTool, ToolResult
from boocode.ports.store import ClaimedTask
from supervisors.store import task_listener_child
from tests.actors.store_kit import a_tree, ear, until
from tests.adapters.postgres.scenes import Pen, a_chat, settlement

PROFILES = (
    BUILT_IN,
    Profile("bold", description="Does all", leave="auto", model="large"),
    Profile("careful", leave="ask"),
)


class Stage(Actor):
    """Lends its context."""

    def __init__(self, lent: list[Context]) -> None:
        self._lent = lent

    async def init(self) -> None:
        self._lent.append(self.ctx)

    async def handle(self, message: Any) -> None:
        """It hears nothing."""


@define
class Talk:
    """A running turn of the agent `practice` in a chat, and its hands."""

    system: System
    store: PostgresStore
    pen: Pen
    sub_tasks: PostgresSubTasks
    source: SubTaskSource
    place: NativePlace
    parent: ClaimedTask
    dispatcher: list[Any]
    said: list[str] = field(factory=list)

    async def tool(self, name: str) -> NativeTool:
        tools, _ = await self.source.tools(self.place)
        return next(tool for tool in tools if tool.offer.name == name)

    async def look(self, name: str, **arguments: object) -> CallShown:
        return await (await self.tool(name)).look(arguments)

    async def call(self, name: str, **arguments: object) -> ToolResult:
        json.dumps(arguments)
        tool = await self.tool(name)
        await tool.look(arguments)
        return await tool.run(arguments, self.said.append)

    async def claim(self) -> ClaimedTask:
        (claimed,) = await self.store.claim_tasks("me", 1, 30.0)
        return claimed

    async def end(self, claimed: ClaimedTask, outcome: Outcome | None = None, **more: Any) -> None:
        await self.pen.settle(settlement(claimed, outcome or Completed(), **more))

    async def children(self) -> tuple[Task, ...]:
        return await self.sub_tasks.children(self.place.chat_id, 100)


@asynccontextmanager
async def a_talk(
    store: PostgresStore, pen: Pen, url: str, *, mode: str | None = None, model: str | None = None
) -> AsyncIterator[Talk]:
    chat = await a_chat(store)
    await pen.post(chat.id, mode=mode, model=model)
    (parent,) = await store.claim_tasks("me", 1, 30.0)
    sub_tasks = PostgresSubTasks(store._database)
    notices = PostgresNotices(DatabaseSettings(url))
    lent: list[Context] = []
    dispatcher: list[Any] = []

    async def brief(_: NativePlace) -> Briefing:
        return Briefing(PROFILES, "", ())

    async with a_tree(
        ear(DISPATCHER, dispatcher),
        ear(HUB, []),
        ChildSpec(id="monitor", start=lambda: TaskMonitor(sub_tasks), name=TASK_MONITOR),
        task_listener_child(lambda: TaskListener(notices, "test")),
        ChildSpec(id="stage", start=lambda: Stage(lent)),
    ) as system:
        await until(lambda: bool(dispatcher))  # the listener listens
        dispatcher.clear()
        place = NativePlace(lent[0], chat.id, "/nowhere", NativeChoices())
        source = SubTaskSource(sub_tasks, lambda: ("practice", "goose"), brief)
        yield Talk(system, store, pen, sub_tasks, source, place, parent, dispatcher)
