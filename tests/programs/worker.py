"""The process that dies: the real worktree owner with its router, on real git and a real PostgreSQL, and no agent.

Forked warm from the driver, so that a death costs a fork and a connection. It answers one request after the other
over a socket; when it dies the socket closes, and that is all the driver hears.
"""

import gc
import os
import pickle
import socket
import sys
import traceback
from functools import partial
from typing import Any

import trio
import trio_asyncio
from attrs import define, field, frozen

from actors.event_writer import EventWriter
from actors.reaper import ReaperParts
from boocode.adapters.crashing import Crashing, parse_crash
from boocode.adapters.git import GitCheckpoints, GitOrphans, GitWorkspaces
from boocode.adapters.postgres import Database, DatabaseSettings, PostgresLog, PostgresStore
from boocode.kernel import Actor, ChildSpec, Request, SupervisorSpec, System, open_tree
from boocode.ports.names import HUB, WORKTREES
from boocode.ports.worktrees import WorkspaceError
from supervisors.agent import pool_child, sessions_child
from supervisors.store import event_writer_child
from supervisors.surface import reaper_child
from supervisors.worktrees import worktree_children

ANSWER_S = 60.0
"""Longer than anything takes that works."""
HEAD = 4
LIMIT = 64 * 1024
"""Bytes; larger files are left out of checkpoints here, so that programs meet the limit without 64 MB each."""


@frozen
class Ask:
    """A request to the worktrees, or to the actor of that name."""

    request: Request[Any]
    to: str = WORKTREES


@frozen
class Look:
    """A call of the store."""

    method: str
    arguments: tuple[Any, ...] = ()


@frozen
class Arm:
    """From here on: die at this point (None: live)."""

    crash: str | None


@frozen
class Answer:
    value: Any = None
    refused: str | None = None
    """The code of a WorkspaceError."""
    words: str = ""
    broken: str | None = None
    """The traceback of an error that is nobody's answer."""


class Listener(Actor):
    """In place of the hub: nobody watches."""

    async def handle(self, message: Any) -> None:
        return None


@define
class Fate:
    """The crash point that is armed."""

    _crashing: Crashing | None = None

    def __call__(self, point: str) -> None:
        if self._crashing is not None:
            self._crashing(point)

    def arm(self, crash: str | None) -> None:
        self._crashing = None if crash is None else parse_crash(crash)


@define
class Worker:
    system: System
    store: PostgresStore
    fate: Fate
    _line: trio.SocketStream = field()

    async def serve(self) -> None:
        while head := await self._exactly(HEAD):
            data = await self._exactly(int.from_bytes(head))
            answer = pickle.dumps(await self._answer(pickle.loads(data)))
            await self._line.send_all(len(answer).to_bytes(HEAD) + answer)

    async def _answer(self, asked: Any) -> Answer:
        try:
            match asked:
                case Arm(crash=crash):
                    self.fate.arm(crash)
                    return Answer()
                case Look(method=method, arguments=arguments):
                    return Answer(await getattr(self.store, method)(*arguments))
                case Ask(request=request, to=name):
                    return Answer(await self.system.whereis(name).call(request, ANSWER_S))
        except WorkspaceError as error:
            return Answer(refused=error.code, words=str(error))
        except Exception as error:
            return Answer(broken="".join(traceback.format_exception(error)), words=str(error))
        return Answer(broken=f"{asked!r} is nothing that a worker knows")

    async def _exactly(self, size: int) -> bytes:
        """Empty when the driver has closed the line."""
        data = b""
        while len(data) < size:
            more = await self._line.receive_some(size - len(data))
            if not more:
                return b""
            data += more
        return data


def children(store: PostgresStore, log: PostgresLog, folder: str, fate: Fate) -> tuple[ChildSpec, ...]:
    """All that BooCode has around worktrees; the pool is real and empty, the reaper gives no grace."""
    git = GitWorkspaces(reached=fate)
    checkpoints = GitCheckpoints(max_file_bytes=LIMIT, reached=fate)
    reaper = ReaperParts(store, GitOrphans(), checkpoints, folder, grace_s=0.0, look_s=3600.0)
    return (
        event_writer_child(partial(EventWriter, log)),
        ChildSpec(id="hub", start=Listener, name=HUB),
        sessions_child(),
        pool_child({}),
        *worktree_children(git, checkpoints, store, folder, idle_ttl_s=3600.0, reached=fate),
        reaper_child(reaper),
    )


async def _live(url: str, folder: str, line: socket.socket) -> None:
    fate = Fate()
    async with trio_asyncio.open_loop():
        database = Database(DatabaseSettings(url, pool_size=3))
        await database.open()
        store = PostgresStore(database)
        log = PostgresLog(database, origin="programs")
        tree = SupervisorSpec(children=children(store, log, folder, fate))
        async with open_tree(tree) as system:
            stream = trio.SocketStream(trio.socket.from_stdlib_socket(line))
            await Worker(system, store, fate, stream).serve()
        await database.close()


def fork_worker(url: str, folder: str, words: str) -> tuple[int, socket.socket]:
    """A worker's process id and the line to it. `words`: the file that takes what it prints."""
    ours, theirs = socket.socketpair()
    gc.freeze()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        ours.close()
        output = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        trio.run(_live, url, folder, theirs)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)
