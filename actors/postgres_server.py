"""The embedded PostgreSQL: a child process of this actor, from before it is ready until after it is stopped.

When the server dies the actor dies with it, and its supervisor starts both again; what was committed is there.
"""

from collections.abc import Mapping
from typing import Any

import trio

from boocode.kernel import Actor
from boocode.ports.database import EmbeddedServer, StoreMisconfigured
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessOwner


class ServerEnded(Exception):
    """PostgreSQL ended although nobody asked it to."""


class PostgresServer(Actor):
    def __init__(self, server: EmbeddedServer, processes: ProcessOwner) -> None:
        self._server = server
        self._processes = processes
        self._pid: int | None = None

    async def init(self) -> None:
        preparation = await self._server.prepare()
        if preparation.initdb is not None:
            try:
                await self._make_cluster(preparation.initdb)
            except BaseException:
                await self._server.release()  # or nobody else in this process could ever take the cluster
                raise
        self._pid = await self.ctx.run_task(self._serve, name="own postgres")
        self.ctx.set_process(self._pid)
        await self._server.ready()

    async def handle(self, message: Any) -> None:
        """Nobody talks to it: the database is reached through its socket."""

    def inspect(self) -> Mapping[str, object]:
        return {"pid": self._pid}

    async def _make_cluster(self, initdb: LaunchSpec) -> None:
        async with self._processes.launch(initdb) as process:
            while await process.receive():
                pass  # it chats on stdout, which nobody else reads
            exit_ = await process.wait()
        if exit_.code != 0:
            raise StoreMisconfigured(f"The database could not be made: initdb {exit_.describe()}")
        await self._server.initialised()

    async def _serve(self, task_status: "trio.TaskStatus[int]") -> None:
        """Leaving the block, in whatever way, is a fast shutdown with a deadline."""
        try:
            async with self._processes.launch(self._server.server()) as process:
                task_status.started(process.pid)
                await _drain(process)
                exit_ = await process.wait()
        finally:
            await self._server.release()
        raise ServerEnded(f"PostgreSQL {exit_.describe()}")


async def _drain(process: OwnedProcess) -> None:
    """PostgreSQL logs to stderr; should anything ever come on stdout, it must not fill the pipe."""
    while await process.receive():
        pass
