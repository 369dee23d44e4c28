"""Terminals that an agent runs its commands in through us: which words are run, how much of the output is kept.

An agent may send a program with its arguments, or a whole shell line as the `command` (goose does): without
arguments the line goes to the shell, which runs a plain program just as well.
"""

import codecs
from collections.abc import Sequence

from attrs import frozen

DEFAULT_OUTPUT_BYTES = 256 * 1024
MAX_OUTPUT_BYTES = 1024 * 1024
"""The most that is kept of one terminal's output, whatever the agent asks for."""
LIVE_CHARS = 8_000
"""How much of the end is shown while the command runs: every second of it is kept in the chat's log."""
_CONTINUES = range(0x80, 0xC0)
"""Bytes that cannot begin a character in UTF-8."""


@frozen
class TerminalShown:
    """A tool call shows this terminal: its output is the tool's from now on."""

    tool_call_id: str
    terminal_id: str


@frozen
class TerminalText:
    """What a terminal holds now, whole."""

    terminal_id: str
    text: str


def command_words(command: str, args: Sequence[str], shell: str) -> tuple[str, ...]:
    """What is launched for a terminal."""
    return (command, *args) if args else (shell, "-c", command)


def output_limit(asked: int | None) -> int:
    """In bytes, from the agent's `outputByteLimit`."""
    return DEFAULT_OUTPUT_BYTES if asked is None else min(max(asked, 0), MAX_OUTPUT_BYTES)


def shown(terminal_id: str, output: str, *, ended: bool) -> TerminalText:
    """What people see of an output; the whole of it when the command has ended."""
    if ended or len(output) <= LIVE_CHARS:
        return TerminalText(terminal_id, output)
    return TerminalText(terminal_id, f"…\n{output[-LIVE_CHARS:]}")


class TerminalOutput:
    """The last bytes of an output. What is too much goes from the front, whole characters at a time."""

    def __init__(self, limit: int) -> None:
        self.truncated = False
        self._limit = limit
        self._kept = bytearray()

    def feed(self, data: bytes) -> None:
        self._kept += data[-self._limit :] if self._limit else b""
        if len(data) > self._limit or len(self._kept) > self._limit:
            self.truncated = True
            del self._kept[: len(self._kept) - self._limit]
            self._begin_whole()

    def text(self, *, ended: bool) -> str:
        """Until it has ended, a character that has not come whole is left out."""
        return codecs.getincrementaldecoder("utf-8")("replace").decode(bytes(self._kept), final=ended)

    def _begin_whole(self) -> None:
        torn = 0
        while torn < min(3, len(self._kept)) and self._kept[torn] in _CONTINUES:
            torn += 1
        del self._kept[:torn]
