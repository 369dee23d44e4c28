"""The edge as an actor: listening when it is ready, gone within a second when it is stopped."""

from collections.abc import Callable, Mapping
from typing import Any

import trio
from attrs import evolve

from actors.connection import ConnectionLimits
from boocode.kernel import Actor, Exit, System
from web.app import create_app
from web.deps import EdgeDeps
from web.server import HttpServer

GRACEFUL_S = 0.3
"""What running requests get at a stop."""
GOODBYE_S = 0.5
"""What the WebSocket clients get to hear that the server goes."""
BACKLOG = 4_096
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - only compared with


class EdgeFactory:
    """Makes the edge's incarnations. The port that the first one got is the port of all."""

    def __init__(
        self,
        deps: Callable[[System], EdgeDeps],
        host: str = "127.0.0.1",
        port: int = 0,
        limits: ConnectionLimits | None = None,
    ) -> None:
        self.deps = deps
        self.host = host
        self.port = port
        self.limits = limits or ConnectionLimits()

    def __call__(self) -> "Edge":
        return Edge(self)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; the port is the real one once the edge was ready."""
        return self.host, self.port

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def _with_own_name(deps: EdgeDeps, host: str) -> EdgeDeps:
    """Where one was told to listen, one may be asked for."""
    if host in EVERYWHERE:
        return evolve(deps, any_address=True)
    return evolve(deps, allowed_hosts=deps.allowed_hosts | {host.lower()})


class Edge(Actor):
    """Registered as `edge`. Takes no messages; its server is a helper task, so that a crash of it is the edge's."""

    def __init__(self, factory: EdgeFactory) -> None:
        self._factory = factory

    async def init(self) -> None:
        factory = self._factory
        self._app = create_app(_with_own_name(factory.deps(self.ctx.system), factory.host), factory.limits)
        self._server = HttpServer(self._app, graceful_s=GRACEFUL_S)
        self._ended = trio.Event()
        await self.ctx.run_task(self._serve, name="serve")

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        """By the trigger, never by cancel: new connections stop, clients hear goodbye, requests get their time."""
        self._server.stop()
        with trio.move_on_after(GOODBYE_S):
            await self._app.sockets.close_all()
        await self._ended.wait()

    def inspect(self) -> Mapping[str, object]:
        return {"url": self._factory.url, "connections": len(self._server.connections)}

    async def _serve(self, *, task_status: trio.TaskStatus[Any]) -> None:
        listeners: list[trio.SocketListener] = []
        try:
            listeners += await self._listen()
            await self._server.run(listeners, task_status=task_status)
        finally:
            for listener in listeners:
                listener.socket.close()  # also when the start was cut short
            self._ended.set()

    async def _listen(self) -> list[trio.SocketListener]:
        factory = self._factory
        listeners = await trio.open_tcp_listeners(factory.port, host=factory.host or None, backlog=BACKLOG)
        if factory.port == 0:
            for listener in listeners[1:]:  # each address family got a port of its own
                listener.socket.close()
            del listeners[1:]
        factory.port = listeners[0].socket.getsockname()[1]
        return listeners
