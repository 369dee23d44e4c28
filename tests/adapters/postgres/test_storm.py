"""Everything at once: prompts, claims, settlements, cancels and deletions cross each other and stay whole."""

import random

import trio

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.ports.log_sink import AppendFrames, Settle
from boocode.ports.safety_store import Trim
from tests.adapters.postgres.safety_scenes import Desk, a_desk
from tests.adapters.postgres.scenes import Pen, Sql, a_project, a_session, delta, prompt, read, settlement

STEPS = 60


async def test_crossing_operations_neither_fail_nor_leave_halves(
    store: PostgresStore, log: PostgresLog, sql: Sql
) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    project = await a_project(store)
    desks: list[Desk] = [await a_desk(store, Pen(log), project=project) for _ in range(6)]

    async def post(rng: random.Random, pen: Pen) -> None:
        chats = [rng.choice(desks).chat_id for _ in range(3)]
        await pen.write(*(prompt(chat) for chat in chats), AppendFrames((delta(chats[0], "x"),)))

    async def run(rng: random.Random, pen: Pen) -> None:
        for claimed in await store.claim_tasks(pen.name, rng.randrange(1, 4), 30.0):
            chat_id = claimed.task.chat_id
            assert chat_id is not None
            if rng.random() < 0.3:
                await store.set_task_blocked(claimed.task.id, True)
            await pen.write(
                AppendFrames((delta(chat_id, "y", claimed.message_id),)), Settle(settlement(claimed))
            )

    async def cancel(rng: random.Random, pen: Pen) -> None:
        task = await store.open_task_of_chat(rng.choice(desks).chat_id)
        if task is not None:
            await store.request_cancel(task.id)

    async def delete(rng: random.Random, pen: Pen) -> None:
        index = rng.randrange(len(desks))
        delete = rng.choice((store.delete_session, store.delete_chat))
        await delete(desks[index].session_id if delete == store.delete_session else desks[index].chat_id)
        desks[index] = await a_desk(store, pen, project=project)

    async def checkpoint(rng: random.Random, pen: Pen) -> None:
        desk = rng.choice(desks)
        task = await store.open_task_of_chat(desk.chat_id)
        await desk.checkpoint("turn" if task else "manual", task.id if task else None)

    async def restore(rng: random.Random, pen: Pen) -> None:
        desk = rng.choice(desks)
        listed = await store.list_checkpoints(desk.session_id)
        target = await store.get_checkpoint(rng.choice(listed).id) if listed else None
        if target is not None and target.checkpoint.chat_id is not None:
            safety = await desk.checkpoint("safety")
            ids = (await desk.begin_operation(), target.checkpoint.id, safety.checkpoint.id)
            first = await store.finish_restore(*ids)
            assert await store.finish_restore(*ids) in (first, Trim((), ()))  # its chat may go in between

    async def take_back(rng: random.Random, pen: Pen) -> None:
        await store.take_back(None)

    async def worker(number: int) -> None:
        rng = random.Random(seed + number)
        pen = Pen(log)
        operations = [post] * 4 + [run] * 4 + [checkpoint] * 2 + [restore, cancel, cancel, delete, take_back]
        for _ in range(STEPS):
            await rng.choice(operations)(rng, pen)

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            for number in range(6):
                nursery.start_soon(worker, number)

    for desk in desks:
        chat = desk.chats[0]
        frames = read(await log.read(chat.id, 0, 100_000))
        assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
        begun = [
            f["message"]["id"]
            for f in frames
            if f["type"] == "message_created" and f["message"]["role"] == "assistant"
        ]
        ended = [frame["message_id"] for frame in frames if frame["type"] == "message_complete"]
        assert len(ended) == len(set(ended))
        assert set(ended) <= set(begun)
    ended_and_streaming = """SELECT count(*) FROM tasks t JOIN messages m ON m.id = t.message_id
                              WHERE t.ended_at IS NOT NULL AND m.status = 'streaming'"""
    assert await sql(ended_and_streaming) == 0
    assert (
        await sql(
            "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT FROM chats c WHERE c.id = e.chat_id)"
        )
        == 0
    )
    hidden_now = """SELECT count(*) FROM messages m WHERE m.hidden <> EXISTS (
                        SELECT FROM hidden_messages h WHERE h.message_id = m.id AND h.shown_from IS NULL)"""
    assert await sql(hidden_now) == 0
    orphans = "SELECT count(*) FROM checkpoints WHERE (chat_id IS NULL) <> (orphaned_at IS NOT NULL)"
    assert await sql(orphans) == 0


async def test_a_checkpoint_outlives_its_session_chat_message_and_task(
    store: PostgresStore, pen: Pen, sql: Sql
) -> None:
    session = await a_session(store)
    await pen.post(session.chats[0].id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    await pen.settle(settlement(claimed))
    await sql(
        """INSERT INTO checkpoints (id, session_id, chat_id, message_id, task_id, ref, commit_id, message_n, chat_ref)
           VALUES ('cp', $1, $2, $3, $4, 'refs/x', 'abc', 1, $2)""",
        session.id,
        session.chats[0].id,
        claimed.message_id,
        claimed.task.id,
    )
    assert await store.delete_session(session.id)
    left = "SELECT num_nulls(session_id, chat_id, message_id) FROM checkpoints WHERE id = 'cp'"
    assert await sql(left) == 3
