"""The HTTP client under the SDK's streamable HTTP: bounded answers, and words for what went wrong on the wire."""

import ipaddress
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx2

from boocode.adapters.native.mcp_ending import Ending
from boocode.domain.native.mcp_config import Http

CONNECT_S = 10.0
MOST_BYTES = 16 * 1024 * 1024
"""Of one answer, and of one event of a stream."""
_EVENTS = "text/event-stream"


class McpHttpClient(httpx2.AsyncClient):
    """Waits for an answer as long as its caller does. Proxies of the environment are for servers elsewhere."""

    def __init__(self, way: Http, ending: Ending) -> None:
        super().__init__(
            headers=dict(way.headers),
            timeout=httpx2.Timeout(CONNECT_S, read=None),
            trust_env=not is_here(way.url),
        )
        self._ending = ending

    async def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:
        try:
            response = await super().send(request, **how)
        except httpx2.TransportError as error:
            # Its own words may hold the address, and with it a key.
            self._ending.tell(f"it could not be reached ({type(error).__name__})")
            raise
        if response.is_success:
            self._ending.note = ""
        else:
            self._ending.note = f"HTTP {response.status_code} {response.reason_phrase}".strip()
        if not response.headers.get("content-type", "").startswith(_EVENTS):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _Bounded(response.stream, self._ending)
        return response


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, ending: Ending) -> None:
        self._inner = inner
        self._ending = ending

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for data in self._inner:
            taken += len(data)
            if taken > MOST_BYTES:
                self._ending.note = f"more than {MOST_BYTES} bytes"
                raise httpx2.StreamError("the answer is too large")
            yield data

    async def aclose(self) -> None:
        await self._inner.aclose()


def is_here(url: str) -> bool:
    """Whether it names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
