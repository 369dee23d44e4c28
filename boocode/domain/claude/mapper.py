"""One conversation's messages → events, in order, each piece of text once.

A block of text arrives twice: in pieces (`stream_event`), and then whole (`assistant`). The mapper remembers what it
has shown of the message that is being streamed, and shows of the whole block only what is missing; so it serves a
stream without pieces as well. What sub-agents write is theirs: of them only the tool calls are shown.

    mapper = MessageMapper()
    for message in messages: events = mapper.take(message)

A `result` gives its usage only; `outcome.outcome_of` says how the turn ended.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from attrs import define, field

from boocode.domain.acp.usage import UsageNote
from boocode.domain.claude.outcome import usage_notes
from boocode.domain.claude.plans import TaskList, plan_of
from boocode.domain.claude.system import map_system
from boocode.domain.claude.tools import kind_of, tool_call, tool_result
from boocode.domain.events import AgentEvent, Reasoning, Text, ToolCall

Mapped: TypeAlias = AgentEvent | UsageNote
Message: TypeAlias = Mapping[str, object]
"""One line of stream-json, parsed."""

_SYNTHETIC = "<synthetic>"
"""The model of messages that Claude wrote itself, about an error that the result names again."""
_EMPTY: Mapping[str, object] = {}


@define
class MessageMapper:
    _shown: dict[str, str] = field(factory=dict)
    """What was streamed of the current message and has not come whole yet: by block type."""

    _tasks: TaskList = field(factory=TaskList)

    def take(self, message: Message) -> tuple[Mapped, ...]:
        """The events of one message; none for one that says nothing, or that nobody here knows."""
        inner = _mapping(message.get("message"))
        is_subagent = message.get("parent_tool_use_id") is not None
        match message.get("type"):
            case "stream_event":
                return () if is_subagent else tuple(self._piece(_mapping(message.get("event"))))
            case "assistant":
                if inner.get("model") == _SYNTHETIC and message.get("is_api_error_message"):
                    return ()
                return tuple(self._whole(inner, is_subagent=is_subagent))
            case "user":
                return tuple(self._results(inner, message.get("tool_use_result")))
            case "system":
                return tuple(map_system(message))
            case "result":
                return usage_notes(message)
            case _:
                return ()

    def _piece(self, event: Message) -> Iterable[Mapped]:
        match event.get("type"):
            case "message_start":
                self._shown.clear()
            case "content_block_start":
                block = _mapping(event.get("content_block"))
                if block.get("type") == "tool_use" and block.get("id"):
                    name = str(block.get("name") or "Tool")
                    yield ToolCall(str(block["id"]), name, kind_of(name))
            case "content_block_delta":
                delta = _mapping(event.get("delta"))
                for kind, key in (("text", "text"), ("thinking", "thinking")):
                    piece = delta.get(key)
                    if delta.get("type") == f"{kind}_delta" and isinstance(piece, str) and piece:
                        self._shown[kind] = self._shown.get(kind, "") + piece
                        yield _event(kind, piece)

    def _whole(self, inner: Message, *, is_subagent: bool) -> Iterable[Mapped]:
        for block in _blocks(inner):
            kind = str(block.get("type"))
            if kind == "tool_use":
                yield from _call(block)
            elif kind in ("text", "thinking") and not is_subagent:
                text = str(block.get(kind) or "")
                # Not told apart by the message's id: Qwen Code gives each whole block another one.
                if missing := self._missing(kind, text):
                    yield _event(kind, missing)

    def _results(self, inner: Message, detail: object) -> Iterable[Mapped]:
        """`tool_use_result` describes one result: with several in a message nobody could say which."""
        results = [block for block in _blocks(inner) if block.get("type") == "tool_result"]
        for block in results:
            yield tool_result(block, detail if len(results) == 1 else None)
        if len(results) == 1 and (plan := self._tasks.take(detail)) is not None:
            yield plan

    def _missing(self, kind: str, text: str) -> str:
        """What was not shown yet of a block that came whole."""
        shown = self._shown.pop(kind, "")
        if shown.startswith(text):
            self._shown[kind] = shown[len(text) :]
            return ""
        return text.removeprefix(shown)


def _call(block: Message) -> Iterable[Mapped]:
    name, arguments = str(block.get("name") or "Tool"), block.get("input")
    yield tool_call(str(block.get("id")), name, arguments, "running")
    plan = plan_of(name, arguments)
    if plan is not None:
        yield plan


def _event(kind: str, text: str) -> Text | Reasoning:
    return Text(text) if kind == "text" else Reasoning(text)


def _blocks(inner: Message) -> list[Mapping[str, object]]:
    content = inner.get("content")
    return [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else _EMPTY
