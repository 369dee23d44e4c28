"""The SDK's transport over a child that BooCode owns: lines out, lines in, nothing launched and nothing killed."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from claude_agent_sdk import CLIConnectionError, Transport

from boocode.adapters.acp.lines import MAX_LINE_BYTES, LineSplitter, LineTooLong
from boocode.ports.claude import ClaudeGarbled
from boocode.ports.processes import OwnedProcess

READ_BYTES = 65_536


class ChildTransport(Transport):
    """`garbage` counts the lines that were no messages."""

    def __init__(self, child: OwnedProcess, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self.garbage = 0
        self._child = child
        self._lines = LineSplitter(max_line_bytes)
        self._ready: deque[dict[str, Any]] = deque()

    async def connect(self) -> None:
        """The child runs already."""

    async def write(self, data: str) -> None:
        try:
            await self._child.send(data.encode())
        except BrokenPipeError as error:
            raise CLIConnectionError("it takes no more input") from error

    def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        """Ends by an exception only: the SDK then fails what still waits for an answer at once."""
        return _Messages(self._next)

    async def _next(self) -> dict[str, Any]:
        while not self._ready:
            data = await self._child.receive(READ_BYTES)
            try:
                lines = self._lines.feed(data) if data else [self._lines.finish()]
            except LineTooLong as error:
                raise ClaudeGarbled(str(error)) from error
            self._ready.extend(message for line in lines if (message := self._parsed(line)) is not None)
            if not data and not self._ready:
                raise CLIConnectionError("its output has ended")
        return self._ready.popleft()

    async def close(self) -> None:
        """The child's end is its process actor's."""

    def is_ready(self) -> bool:
        return True

    async def end_input(self) -> None:
        """stdin stays open as long as the child shall live."""

    def _parsed(self, line: bytes) -> dict[str, Any] | None:
        line = line.strip()
        if not line:
            return None
        try:
            message = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            message = None
        if isinstance(message, dict) and isinstance(message.get("type"), str):
            return message
        self.garbage += 1
        return None


class _Messages:
    """Not a generator: the SDK leaves it half-way when it is closed, and nothing must be left to clean up then."""

    def __init__(self, receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._receive = receive

    def __aiter__(self) -> "_Messages":
        return self

    async def __anext__(self) -> dict[str, Any]:
        return await self._receive()
