"""The event writer while its database is killed, stopped, and slow: nothing lost, nothing doubled, bounded."""

import random
from pathlib import Path
from typing import Any

import psutil
import pytest
import trio

from actors.write_queue import QueueLimits
from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import Chat, Part
from boocode.domain.events import Interrupted
from boocode.kernel import CallTimeout, Ref, System
from boocode.ports.log import AppendRefused, Flush, Posted, PostPrompt, Settled, SettleTurn
from boocode.ports.names import EVENT_WRITER
from boocode.ports.store import StoreUnavailable
from tests.actors.store_kit import (
    SOON_S,
    OwnStore,
    a_tree,
    ear,
    own_store,
    published,
    says,
    until,
)
from tests.adapters.postgres.scenes import a_chat, a_session, read, settlement
from tests.kit.clusters import copy_cluster

KILLS = 6


@pytest.fixture
def home(made_cluster: Path, tmp_path: Path) -> Path:
    copy_cluster(made_cluster, tmp_path)
    return tmp_path


async def _chats(store: PostgresStore, count: int) -> list[Chat]:
    session = await a_session(store)
    more = [await store.create_chat(session.id, str(number)) for number in range(1, count)]
    return [session.chats[0], *(chat for chat in more if chat is not None)]


class Typists:
    """Write numbered deltas and prompts until told to stop, and remember what was accepted."""

    def __init__(self, writer: Ref) -> None:
        self.writer = writer
        self.done = trio.Event()
        self.said: dict[str, int] = {}
        self.posted: dict[str, Posted] = {}
        self.refused: set[str] = set()

    async def talk(self, chat_id: str) -> None:
        number = 0
        while not self.done.is_set():
            for _ in range(3):
                self.writer.cast(says(chat_id, f"{number} "))
                number += 1
            self.said[chat_id] = number
            await trio.sleep(0.002)

    async def post(self, chat_id: str) -> None:
        number = 0
        while not self.done.is_set():
            client_id = f"{chat_id} {number}"
            number += 1
            try:
                reply = await self.writer.call(
                    PostPrompt(chat_id, "x", "practice", client_id=client_id), timeout=SOON_S
                )
            except StoreUnavailable:
                self.refused.add(client_id)
                await trio.sleep(0.02)
            else:
                self.posted[client_id] = reply


async def test_killing_the_server_at_random_moments_loses_and_doubles_nothing(home: Path) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    rng = random.Random(seed)
    async with own_store(home) as (own, system):
        chats = [chat.id for chat in await _chats(own.store, 4)]
        typists = Typists(system.whereis(EVENT_WRITER))
        async with trio.open_nursery() as nursery:
            for chat_id in chats:
                nursery.start_soon(typists.talk, chat_id)
            nursery.start_soon(typists.post, chats[0])
            for _ in range(KILLS):
                await _kill_later(own, rng.uniform(0.0, 0.3))
            typists.done.set()
        with trio.fail_after(SOON_S):
            await typists.writer.call(Flush(), timeout=SOON_S)
        state = await system.get_state("root/event_writer", timeout=SOON_S)
        assert state["refused"] == 0, "the server was away for so long that the queue was full"
        await _check(own, typists)


async def _kill_later(own: OwnStore, delay: float) -> None:
    """Kills a server that works, `delay` seconds after it was seen to work."""
    with trio.fail_after(SOON_S):
        while True:
            try:
                await own.store.list_projects()
                await trio.sleep(delay)
                own.postmaster.kill()
            except (StoreUnavailable, psutil.NoSuchProcess, StopIteration):
                await trio.sleep(
                    0.01
                )  # still away; or what answered was a backend that outlived the last kill
            else:
                return


async def _check(own: OwnStore, typists: Typists) -> None:
    for chat_id, count in typists.said.items():
        frames = await own.log.read(chat_id, 0, 1_000_000)
        assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
        texts = [frame["text"] for frame in read(frames) if frame["type"] == "message_delta"]
        assert texts == [f"{number} " for number in range(count)]
        await until(lambda topic=f"chat:{chat_id}", frames=frames: published(own.heard, topic) == frames)
    kept: set[str] = set()
    before: str | None = None
    chat_id = next(iter(typists.posted)).split(" ")[0]
    while True:
        page = await own.store.list_messages(chat_id, before, 200)
        for message in page.items:
            assert message.client_id not in kept, "posted twice"  # type: ignore[attr-defined]
            kept.add(message.client_id)  # type: ignore[attr-defined]
        before = page.next
        if before is None:
            break
    assert kept == set(typists.posted), "what was refused was not written, what was accepted was"
    assert not kept & typists.refused
    assert typists.posted


async def _stop_server(own: OwnStore, system: System) -> None:
    await system.stop("root/store/postgres")
    await until(lambda: own.database.status().state == "down")


async def test_past_its_bound_it_refuses_says_so_and_settles_all_the_same(home: Path) -> None:
    limits = QueueLimits(queue_bytes=100_000)
    told: list[Any] = []
    async with own_store(home, limits) as (own, system), a_tree(ear("turn", told)) as other:
        writer, turn = system.whereis(EVENT_WRITER), other.whereis("turn")
        chat, calm = await a_chat(own.store), await a_chat(own.store)
        await writer.call(PostPrompt(chat.id, "hello", "practice"), timeout=SOON_S)
        (claimed,) = await own.store.claim_tasks("me", 1, 30.0)
        message_id = claimed.message_id
        writer.cast(says(chat.id, "kept ", message_id=message_id, reply_to=turn))
        await writer.call(Flush(), timeout=SOON_S)
        await _stop_server(own, system)

        text = "kept "
        while not told:
            writer.cast(says(chat.id, "x" * 1000, message_id=message_id, reply_to=turn))
            text += "x" * 1000
            await trio.sleep(0.001)
            assert len(text) < 1_000_000, "it never refuses"
        assert isinstance(told[0], AppendRefused)
        assert told[0].chat_id == chat.id
        assert "MB wait to be written" in told[0].reason
        state = await system.get_state("root/event_writer", timeout=SOON_S)
        assert state["queued_bytes"] < 120_000  # type: ignore[operator]
        with pytest.raises(StoreUnavailable):
            await writer.call(PostPrompt(calm.id, "now?", "practice"), timeout=SOON_S)

        ended: list[Settled] = []
        interrupted = settlement(
            claimed, Interrupted("log_full", "too much"), text=text, parts=(Part("text", text=text),)
        )

        async def settle() -> None:
            # As a turn does: a call that timed out is made again, and joins the one that waits.
            with pytest.raises(CallTimeout):
                await writer.call(SettleTurn(interrupted), timeout=0.05)
            ended.append(await writer.call(SettleTurn(interrupted), timeout=SOON_S))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(settle)
            await trio.sleep(0.2)
            assert not ended
            await system.restart("root/store/postgres")
        assert ended[0].won
        assert ended[0].task is not None
        assert (ended[0].task.state, ended[0].task.error) == ("failed", "too much")
        frames = read(await own.log.read(chat.id, 0, 10_000))
        deltas = [frame["text"] for frame in frames if frame["type"] == "message_delta"]
        assert "".join(deltas) == text
        assert [frame["type"] for frame in frames].count("message_complete") == 1
        message = await own.store.get_message(message_id)
        assert message is not None
        assert (message.status, message.text) == ("interrupted", text)
        writer.cast(says(chat.id, "taken again", reply_to=turn))
        await writer.call(Flush(), timeout=SOON_S)
        state = await system.get_state("root/event_writer", timeout=SOON_S)
        assert (state["queued_bytes"], state["away"]) == (0, None)


async def test_a_prompt_fails_fast_while_the_database_is_away_and_not_after(home: Path) -> None:
    async with own_store(home) as (own, system):
        writer = system.whereis(EVENT_WRITER)
        chat = await a_chat(own.store)
        await _stop_server(own, system)
        for _ in range(3):
            began = trio.current_time()
            with pytest.raises(StoreUnavailable):
                await writer.call(PostPrompt(chat.id, "hello", "practice"), timeout=SOON_S)
            assert trio.current_time() - began < 2.0
        await system.restart("root/store/postgres")
        await until(lambda: own.database.status().state == "up")
        await writer.call(PostPrompt(chat.id, "hello", "practice"), timeout=SOON_S)
        (message,) = (await own.store.list_messages(chat.id, None, 10)).items
        assert message.text == "hello"  # type: ignore[attr-defined]


async def test_a_stop_without_a_database_ends_in_its_time(home: Path) -> None:
    async with own_store(home) as (own, system):
        chat = await a_chat(own.store)
        await _stop_server(own, system)
        system.whereis(EVENT_WRITER).cast(says(chat.id, "never written"))
        began = trio.current_time()
    assert trio.current_time() - began < 30.0
