"""The herald on a real database: what any process changes is told as it is now, and nothing is told of the dead."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

from actors.herald import MAX_WAITING
from actors.task_listener import TaskListener
from boocode.adapters.postgres import DatabaseSettings, PostgresNotices, PostgresStore
from boocode.contracts.codec import encode_body
from boocode.contracts.frames import (
    USER_TOPIC,
    AgentStatusUpdated,
    ChatRemoved,
    ChatUpdated,
    FrameBody,
    ListsChanged,
    PermissionRequested,
    PermissionResolved,
    ProjectRemoved,
    ProjectUpdated,
    SessionRemoved,
    SessionUpdated,
    SettingsUpdated,
    TaskUpdated,
)
from boocode.contracts.requests import SettingsChange
from boocode.contracts.resources import Part, PermissionOption
from boocode.contracts.settings import UiSettings
from boocode.kernel import System
from boocode.ports.log import PublishHint
from boocode.ports.log_sink import AppendFrames, StatusChange
from boocode.ports.names import DISPATCHER, HERALD, HUB, PERMISSION_DESK, SESSION_POOL
from boocode.ports.news import NewsMissed, RowNews
from boocode.ports.store import NewPermission, StoreUnavailable
from supervisors.store import task_listener_child
from supervisors.surface import herald_child
from tests.actors.store_kit import a_tree, ear, until
from tests.adapters.postgres.scenes import Pen, a_chat, a_project, delta, settlement


class Heard:
    """What the hub was told for `user`."""

    def __init__(self, system: System, hub: list[Any]) -> None:
        self.system = system
        self._hub = hub

    @property
    def bodies(self) -> list[FrameBody]:
        said = [each for each in self._hub if isinstance(each, PublishHint)]
        assert {each.topic for each in said} <= {USER_TOPIC}
        return [each.body for each in said]

    async def hear(self, body: FrameBody) -> None:
        await until(lambda: body in self.bodies)

    def clear(self) -> None:
        self._hub.clear()


@asynccontextmanager
async def herald(store: PostgresStore, database_url: str) -> AsyncIterator[Heard]:
    """A herald that hears the database."""
    hub: list[Any] = []
    source = PostgresNotices(DatabaseSettings(database_url))
    others = [ear(name, []) for name in (DISPATCHER, PERMISSION_DESK, SESSION_POOL)]
    async with a_tree(
        ear(HUB, hub),
        *others,
        herald_child(store),
        task_listener_child(lambda: TaskListener(source, "test")),
    ) as system:
        heard = Heard(system, hub)
        await until(lambda: heard.bodies == [ListsChanged()] * 2)  # its own start, and that of the listener
        heard.clear()
        yield heard


async def test_what_comes_changes_and_goes_is_told(store: PostgresStore, database_url: str) -> None:
    async with herald(store, database_url) as heard:
        project = await a_project(store)
        await heard.hear(ProjectUpdated(project))
        changed = await store.change_project(project.id, "renamed", "allow_reads")
        assert changed is not None
        await heard.hear(ProjectUpdated(changed))

        session = await store.create_session(project.id, "session")
        assert session is not None
        (chat,) = session.chats
        await heard.hear(SessionUpdated(session))
        await heard.hear(ChatUpdated(chat))
        session = await store.rename_session(session.id, "renamed")
        assert session is not None
        await heard.hear(SessionUpdated(session))
        chat = await store.rename_chat(chat.id, "renamed") or chat
        await heard.hear(ChatUpdated(chat))

        heard.clear()
        other = await store.create_chat(session.id, "other")
        assert other is not None
        await heard.hear(ChatUpdated(other))
        await store.delete_chat(other.id)
        await heard.hear(ChatRemoved(other.id, session.id))
        await store.remove_project(project.id)
        await heard.hear(ProjectRemoved(project.id))
        await heard.hear(SessionRemoved(session.id, project.id))
        await heard.hear(ChatRemoved(chat.id, session.id))


async def test_frames_of_a_chat_are_no_news_of_it(store: PostgresStore, database_url: str, pen: Pen) -> None:
    chat = await a_chat(store)
    async with herald(store, database_url) as heard:
        for _ in range(5):
            await pen.append(delta(chat.id, "x"))  # moves last_seq, a column of the chat
        project = await a_project(store)
        await heard.hear(ProjectUpdated(project))
        assert heard.bodies == [ProjectUpdated(project)]


async def test_every_state_of_a_task_is_told_also_of_one_that_never_ran(
    store: PostgresStore, database_url: str, pen: Pen
) -> None:
    chat = await a_chat(store)
    async with herald(store, database_url) as heard:
        posted = await pen.post(chat.id)
        await until(lambda: _states(heard.bodies) == ["pending"])
        (claimed,) = await store.claim_tasks("another process", 1, 30.0)
        await until(lambda: _states(heard.bodies)[-1] == "running")
        await pen.settle(settlement(claimed))
        await until(lambda: _states(heard.bodies)[-1] == "completed")
        assert TaskUpdated(await store.get_task(posted.task.id)) in heard.bodies

        waiting = await pen.post(chat.id)
        await store.edit_queued(waiting.message.id, "other words")
        await until(
            lambda: any(isinstance(b, TaskUpdated) and b.task.input == "other words" for b in heard.bodies)
        )
        await store.request_cancel(waiting.task.id)
        await until(lambda: _states(heard.bodies)[-1] == "cancelled")


async def test_a_large_prompt_does_not_flood_those_who_hear_of_every_task(
    store: PostgresStore, database_url: str, pen: Pen
) -> None:
    chat = await a_chat(store)
    text = "x" * 500_000
    async with herald(store, database_url) as heard:
        posted = await pen.post(chat.id, text)
        (claimed,) = await store.claim_tasks("another process", 1, 30.0)
        await pen.settle(settlement(claimed))
        await until(lambda: _states(heard.bodies)[-1:] == ["completed"])
        told = [body for body in heard.bodies if isinstance(body, TaskUpdated)]
        assert {body.task.input for body in told} == {"x" * 299 + "…"}
        assert max(len(encode_body(body)) for body in told) < 2_000
    task = await store.get_task(posted.task.id)
    assert task is not None
    assert task.input == text


def _states(bodies: Sequence[FrameBody]) -> list[str]:
    """Of the tasks, in the order in which they were told; the same twice in a row counts once."""
    states: list[str] = []
    for body in bodies:
        if isinstance(body, TaskUpdated) and states[-1:] != [body.task.state]:
            states.append(body.task.state)
    return states


async def test_the_status_of_an_agent_is_told_whole_and_only_when_it_changes(
    store: PostgresStore, database_url: str, pen: Pen
) -> None:
    chat = await a_chat(store)
    quiet = "2026-01-01T00:00:00.250Z"

    async def say(status: str, reason: str | None = None, quiet_since: str | None = None) -> None:
        change = StatusChange(chat.id, "practice", status, reason, quiet_since)
        await pen.write(AppendFrames((delta(chat.id, "x"),), (change,)))

    async with herald(store, database_url) as heard:
        for change in (("working",), ("working", None, quiet), ("error", "it died \0")):
            await say(*change)
            await say(*change)
            shown = tuple(word and word.replace("\0", "\ufffd") for word in change)
            await heard.hear(AgentStatusUpdated(chat.id, "practice", *shown, session_id=chat.session_id))  # type: ignore[arg-type]
            (row,) = await store.list_all_agent_sessions(10)
            assert (row.session_id, row.status, row.reason, row.quiet_since) == (
                chat.session_id,
                *(*shown, None, None)[:3],
            )
        statuses = [body for body in heard.bodies if isinstance(body, AgentStatusUpdated)]
        assert len(statuses) == 3


async def test_a_question_is_told_when_its_task_waits_for_it_and_so_is_its_answer(
    store: PostgresStore, database_url: str, pen: Pen
) -> None:
    await pen.post((await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("another process", 1, 30.0)
    async with herald(store, database_url) as heard:
        await store.save_permission(_question(claimed.task.chat_id or "", claimed.task.id, "perm_1"))
        await store.resolve_permission("perm_1", "selected:yes", "policy")
        await until(lambda: any(isinstance(body, PermissionResolved) for body in heard.bodies))
        assert not any(isinstance(body, PermissionRequested) for body in heard.bodies)

        await store.save_permission(_question(claimed.task.chat_id or "", claimed.task.id, "perm_2"))
        await store.set_task_blocked(claimed.task.id, True)
        await until(lambda: _asked(heard.bodies) == {"perm_2"})
        await store.save_permission(_question(claimed.task.chat_id or "", claimed.task.id, "perm_3"))
        await until(lambda: _asked(heard.bodies) == {"perm_2", "perm_3"})
        answered = await store.resolve_permission("perm_2", "selected:yes", "person")
        assert answered is not None
        await until(lambda: "perm_2" in {b.id for b in heard.bodies if isinstance(b, PermissionResolved)})


def _question(chat_id: str, task_id: str, id_: str) -> NewPermission:
    tool, options = Part("tool", tool_call_id="t"), (PermissionOption("yes", "Yes", "allow_once"),)
    return NewPermission(id_, chat_id, task_id, "practice", id_, "May I?", tool, options, time.time() + 60)


def _asked(bodies: Sequence[FrameBody]) -> set[str]:
    return {body.id for body in bodies if isinstance(body, PermissionRequested)}


async def test_settings_of_the_page_are_told_whole_once_a_change(
    store: PostgresStore, database_url: str
) -> None:
    async with herald(store, database_url) as heard:
        await store.set_setting("something.else", "1")
        await store.change_ui_settings(SettingsChange(theme="light", default_agent="goose"))
        await heard.hear(SettingsUpdated(UiSettings(theme="light", default_agent="goose")))
        await store.change_ui_settings(SettingsChange(default_agent=None))
        await heard.hear(SettingsUpdated(UiSettings(theme="light")))
        assert len(heard.bodies) == 2


class _Away:
    """A store that is away until it is let back."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self.is_away = True
        self.asked = 0

    async def frames_of(self, news: Sequence[RowNews]) -> tuple[FrameBody, ...]:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away", 0.05)
        return await self._store.frames_of(news)


async def test_while_the_database_is_away_news_wait_and_are_told_once(store: PostgresStore) -> None:
    project = await a_project(store)
    hub: list[Any] = []
    away = _Away(store)
    async with a_tree(ear(HUB, hub), herald_child(away)) as system:
        for _ in range(5):
            system.whereis(HERALD).cast(RowNews("project", project.id))
        system.whereis(HERALD).cast(RowNews("project", "proj_gone"))
        await until(lambda: away.asked > 1)
        away.is_away = False
        heard = Heard(system, hub)
        await until(lambda: heard.bodies == [ListsChanged(), ProjectUpdated(project)])


async def test_more_news_than_can_wait_are_said_in_one_word(store: PostgresStore) -> None:
    hub: list[Any] = []
    async with a_tree(ear(HUB, hub), herald_child(_Away(store))) as system:
        heard = Heard(system, hub)
        system.whereis(HERALD).cast(NewsMissed())
        await until(lambda: heard.bodies == [ListsChanged()] * 2)
        for number in range(MAX_WAITING + 1000):
            system.whereis(HERALD).cast(RowNews("task", f"task_{number}"))
            if number % 100 == 0:
                await trio.lowlevel.checkpoint()
        await until(lambda: heard.bodies == [ListsChanged()] * 3)
