"""HTTP whose answers in one piece have a bound; who reads a stream of events bounds its events. Imported late."""

from collections.abc import AsyncIterator

import httpx2

MOST_BYTES = 32 << 20
TOO_LARGE = f"the answer is larger than {MOST_BYTES >> 20} MB"


class BoundedTransport(httpx2.AsyncHTTPTransport):
    """A longer answer breaks off with httpx2.ReadError, also one that refuses."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        is_events = response.headers.get("content-type", "").startswith("text/event-stream")
        if response.is_error or not is_events:
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        try:
            async for data in self._inner:
                taken += len(data)
                if taken <= MOST_BYTES:
                    yield data
                else:
                    # The next read fails: generators that are left in their middle would lie about.
                    await self._inner.aclose()
        except Exception as error:
            if taken <= MOST_BYTES:
                raise
            raise httpx2.ReadError(TOO_LARGE) from error
        if taken > MOST_BYTES:
            raise httpx2.ReadError(TOO_LARGE)

    async def aclose(self) -> None:
        await self._inner.aclose()
