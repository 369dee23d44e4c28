"""Tool calls: what an agent shows of one, bounded, in our words.

Missing `kind` means `other`, missing `status` of a new call means pending. What a tool shows replaces what it
showed before, so `output` is always whole; it is bounded here because one agent sent 200 MB of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from boocode.domain.acp.messages import Content, Location, ToolContent
from boocode.domain.acp.terminals import TerminalShown
from boocode.domain.events import ToolCall, ToolDiff, ToolStatus, ToolUpdate

MAX_OUTPUT_CHARS = 200_000
"""Longer output keeps its beginning and its end."""
MAX_DIFF_CHARS = 1_000_000
"""A longer edit is not shown with the tool call; the worktree's own diff has it."""

_STATUS: Mapping[str, ToolStatus] = {
    "pending": "pending",
    "in_progress": "running",
    "running": "running",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "failed",
}


class ToolMessage(Protocol):
    """What `tool_call`, `tool_call_update` and a permission's `toolCall` have alike."""

    tool_call_id: str | int
    title: str | None
    kind: str | None
    status: str | None
    content: list[ToolContent] | None
    locations: list[Location] | None
    raw_input: object
    raw_output: object


def tool_call(message: ToolMessage) -> ToolCall:
    """A call that becomes known, with defaults for what the agent left out."""
    return ToolCall(
        tool_call_id=str(message.tool_call_id),
        title=message.title or message.kind or "Tool",
        kind=message.kind or "other",
        status=_STATUS.get(message.status or "", "pending"),
        input=_input(message.raw_input),
        output=_output(message),
        locations=_locations(message.locations) or (),
        diff=_diff(message.content),
    )


def tool_update(message: ToolMessage) -> ToolUpdate:
    """News of a call; None means unchanged, an unknown status too."""
    return ToolUpdate(
        tool_call_id=str(message.tool_call_id),
        title=message.title or None,
        kind=message.kind or None,
        status=_STATUS.get(message.status or ""),
        input=_input(message.raw_input),
        output=_output(message),
        locations=_locations(message.locations),
        diff=_diff(message.content),
    )


def terminals_shown(message: ToolMessage) -> Iterable[TerminalShown]:
    """The terminals whose output is this call's."""
    for piece in message.content or ():
        if piece.type == "terminal" and piece.terminal_id:
            yield TerminalShown(str(message.tool_call_id), piece.terminal_id)


def bounded(text: str, limit: int = MAX_OUTPUT_CHARS) -> str:
    """`text`, or its two ends around a line that says how many characters are left out."""
    if len(text) <= limit:
        return text
    head, tail = limit // 2, limit - limit // 2
    left_out = len(text) - head - tail
    return f"{text[:head]}\n… {left_out} characters left out …\n{text[-tail:]}"


def content_text(content: Content | None) -> str | None:
    """The text of a block; a link or an embedded resource by what it names; None for nothing to read."""
    if content is None:
        return None
    if content.text is not None:
        return content.text
    if isinstance(content.resource, Mapping):
        text = content.resource.get("text")
        return text if isinstance(text, str) else str(content.resource.get("uri") or "") or None
    if content.type == "resource_link":
        return f"[{content.name or content.uri}]({content.uri})"
    return None


def _output(message: ToolMessage) -> str | None:
    shown = [text for piece in message.content or () if (text := content_text(piece.content))]
    if shown:
        return bounded("\n".join(shown))
    return _raw_output(message.raw_output)


def _raw_output(raw: object) -> str | None:
    if raw is None or raw == "" or raw == {} or raw == []:
        return None
    if isinstance(raw, str):
        return bounded(raw)
    if isinstance(raw, Mapping):
        for name in ("output", "stdout", "text", "error"):
            value = raw.get(name)
            if isinstance(value, str) and value:
                return bounded(value)
    return bounded(msgspec.json.encode(raw).decode())


def _input(raw: object) -> Mapping[str, object] | None:
    if raw is None or raw == {}:
        return None
    if not isinstance(raw, Mapping):
        raw = {"input": raw}
    if len(msgspec.json.encode(raw)) <= MAX_OUTPUT_CHARS:
        return raw
    return {str(name): _shortened(value) for name, value in raw.items()}


def _shortened(value: object) -> object:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return bounded(text, 2_000) if len(text) > 2_000 else value


def _locations(raw: Sequence[Location] | None) -> tuple[str, ...] | None:
    if raw is None:
        return None
    return tuple(place.path for place in raw if place.path)


def _diff(content: Sequence[ToolContent] | None) -> ToolDiff | None:
    for piece in content or ():
        if piece.type != "diff" or piece.path is None:
            continue
        new = piece.new_text or ""
        if len(new) + len(piece.old_text or "") > MAX_DIFF_CHARS:
            return None
        return ToolDiff(piece.path, piece.old_text, new)
    return None
