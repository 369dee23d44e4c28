"""The task listener on a real database: what is told, what is skipped, and what a lost connection means."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
import pytest
import trio
import trio_asyncio
from attrs import field, frozen

from actors.task_listener import TaskListener
from boocode.adapters.postgres import DatabaseSettings, PostgresLog, PostgresNotices, PostgresStore
from boocode.contracts.resources import Part
from boocode.kernel import ChildSpec, System
from boocode.ports.agents import ChatsGone
from boocode.ports.log import ForeignFrames
from boocode.ports.names import DISPATCHER, HUB, PERMISSION_DESK, SESSION_POOL
from boocode.ports.permissions import ResolvedElsewhere
from boocode.ports.store import NewPermission, TaskNotice
from supervisors.store import task_listener_child
from tests.actors.store_kit import a_tree, ear, until
from tests.adapters.postgres.scenes import Pen, a_chat, delta, settlement

MISSED = TaskNotice("missed")


@frozen
class Listening:
    system: System
    dispatcher: list[Any] = field(factory=list)
    hub: list[Any] = field(factory=list)


Listen = Callable[..., AbstractAsyncContextManager[Listening]]


@pytest.fixture
def listen(database_url: str, asyncio_loop: object) -> Listen:
    """A listener that listens, and what dispatcher and hub hear."""

    @asynccontextmanager
    async def run(
        *others: ChildSpec, door: trio.Event | None = None, capacity: int = 1000
    ) -> AsyncIterator[Listening]:
        dispatcher: list[Any] = []
        hub: list[Any] = []
        source = PostgresNotices(DatabaseSettings(database_url))
        async with a_tree(
            ear(DISPATCHER, dispatcher, door, capacity),
            ear(HUB, hub),
            *others,
            task_listener_child(lambda: TaskListener(source, "test")),
        ) as system:
            if door is None:
                await until(lambda: dispatcher == [MISSED])
                dispatcher.clear()
            yield Listening(system, dispatcher, hub)

    return run


async def test_a_new_task_and_a_cancel_are_told_at_once(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    async with listen() as heard:
        posted = await pen.post(chat.id)
        await until(lambda: heard.dispatcher == [TaskNotice("new", posted.task.id)])
        await store.claim_tasks("me", 1, 30.0)
        await store.request_cancel(posted.task.id)
        await until(lambda: heard.dispatcher[1:] == [TaskNotice("cancel", posted.task.id)])


async def test_the_end_of_a_task_tells_of_the_next_one_of_its_session(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    await pen.post(chat.id)
    second = await pen.post(chat.id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    async with listen() as heard:
        await pen.settle(settlement(claimed))
        await until(lambda: heard.dispatcher == [TaskNotice("new", second.task.id)])


async def test_a_queued_prompt_that_was_edited_is_told_again(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    posted = await pen.post((await a_chat(store)).id)
    async with listen() as heard:  # a claim may have passed over it while it was locked
        await store.edit_queued(posted.message.id, "another text")
        await until(lambda: heard.dispatcher == [TaskNotice("new", posted.task.id)])


async def test_frames_of_others_reach_the_hub_and_our_own_do_not(
    listen: Listen, store: PostgresStore, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    other = Pen(PostgresLog(log._database, origin="another process"))
    async with listen() as heard:
        await Pen(log).append(delta(chat.id, "ours"))
        await other.append(delta(chat.id, "theirs"), delta(chat.id, "too"))
        await until(lambda: heard.hub == [ForeignFrames(chat.id, 3)])


async def test_a_deleted_chat_and_an_answered_question_are_told(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    posted = await pen.post(chat.id)
    await store.claim_tasks("me", 1, 30.0)
    question = NewPermission(
        "perm_1", chat.id, posted.task.id, "practice", "k", "run?", Part("tool"), (), 2e9
    )
    await store.save_permission(question)
    pool: list[Any] = []
    desk: list[Any] = []
    async with listen(ear(SESSION_POOL, pool), ear(PERMISSION_DESK, desk)):
        await until(lambda: desk == [ResolvedElsewhere()])  # it may have missed something before
        await store.resolve_permission("perm_1", "selected:yes")
        await store.resolve_permission("perm_1", "selected:no")
        await store.delete_chat(chat.id)
        await until(lambda: pool == [ChatsGone((chat.id,))])
        assert desk[1:] == [ResolvedElsewhere("perm_1")]


async def test_what_the_store_itself_adds_to_a_log_reaches_the_hub_too(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    async with listen() as heard:
        await pen.post(chat.id)
        await store.claim_tasks("me", 1, 30.0)
        await until(lambda: heard.hub == [ForeignFrames(chat.id, 2)])


async def test_after_a_lost_connection_it_listens_again_and_says_that_it_missed_something(
    listen: Listen, store: PostgresStore, pen: Pen, database_url: str
) -> None:
    chat = await a_chat(store)
    async with listen() as heard:
        for _ in range(3):
            heard.dispatcher.clear()
            assert await _cut(database_url) == 1
            await until(lambda: heard.dispatcher == [MISSED])
            posted = await pen.post(chat.id)
            told = [MISSED, TaskNotice("new", posted.task.id)]
            await until(lambda told=told: heard.dispatcher == told)
        listener = heard.system.find("root/task_listener")
        assert listener is not None
        assert listener.incarnation == 1
        state = await heard.system.get_state("root/task_listener", timeout=5.0)
        assert (state["listening"], state["connections"]) == (True, 4)


async def _cut(database_url: str) -> int:
    """Ends the connection that listens; returns how many there were."""

    async def run() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            cut = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                      WHERE query LIKE 'LISTEN%' AND datname = current_database()"""
            return int(await connection.fetchval(cut))
        finally:
            await connection.close()

    return int(await trio_asyncio.aio_as_trio(run)())


async def test_a_dispatcher_whose_mailbox_is_full_is_told_once_there_is_room(
    listen: Listen, store: PostgresStore, pen: Pen
) -> None:
    door = trio.Event()
    async with listen(door=door, capacity=2) as heard:
        tasks = [(await pen.post((await a_chat(store)).id)).task.id for _ in range(10)]
        with trio.fail_after(30):
            while (await heard.system.get_state("root/task_listener", timeout=5.0))["undelivered"] == 0:
                await trio.sleep(0.01)
        door.set()
        await until(lambda: len(heard.dispatcher) == 11)
        assert {notice.task_id for notice in heard.dispatcher} == {None, *tasks}


async def test_a_flood_of_frames_is_told_by_the_newest_of_each_chat(
    listen: Listen, store: PostgresStore, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    other = Pen(PostgresLog(log._database, origin="another process"))
    async with listen() as heard:
        for _ in range(50):
            await other.append(delta(chat.id, "x"))
        await until(lambda: bool(heard.hub) and heard.hub[-1] == ForeignFrames(chat.id, 50))
        seqs = [told.last_seq for told in heard.hub]
        assert seqs == sorted(seqs)
