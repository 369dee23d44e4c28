"""One agent's connection as its actors need it: bytes to messages and back, and the worktree's files.

The adapters are `boocode.adapters.acp`; the composition root hands their factories to the sub-tree.
"""

from collections.abc import Mapping
from typing import Protocol

from boocode.domain.acp.incoming import Incoming, RequestId


class BrokenWire(Exception):
    """The agent's output cannot be read any further (an endless line); str() is for people."""


class AgentWire(Protocol):
    """One connection's codec. It keeps the rest of an unfinished line between reads."""

    def feed(self, data: bytes) -> list[Incoming]:
        """The messages completed by `data`, in order. Raises BrokenWire."""
        ...

    def finish(self) -> list[Incoming]:
        """At the end of the stream: a last line without its newline."""
        ...

    def request(self, request_id: RequestId, method: str, params: Mapping[str, object]) -> bytes: ...
    def notification(self, method: str, params: Mapping[str, object]) -> bytes: ...
    def result(self, request_id: RequestId, result: object) -> bytes: ...
    def refusal(self, request_id: RequestId, code: int, message: str) -> bytes: ...


class FileRefused(Exception):
    """A file that the agent may not have, or that cannot be had; str() is for the agent."""


class FileMissing(FileRefused):
    """There is no such file, and it would be the agent's to have."""


class AgentFiles(Protocol):
    """Text files and folders inside one worktree; nothing outside it, whatever the path or its symlinks say."""

    async def read_text(self, path: str, line: int | None, limit: int | None) -> str:
        """The file, or `limit` lines of it from the 1-based `line`. Raises FileMissing or FileRefused."""
        ...

    async def folder(self, path: str | None) -> str:
        """The real place of a folder, None = the worktree itself. Raises FileRefused."""
        ...

    async def write_text(self, path: str, content: str) -> None:
        """Makes or replaces the file, its folders included. Raises FileRefused."""
        ...
