"""HTTP on trio: Hypercorn's protocols over sockets of our own.

Hypercorn's own trio server shields every send without a bound, loses its idle timer once Quart-Trio has
cancelled a request's tasks, and so stops late or never with slow or idle clients. Here the same protocol
objects run over `Wire`, idle connections end at their time, and a stop is over within `graceful_s`.
"""

import logging
from functools import partial
from typing import Any

import h11
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.trio.lifespan import Lifespan
from hypercorn.trio.task_group import TaskGroup
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, ConnectionState
from hypercorn.utils import parse_socket_addr

from web.wire import Wire

READ_BYTES = 65_536
LINGER_S = 0.3
"""After our last word, how long the peer may still send: a reset would destroy what it has not read yet."""

logger = logging.getLogger("boocode.web")


class Http11(H11Protocol):
    """Without HTTP/2: an upgrade to it is ignored, which the protocol allows."""

    async def _check_protocol(self, _: h11.Request) -> None:
        return


def server_config(*, graceful_s: float, idle_s: float) -> Config:
    """Hypercorn's settings where its defaults do not fit."""
    config = Config()
    config.accesslog = None
    config.errorlog = logger
    config.keep_alive_timeout = idle_s
    config.keep_alive_max_requests = 1_000_000
    config.graceful_timeout = graceful_s
    config.startup_timeout = config.shutdown_timeout = 5.0
    config.websocket_max_message_size = 1_048_576
    config.h11_max_incomplete_size = 32 * 1024
    config.include_server_header = False
    return config


class HttpConnection:
    """One TCP connection, from accept to close."""

    def __init__(self, server: "HttpServer", stream: trio.SocketStream) -> None:
        self.wire = Wire(stream, server.stall_s)
        self._server = server
        self._stream = stream
        self._scope = trio.CancelScope()
        self._idle = trio.CancelScope()
        self._is_ending = False

    async def run(self) -> None:
        self._server.connections.add(self)
        try:
            with self._scope:
                await self._serve()
        except* Exception:
            logger.exception("An HTTP connection ended with an error")
        finally:
            self._server.connections.discard(self)
            if not self.wire.is_broken:
                with trio.CancelScope(shield=True):  # does not wait
                    await trio.aclose_forcefully(self._stream)

    def end_soon(self) -> None:
        """Lets the peer read our last words, then closes, whatever still hangs on the connection."""
        self._scope.deadline = min(self._scope.deadline, trio.current_time() + LINGER_S)

    async def _serve(self) -> None:
        server, sock = self._server, self._stream.socket
        try:
            client = parse_socket_addr(sock.family, sock.getpeername())
            here = parse_socket_addr(sock.family, sock.getsockname())
        except OSError:
            return  # gone before it was served
        async with TaskGroup() as tasks:
            self._tasks = tasks
            self._protocol = Http11(
                server.app,
                server.config,
                server.context,
                tasks,
                ConnectionState({}),
                ssl=False,
                client=client,
                server=here,
                send=self._send,
            )
            self._start_idle()
            await self._read()
            self._stop_idle()
            self.end_soon()
            await self._protocol.handle(Closed())

    async def _read(self) -> None:
        while True:
            try:
                data = await self._stream.receive_some(READ_BYTES)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return
            self.wire.heard_at = trio.current_time()
            if not data:
                return
            if not self._is_ending:
                await self._protocol.handle(RawData(bytes(data)))

    async def _send(self, event: Event) -> None:
        """What the protocol wants done."""
        if isinstance(event, RawData):
            try:
                await self.wire.send(event.data)
            except trio.BrokenResourceError:
                await self._protocol.handle(Closed())
        elif isinstance(event, Closed):
            await self._finish()
        elif isinstance(event, Updated):
            if event.idle:
                self._start_idle()
            else:
                self._stop_idle()

    async def _finish(self) -> None:
        self._is_ending = True
        self.end_soon()
        if not self.wire.is_broken:
            try:
                await self._stream.send_eof()
            except (trio.BrokenResourceError, trio.ClosedResourceError, trio.BusyResourceError):
                self.wire.abort()
        await self._protocol.handle(Closed())

    def _start_idle(self) -> None:
        """Sync on purpose: a start that waits is cancelled together with the request it follows."""
        self._stop_idle()
        self._idle = trio.CancelScope()
        self._tasks.spawn(self._end_when_idle, self._idle)

    def _stop_idle(self) -> None:
        self._idle.cancel()

    async def _end_when_idle(self, scope: trio.CancelScope) -> None:
        with scope:
            with trio.move_on_after(self._server.config.keep_alive_timeout):
                await self._server.context.terminated.wait()
            await self._finish()


class HttpServer:
    """Serves `app` until `stop`; `run` is started with `nursery.start` or `ctx.run_task`."""

    def __init__(
        self,
        app: ASGIFramework,
        *,
        graceful_s: float = 0.3,
        stall_s: float = 5.0,
        idle_s: float = 60.0,
        max_connections: int = 4096,
    ) -> None:
        self.app = ASGIWrapper(app)
        self.config = server_config(graceful_s=graceful_s, idle_s=idle_s)
        self.context = WorkerContext(None)
        self.connections: set[HttpConnection] = set()
        self.stall_s = stall_s
        self._max_connections = max_connections
        self._stop = trio.Event()

    def stop(self) -> None:
        """Accept nothing more, close idle connections, give running requests `graceful_s`."""
        self._stop.set()

    async def run(
        self,
        listeners: list[trio.SocketListener],
        *,
        task_status: trio.TaskStatus[Any] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        lifespan = Lifespan(self.app, self.config, {})
        async with trio.open_nursery() as outer:
            await outer.start(lifespan.handle_lifespan)
            await lifespan.wait_for_startup()
            async with trio.open_nursery() as open_connections:
                async with trio.open_nursery() as accepting:
                    accepting.start_soon(
                        partial(
                            trio.serve_listeners,
                            self._accept,
                            listeners,
                            handler_nursery=open_connections,
                        )
                    )
                    task_status.started()
                    await self._stop.wait()
                    accepting.cancel_scope.cancel()
                await self.context.terminated.set()
                open_connections.cancel_scope.deadline = trio.current_time() + self.config.graceful_timeout
            await lifespan.wait_for_shutdown()
            outer.cancel_scope.cancel()

    async def _accept(self, stream: trio.SocketStream) -> None:
        if len(self.connections) >= self._max_connections:
            await trio.aclose_forcefully(stream)
            return
        await HttpConnection(self, stream).run()
