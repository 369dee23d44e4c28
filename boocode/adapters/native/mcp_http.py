"""The HTTP client under the SDK's streamable HTTP: bounded answers, and words for what went wrong on the wire."""

import ipaddress
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2

from boocode.adapters.native.mcp_ending import Ending
from boocode.domain.native.mcp_config import Http

CONNECT_S = 10.0
MOST_BYTES = 16 * 1024 * 1024
"""Of one answer, and of one event of a stream."""
_STREAM = "text/event-stream"


def http_client(way: Http, ending: Ending) -> httpx2.AsyncClient:
    """Waits for answers as long as its caller does. Proxies of the environment are for servers elsewhere."""
    elsewhere = not _is_here(way.url)
    return httpx2.AsyncClient(
        headers=dict(way.headers),
        timeout=httpx2.Timeout(CONNECT_S, read=None),
        transport=None if elsewhere else _Watched(httpx2.AsyncHTTPTransport(trust_env=False), ending),
        trust_env=elsewhere,
    )
