"""`make bench-kernel`: the actor kernel beside bare trio and pykka, K1 to K6.

The collector is tuned alike for all contestants, as the server tunes it. Memory is measured in a process of its own,
because what an earlier measure has freed would hide what this one takes.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import psutil
import trio

from benchmarks import peers
from benchmarks.table import Row, Target, contest, show
from boocode.kernel import (
    Actor,
    Backoff,
    Budget,
    ChildSpec,
    DynamicSpec,
    MailboxSpec,
    Ref,
    Request,
    SupervisorRef,
    SupervisorSpec,
    System,
    open_tree,
)

# Short turns, many of them: a neighbour's burst of work then falls on a few turns and not on the median.
MESSAGES = 30_000
CALLS = 1_000
STARTS = 300
IDLE = 10_000
RESTARTS = 200


class Counter(Actor):
    """Counts what it is cast; `done` is set at the last of `expected`."""

    def __init__(self, expected: int) -> None:
        self.left = expected
        self.done = trio.Event()

    async def handle(self, _: object) -> None:
        self.left -= 1
        if not self.left:
            self.done.set()


class Ask(Request[int]):
    """A request that is answered at once."""


class Answering(Actor):
    async def handle(self, _: Ask) -> int:
        return 1


class Idle(Actor):
    async def handle(self, _: object) -> None:
        """Nothing is ever sent."""


def one(factory: Callable[[], Actor], **options: object) -> SupervisorSpec:
    """A tree of one actor, `root/a`."""
    return SupervisorSpec(children=(ChildSpec(id="a", start=factory, **options),))  # type: ignore[arg-type]


def _actor(system: System, path: str) -> Ref:
    found = system.find(path)
    assert found is not None, f"there is nothing at {path}"
    return found


def _supervisor(system: System, path: str) -> SupervisorRef:
    found = _actor(system, path)
    assert isinstance(found, SupervisorRef)
    return found


async def cast_rate(messages: int, producers: int) -> float:
    """Messages/s cast to one supervised actor, until it has handled them all."""
    counter = Counter(messages)
    async with open_tree(one(lambda: counter, mailbox=MailboxSpec(capacity=messages))) as system:
        cast = _actor(system, "root/a").cast
        start = time.perf_counter()
        await peers.produce(cast, messages, producers)
        await counter.done.wait()
        return messages / (time.perf_counter() - start)


async def call_round_trip(calls: int) -> float:
    """Seconds of the median call with a timeout."""
    times = []
    request = Ask()
    async with open_tree(one(Answering)) as system:
        ref = _actor(system, "root/a")
        for _ in range(calls):
            start = time.perf_counter()
            await ref.call(request, timeout=10)
            times.append(time.perf_counter() - start)
    return statistics.median(times)


async def idle_memory(actors: int) -> float:
    """Resident bytes of one idle supervised actor."""
    process = psutil.Process()
    async with open_tree(SupervisorSpec(children=(ChildSpec(id="pool", start=DynamicSpec()),))) as system:
        pool = _supervisor(system, "root/pool")
        await pool.start_child(ChildSpec(id="first", start=Idle))
        gc.collect()
        before = process.memory_info().rss
        for number in range(actors):
            await pool.start_child(ChildSpec(id=f"k{number}", start=Idle))
        gc.collect()
        return (process.memory_info().rss - before) / actors


def idle_memory_apart(actors: int) -> float:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.kernel", "memory", str(actors)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def child_start(children: int) -> float:
    """Seconds of the mean `start_child`, ready handshake included."""
    async with open_tree(SupervisorSpec(children=(ChildSpec(id="pool", start=DynamicSpec()),))) as system:
        pool = _supervisor(system, "root/pool")
        start = time.perf_counter()
        for number in range(children):
            await pool.start_child(ChildSpec(id=f"k{number}", start=Idle))
        return (time.perf_counter() - start) / children


class Crashing(Actor):
    """Notes when it is ready, crashes on any message and notes when."""

    crashed = 0.0

    def __init__(self, gaps: list[float], ready: trio.MemorySendChannel[None]) -> None:
        self.gaps = gaps
        self.ready = ready

    async def init(self) -> None:
        if Crashing.crashed:
            self.gaps.append(time.perf_counter() - Crashing.crashed)
        self.ready.send_nowait(None)

    async def handle(self, _: object) -> None:
        Crashing.crashed = time.perf_counter()
        raise RuntimeError


async def restart_time(restarts: int) -> float:
    """Seconds from the median crash to the next incarnation's readiness, without backoff."""
    gaps: list[float] = []
    send, receive = trio.open_memory_channel[None](4)
    spec = SupervisorSpec(
        children=(ChildSpec(id="a", start=partial(Crashing, gaps, send)),),
        budget=Budget(10**9, 0.001),
        backoff=Backoff(0, 0),
    )
    async with open_tree(spec) as system:
        ref = _actor(system, "root/a")
        await receive.receive()
        for _ in range(restarts):
            ref.cast("crash")
            await receive.receive()
    Crashing.crashed = 0.0
    return statistics.median(gaps)


def forest(branches: int, leaves: int) -> SupervisorSpec:
    """Three levels: `branches` supervisors of `branches` supervisors of `leaves` actors each."""
    actors = tuple(ChildSpec(id=f"a{number}", start=Idle) for number in range(leaves))
    twigs = tuple(ChildSpec(id=f"t{number}", start=SupervisorSpec(actors)) for number in range(branches))
    return SupervisorSpec(
        tuple(ChildSpec(id=f"b{number}", start=SupervisorSpec(twigs)) for number in range(branches))
    )


async def ordered_stop(branches: int, leaves: int) -> float:
    """Seconds from the request to the end of a forest."""
    async with open_tree(forest(branches, leaves)):
        start = time.perf_counter()
    return time.perf_counter() - start


async def snapshot_time(branches: int, leaves: int) -> float:
    """Seconds of one snapshot of a forest."""
    async with open_tree(forest(branches, leaves)) as system:
        start = time.perf_counter()
        system.snapshot()
        return time.perf_counter() - start


async def mailbox_rows() -> list[Row]:
    rows = []
    for producers in (1, 100):
        seen = await contest(
            {
                "casts": partial(cast_rate, MESSAGES, producers),
                "memory channel": partial(peers.channel_rate, MESSAGES, producers),
                "bare deque, 64 a checkpoint": partial(peers.deque_rate, MESSAGES, producers),
                "pykka": partial(peers.pykka_rate, MESSAGES),
            }
        )
        targets = {"memory channel": Target("at least", 5), "pykka": Target("at least", 2)}
        rows += [
            Row("K1", f"casts, {producers} → 1", seen["casts"], "/s", (name, figure), targets.get(name))
            for name, figure in seen.items()
            if name != "casts"
        ]
    return rows


async def call_rows() -> list[Row]:
    seen = await contest(
        {
            "call": partial(call_round_trip, CALLS),
            "bare trio, fail_after": partial(peers.bare_round_trip, CALLS),
            "pykka": partial(peers.pykka_round_trip, CALLS),
        }
    )
    targets = {"bare trio, fail_after": Target("at most", 1.5), "pykka": Target("at most", 1)}
    return [
        Row("K2", "call round trip, p50", seen["call"], "s", (name, seen[name]), target)
        for name, target in targets.items()
    ]


def memory_rows() -> list[Row]:
    figure = idle_memory_apart(IDLE)
    threads = peers.pykka_memory(1_000)
    limit = Target("at most", 8_000, "figure")
    return [Row("K3", "idle actor, at 10 000", figure, "B", ("pykka", threads), limit)]


async def life_rows() -> list[Row]:
    seen = await contest(
        {
            "start": partial(child_start, STARTS),
            "nursery.start": partial(peers.bare_start, STARTS),
            "restart": partial(restart_time, RESTARTS),
            "stop": partial(ordered_stop, 10, 30),
            "snapshot": partial(snapshot_time, 5, 40),
        }
    )
    bare = ("nursery.start", seen["nursery.start"])
    return [
        Row("K4", "start of a child, ready", seen["start"], "s", bare, Target("at most", 4)),
        Row("K4", "crash → next is ready", seen["restart"], "s", None, Target("at most", 300e-6, "figure")),
        Row("K5", "ordered stop, 3 000 actors", seen["stop"], "s", None, Target("at most", 0.3, "figure")),
        Row("K6", "snapshot, 1 000 actors", seen["snapshot"], "s", None, Target("at most", 0.02, "figure")),
    ]


async def measure() -> list[Row]:
    rows = [*await mailbox_rows(), *await call_rows()]
    rows += memory_rows()
    return [*rows, *await life_rows()]


def main() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)
    if sys.argv[1:2] == ["memory"]:
        print(trio.run(idle_memory, int(sys.argv[2])))
        return
    began = time.perf_counter()
    show(trio.run(measure))
    print(f"{time.perf_counter() - began:.0f} s, medians of turns taken, gc tuned alike for all")


if __name__ == "__main__":
    main()
