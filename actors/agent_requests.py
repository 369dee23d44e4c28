"""A session's side of JSON-RPC: one writer, and a place for each answer that is waited for.

Not an actor: it belongs to the agent session, whose helper tasks wait here while the session itself stays free.
"""

from collections import deque
from collections.abc import Mapping
from typing import TypeVar

import msgspec
import trio

from boocode.domain.acp.errors import error_text
from boocode.domain.acp.incoming import Answer, RequestId
from boocode.domain.acp.messages import RpcError
from boocode.ports.agent_wire import AgentWire
from boocode.ports.agents import AgentUnruly
from boocode.ports.processes import OwnedProcess

R = TypeVar("R")

MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024
"""What may wait for an agent that does not read its stdin, in bytes."""


class RequestFailed(Exception):
    """The agent answered with an error, or with something else than was asked for; str() is for people."""

    def __init__(self, error: RpcError) -> None:
        super().__init__(error_text(error))
        self.error = error


class NoAnswer(Exception):
    """The agent did not answer in time."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(f"It did not answer {method} within {seconds:g} s.")


class _Waiter:
    __slots__ = ("answer", "event")

    def __init__(self) -> None:
        self.event = trio.Event()
        self.answer: Answer | None = None


class AgentRequests:
    def __init__(self, wire: AgentWire) -> None:
        self._wire = wire
        self._last_id = 0
        self._waiters: dict[RequestId, _Waiter] = {}
        self._unwritten: deque[tuple[bytes, trio.Event]] = deque()
        self._unwritten_bytes = 0
        self._more = trio.Event()

    @property
    def waiting(self) -> tuple[RequestId, ...]:
        return tuple(self._waiters)

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    # Out

    def request(self, request_id: RequestId, method: str, params: Mapping[str, object]) -> trio.Event:
        """Queues a request whose answer somebody else looks out for; the event: it was written."""
        return self._put(self._wire.request(request_id, method, params))

    def notify(self, method: str, params: Mapping[str, object]) -> None:
        self._put(self._wire.notification(method, params))

    def result(self, request_id: RequestId, result: object) -> None:
        self._put(self._wire.result(request_id, result))

    def refuse(self, request_id: RequestId, code: int, message: str) -> None:
        self._put(self._wire.refusal(request_id, code, message))

    async def write(self, child: OwnedProcess) -> None:
        """The writer: a helper task of the session. Ends when the child no longer reads."""
        while True:
            while self._unwritten:
                data, written = self._unwritten[0]
                try:
                    await child.send(data)
                except BrokenPipeError:
                    return  # it has ended, which others notice
                self._unwritten.popleft()
                self._unwritten_bytes -= len(data)
                written.set()
            self._more = trio.Event()
            await self._more.wait()

    def _put(self, data: bytes) -> trio.Event:
        self._unwritten_bytes += len(data)
        if self._unwritten_bytes > MAX_UNWRITTEN_BYTES:
            raise AgentUnruly(f"it has left {self._unwritten_bytes} bytes unread")
        written = trio.Event()
        self._unwritten.append((data, written))
        self._more.set()
        return written

    # Out and back in

    async def ask(self, method: str, params: Mapping[str, object], timeout: float, as_type: type[R]) -> R:
        """Asks and waits. Raises RequestFailed or NoAnswer."""
        request_id = self.new_id()
        waiter = self._waiters[request_id] = _Waiter()
        try:
            with trio.move_on_after(timeout):
                self.request(request_id, method, params)
                await waiter.event.wait()
        finally:
            del self._waiters[request_id]
        if waiter.answer is None:
            raise NoAnswer(method, timeout)
        return read_answer(waiter.answer, as_type)

    def settle(self, answer: Answer) -> bool:
        """Hands an answer to whoever waits for it; False when nobody does (or not any more)."""
        waiter = self._waiters.get(answer.id)
        if waiter is None or waiter.answer is not None:
            return False
        waiter.answer = answer
        waiter.event.set()
        return True


def read_answer(answer: Answer, as_type: type[R]) -> R:
    """The typed result; an empty or null one counts as an object without fields. Raises RequestFailed."""
    if answer.error is not None:
        raise RequestFailed(answer.error)
    raw = bytes(answer.result)
    try:
        return msgspec.json.decode(b"{}" if raw in (b"", b"null") else raw, type=as_type)
    except (ValueError, RecursionError) as error:
        raise RequestFailed(RpcError(message=f"Its answer could not be read: {error}")) from error
