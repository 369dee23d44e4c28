"""What the kernel is measured against: bare trio, a bare deque with a parked task, pykka. Each gives one figure."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psutil
import pykka
import trio

BURST = 100
"""A producer yields after so many sends: the same for every contestant."""


async def produce(send: Callable[[int], object], messages: int, producers: int) -> None:
    """`producers` tasks send `messages` in all, each yielding after a burst."""
    share = messages // producers

    async def one() -> None:
        for number in range(share):
            send(number)
            if number % BURST == BURST - 1:
                await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        for _ in range(producers):
            nursery.start_soon(one)


async def channel_rate(messages: int, producers: int) -> float:
    """Messages/s through `trio.open_memory_channel`, send_nowait and receive."""
    send, receive = trio.open_memory_channel[int](math.inf)

    async def consume() -> None:
        for _ in range(messages):
            await receive.receive()

    start = time.perf_counter()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        await produce(send.send_nowait, messages, producers)
    return messages / (time.perf_counter() - start)


class ParkedQueue:
    """The least a mailbox can be: a deque and one parked task that takes 64 between two checkpoints."""

    def __init__(self) -> None:
        self.items: deque[Any] = deque()
        self.parked: trio.lowlevel.Task | None = None

    def put(self, item: object) -> None:
        self.items.append(item)
        if self.parked is not None:
            task, self.parked = self.parked, None
            trio.lowlevel.reschedule(task)

    async def wait(self) -> None:
        if self.items:
            await trio.lowlevel.checkpoint()
            return
        self.parked = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._abort)

    def _abort(self, _: object) -> trio.lowlevel.Abort:
        self.parked = None
        return trio.lowlevel.Abort.SUCCEEDED


async def deque_rate(messages: int, producers: int) -> float:
    """Messages/s through a ParkedQueue."""
    queue = ParkedQueue()

    async def consume() -> None:
        left = messages
        while left:
            await queue.wait()
            for _ in range(min(64, len(queue.items))):
                queue.items.popleft()
                left -= 1

    start = time.perf_counter()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        await produce(queue.put, messages, producers)
    return messages / (time.perf_counter() - start)


class PykkaCounter(pykka.ThreadingActor):
    """Counts what it is told and answers what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def on_receive(self, _: object) -> int:
        self.count += 1
        return self.count


def pykka_rate(messages: int) -> float:
    """Messages/s told to a pykka actor, until it has handled them all."""
    ref = PykkaCounter.start()
    try:
        start = time.perf_counter()
        for number in range(messages - 1):
            ref.tell(number)
        assert ref.ask(messages) == messages
        return messages / (time.perf_counter() - start)
    finally:
        ref.stop()


def pykka_round_trip(calls: int) -> float:
    """Seconds of the median ask."""
    ref = PykkaCounter.start()
    try:
        times = []
        for number in range(calls):
            start = time.perf_counter()
            ref.ask(number, timeout=10)
            times.append(time.perf_counter() - start)
        return statistics.median(times)
    finally:
        ref.stop()


def pykka_memory(actors: int) -> float:
    """Resident bytes of one idle pykka actor."""
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    refs = [PykkaCounter.start() for _ in range(actors)]
    grown = process.memory_info().rss - before
    for ref in refs:
        ref.stop(block=False)
    pykka.ActorRegistry.stop_all()
    return grown / actors


async def bare_round_trip(calls: int) -> float:
    """Seconds of the median request and answer between two trio tasks, under `fail_after`."""
    queue = ParkedQueue()
    times = []

    def give_up(_: object) -> trio.lowlevel.Abort:
        return trio.lowlevel.Abort.SUCCEEDED

    async def serve() -> None:
        while True:
            await queue.wait()
            while queue.items:
                trio.lowlevel.reschedule(queue.items.popleft())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        for _ in range(calls):
            start = time.perf_counter()
            with trio.fail_after(10):
                queue.put(trio.lowlevel.current_task())
                await trio.lowlevel.wait_task_rescheduled(give_up)
            times.append(time.perf_counter() - start)
        nursery.cancel_scope.cancel()
    return statistics.median(times)


async def bare_start(tasks: int) -> float:
    """Seconds of the mean `nursery.start` of a task that reports ready and then waits."""

    async def task(task_status: trio.TaskStatus[None]) -> None:
        task_status.started()
        await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        start = time.perf_counter()
        for _ in range(tasks):
            await nursery.start(task)
        seconds = time.perf_counter() - start
        nursery.cancel_scope.cancel()
    return seconds / tasks
