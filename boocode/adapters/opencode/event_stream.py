"""Server-sent events out of pieces of bytes: bounded, and only their data."""

from collections import deque
from collections.abc import AsyncIterator

import httpx2

from boocode.ports.opencode import OpencodeUnreachable

MAX_EVENT_BYTES = 32 * 1024 * 1024
"""A larger event is left out: its session reads the messages again when it matters."""


class SseLines:
    """The `data` of each event; comments, ids and event names are of no use here."""

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self.skipped = 0
        self._max_bytes = max_bytes
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._is_too_long = False

    def feed(self, data: bytes) -> list[bytes]:
        """The events that `data` completes."""
        events: list[bytes] = []
        *lines, rest = data.split(b"\n")
        for line in lines:
            if self._line:
                self._keep(line)
                line = bytes(self._line)  # noqa: PLW2901
                self._line.clear()
            self._take(line.removesuffix(b"\r"), events)
        self._keep(rest)
        return events

    def _keep(self, piece: bytes) -> None:
        if len(self._line) + len(piece) > self._max_bytes:
            self._is_too_long = True
            del self._line[1024:]
        else:
            self._line += piece

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if line.startswith(b"data:"):
            self._size += len(line)
            if self._size > self._max_bytes:
                self._is_too_long = True
            elif not self._is_too_long:
                self._data.append(line[5:].removeprefix(b" "))
        elif not line:
            if self._is_too_long:
                self.skipped += 1
            elif self._data:
                events.append(b"\n".join(self._data))
            self._data, self._size, self._is_too_long = [], 0, False


class HttpEventStream:
    def __init__(self, response: httpx2.Response) -> None:
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()
        self._lines = SseLines()
        self._ready: deque[bytes] = deque()

    @property
    def skipped(self) -> int:
        return self._lines.skipped

    async def receive(self) -> bytes | None:
        while not self._ready:
            try:
                piece = await anext(self._pieces, None)
            except httpx2.HTTPError as error:
                raise OpencodeUnreachable(
                    f"opencode's event stream broke: {str(error) or type(error).__name__}"
                ) from error
            if piece is None:
                return None
            self._ready.extend(self._lines.feed(piece))
        return self._ready.popleft()
