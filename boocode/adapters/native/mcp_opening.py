"""Open connections to MCP servers, over the SDK. Imported when the first is opened: the SDK takes 0.7 s and 30 MB.

The SDK runs task groups, whose errors come as groups: they end here, as one McpFailed, whoever's block they broke.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import mcp_types as types
from mcp.client.session import ClientSession, IncomingMessage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage

from boocode.adapters.native.mcp_ending import Ending
from boocode.adapters.native.mcp_http import MOST_BYTES, McpHttpClient
from boocode.adapters.native.mcp_link import SdkLink
from boocode.adapters.native.mcp_mending import MendedStream
from boocode.adapters.native.mcp_pipe import pipe
from boocode.domain.native.mcp_config import Http, McpEntry
from boocode.ports.mcp import McpFailed
from boocode.ports.processes import LaunchSpec, ProcessOwner
from boocode.version import __version__

for _name in ("mcp", "client"):
    # What goes wrong is said by its exceptions, too; its lines carry session ids and addresses besides.
    logging.getLogger(_name).setLevel(logging.CRITICAL)

Changed = Callable[[], None]
Streams = tuple[ReadStream[SessionMessage | Exception], WriteStream[SessionMessage]]
_NEWER = (types.UNSUPPORTED_PROTOCOL_VERSION, types.METHOD_NOT_FOUND)
"""How servers that know the newer way alone answer the older one."""


@asynccontextmanager
async def open_child(
    owner: ProcessOwner, launch: LaunchSpec, entry: McpEntry, changed: Changed
) -> AsyncIterator[SdkLink]:
    """A server that is our child. Raises McpFailed."""
    ending = Ending()
    try:
        async with (
            owner.launch(launch) as child,
            _linked(pipe(child, ending), entry, ending, changed, child.pid) as link,
        ):
            yield link
    except OSError as error:
        raise McpFailed("start", entry.redacted(f"It could not be launched: {error}")) from None


@asynccontextmanager
async def open_http(way: Http, entry: McpEntry, changed: Changed) -> AsyncIterator[SdkLink]:
    """A server that listens somewhere. Raises McpFailed."""
    ending = Ending()
    async with McpHttpClient(way, ending) as client:
        streams = streamable_http_client(way.url, http_client=client, max_sse_event_size=MOST_BYTES)
        async with _linked(streams, entry, ending, changed, None) as link:
            yield link


@asynccontextmanager
async def _linked(
    streams: AbstractAsyncContextManager[Streams],
    entry: McpEntry,
    ending: Ending,
    changed: Changed,
    pid: int | None,
) -> AsyncIterator[SdkLink]:
    """Shakes hands, and turns the end of the streams into one McpFailed."""

    async def hear(message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed()

    failed = ""
    try:
        async with streams as (read, write):
            about = types.Implementation(name="boocode", version=__version__)
            async with ClientSession(
                MendedStream(read), write, message_handler=hear, client_info=about
            ) as session:
                failed = await _shake_hands(session, entry, ending)
                if not failed:
                    yield SdkLink(session, entry, ending, pid)
    except* Exception as group:  # noqa: BLE001 - whatever the SDK's tasks died of, the connection is over
        ending.end(_first_words(group))
        failed = failed or ending.reason
    if failed:
        raise McpFailed("start" if not ending.happened.is_set() else "lost", entry.redacted(failed))


async def _shake_hands(session: ClientSession, entry: McpEntry, ending: Ending) -> str:
    """What went wrong, in words; empty when nothing did."""
    try:
        try:
            await session.initialize()
        except MCPError as error:
            if error.code not in _NEWER:
                raise
            await session.discover()
    except Exception as error:  # noqa: BLE001 - a foreign server's doing
        said = entry.redacted(ending.reason or str(error) or type(error).__name__).splitlines()[0][:500]
        return " · ".join(each for each in (said, ending.note) if each)
    return ""


def _first_words(group: BaseExceptionGroup[BaseException]) -> str:
    first = group.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _first_words(first)
    return f"its connection broke ({type(first).__name__})"
