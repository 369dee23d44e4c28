"""Trees with a database below them: an ear in place of hub and dispatcher, and a whole store of our own."""

import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import trio
import trio_asyncio

from actors.event_writer import EventWriter
from actors.write_queue import QueueLimits
from boocode.adapters.postgres import (
    Database,
    DatabaseSettings,
    EmbeddedPostgres,
    PostgresLog,
    PostgresStore,
)
from boocode.adapters.processes.owner import LocalProcesses
from boocode.contracts.frames import MessageDelta, WireFrame
from boocode.kernel import Actor, ChildSpec, MailboxSpec, SupervisorSpec, System, open_tree
from boocode.ports.log import Append, LogEntry, Publish
from boocode.ports.names import HUB
from supervisors.store import event_writer_child, store_child

SOON_S = 60.0
"""Longer than anything takes that works."""


def a_tree(*children: ChildSpec) -> AbstractAsyncContextManager[System]:
    """Without the guard for leaks: the pool beside it opens and closes connections as it likes."""
    return open_tree(SupervisorSpec(children=children))


class Ear(Actor):
    """Keeps what it hears."""

    def __init__(self, heard: list[Any], door: trio.Event | None = None) -> None:
        self._heard = heard
        self._door = door

    async def handle(self, message: Any) -> None:
        if self._door is not None:
            await self._door.wait()
        self._heard.append(message)


def ear(name: str, heard: list[Any], door: trio.Event | None = None, capacity: int = 65_536) -> ChildSpec:
    """An Ear registered as `name`; it hears nothing until its door is open."""
    return ChildSpec(
        id=name, start=lambda: Ear(heard, door), name=name, mailbox=MailboxSpec(capacity=capacity)
    )


def published(heard: list[Any], topic: str) -> tuple[WireFrame, ...]:
    """The frames that a hub would have passed on."""
    return tuple(
        frame for item in heard if isinstance(item, Publish) and item.topic == topic for frame in item.frames
    )


async def until(holds: Callable[[], bool]) -> None:
    """Returns as soon as it holds."""
    with trio.fail_after(SOON_S):
        while not holds():
            await trio.sleep(0.005)


def says(chat_id: str, *texts: str, message_id: str = "msg_1", reply_to: Any = None) -> Append:
    """Deltas of one message."""
    now = time.time()
    return Append(
        tuple(LogEntry(chat_id, MessageDelta(message_id, "text", text), now) for text in texts), reply_to
    )


class OwnStore:
    """A tree with the embedded server, its pool, the event writer and an ear for a hub."""

    def __init__(self, home: Path, limits: QueueLimits) -> None:
        self.processes = LocalProcesses()
        self.server = EmbeddedPostgres(home)
        self.database = Database(DatabaseSettings(self.server.url, pool_size=4))
        self.store = PostgresStore(self.database)
        self.log = PostgresLog(self.database, origin="here")
        self.heard: list[Any] = []
        self._limits = limits

    def spec(self) -> SupervisorSpec:
        return SupervisorSpec(
            children=(
                store_child(self.database, self.server, self.processes),
                event_writer_child(lambda: EventWriter(self.log, self._limits)),
                ear(HUB, self.heard),
            )
        )

    @property
    def postmaster(self) -> psutil.Process:
        """The server's process now; raises psutil.NoSuchProcess or StopIteration without one."""
        return next(psutil.Process(info.pid) for info in self.processes.owned() if info.pid == info.pgid)


@asynccontextmanager
async def own_store(home: Path, limits: QueueLimits | None = None) -> AsyncIterator[tuple[OwnStore, System]]:
    """Opens the loop and the tree; afterwards no process is left and the socket's directory is gone."""
    async with trio_asyncio.open_loop():
        own = OwnStore(home, limits or QueueLimits())
        sockets = own.server.url.split("host=")[1]
        try:
            async with open_tree(own.spec()) as system:
                yield own, system
            assert own.processes.owned() == ()
            assert not os.path.exists(sockets)  # noqa: ASYNC240 - nothing else runs
        finally:
            shutil.rmtree(sockets, ignore_errors=True)
