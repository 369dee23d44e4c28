"""The SDK's transport over a child that BooCode owns: lines out, lines in, nothing launched and nothing killed."""

from collections.abc import AsyncIterator
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

    async def connect(self) -> None:
        """The child runs already."""

    async def write(self, data: str) -> None:
        try:
            await self._child.send(data.encode())
        except BrokenPipeError as error:
            raise CLIConnectionError("it takes no more input") from error

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        """Ends by an exception only: the SDK then fails what still waits for an answer at once."""
        try:
            while data := await self._child.receive(READ_BYTES):
                for line in self._lines.feed(data):
                    message = self._parsed(line)
                    if message is not None:
                        yield message
        except LineTooLong as error:
            raise ClaudeGarbled(str(error)) from error
        message = self._parsed(self._lines.finish())
        if message is not None:
            yield message
        raise CLIConnectionError("its output has ended")

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
