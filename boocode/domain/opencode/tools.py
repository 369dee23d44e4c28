"""Tool parts: what opencode shows of a tool call, bounded, in our words."""

from collections.abc import Mapping
from typing import Any

import msgspec
from attrs import evolve, frozen

from boocode.domain.acp.tools import MAX_DIFF_CHARS, MAX_OUTPUT_CHARS, bounded
from boocode.domain.events import ToolCall, ToolDiff, ToolStatus, ToolUpdate
from boocode.domain.opencode.vendor import Part, PermissionRequested, ToolState

_STATUS: Mapping[str, ToolStatus] = {
    "pending": "pending",
    "running": "running",
    "completed": "completed",
    "error": "failed",
}
_KINDS: Mapping[str, str] = {
    "read": "read",
    "list": "read",
    "edit": "edit",
    "write": "edit",
    "patch": "edit",
    "apply_patch": "edit",
    "multiedit": "edit",
    "bash": "execute",
    "glob": "search",
    "grep": "search",
    "webfetch": "fetch",
    "websearch": "fetch",
    "todowrite": "think",
    "todoread": "think",
    "task": "think",
}
_PATHS = ("filePath", "filepath", "path")
_TITLES = ("command", "description", "filePath", "filepath", "pattern", "path", "url")
_LONG = 2_000


def tool_call(part: Part) -> ToolCall:
    """The whole call as this part shows it."""
    state = part.state or ToolState()
    given = _input(state.input)
    return ToolCall(
        tool_call_id=part.call_id or part.id,
        title=_title(part.tool or "tool", given) or state.title or part.tool or "Tool",
        kind=kind_of(part.tool),
        status=_STATUS.get(state.status, "running"),
        input=given,
        output=_output(state),
        locations=_locations(given),
        diff=_diff(part.tool, given),
    )


def kind_of(tool: str | None) -> str:
    return _KINDS.get(tool or "", "other")


@frozen
class ShownTool:
    """What was told of a call; its output is kept as its length, for it can be large."""

    call: ToolCall
    output_chars: int

    @classmethod
    def of(cls, call: ToolCall) -> "ShownTool":
        return cls(evolve(call, output=None), len(call.output or ""))

    def news(self, now: ToolCall) -> ToolUpdate | None:
        """What is new; None for nothing, and for a state that is older than the one shown."""
        was = self.call
        if was.status in ("completed", "failed"):
            return None
        update = ToolUpdate(
            was.tool_call_id,
            title=now.title if now.title != was.title else None,
            kind=now.kind if now.kind != was.kind else None,
            status=now.status if now.status != was.status else None,
            input=now.input if now.input is not None and now.input != was.input else None,
            output=now.output if now.output and len(now.output) != self.output_chars else None,
            locations=now.locations if now.locations and now.locations != was.locations else None,
            diff=now.diff if now.diff is not None and now.diff != was.diff else None,
        )
        return None if update == ToolUpdate(was.tool_call_id) else update


def asked_tool(asked: PermissionRequested) -> ToolCall:
    """The call that a permission is wanted for, as far as the request tells it."""
    told = _input(asked.metadata)
    call_id = asked.tool.call_id if asked.tool is not None else ""
    return ToolCall(
        tool_call_id=call_id or f"permission-{asked.id}",
        title=_title(asked.permission, told) or " ".join([asked.permission, *asked.patterns[:3]]),
        kind=kind_of(asked.permission),
        input=told,
        locations=_locations(told),
    )


def _title(tool: str, given: Mapping[str, object] | None) -> str | None:
    """The same from the beginning of a call to its end, which opencode's own title is not."""
    for name in _TITLES:
        value = (given or {}).get(name)
        if isinstance(value, str) and value:
            return f"{tool}: {value[:200]}"
    return None


def _input(raw: Any) -> Mapping[str, object] | None:
    if not isinstance(raw, Mapping) or not raw:
        return None
    if len(msgspec.json.encode(raw)) <= MAX_OUTPUT_CHARS:
        return raw
    return {str(name): _shortened(value) for name, value in raw.items()}


def _shortened(value: object) -> object:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return bounded(text, _LONG) if len(text) > _LONG else value


def _output(state: ToolState) -> str | None:
    """A running command shows its output in the metadata."""
    shown = state.error if state.status == "error" else state.output
    if not shown and isinstance(state.metadata, Mapping):
        shown = state.metadata.get("output")
    if not shown:
        return None
    return bounded(shown if isinstance(shown, str) else msgspec.json.encode(shown).decode())


def _locations(given: Mapping[str, object] | None) -> tuple[str, ...]:
    found = [(given or {}).get(name) for name in _PATHS]
    return tuple(path for path in found if isinstance(path, str) and path)[:1]


def _diff(tool: str | None, given: Mapping[str, object] | None) -> ToolDiff | None:
    path = (given or {}).get("filePath")
    if given is None or not isinstance(path, str):
        return None
    old, new = given.get("oldString"), given.get("newString" if tool == "edit" else "content")
    if kind_of(tool) != "edit" or not isinstance(new, str):
        return None
    before = old if isinstance(old, str) else None
    if len(new) + len(before or "") > MAX_DIFF_CHARS:
        return None
    return ToolDiff(path, before, new)
