"""One streamed answer, piece by piece, under a limit for silence.

    events of the response ─→ pieces ─→ … ─→ UsageTold? ─→ Finished

An answer is whole when its finish_reason came, or [DONE]; then a rest that does not come is waited for only shortly.
Anything else that ends it is a failure, told after the pieces that came before it.
"""

import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from boocode.adapters.native.chunks import ChunkReader, is_error
from boocode.adapters.server_sent_events import MAX_EVENT_BYTES, SseLines
from boocode.domain.native.failure_signs import said
from boocode.domain.native.failures import Asking, Failure, broken_off, cut, nonsense, stalled
from boocode.ports.model_endpoint import Finished, ModelFailed, Piece

if TYPE_CHECKING:
    import httpx2

AFTERMATH_S = 3.0
"""What follows the end of an answer, its usage for example, has so long to come."""
CLOSE_S = 1.0
MAX_BODY_BYTES = 16 * 1024 * 1024
"""Of an answer that came in one piece."""
_DONE = b"[DONE]"


class StreamedAnswer(AsyncIterator[Piece]):
    """Whoever has it calls `close` in the end. `unsaid` takes out of a failure what must not be told."""

    def __init__(
        self,
        response: "httpx2.Response",
        asking: Asking,
        stall_s: float,
        unsaid: Callable[[Failure], Failure],
    ) -> None:
        self._response = response
        self._asking = asking
        self._stall_s = stall_s
        self._unsaid = unsaid
        self._bytes = response.aiter_bytes()
        self._lines = SseLines()
        self._reader = ChunkReader()
        self._ready: deque[Piece] = deque()
        self._failure: Failure | None = None
        self._is_over = False
        self._began = False

    async def __anext__(self) -> Piece:
        while not self._ready:
            if self._failure is not None:
                raise ModelFailed(self._unsaid(self._failure))
            if self._is_over:
                raise StopAsyncIteration
            await self._more()
        return self._ready.popleft()

    async def close(self) -> None:
        """Ends the request if it still runs."""
        with trio.CancelScope(shield=True) as leaving, suppress(Exception):
            leaving.cancel()  # the generators inside end by it, instead of being found by the collector
            async for _ in self._bytes:
                pass
        with trio.CancelScope(shield=True, deadline=trio.current_time() + CLOSE_S):
            await self._response.aclose()

    async def _more(self) -> None:
        import httpx2

        is_whole = self._reader.finish_reason is not None
        events: list[bytes] | None = None
        reason = ""
        with trio.move_on_after(AFTERMATH_S if is_whole else self._stall_s) as patience:
            try:
                events = await self._events()
            except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
                reason = str(error) or type(error).__name__
        if self._lines.skipped:
            self._failure = nonsense(self._asking, f"sent a piece of more than {MAX_EVENT_BYTES >> 20} MB")
        elif events is not None:
            for event in events:
                self._take(event)
        elif is_whole:
            self._finish()
        elif patience.cancelled_caught:
            self._failure = stalled(self._asking, self._stall_s, began=self._began)
        elif self._began or reason:
            self._failure = cut(self._asking, reason)
        else:
            self._failure = nonsense(self._asking, "answered with nothing")

    async def _events(self) -> list[bytes] | None:
        """Those that come next, perhaps one that was too large to keep; None at the end. A comment is no sign of a
        model that works."""
        kind = self._response.headers.get("content-type", "").lower()
        if "html" in kind:
            return [b"<html>"]
        if "json" in kind:  # all at once, though it was asked to stream
            return await self._body()
        async for some in self._bytes:
            if events := self._lines.feed(some):
                return events
            if self._lines.skipped:
                return []
        return None

    async def _body(self) -> list[bytes] | None:
        body = bytearray()
        async for some in self._bytes:
            body += some[: MAX_BODY_BYTES - len(body)]
        return [bytes(body)] if body else None

    def _take(self, event: bytes) -> None:
        if self._failure is not None:
            return
        self._began = True
        if event.strip() == _DONE:
            self._reader.finish_reason = self._reader.finish_reason or "stop"
            return
        try:
            chunk = json.loads(event)
        except (ValueError, RecursionError):
            words = said(event.decode("utf-8", "replace"))
            self._failure = nonsense(self._asking, f"sent what is no JSON: {words[:200]}")
            return
        if is_error(chunk):
            self._failure = broken_off(self._asking, json.dumps(chunk))
        else:
            self._read(chunk)

    def _read(self, chunk: object) -> None:
        try:
            self._ready.extend(self._reader.read(chunk))
        except RecursionError:
            self._failure = nonsense(self._asking, "sent a piece that is nested too deep")

    def _finish(self) -> None:
        self._is_over = True
        if self._reader.usage is not None:
            self._ready.append(self._reader.usage)
        self._ready.append(Finished(self._reader.finish_reason or "stop"))
