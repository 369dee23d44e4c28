"""GET /api/ws: hands each accepted WebSocket to a connection actor and reads for it."""

import itertools
import logging
from typing import Any

import trio
from quart import websocket
from quart.wrappers import Response

from actors.connection import Connection, ConnectionLimits
from boocode.kernel import (
    ChildSpec,
    MailboxFull,
    MailboxSpec,
    NotRunning,
    Ref,
    Restart,
    TooManyChildren,
)
from boocode.ports.broadcast import ClientMessage
from boocode.ports.names import CONNECTIONS
from web.client_socket import QuartSocket
from web.deps import EdgeDeps
from web.problems import ApiError
from web.responses import problem_response

MESSAGES_PER_S = 100
BURST = 200

logger = logging.getLogger("boocode.web")


class Sockets:
    """The open WebSockets of one edge."""

    def __init__(self, deps: EdgeDeps, limits: ConnectionLimits) -> None:
        self._deps = deps
        self._limits = limits
        self._numbers = itertools.count(1)
        self._open: set[Ref] = set()
        self._is_stopping = False

    async def serve(self) -> Response | None:
        """The handler: ends when the client is gone or its connection actor has ended."""
        socket = QuartSocket(websocket._get_current_object())  # type: ignore[attr-defined]
        try:
            ref = await self._start(socket)
        except (NotRunning, TooManyChildren, _Stopping) as error:
            detail = f"No further WebSocket can be served just now: {error}"
            return problem_response(ApiError(503, "no_connection", detail, retry_after_s=1.0))
        self._open.add(ref)
        try:
            await websocket.accept()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_end_with, ref, nursery.cancel_scope)
                await self._read(ref)
        except BaseExceptionGroup as group:
            # Whoever cancels drops the errors that come with it.
            if (errors := group.split(trio.Cancelled)[1]) is not None:
                logger.exception("A WebSocket ended with an error", exc_info=errors)
            raise
        finally:
            self._open.discard(ref)
            ref.stop("the client left")
        return None

    async def close_all(self) -> None:
        """Every client hears that the server goes; the caller brings the deadline."""
        self._is_stopping = True
        refs = tuple(self._open)
        for ref in refs:
            ref.stop("the server stops")
        for ref in refs:
            await ref.stopped()

    async def _start(self, socket: QuartSocket) -> Ref:
        if self._is_stopping:
            raise _Stopping("the server stops")
        connections = self._deps.system.supervisor(CONNECTIONS)
        spec = ChildSpec(
            id=f"{next(self._numbers)}",
            start=lambda: Connection(socket, self._deps.log, self._limits),
            restart=Restart.TEMPORARY,
            shutdown=1.5,
            start_timeout=5.0,
            mailbox=MailboxSpec(capacity=256),
        )
        return await connections.start_child(spec)

    async def _read(self, ref: Ref) -> None:
        """A client that talks too fast is read more slowly, which slows it down."""
        allowance, at = float(BURST), trio.current_time()
        while True:
            data: Any = await websocket.receive()
            now = trio.current_time()
            allowance = min(float(BURST), allowance + (now - at) * MESSAGES_PER_S) - 1
            at = now
            if allowance < 0:
                await trio.sleep(-allowance / MESSAGES_PER_S)
            while ref.is_running:
                try:
                    ref.cast(ClientMessage(data))
                    break
                except MailboxFull:
                    await trio.sleep(1 / MESSAGES_PER_S)


class _Stopping(Exception):
    pass


async def _end_with(ref: Ref, scope: trio.CancelScope) -> None:
    await ref.stopped()
    scope.cancel()
