"""A connection: what it answers, what it does with a client that cannot keep up, and how it ends."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define

from actors.connection import Connection, ConnectionLimits
from boocode.contracts.frames import USER_TOPIC, NoticeFrame, chat_topic
from boocode.kernel import ChildSpec, Ref, Restart, SupervisorSpec, System, open_tree
from boocode.ports.broadcast import ClientMessage
from boocode.ports.log import Publish, PublishHint
from supervisors.broadcast import hub_child
from tests.actors.broadcasting import MemoryLog, ScriptedSocket
from tests.kit.virtual_time import settle

TOPIC = chat_topic("c1")
SMALL = ConnectionLimits(budget_bytes=4_000, max_message_bytes=1_000, page_frames=16)


@define
class Stage:
    system: System
    log: MemoryLog
    socket: ScriptedSocket

    @property
    def ref(self) -> Ref:
        ref = self.system.find("root/connection")
        assert ref is not None
        return ref

    async def say(self, **frame: Any) -> None:
        self.ref.cast(ClientMessage(json.dumps(frame)))
        await settle()

    def publish(self, *texts: str) -> None:
        self.system.whereis("hub").cast(Publish(TOPIC, self.log.append("c1", *texts)))

    async def state(self) -> dict[str, Any]:
        return dict(await self.system.get_state("root/connection", 1))


@asynccontextmanager
async def connected(
    socket: ScriptedSocket | None = None, limits: ConnectionLimits = SMALL
) -> AsyncIterator[Stage]:
    log, socket = MemoryLog(), socket or ScriptedSocket()
    log.open("c1")
    connection = ChildSpec(
        id="connection", start=lambda: Connection(socket, log, limits), restart=Restart.TEMPORARY
    )
    async with open_tree(SupervisorSpec(children=(hub_child(log), connection))) as system:
        yield Stage(system, log, socket)


async def test_subscribe_replays_from_the_log_and_then_goes_live(autojump_clock):
    async with connected() as stage:
        stage.log.append("c1", *"abcdefghij")
        await stage.say(type="subscribe", topic=TOPIC, since=4)
        stage.publish("k")
        await settle()
        assert stage.socket.heard[0] == {"type": "subscribed", "topic": TOPIC, "last_seq": 10}
        assert stage.socket.seqs(TOPIC) == [5, 6, 7, 8, 9, 10, 11]


async def test_subscribe_without_since_hears_only_what_comes(autojump_clock):
    async with connected() as stage:
        stage.log.append("c1", *"abc")
        await stage.say(type="subscribe", topic=TOPIC)
        stage.publish("d")
        await settle()
        assert stage.socket.seqs(TOPIC) == [4]


async def test_a_client_that_is_up_to_date_costs_no_read_of_the_log(autojump_clock):
    async with connected() as stage:
        stage.log.append("c1", *"abc")
        await stage.say(type="subscribe", topic=TOPIC, since=3)
        stage.publish("d")
        await settle()
        assert (stage.socket.seqs(TOPIC), stage.log.reads) == ([4], 0)


async def test_what_is_published_during_the_replay_comes_after_it_and_once(autojump_clock):
    async with connected() as stage:
        stage.log.append("c1", *("x" * 40))
        left = iter(range(5))
        stage.log.on_read = lambda: next(left, None) is not None and stage.publish("live")
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        await trio.sleep(1)
        assert stage.socket.seqs(TOPIC) == list(range(1, len(stage.log.frames["c1"]) + 1))


async def test_a_since_beyond_the_log_starts_anew_at_its_end(autojump_clock):
    async with connected() as stage:
        stage.log.append("c1", *"abc")
        await stage.say(type="subscribe", topic=TOPIC, since=99)
        stage.publish("d")
        await settle()
        assert {"type": "resync", "topic": TOPIC, "last_seq": 3} in stage.socket.heard
        assert stage.socket.seqs(TOPIC) == [4]


async def test_unsubscribe_ends_the_topic_and_subscribing_again_starts_it_anew(autojump_clock):
    async with connected() as stage:
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        stage.publish("a")
        await settle()
        await stage.say(type="unsubscribe", topic=TOPIC)
        stage.publish("b")
        await settle()
        assert stage.socket.seqs(TOPIC) == [1]
        await stage.say(type="subscribe", topic=TOPIC, since=1)
        assert stage.socket.seqs(TOPIC) == [1, 2]
        assert stage.socket.kinds().count("unsubscribed") == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "not_json"),
        ("[]", "bad_frame"),
        ('{"type":"dance"}', "bad_frame"),
        ('{"type":"subscribe"}', "bad_frame"),
        ('{"type":"subscribe","topic":"chat:c1","since":"1"}', "bad_frame"),
        ('{"type":"subscribe","topic":"chat:c1","since":-1}', "bad_since"),
        ('{"type":"subscribe","topic":"chat:c1","since":99999999999999999999}', "bad_since"),
        ('{"type":"subscribe","topic":"weather"}', "unknown_topic"),
        ('{"type":"subscribe","topic":"chat:nobody"}', "unknown_topic"),
        ('{"type":"ping","x":"' + "y" * 70_000 + '"}', "message_too_big"),
        (b"\xff\xfe", "not_json"),
    ],
)
async def test_a_bad_client_frame_is_answered_and_closes_nothing(autojump_clock, message, code):
    async with connected() as stage:
        stage.ref.cast(ClientMessage(message))
        await settle()
        assert [(frame["type"], frame["code"]) for frame in stage.socket.heard] == [("error", code)]
        assert stage.socket.heard[0]["detail"]
        await stage.say(type="ping")
        assert stage.socket.kinds() == ["error", "pong"]


async def test_the_number_of_topics_is_bounded(autojump_clock):
    limits = ConnectionLimits(max_topics=2)
    async with connected(limits=limits) as stage:
        stage.log.open("c2")
        for topic in ("user", "chat:c1", "chat:c2", "chat:c1"):
            await stage.say(type="subscribe", topic=topic)
        assert stage.socket.kinds() == ["subscribed", "subscribed", "error", "subscribed"]


async def test_what_waits_for_a_slow_client_is_joined_into_few_messages(autojump_clock):
    async with connected(ScriptedSocket(capacity=300), limits=ConnectionLimits()) as stage:
        await stage.say(type="subscribe", topic=TOPIC)
        for _ in range(50):
            stage.publish("x")
            await settle()
        stage.socket.read_more()
        await settle()
        assert stage.socket.seqs(TOPIC) == list(range(1, 51))
        assert len(stage.socket.messages) <= 6


async def test_a_client_that_falls_behind_goes_back_to_the_log_and_misses_nothing(autojump_clock):
    async with connected(ScriptedSocket(capacity=400, stall_s=60)) as stage:
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        for _ in range(300):
            stage.publish("x" * 50)
            await settle()
            assert (await stage.state())["backlog_bytes"] <= SMALL.budget_bytes + 1_000
        for _ in range(200):
            stage.socket.read_more(1_500)
            await settle()
            assert (await stage.state())["backlog_bytes"] <= SMALL.budget_bytes + 4_000
        stage.socket.read_more()
        await settle()
        assert "resync" in stage.socket.kinds()
        assert stage.socket.seqs(TOPIC) == list(range(1, 301))
        stage.publish("live again")
        await settle()
        assert stage.socket.seqs(TOPIC)[-1] == 301


async def test_a_client_that_takes_nothing_is_closed_with_1013(autojump_clock):
    async with connected(ScriptedSocket(capacity=300, stall_s=5)) as stage:
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        for _ in range(100):
            stage.publish("x" * 50)
        await trio.sleep(6)
        assert stage.socket.closed_with is not None
        assert stage.socket.closed_with[0] == 1013


async def test_a_frame_larger_than_the_budget_still_gets_through(autojump_clock):
    async with connected() as stage:
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        stage.publish("x" * 50_000, "y")
        await settle()
        assert stage.socket.seqs(TOPIC) == [1, 2]


async def test_hints_that_found_no_room_are_told_as_a_resync(autojump_clock):
    async with connected(ScriptedSocket(capacity=300, stall_s=60)) as stage:
        await stage.say(type="subscribe", topic=USER_TOPIC)
        for _ in range(100):
            stage.system.whereis("hub").cast(PublishHint(USER_TOPIC, NoticeFrame(None, "x" * 100), at=0.0))
        await settle()
        stage.socket.read_more()
        await settle()
        resync = [frame for frame in stage.socket.heard if frame["type"] == "resync"]
        start = stage.socket.heard[0]["last_seq"]
        assert [frame["last_seq"] for frame in resync] == [start + 100]
        assert len(stage.socket.frames(USER_TOPIC)) < 100
        stage.system.whereis("hub").cast(PublishHint(USER_TOPIC, NoticeFrame(None, "new"), at=0.0))
        await settle()
        assert stage.socket.seqs(USER_TOPIC)[-1] == start + 101


async def test_without_the_database_other_topics_work_and_chats_join_when_it_is_back(autojump_clock):
    async with connected() as stage:
        stage.log.is_away = True
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        await stage.say(type="subscribe", topic=USER_TOPIC)
        assert [frame["topic"] for frame in stage.socket.heard] == [USER_TOPIC]
        stage.log.append("c1", "a")
        stage.log.is_away = False
        await trio.sleep(5)
        assert stage.socket.seqs(TOPIC) == [1]


async def test_a_silent_client_is_pinged_and_then_given_up(autojump_clock):
    async with connected() as stage:
        stage.socket.idle_s = 20.0
        await trio.sleep(10)
        assert stage.socket.pings >= 1
        stage.socket.idle_s = 50.0
        await trio.sleep(10)
        assert stage.socket.is_aborted
        assert stage.socket.closed_with is None


async def test_a_stop_is_said_with_1012(autojump_clock):
    async with connected() as stage:
        socket = stage.socket
    assert socket.closed_with is not None
    assert socket.closed_with[0] == 1012


async def test_a_crash_is_said_with_1011(autojump_clock):
    async with connected() as stage:
        stage.ref.cast(ClientMessage(12))  # type: ignore[arg-type]
        await settle()
        assert stage.socket.closed_with is not None
        assert stage.socket.closed_with[0] == 1011


async def test_the_end_of_the_hub_sends_the_client_away_to_come_back(autojump_clock):
    async with connected() as stage:
        await stage.say(type="subscribe", topic=TOPIC)
        stage.system.whereis("hub").kill("test")
        await trio.sleep(1)
        assert stage.socket.closed_with is not None
        assert stage.socket.closed_with[0] == 1012


async def test_questions_whose_answers_nobody_reads_end_the_connection(autojump_clock):
    async with connected(ScriptedSocket(capacity=100, stall_s=60)) as stage:
        ref = stage.ref
        for _ in range(200):
            ref.cast(ClientMessage('{"type":"subscribe","topic":"weather"}'))
        await settle()
        assert stage.socket.closed_with is not None
        assert stage.socket.closed_with[0] == 1008


async def test_random_speeds_and_losses_leave_an_exact_copy(autojump_clock):
    seed = 7
    random_ = random.Random(seed)
    async with connected(ScriptedSocket(capacity=1_000, stall_s=1_000)) as stage:
        await stage.say(type="subscribe", topic=TOPIC, since=0)
        for _ in range(300):
            frames = stage.log.append("c1", *["x" * random_.randint(1, 300)] * random_.randint(1, 4))
            if random_.random() < 0.8:
                stage.system.whereis("hub").cast(Publish(TOPIC, frames))
            stage.socket.read_more(random_.choice((0, 0, 100, 1_000, 5_000)))
            await trio.sleep(random_.random() / 50)
        stage.socket.read_more()
        await trio.sleep(60)
        assert stage.socket.seqs(TOPIC) == list(range(1, len(stage.log.frames["c1"]) + 1)), f"seed {seed}"
