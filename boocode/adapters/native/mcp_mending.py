"""What a server sends, on its way to the SDK, which refuses a whole list of tools for one that is odd."""

from types import TracebackType
from typing import Self

from mcp.shared._stream_protocols import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from boocode.domain.native.mcp_listing import mended

Item = SessionMessage | Exception


class MendedStream:
    """A ReadStream over another one."""

    def __init__(self, inner: ReadStream[Item]) -> None:
        self._inner = inner

    @property
    def last_context(self) -> object:
        """The SDK asks for it."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Item:
        return _mended(await self._inner.receive())

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        return _mended(await self._inner.__anext__())

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)


def _mended(item: Item) -> Item:
    """Nothing but an answer to `tools/list` has a list of that name."""
    message = item.message if isinstance(item, SessionMessage) else None
    if isinstance(message, JSONRPCResponse) and isinstance(tools := message.result.get("tools"), list):
        message.result["tools"] = mended(tools)
    return item
