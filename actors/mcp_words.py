"""What is said of an MCP server that could not be had or is gone; pure. Nothing secret: words of an entry only."""

import trio

from boocode.domain.native.mcp_config import McpEntry
from boocode.kernel import StartTimeout
from boocode.ports.mcp import McpFailed


def start_words(cause: BaseException | None, entry: McpEntry) -> str:
    """The server's own reason out of whatever the supervisors wrapped around it."""
    seen: list[BaseException] = [cause] if cause is not None else []
    for error in seen:
        if isinstance(error, McpFailed):
            return str(error)
        if isinstance(error, StartTimeout | trio.TooSlowError):
            return "it was not ready in time"
        inner = (error.__cause__, error.__context__, getattr(error, "cause", None))
        seen += [each for each in inner if isinstance(each, BaseException) and each not in seen]
    return entry.redacted(f"{cause}")[:600] if cause is not None else "it was stopped"


def away_words(name: str, state: str, reason: str) -> str:
    """For people and for the model."""
    if state == "starting":
        return f"MCP server {name} is still starting; its tools come later."
    return f"MCP server {name} is not there: {reason.rstrip('.')}."
