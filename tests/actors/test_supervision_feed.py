"""What the topic `supervision` is told: every event, and samples only while somebody follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trio
from attrs import define, field

from boocode.contracts.frames import SUPERVISION_TOPIC
from boocode.contracts.parsing import parse_json
from boocode.kernel import Actor, Backoff, Budget, ChildSpec, DynamicSpec, SupervisorSpec, System, open_tree
from boocode.ports.broadcast import FrameBatch, Subscribe, Unsubscribe
from supervisors.broadcast import hub_child
from supervisors.surface import loop_probe_child, supervision_feed_child
from tests.actors.broadcasting import MemoryLog
from tests.kit.virtual_time import settle


class Worker(Actor):
    async def handle(self, message: Any) -> None:
        if message == "crash":
            raise RuntimeError("as asked")
        if isinstance(message, float):
            await trio.sleep(message)


@define(eq=False)
class Follower:
    """A sink; what it heard, decoded."""

    system: System
    frames: list[dict[str, Any]] = field(factory=list)
    times: list[float] = field(factory=list)

    def offer(self, batch: FrameBatch) -> None:
        for frame in batch.frames:
            self.frames.append(parse_json(frame.data))  # type: ignore[arg-type]
            self.times.append(trio.current_time())

    async def follow(self) -> int:
        request = Subscribe(SUPERVISION_TOPIC, self, self.system.whereis("holder"))
        joined = await self.system.whereis("hub").call(request, 5)
        await settle()
        return joined.last_seq

    async def leave(self) -> None:
        self.system.whereis("hub").cast(Unsubscribe(SUPERVISION_TOPIC, self))
        await settle()

    def of(self, type_: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == type_]

    @property
    def samples(self) -> list[dict[str, Any]]:
        return self.of("supervision_sample")

    def shown(self, path: str, since: float) -> list[tuple[float, dict[str, Any]]]:
        """Each time that this actor was in a sample: when, and how."""
        return [
            (at, node)
            for at, frame in zip(self.times, self.frames, strict=True)
            if at >= since and frame["type"] == "supervision_sample"
            for node in frame["nodes"]
            if node["path"] == path
        ]

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.of("supervision_event")


def worker(name: str) -> ChildSpec:
    return ChildSpec(id=name, start=Worker, name=name)


@asynccontextmanager
async def fed(*children: ChildSpec) -> AsyncIterator[System]:
    spec = SupervisorSpec(
        children=(
            hub_child(MemoryLog()),
            worker("holder"),
            *children,
            loop_probe_child(),
            supervision_feed_child(),
        ),
        budget=Budget(10, 60),
        backoff=Backoff(0.25, 0.25, jitter=0),
    )
    async with open_tree(spec) as system:
        await settle()
        yield system


async def test_nothing_is_sampled_while_nobody_follows(autojump_clock):
    async with fed(worker("a")) as system:
        follower = Follower(system)
        start = await follower.follow()
        await follower.leave()
        heard = len(follower.frames)
        before = system.journal.last
        for _ in range(10):
            system.whereis("a").cast(0.5)
            await trio.sleep(5)
        state = await system.get_state("root/supervision_feed", 1)
        assert state["samples"] is False
        assert len(follower.frames) == heard
        assert system.journal.last == before, "a sample took a number"
        assert before > start


async def test_the_first_sample_of_a_watch_tells_older_trees_to_look_again(autojump_clock):
    async with fed() as system:
        follower = Follower(system)
        await follower.follow()
        (opening,) = follower.samples
        assert (opening["since"], opening["nodes"], opening["gone"]) == (opening["seq"], [], [])


async def test_a_change_without_an_event_is_sampled_within_a_second_and_once(autojump_clock):
    async with fed(worker("a"), worker("b")) as system:
        follower = Follower(system)
        await follower.follow()
        await trio.sleep(3)
        began = trio.current_time()
        system.whereis("a").cast(10.0)
        await trio.sleep(5)
        ((at, node),) = follower.shown("root/a", since=began)
        assert (node["state"], node["children"]) == ("busy", [])
        assert at - began <= 1.0


async def test_samples_form_a_chain_in_which_a_gap_would_show(autojump_clock):
    async with fed(worker("a")) as system:
        follower = Follower(system)
        await follower.follow()
        for _ in range(4):
            system.whereis("a").cast("crash")
            await trio.sleep(2)
        samples = follower.samples
        assert len(samples) > 4
        assert [sample["since"] for sample in samples[1:]] == [sample["seq"] for sample in samples[:-1]]
        seqs = [frame["seq"] for frame in follower.frames]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_after_an_event_a_sample_comes_soon_and_many_events_share_one(autojump_clock):
    async with fed(*(worker(f"w{number}") for number in range(8))) as system:
        follower = Follower(system)
        await follower.follow()
        await trio.sleep(2.5)
        began, before = trio.current_time(), len(follower.samples)
        for number in range(8):
            system.whereis(f"w{number}").cast("crash")
        await trio.sleep(0.2)
        (sample,) = follower.samples[before:]
        assert follower.times[-1] - began <= 0.25
        shown = {node["path"]: node["state"] for node in sample["nodes"]}
        assert shown["root/w0"] == "backing_off"
        assert {f"root/w{number}" for number in range(8)} <= set(shown)
        fuse = next(node["fuse"] for node in sample["nodes"] if node["path"] == "root")
        assert (fuse["max_restarts"], len(fuse["falls_out_at"])) == (10, 8)


async def test_a_crash_is_told_at_once_with_what_was_decided(autojump_clock):
    async with fed(worker("a")) as system:
        follower = Follower(system)
        await follower.follow()
        began = trio.current_time()
        system.whereis("a").cast("crash")
        await settle()
        exited = next(frame for frame in follower.events if frame["event"] == "exited")
        assert trio.current_time() == began
        assert (exited["exit_kind"], exited["reason"]) == ("crashed", "crashed: RuntimeError: as asked")
        decision = exited["decision"]
        assert (decision["verdict"], decision["delay_s"], decision["restarts_counting"]) == (
            "backing_off",
            0.25,
            1,
        )
        assert decision["words"] == (
            "It starts again after 250 ms: restart 1 where at most 10 are allowed within 60 s."
        )


async def test_who_comes_and_goes_is_in_the_samples(autojump_clock):
    async with fed(ChildSpec(id="pool", start=DynamicSpec(), name="pool")) as system:
        follower = Follower(system)
        await follower.follow()
        pool = system.supervisor("pool")
        await pool.start_child(worker("x"))
        await trio.sleep(1.5)
        assert "root/pool/x" in [node["path"] for sample in follower.samples for node in sample["nodes"]]
        await pool.terminate_child("x")
        await trio.sleep(1.5)
        assert [path for sample in follower.samples for path in sample["gone"]] == ["root/pool/x"]


async def test_a_quiet_tree_is_a_quiet_topic(autojump_clock):
    """Looking makes actors work: that must not be news."""
    async with fed(*(worker(f"w{number}") for number in range(20))) as system:
        follower = Follower(system)
        await follower.follow()
        await trio.sleep(100)
        before = len(follower.frames)
        await trio.sleep(100)
        assert len(follower.frames) - before <= 4


async def test_what_happened_while_the_feed_was_gone_is_told_by_the_next_one(autojump_clock):
    async with fed(worker("a")) as system:
        follower = Follower(system)
        await follower.follow()
        await system.stop("root/supervision_feed")
        system.whereis("a").cast("crash")
        await trio.sleep(1)
        await system.restart("root/supervision_feed")
        await settle()
        told = [(frame["event"], frame["path"]) for frame in follower.events]
        assert told.count(("exited", "root/a")) == 1
        assert told.count(("restarted", "root/a")) == 1
        opening = follower.samples[-1]
        assert opening["since"] == opening["seq"], "nobody knows what the old one would have sampled"


async def test_it_goes_on_after_the_hub_was_gone(autojump_clock):
    async with fed(worker("a")) as system:
        await system.restart("root/hub")
        await trio.sleep(1)
        follower = Follower(system)
        await follower.follow()
        system.whereis("a").cast("crash")
        await trio.sleep(1)
        assert ("exited", "root/a") in [(frame["event"], frame["path"]) for frame in follower.events]
        assert len(follower.samples) >= 2


async def test_a_feed_that_is_suspended_holds_nobody_up_and_catches_up(autojump_clock):
    async with fed(worker("a")) as system:
        follower = Follower(system)
        await follower.follow()
        await system.suspend("root/supervision_feed")
        for _ in range(3):
            system.whereis("a").cast("crash")
            await trio.sleep(1)
        assert not follower.events
        await system.resume("root/supervision_feed")
        await settle()
        exits = [frame for frame in follower.events if frame["event"] == "exited"]
        assert [frame["incarnation"] for frame in exits] == [1, 2, 3]
