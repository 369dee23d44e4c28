"""mcp.json in BooCode's home, read again when it has changed."""

from collections.abc import Mapping
from pathlib import Path

import trio
from attrs import define, field

from boocode.adapters.native.small_texts import MOST_BYTES, Unreadable, read_small
from boocode.domain.native.mcp_config import MCP_FILE, McpConfig, McpConfigError, parse_mcp


@define
class McpFile:
    """Implements McpSource. No file is a file without servers."""

    home: Path
    environ: Mapping[str, str] = field(repr=False)
    _last: str | None = field(default=None, repr=False)
    _threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1), repr=False)

    async def read(self) -> McpConfig | None:
        last, self._last = self._last, None  # a file that could not be read is news when it can be
        text = await trio.to_thread.run_sync(self.text, limiter=self._threads)
        self._last = text
        if text == last:
            return None
        return parse_mcp(text, self.environ)

    def text(self) -> str:
        """Raises McpConfigError."""
        path = self.home / MCP_FILE
        try:
            text = read_small(path) or ""
        except Unreadable as error:
            raise McpConfigError(f"{path} cannot be read: {error}") from None
        if len(text) >= MOST_BYTES:
            raise McpConfigError(f"{path} is larger than {MOST_BYTES} bytes.")
        return text
