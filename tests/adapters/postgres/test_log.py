"""The durable log: gapless whoever writes, byte for byte, and each batch once."""

import random

import pytest
import trio

from boocode.adapters.postgres import Database, DatabaseSettings, PostgresLog, PostgresStore
from boocode.contracts.codec import encode_body
from boocode.contracts.frames import AgentStatusUpdated
from boocode.ports.database import StoreRejected
from boocode.ports.log import Posted
from boocode.ports.log_sink import AppendFrames, Batch, EncodedFrame, KeepParts, Settle, StatusChange
from boocode.ports.store import UnknownChat
from tests.adapters.postgres.scenes import Pen, Sql, a_chat, a_session, delta, prompt, read, settlement


async def test_frames_get_consecutive_numbers_in_their_order(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat = await a_chat(store)
    committed = await pen.append(*(delta(chat.id, str(n)) for n in range(3)))
    await pen.append(delta(chat.id, "3"))
    frames = await log.read(chat.id, 0, 100)
    assert [(frame.seq, frame.topic) for frame in frames] == [(n, f"chat:{chat.id}") for n in (1, 2, 3, 4)]
    assert [frame["text"] for frame in read(frames)] == ["0", "1", "2", "3"]
    assert committed.frames == (frames[:3],)
    assert await log.last_seq(chat.id) == 4


async def test_reading_goes_on_after_since_up_to_the_limit(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat = await a_chat(store)
    await pen.append(*(delta(chat.id, str(n)) for n in range(10)))
    assert [frame.seq for frame in await log.read(chat.id, 3, 4)] == [4, 5, 6, 7]
    assert await log.read(chat.id, 10, 4) == ()
    assert await log.read(chat.id, 2**80, 4) == ()
    assert len(await log.read(chat.id, -5, 100)) == 10


async def test_an_empty_log_ends_at_zero_and_an_unknown_chat_nowhere(
    store: PostgresStore, log: PostgresLog
) -> None:
    assert await log.last_seq((await a_chat(store)).id) == 0
    assert await log.last_seq("chat_unknown") is None
    assert await log.read("chat_unknown", 0, 10) == ()


@pytest.mark.parametrize(
    "text", ["a\0b", "é🎃\u2028", '"\\', "x" * 300_000, "", "\x7f\x1b[31m"], ids=lambda text: repr(text[:8])
)
async def test_what_was_published_is_what_is_read_back_byte_for_byte(
    store: PostgresStore, log: PostgresLog, pen: Pen, text: str
) -> None:
    chat = await a_chat(store)
    ((published,),) = (await pen.append(delta(chat.id, text))).frames
    (kept,) = await log.read(chat.id, 0, 1)
    assert kept == published
    assert read((kept,))[0]["text"] == text


async def test_the_order_of_keys_and_the_numbers_survive(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat = await a_chat(store)
    odd = b'{"z":1.10,"a":1e2,"a":2,"big":12345678901234567890}'
    await pen.append(EncodedFrame(chat.id, "odd", 1_700_000_000.0005, odd))
    (frame,) = await log.read(chat.id, 0, 1)
    assert frame.data.endswith(b',"at":"2023-11-14T22:13:20.000Z",' + odd[1:])


async def test_seq_has_no_gap_with_eight_writers_on_two_pools(
    store: PostgresStore, log: PostgresLog, database_url: str, database: Database
) -> None:
    session = await a_session(store)
    more = [await store.create_chat(session.id, str(n)) for n in range(3)]
    chats = [session.chats[0].id, *(chat.id for chat in more if chat is not None)]
    second = Database(DatabaseSettings(database_url, pool_size=4))
    await second.open()
    written = dict.fromkeys(chats, 0)
    seed = random.randrange(10**9)

    async def write(number: int) -> None:
        rng = random.Random(seed + number)
        own = Pen(PostgresLog(second if number % 2 else database, "test"))
        for batch in range(25):
            # Several chats in one batch, in any order: what makes writers wait for each other in a circle.
            targets = [rng.choice(chats) for _ in range(rng.randrange(1, 20))]
            await own.append(*(delta(chat, f"{number} {batch} {n}") for n, chat in enumerate(targets)))
            for chat in targets:
                written[chat] += 1

    print(f"seed {seed}")
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            for number in range(8):
                nursery.start_soon(write, number)
    await second.close()
    for chat in chats:
        frames = await log.read(chat, 0, 10_000)
        assert [frame.seq for frame in frames] == list(range(1, written[chat] + 1))
        texts = [frame["text"] for frame in read(frames)]
        for number in range(8):
            mine = [tuple(map(int, text.split()[1:])) for text in texts if text.startswith(f"{number} ")]
            assert mine == sorted(mine), "the order of one writer is lost"


async def test_frames_of_a_chat_that_is_gone_are_left_out_and_the_others_kept(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    gone, here = await a_chat(store), await a_chat(store)
    await store.delete_chat(gone.id)
    committed = await pen.append(
        delta(gone.id, "a"), delta(here.id, "b"), delta(gone.id, "c"), delta(here.id, "d")
    )
    assert [frame["text"] for frame in read(committed.frames[0])] == ["b", "d"]
    assert await log.last_seq(here.id) == 2


async def test_a_batch_tried_again_is_written_once_and_answers_the_same(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    one, two = await a_chat(store), await a_chat(store)
    batch = pen.batch(AppendFrames((delta(one.id, "a"), delta(two.id, "b"), delta(one.id, "c"))))
    first = await log.write(batch)
    await log.write(Batch("another", 1, (AppendFrames((delta(one.id, "later"),)),)))
    again = await log.write(batch)
    assert (again, again.frames) == (first, first.frames)
    assert await log.last_seq(one.id) == 3


async def test_a_batch_with_prompt_and_settlement_tried_again_answers_the_same(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat = await a_chat(store)
    posting = pen.batch(prompt(chat.id, "one"), prompt("chat_gone"), AppendFrames((delta(chat.id, "x"),)))
    first = await log.write(posting)
    posted, refused, nothing = first.replies
    assert isinstance(posted, Posted)
    assert isinstance(refused, UnknownChat)
    assert nothing is None
    again = await log.write(posting)
    assert again.frames == first.frames
    assert again.replies[0] == posted
    assert isinstance(again.replies[1], UnknownChat)
    (claimed,) = await store.claim_tasks("me", 5, 30.0)

    settling = pen.batch(AppendFrames((delta(chat.id, "y"),)), Settle(settlement(claimed)))
    settled = await log.write(settling)
    again = await log.write(settling)
    assert (again, again.frames) == (settled, settled.frames)
    assert await log.last_seq(chat.id) == 5
    assert len((await store.list_tasks(None, None, None, 10)).items) == 1


async def test_two_attempts_at_once_write_one_batch(store: PostgresStore, log: PostgresLog, pen: Pen) -> None:
    chat = await a_chat(store)
    answers = []
    for _ in range(10):
        batch = pen.batch(AppendFrames((delta(chat.id, "a"), delta(chat.id, "b"))))

        async def attempt(batch: Batch = batch) -> None:
            answers.append(await log.write(batch))

        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(attempt)
        assert answers[-1].frames == answers[-2].frames == answers[-3].frames
    assert await log.last_seq(chat.id) == 20


async def test_a_body_that_is_not_json_is_refused_and_nothing_of_its_batch_is_kept(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat = await a_chat(store)
    broken = EncodedFrame(chat.id, "odd", 1.0, b"{oops")
    with pytest.raises(StoreRejected):
        await pen.append(delta(chat.id, "good"), broken)
    assert await log.last_seq(chat.id) == 0


async def test_the_same_client_id_twice_is_one_message(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    chat, other = await a_chat(store), await a_chat(store)
    first = await pen.post(chat.id, "text", client_id="c1")
    second = await pen.post(chat.id, "another text", client_id="c1")
    assert (second.message, second.task.id, second.repeated) == (first.message, first.task.id, True)
    assert (await pen.post(other.id, "text", client_id="c1")).repeated is False
    assert await log.last_seq(chat.id) == 1
    assert len((await store.list_messages(chat.id, None, 10)).items) == 1


async def test_the_same_client_id_from_two_processes_at_once_is_one_message(
    store: PostgresStore, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    answers: list[Posted] = []

    async def post() -> None:
        answers.append(await Pen(log).post(chat.id, client_id="same"))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(post)
    assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
    assert len({answer.task.id for answer in answers}) == 1


async def test_a_prompt_may_hold_what_postgres_cannot(store: PostgresStore, pen: Pen) -> None:
    posted = await pen.post((await a_chat(store)).id, "nul \0, half a pair \ud800")
    assert posted.message.text == "nul \0, half a pair \ufffd"
    assert posted.task.input == "nul \ufffd, half a pair \ufffd"


async def test_a_snapshot_shows_in_the_message_until_it_is_settled(store: PostgresStore, pen: Pen) -> None:
    await pen.post((await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    await pen.write(KeepParts(claimed.message_id, b'[{"type":"text","text":"so far"}]', "m2"))
    message = await store.get_message(claimed.message_id)
    assert message is not None
    assert (message.text, message.status, message.model) == ("so far", "streaming", "m2")
    await pen.settle(settlement(claimed, text="whole"))
    await pen.write(KeepParts(claimed.message_id, b"[]", None))
    assert (await store.get_message(claimed.message_id)).text == "whole"  # type: ignore[union-attr]


async def test_a_status_frame_is_kept_with_the_agent_session_too(store: PostgresStore, pen: Pen) -> None:
    session = await a_session(store)
    chat = session.chats[0]
    body = AgentStatusUpdated(chat.id, "practice", "working")
    frame = EncodedFrame(chat.id, body.type, 1.0, encode_body(body))
    await pen.write(AppendFrames((frame,), (StatusChange(chat.id, "practice", "working"),)))
    (agent_session,) = await store.list_agent_sessions(session.id)
    assert (agent_session.status, agent_session.has_session) == ("working", False)


async def test_a_status_tried_again_says_nothing_new_and_answers_the_same(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    session = await a_session(store)
    chat = session.chats[0]
    frame = delta(chat.id, "a")
    batch = pen.batch(AppendFrames((frame,), (StatusChange(chat.id, "practice", "working"),)))
    first = await log.write(batch)
    later = AppendFrames((delta(chat.id, "b"),), (StatusChange(chat.id, "practice", "idle"),))
    await log.write(Batch("another", 1, (later,)))
    again = await log.write(batch)
    assert (again, again.frames) == (first, first.frames)
    assert [one.status for one in await store.list_agent_sessions(session.id)] == ["idle"]


async def test_a_status_that_is_refused_takes_its_frame_with_it(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    session = await a_session(store)
    chat = session.chats[0]
    broken = StatusChange(chat.id, "practice", "working", quiet_since="no time")
    with pytest.raises(StoreRejected):
        await pen.write(AppendFrames((delta(chat.id, "a"),), (broken,)))
    assert await log.last_seq(chat.id) == 0
    assert await store.list_agent_sessions(session.id) == ()


async def test_old_writers_are_forgotten(
    database: Database, pen: Pen, store: PostgresStore, sql: Sql
) -> None:
    await pen.append(delta((await a_chat(store)).id, "x"))
    await sql("INSERT INTO log_writers (id, seen_at) VALUES ('old', now() - interval '8 days')")
    await database.open()
    assert await sql("SELECT array_agg(id) FROM log_writers") == [pen.name]
