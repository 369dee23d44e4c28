"""A message while it is being written: events become frames, frames become parts.

There is one rule for the content of a message: fold its frames. A live turn uses it to know what it has said,
and after a crash the same fold over the durable log gives the same parts. So: the texts of the `message_delta`
frames of one kind, concatenated, are exactly the stored text of the parts of that kind.
"""

from collections.abc import Iterable, Mapping

from attrs import define, evolve, field

from boocode.contracts.frames import (
    FrameBody,
    MessageComplete,
    MessageDelta,
    NoticeFrame,
    PlanUpdated,
    ToolCallFrame,
    ToolUpdateFrame,
    UsageUpdated,
)
from boocode.contracts.resources import Diff, Part, PlanItem
from boocode.domain.events import (
    AgentEvent,
    ModelChanged,
    Notice,
    Plan,
    Reasoning,
    Text,
    ToolCall,
    ToolDiff,
    ToolUpdate,
    Usage,
)

MAX_OUTPUT = 64_000
"""Characters of a tool's output that are kept: its beginning and its end."""
MAX_DIFF = 200_000
"""Characters of either side of a tool's diff; a larger one is left to the pending changes."""


@define
class _Growing:
    """A text or reasoning part: pieces are joined only when somebody looks."""

    type: str
    pieces: list[str] = field(factory=list)


@define
class Transcript:
    """The content of one assistant message. Not thread-safe; owned by one actor."""

    message_id: str
    model: str | None = None
    usage: Usage = field(factory=Usage)
    _parts: list[_Growing | Part] = field(factory=list)
    _tools: dict[str, int] = field(factory=dict)

    def take(self, event: AgentEvent) -> tuple[FrameBody, ...]:
        """Folds the event in and returns its frames; events that are not content give none."""
        frames = self._frames(event)
        for frame in frames:
            self.fold(frame)
        return frames

    def fold(self, frame: FrameBody) -> None:
        """Frames of other messages must not be given; those without content are passed over."""
        match frame:
            case MessageDelta(kind=kind, text=text):
                self._grow(kind, text)
            case ToolCallFrame(part=part) | ToolUpdateFrame(part=part):
                self._put_tool(part)
            case PlanUpdated(entries=entries):
                self._put_plan(entries)
            case NoticeFrame(text=text):
                self._parts.append(Part(type="notice", text=text))
            case UsageUpdated(input_tokens=i, output_tokens=o, cost=c):
                self.usage = Usage(i, o, c)
            case MessageComplete(model=model):
                self.model = model or self.model
            case _:
                pass

    def close_tools(self) -> tuple[FrameBody, ...]:
        """The turn is over: what still ran has failed. Returns the frames that say so."""
        frames = tuple(
            ToolUpdateFrame(self.message_id, evolve(part, status="failed"))
            for part in self._parts
            if isinstance(part, Part) and part.type == "tool" and part.status in ("pending", "running")
        )
        for frame in frames:
            self.fold(frame)
        return frames

    def note_permission(self, tool_call_id: str, words: str) -> tuple[FrameBody, ...]:
        """How the question about this tool was answered: on the tool, or as a notice when it is not known."""
        index = self._tools.get(tool_call_id)
        frame: FrameBody = NoticeFrame(self.message_id, words)
        if index is not None:
            part = self._parts[index]
            assert isinstance(part, Part)
            frame = ToolUpdateFrame(self.message_id, evolve(part, permission=words))
        self.fold(frame)
        return (frame,)

    @property
    def text(self) -> str:
        """The answer: its text parts, concatenated."""
        return "".join(
            "".join(part.pieces) for part in self._parts if isinstance(part, _Growing) and part.type == "text"
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(
            part if isinstance(part, Part) else _text_part(part.type, "".join(part.pieces))
            for part in self._parts
        )

    def _frames(self, event: AgentEvent) -> tuple[FrameBody, ...]:
        match event:
            case Text(text=text):
                return (MessageDelta(self.message_id, "text", text),) if text else ()
            case Reasoning(text=text):
                return (MessageDelta(self.message_id, "reasoning", text),) if text else ()
            case ToolCall() if event.tool_call_id not in self._tools:
                return (ToolCallFrame(self.message_id, _tool_part(event)),)
            case ToolCall() | ToolUpdate():
                return self._tool_frames(event)
            case Plan(entries=entries):
                items = tuple(PlanItem(e.content, e.status, e.priority) for e in entries)
                return (PlanUpdated(self.message_id, items),)
            case Usage():
                self.usage = _merged_usage(self.usage, event)
                u = self.usage
                return (UsageUpdated(self.message_id, u.input_tokens, u.output_tokens, u.cost),)
            case Notice(text=text):
                return (NoticeFrame(self.message_id, text),)
            case ModelChanged(model=model):
                self.model = model
                return ()
            case _:
                return ()

    def _tool_frames(self, event: ToolCall | ToolUpdate) -> tuple[FrameBody, ...]:
        index = self._tools.get(event.tool_call_id)
        if index is None:
            call = ToolCall(event.tool_call_id, event.title or "tool")
            return (ToolCallFrame(self.message_id, _updated(_tool_part(call), event)),)
        known = self._parts[index]
        assert isinstance(known, Part)
        part = _updated(known, event)
        return (ToolUpdateFrame(self.message_id, part),) if part != known else ()

    def _grow(self, kind: str, text: str) -> None:
        last = self._parts[-1] if self._parts else None
        if not (isinstance(last, _Growing) and last.type == kind):
            last = _Growing(kind)
            self._parts.append(last)
        last.pieces.append(text)

    def _put_tool(self, part: Part) -> None:
        assert part.tool_call_id is not None
        index = self._tools.get(part.tool_call_id)
        if index is None:
            self._tools[part.tool_call_id] = len(self._parts)
            self._parts.append(part)
        else:
            self._parts[index] = part

    def _put_plan(self, entries: tuple[PlanItem, ...]) -> None:
        plan = Part(type="plan", entries=entries)
        for index, part in enumerate(self._parts):
            if isinstance(part, Part) and part.type == "plan":
                self._parts[index] = plan
                return
        self._parts.append(plan)


def coalesce(frames: Iterable[FrameBody]) -> tuple[FrameBody, ...]:
    """Fewer frames with the same fold: adjacent deltas of one kind join, of a tool's updates the last one stays.

    A tool part's place is where it first appeared, so a later state may take the place of an earlier one.
    """
    out: list[FrameBody] = []
    pieces: list[str] = []
    tools: dict[str, int] = {}
    for frame in frames:
        last = out[-1] if out else None
        if isinstance(frame, MessageDelta):
            if (
                isinstance(last, MessageDelta)
                and last.kind == frame.kind
                and last.message_id == frame.message_id
            ):
                pieces.append(frame.text)
                continue
            _join(out, pieces)
            pieces = [frame.text]
        elif isinstance(frame, ToolUpdateFrame):
            assert frame.part.tool_call_id is not None
            index = tools.get(frame.part.tool_call_id)
            if index is not None:
                out[index] = type(out[index])(frame.message_id, frame.part)  # type: ignore[call-arg, arg-type]
                continue
            _join(out, pieces)
            pieces = []
            tools[frame.part.tool_call_id] = len(out)
        else:
            _join(out, pieces)
            pieces = []
            if isinstance(frame, ToolCallFrame) and frame.part.tool_call_id is not None:
                tools[frame.part.tool_call_id] = len(out)
        out.append(frame)
    _join(out, pieces)
    return tuple(out)


def _join(out: list[FrameBody], pieces: list[str]) -> None:
    if len(pieces) > 1 and isinstance(out[-1], MessageDelta):
        out[-1] = evolve(out[-1], text="".join(pieces))


def _text_part(kind: str, text: str) -> Part:
    return Part(type="reasoning", text=text) if kind == "reasoning" else Part(type="text", text=text)


def _tool_part(call: ToolCall) -> Part:
    return Part(
        type="tool",
        tool_call_id=call.tool_call_id,
        title=call.title,
        kind=call.kind,
        status=call.status,
        input=_input(call.input),
        output=None if call.output is None else shorten(call.output),
        locations=call.locations,
        diff=_diff(call.diff),
    )


def _updated(part: Part, news: ToolCall | ToolUpdate) -> Part:
    return evolve(
        part,
        title=news.title if news.title is not None else part.title,
        kind=news.kind if news.kind is not None else part.kind,
        status=news.status if news.status is not None else part.status,
        input=_input(news.input) if news.input is not None else part.input,
        output=shorten(news.output) if news.output is not None else part.output,
        locations=news.locations if news.locations else part.locations,
        diff=_diff(news.diff) if news.diff is not None else part.diff,
    )


def _input(value: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if value is None else dict(value)


def _diff(diff: ToolDiff | None) -> Diff | None:
    if diff is None or max(len(diff.old_text or ""), len(diff.new_text)) > MAX_DIFF:
        return None
    return Diff(diff.path, diff.old_text, diff.new_text)


def shorten(output: str, limit: int = MAX_OUTPUT) -> str:
    """The output itself, or its first and last halves of `limit` with a line between that says what is left out."""
    if len(output) <= limit:
        return output
    half = limit // 2
    return f"{output[:half]}\n… {len(output) - 2 * half} characters left out …\n{output[-half:]}"


def _merged_usage(old: Usage, new: Usage) -> Usage:
    return Usage(
        new.input_tokens if new.input_tokens is not None else old.input_tokens,
        new.output_tokens if new.output_tokens is not None else old.output_tokens,
        new.cost if new.cost is not None else old.cost,
    )
