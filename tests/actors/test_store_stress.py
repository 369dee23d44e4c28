"""The writer and the listener ended in every way at random instants: nothing of them is left."""

import asyncpg
import pytest
import trio
import trio_asyncio

from actors.event_writer import EventWriter
from actors.task_listener import TaskListener
from boocode.adapters.postgres import DatabaseSettings, PostgresLog, PostgresNotices, PostgresStore
from boocode.contracts.frames import MessageDelta
from boocode.ports.names import DISPATCHER, EVENT_WRITER, HUB
from supervisors.store import event_writer_child, task_listener_child
from tests.actors.store_kit import a_tree, ear, says
from tests.adapters.postgres.scenes import a_chat, read


@pytest.mark.parametrize("how", ["drain", "restart", "kill", "stop"])
async def test_a_writer_that_is_ended_at_any_moment_leaves_a_log_without_gap_or_double(
    store: PostgresStore, log: PostgresLog, how: str
) -> None:
    chat = await a_chat(store)
    said = 0
    async with a_tree(event_writer_child(lambda: EventWriter(log)), ear(HUB, [])) as system:
        for _ in range(3):
            writer = system.whereis(EVENT_WRITER)
            for _ in range(50):
                writer.cast(says(chat.id, f"{said} "))
                said += 1
                await trio.lowlevel.checkpoint()
            before = system.find("root/event_writer")
            assert before is not None
            incarnation = before.incarnation
            if how == "kill":
                before.kill("stress")
            elif how == "stop":
                before.stop("stress")
            elif how == "drain":
                before.drain("stress")
            else:
                await system.restart("root/event_writer")
            with trio.fail_after(30):
                while not (before.is_running and before.incarnation > incarnation):
                    await trio.sleep(0.005)
    frames = await log.read(chat.id, 0, 10_000)
    assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
    numbers = [int(frame["text"]) for frame in read(frames) if frame["type"] == MessageDelta.type]
    assert numbers == sorted(set(numbers)), "doubled or out of order"
    if how == "drain":  # the others may end it with a message or two still in its mailbox
        assert numbers == list(range(said))


async def test_a_listener_that_is_restarted_again_and_again_leaves_no_connection(
    database_url: str, asyncio_loop: object
) -> None:
    source = PostgresNotices(DatabaseSettings(database_url))
    async with a_tree(
        ear(DISPATCHER, []), ear(HUB, []), task_listener_child(lambda: TaskListener(source, "test"))
    ) as system:
        for number in range(5):
            await system.restart("root/task_listener")
            if number % 2:
                with trio.fail_after(30):
                    while not (await system.get_state("root/task_listener", timeout=5.0))["listening"]:
                        await trio.sleep(0.005)
    with trio.fail_after(30):
        while await _listeners(database_url):
            await trio.sleep(0.01)  # the server notices a closed socket a moment later


async def _listeners(database_url: str) -> int:
    async def run() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            count = """SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            return int(await connection.fetchval(count))
        finally:
            await connection.close()

    return int(await trio_asyncio.aio_as_trio(run)())
