"""opencode's events over HTTP, one after another."""

from collections import deque
from collections.abc import AsyncIterator

import httpx2

from boocode.adapters.server_sent_events import SseLines
from boocode.ports.opencode import OpencodeUnreachable


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
