"""The hub: in order, without gap, once, whatever the live side does."""

import random

import pytest
import trio

from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.frames import SUPERVISION_TOPIC, USER_TOPIC, NoticeFrame, WireFrame, chat_topic
from boocode.contracts.parsing import parse_json
from boocode.kernel import Actor, ChildSpec, NotRunning, Ref, SupervisorSpec, System, open_tree
from boocode.ports.broadcast import (
    FrameBatch,
    Joined,
    ReadHints,
    Subscribe,
    TopicFollowed,
    UnknownTopic,
    Unsubscribe,
    WatchTopic,
    text_message,
)
from boocode.ports.log import ForeignFrames, Publish, PublishHint, Relay
from boocode.ports.store import StoreUnavailable
from supervisors.broadcast import hub_child
from tests.actors.broadcasting import AT, MemoryLog
from tests.kit.virtual_time import settle

TOPIC = chat_topic("c1")


class Listener:
    """A sink that takes everything."""

    def __init__(self) -> None:
        self.batches: list[FrameBatch] = []

    def offer(self, batch: FrameBatch) -> None:
        self.batches.append(batch)

    @property
    def seqs(self) -> list[int]:
        return [frame.seq for batch in self.batches for frame in batch.frames]


class Holder(Actor):
    async def handle(self, message: object) -> None:
        pass


def tree_with(log: MemoryLog) -> SupervisorSpec:
    return SupervisorSpec(children=(hub_child(log), ChildSpec(id="holder", start=Holder, name="holder")))


async def join(system: System, sink: Listener, topic: str = TOPIC, since: int | None = None) -> Joined:
    request = Subscribe(topic, sink, system.whereis("holder"), since)
    return await system.whereis("hub").call(request, timeout=5)


def hub(system: System) -> Ref:
    return system.whereis("hub")


async def test_frames_reach_every_sink_in_order(autojump_clock):
    log, sinks = MemoryLog(), (Listener(), Listener())
    log.append("c1", "old")
    async with open_tree(tree_with(log)) as system:
        assert [await join(system, sink) for sink in sinks] == [Joined(1, True), Joined(1, True)]
        hub(system).cast(Publish(TOPIC, log.append("c1", "a", "b")))
        hub(system).cast(Publish(TOPIC, log.append("c1", "c")))
        await settle()
        assert [sink.seqs for sink in sinks] == [[2, 3, 4], [2, 3, 4]]


async def test_a_batch_is_encoded_once_for_all(autojump_clock):
    log, sinks = MemoryLog(), (Listener(), Listener())
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        for sink in sinks:
            await join(system, sink)
        hub(system).cast(Publish(TOPIC, log.append("c1", "a", "b")))
        await settle()
        first, second = (sink.batches[0] for sink in sinks)
        assert first is second
        assert first.framed is second.framed
        assert [frame["text"] for frame in parse_json(first.framed[4:])] == ["a", "b"]


async def test_a_repeated_publish_is_dropped(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        frames = log.append("c1", "a", "b")
        for again in (frames, frames, frames[1:]):
            hub(system).cast(Publish(TOPIC, again))
        await settle()
        assert sink.seqs == [1, 2]


async def test_a_lost_publish_is_read_from_the_log_before_going_on(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        log.append("c1", *"abc")  # never published
        hub(system).cast(Publish(TOPIC, log.append("c1", "d")))
        hub(system).cast(Publish(TOPIC, log.append("c1", "e")))
        await settle()
        assert sink.seqs == [1, 2, 3, 4, 5]


async def test_frames_of_another_process_are_read_from_the_log(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        log.append("c1", "a", "b")
        hub(system).cast(ForeignFrames("c1", 2))
        hub(system).cast(ForeignFrames("c1", 2))
        hub(system).cast(ForeignFrames("unknown", 9))
        await settle()
        assert sink.seqs == [1, 2]


async def test_what_nobody_published_is_found_by_the_sweep(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        log.append("c1", "a", "b")
        await trio.sleep(30)
        assert sink.seqs == [1, 2]


async def test_a_frame_published_while_the_first_subscriber_joins_is_not_lost(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:

        async def publish_in_between() -> None:
            hub(system).cast(Publish(TOPIC, log.append("c1", "a")))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(join, system, sink)
            nursery.start_soon(publish_in_between)
        hub(system).cast(Publish(TOPIC, log.append("c1", "b")))
        await settle()
        assert sink.seqs in ([1, 2], [2])  # joined before or after the first one, never with a hole


async def test_while_the_database_is_away_frames_wait_and_then_come_in_order(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        log.is_away = True
        log.append("c1", "a")
        hub(system).cast(Publish(TOPIC, log.append("c1", "b")))
        await trio.sleep(20)
        assert sink.seqs == []
        log.is_away = False
        await trio.sleep(5)
        assert sink.seqs == [1, 2]


async def test_joining_while_the_database_is_away_is_refused_and_works_later(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        log.is_away = True
        with pytest.raises(StoreUnavailable):
            await join(system, sink)
        log.is_away = False
        assert await join(system, sink) == Joined(0, True)


@pytest.mark.parametrize("topic", ["chat:nobody", "weather", ""])
async def test_an_unknown_topic_is_refused(autojump_clock, topic):
    async with open_tree(tree_with(MemoryLog())) as system:
        with pytest.raises(UnknownTopic, match="Topics are"):
            await join(system, Listener(), topic)
        assert system.whereis("hub").incarnation == 1


async def test_a_sink_that_left_hears_nothing_more_and_the_topic_is_forgotten(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        hub(system).cast(Unsubscribe(TOPIC, sink))
        hub(system).cast(Publish(TOPIC, log.append("c1", "a")))
        await settle()
        assert sink.seqs == []
        assert (await system.get_state("root/hub", 1))["chats"] == {}


async def test_the_sinks_of_a_holder_that_ended_are_dropped(autojump_clock):
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        await join(system, sink, USER_TOPIC)
        await system.stop("root/holder")
        await settle()
        state = await system.get_state("root/hub", 1)
        assert state == {"chats": {}, "hints": {USER_TOPIC: 0, SUPERVISION_TOPIC: 0}, "holders": 0}


async def test_hints_are_numbered_without_gap_and_replayed_while_they_are_remembered(autojump_clock):
    sink, late = Listener(), Listener()
    async with open_tree(tree_with(MemoryLog())) as system:
        start = (await join(system, sink, USER_TOPIC)).last_seq
        for word in "abc":
            hub(system).cast(PublishHint(USER_TOPIC, NoticeFrame(None, word), at=0.0))
        await settle()
        assert sink.seqs == [start + 1, start + 2, start + 3]
        joined = await join(system, late, USER_TOPIC, since=start + 1)
        assert [frame.seq for frame in joined.replay or ()] == [start + 2, start + 3]
        assert (await join(system, Listener(), USER_TOPIC, since=7)).replay is None
        hints = await hub(system).call(ReadHints(USER_TOPIC, after=0, limit=2), 1)
        assert [frame.seq for frame in hints.frames] == [start + 1, start + 2]


def numbered(*seqs: int) -> tuple[WireFrame, ...]:
    body = encode_body(NoticeFrame(None, "n"))
    return tuple(wire_frame(SUPERVISION_TOPIC, seq, NoticeFrame.type, AT, body) for seq in seqs)


async def test_relayed_frames_keep_their_numbers_and_are_told_once(autojump_clock):
    sink = Listener()
    async with open_tree(tree_with(MemoryLog())) as system:
        first = (await join(system, sink, SUPERVISION_TOPIC)).last_seq + 1
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first, first + 1)))
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first + 1, first + 2)))
        await settle()
        assert sink.seqs == [first, first + 1, first + 2]
        joined = await join(system, Listener(), SUPERVISION_TOPIC, since=first)
        assert [frame.seq for frame in joined.replay or ()] == [first + 1, first + 2]


async def test_a_number_left_out_is_a_gap_that_followers_see(autojump_clock):
    sink = Listener()
    async with open_tree(tree_with(MemoryLog())) as system:
        first = (await join(system, sink, SUPERVISION_TOPIC)).last_seq + 1
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first, first + 2, first + 3)))
        await settle()
        assert [(batch.first, batch.last) for batch in sink.batches] == [
            (first, first),
            (first + 2, first + 3),
        ]
        assert (await join(system, Listener(), SUPERVISION_TOPIC, since=first)).replay is None
        assert (await join(system, Listener(), SUPERVISION_TOPIC, since=first + 1)).replay is not None


async def test_what_is_not_kept_is_offered_but_not_replayed(autojump_clock):
    sink = Listener()
    async with open_tree(tree_with(MemoryLog())) as system:
        first = (await join(system, sink, SUPERVISION_TOPIC)).last_seq + 1
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first)))
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first + 1), is_kept=False))
        hub(system).cast(Relay(SUPERVISION_TOPIC, numbered(first + 2)))
        await settle()
        assert sink.seqs == [first, first + 1, first + 2]
        joined = await join(system, Listener(), SUPERVISION_TOPIC, since=first - 1)
        assert [frame.seq for frame in joined.replay or ()] == [first, first + 2]


class Watcher(Actor):
    def __init__(self, told: list[bool]) -> None:
        self.told = told

    async def init(self) -> None:
        self.ctx.whereis("hub").cast(WatchTopic(SUPERVISION_TOPIC, self.ctx.ref))

    async def handle(self, message: object) -> None:
        if isinstance(message, TopicFollowed):
            self.told.append(message.is_followed)


async def test_a_watcher_hears_when_the_first_follower_comes_and_the_last_one_goes(autojump_clock):
    told: list[bool] = []
    one, two = Listener(), Listener()
    children = (*tree_with(MemoryLog()).children, ChildSpec(id="watcher", start=lambda: Watcher(told)))
    async with open_tree(SupervisorSpec(children=children)) as system:
        await settle()
        for sink in (one, two):
            await join(system, sink, SUPERVISION_TOPIC)
        await join(system, Listener(), USER_TOPIC)
        hub(system).cast(Unsubscribe(SUPERVISION_TOPIC, one))
        await settle()
        assert told == [False, True]
        await system.stop("root/holder")
        await settle()
        assert told == [False, True, False]


async def test_random_losses_repeats_and_foreign_frames_leave_an_exact_copy_of_the_log(autojump_clock):
    seed = 20260101
    random_ = random.Random(seed)
    log, sink = MemoryLog(), Listener()
    log.open("c1")
    async with open_tree(tree_with(log)) as system:
        await join(system, sink)
        kept = []
        for _ in range(400):
            frames = log.append("c1", *("x" * random_.randint(1, 5)))
            match random_.random():
                case p if p < 0.6:
                    hub(system).cast(Publish(TOPIC, frames))
                case p if p < 0.75:
                    kept.append(frames)  # comes late, or never
                case p if p < 0.9:
                    hub(system).cast(ForeignFrames("c1", frames[-1].seq))
                case _ if kept:
                    hub(system).cast(Publish(TOPIC, random_.choice(kept)))
            if random_.random() < 0.3:
                await trio.sleep(random_.random() / 100)
        await trio.sleep(30)
        assert sink.seqs == list(range(1, len(log.frames["c1"]) + 1)), f"seed {seed}"


async def test_the_hub_is_gone_with_its_tree(autojump_clock):
    async with open_tree(tree_with(MemoryLog())) as system:
        ref = hub(system)
    with pytest.raises(NotRunning):
        await ref.call(ReadHints(USER_TOPIC, 0, 1), 1)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_text_message_is_framed_as_the_standard_says(size):
    from wsproto.connection import Connection, ConnectionType
    from wsproto.events import TextMessage

    client = Connection(ConnectionType.CLIENT)
    client.receive_data(text_message(b"x" * size))
    assert "".join(event.data for event in client.events() if isinstance(event, TextMessage)) == "x" * size
