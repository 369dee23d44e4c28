"""The event writer on a real database: durable, then published, then answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import evolve

from actors.event_writer import EventWriter
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.codec import decode
from boocode.contracts.frames import AgentStatusUpdated, TaskUpdated
from boocode.contracts.resources import Part
from boocode.kernel import Ref
from boocode.kernel.worker import Worker
from boocode.ports.database import StoreRejected
from boocode.ports.log import (
    Append,
    AppendRefused,
    Flush,
    LogEntry,
    Posted,
    PostPrompt,
    PublishHint,
    SaveMessage,
    SettleTurn,
)
from boocode.ports.names import EVENT_WRITER, HUB
from boocode.ports.store import UnknownChat
from supervisors.store import event_writer_child
from tests.actors.store_kit import SOON_S, a_tree, ear, published, says, until
from tests.adapters.postgres.scenes import a_chat, read, settlement

Writing = Callable[[], AbstractAsyncContextManager[tuple[Ref, list[Any]]]]


@pytest.fixture
def writing(log: PostgresLog) -> Writing:
    """A running writer, and what the hub hears."""

    @asynccontextmanager
    async def run() -> AsyncIterator[tuple[Ref, list[Any]]]:
        heard: list[Any] = []
        async with a_tree(event_writer_child(lambda: EventWriter(log)), ear(HUB, heard)) as system:
            yield system.whereis(EVENT_WRITER), heard

    return run


async def test_what_is_appended_is_in_the_log_and_published_in_order(
    writing: Writing,
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, heard):
        for number in range(200):
            writer.cast(says(chat.id, str(number)))
        await writer.call(Flush(), timeout=SOON_S)
        frames = await log.read(chat.id, 0, 1000)
        assert [frame["text"] for frame in read(frames)] == [str(number) for number in range(200)]
        await until(lambda: published(heard, f"chat:{chat.id}") == frames)


async def test_a_burst_shares_few_batches_and_a_single_frame_does_not_wait_for_company(
    writing: Writing,
    store: PostgresStore,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, heard):
        writer.cast(says(chat.id, "alone"))
        await until(lambda: len(published(heard, f"chat:{chat.id}")) == 1)
        for number in range(2000):
            writer.cast(says(chat.id, str(number)))
        await writer.call(Flush(), timeout=SOON_S)
        await until(lambda: len(published(heard, f"chat:{chat.id}")) == 2001)
        assert len(heard) < 50, "one Publish a batch"


async def test_a_prompt_is_posted_and_told_to_everybody(
    writing: Writing,
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, heard):
        posted = await writer.call(PostPrompt(chat.id, "hello", "practice", client_id="c"), timeout=SOON_S)
        assert isinstance(posted, Posted)
        assert await store.get_task(posted.task.id) == posted.task
        await until(lambda: len(heard) == 2)
        assert decode(published(heard, f"chat:{chat.id}")[0].data)["message"]["id"] == posted.message.id  # type: ignore[index]
        hint = heard[1]
        assert isinstance(hint, PublishHint)
        assert hint.body == TaskUpdated(posted.task)
        again = await writer.call(PostPrompt(chat.id, "hello", "practice", client_id="c"), timeout=SOON_S)
        assert (again.task, again.repeated) == (posted.task, True)
        assert len(heard) == 2, "nothing new to tell"


async def test_of_a_large_prompt_everybody_is_told_the_beginning(
    writing: Writing,
    store: PostgresStore,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, heard):
        posted = await writer.call(PostPrompt(chat.id, "x" * 301, "practice", client_id="c"), timeout=SOON_S)
        await until(lambda: len(heard) == 2)
        hint = heard[1]
        assert isinstance(hint, PublishHint)
        assert hint.body == TaskUpdated(evolve(posted.task, input="x" * 299 + "…"))
        assert posted.task.input == "x" * 301


async def test_a_prompt_to_an_unknown_chat_is_refused(writing: Writing, store: PostgresStore) -> None:
    async with writing() as (writer, _):
        with pytest.raises(UnknownChat):
            await writer.call(PostPrompt("chat_unknown", "hello", "practice"), timeout=SOON_S)


async def test_a_turn_is_settled_after_all_that_it_said(
    writing: Writing,
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, heard):
        await writer.call(PostPrompt(chat.id, "hello", "practice"), timeout=SOON_S)
        (claimed,) = await store.claim_tasks("me", 1, 30.0)
        for text in ("one ", "two"):
            writer.cast(says(chat.id, text, message_id=claimed.message_id))
        writer.cast(SaveMessage(claimed.message_id, "one", (Part("text", text="one"),), "m"))
        settled = await writer.call(SettleTurn(settlement(claimed, text="one two")), timeout=SOON_S)
        assert settled.won
        kinds = [frame["type"] for frame in read(await log.read(chat.id, 2, 10))]
        assert kinds == ["message_delta", "message_delta", "message_complete"]
        await until(
            lambda: isinstance(heard[-1], PublishHint) and heard[-1].body == TaskUpdated(settled.task)
        )
        again = await writer.call(SettleTurn(settlement(claimed, text="other")), timeout=SOON_S)
        assert not again.won


async def test_a_status_is_kept_beside_its_frame(writing: Writing, store: PostgresStore) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, _):
        writer.cast(Append((LogEntry(chat.id, AgentStatusUpdated(chat.id, "practice", "blocked"), 1.0),)))
        await writer.call(Flush(), timeout=SOON_S)
        (shown,) = await store.list_agent_sessions(chat.session_id)
        assert shown.status == "blocked"


async def test_half_a_surrogate_pair_harms_nobody(
    writing: Writing,
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with writing() as (writer, _):
        writer.cast(says(chat.id, "\ud83c", "after\0"))
        await writer.call(Flush(), timeout=SOON_S)
        assert [frame["text"] for frame in read(await log.read(chat.id, 0, 9))] == ["\ufffd", "after\0"]


async def test_what_the_database_never_takes_is_refused_alone(
    writing: Writing,
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    told: list[Any] = []
    async with writing() as (writer, _), a_tree(ear("turn", told)) as other:
        turn = other.whereis("turn")
        writer.cast(says(chat.id, "before"))
        writer.cast(says("no\0chat", "poison", reply_to=turn))
        writer.cast(says(chat.id, "after"))
        with pytest.raises(StoreRejected):
            await writer.call(PostPrompt(chat.id, "x", ""), timeout=SOON_S)
        await writer.call(Flush(), timeout=SOON_S)
        assert [frame["text"] for frame in read(await log.read(chat.id, 0, 9))] == ["before", "after"]
        await until(lambda: len(told) == 1)
        assert isinstance(told[0], AppendRefused)


async def test_a_stop_writes_what_was_taken(
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with a_tree(event_writer_child(lambda: EventWriter(log)), ear(HUB, [])) as system:
        writer = system.whereis(EVENT_WRITER)
        for number in range(3000):
            writer.cast(says(chat.id, str(number)))
        live = writer.slot.live
        assert isinstance(live, Worker)
        with trio.fail_after(SOON_S):
            while live.mailbox.data:  # what is there at a stop was not taken
                await trio.lowlevel.checkpoint()
    assert await log.last_seq(chat.id) == 3000


async def test_a_restarted_writer_goes_on_where_the_log_is(
    store: PostgresStore,
    log: PostgresLog,
) -> None:
    chat = await a_chat(store)
    async with a_tree(event_writer_child(lambda: EventWriter(log)), ear(HUB, [])) as system:
        writer = system.whereis(EVENT_WRITER)
        for text in ("first", "second"):
            writer.cast(says(chat.id, text))
            await writer.call(Flush(), timeout=SOON_S)
            await system.restart("root/event_writer")
    assert [frame["text"] for frame in read(await log.read(chat.id, 0, 9))] == ["first", "second"]
