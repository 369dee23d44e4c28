"""One turn's memory: mapped items in, the listener's events out, in the agent's order.

Adjacent pieces of text join, control tags fall out of them, an update of an unknown tool creates the tool,
tokens and money add up, and at the end nothing stays open: neither a tool nor a question.
"""

from collections.abc import Iterable

from attrs import evolve

from boocode.domain.acp.incoming import Mapped, OwnWords
from boocode.domain.acp.offers import SettingsNote
from boocode.domain.acp.permissions import is_refusal
from boocode.domain.acp.terminals import TerminalShown, TerminalText
from boocode.domain.acp.tools import bounded
from boocode.domain.acp.usage import UsageMeter, UsageNote
from boocode.domain.control_tags import ControlTags
from boocode.domain.events import (
    AgentEvent,
    ModeChanged,
    ModelChanged,
    PermissionAsked,
    PermissionWithdrawn,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
)


class TurnFold:
    def __init__(
        self, *, cost_before: float | None = None, model: str | None = None, mode: str | None = None
    ) -> None:
        self.meter = UsageMeter(cost_before)
        self.model = model
        self.mode = mode
        self.questions: dict[str, PermissionAsked] = {}
        """Open permission requests by their key, oldest first."""
        self._tags: dict[type[Text] | type[Reasoning], ControlTags] = {
            Text: ControlTags(),
            Reasoning: ControlTags(),
        }
        self._tools: dict[str, ToolCall] = {}
        self._refused: set[str] = set()
        self._showing: dict[str, list[str]] = {}
        """By terminal, the tool calls that show it."""
        self._terminals: dict[str, str] = {}
        """What each terminal held last."""

    def take(self, items: Iterable[Mapped]) -> list[AgentEvent]:
        """The events of these items. Text that might begin a control tag waits for what follows."""
        out: list[AgentEvent] = []
        run: type[Text] | type[Reasoning] = Text
        pieces: list[str] = []
        for item in items:
            if isinstance(item, Text | Reasoning):
                if type(item) is not run:
                    self._show(out, run, pieces)
                    self._settle(out, run)
                    run = type(item)
                pieces.append(item.text)
            else:
                self._show(out, run, pieces)
                self._settle_all(out)
                self._other(out, item)
        self._show(out, run, pieces)
        return out

    def ask(self, asked: PermissionAsked) -> list[AgentEvent]:
        """A question: its tool first, if nobody has heard of it, then the question itself."""
        out: list[AgentEvent] = []
        self._settle_all(out)
        known = self._tools.get(asked.tool.tool_call_id)
        tool = asked.tool if known is None else _richer(known, asked.tool)
        if known != tool:
            self._tools[tool.tool_call_id] = tool
            out.append(tool if known is None else _as_update(tool))
        asked = evolve(asked, tool=tool)
        self.questions[asked.request_key] = asked
        out.append(asked)
        return out

    def answered(self, request_key: str, option_id: str | None) -> PermissionAsked | None:
        """Closes a question; None when it is not open. A refused tool ends as failed, said or not."""
        asked = self.questions.pop(request_key, None)
        if asked is not None and is_refusal(asked.options, option_id):
            self._refused.add(asked.tool.tool_call_id)
        return asked

    def withdraw(self) -> list[AgentEvent]:
        """Every open question is over without an answer."""
        keys = list(self.questions)
        for key in keys:
            self.answered(key, None)
        return [PermissionWithdrawn(key) for key in keys]

    def end(self, *, completed: bool, usage: UsageNote | None = None) -> list[AgentEvent]:
        """The turn's last events: held-back text, final usage, and whatever is still open, closed."""
        out = self.withdraw()
        for kind in self._tags:
            self._emit(out, kind, self._tags[kind].finish())
        for tool in self._tools.values():
            if tool.status in ("pending", "running"):
                done = completed and tool.tool_call_id not in self._refused
                out.append(ToolUpdate(tool.tool_call_id, status="completed" if done else "failed"))
        self._tools.clear()
        if usage is not None and (event := self.meter.take(usage)) is not None:
            out.append(event)
        return out

    def _other(self, out: list[AgentEvent], item: Mapped) -> None:
        match item:
            case UsageNote():
                event = self.meter.take(item)
                if event is not None:
                    out.append(event)
            case SettingsNote():
                pass  # the session keeps it
            case OwnWords():
                pass  # they are in the transcript already
            case TerminalShown(tool_call_id=tool, terminal_id=terminal):
                self._showing.setdefault(terminal, []).append(tool)
                self._terminal_news(out, terminal, [tool])
            case TerminalText(terminal_id=terminal, text=text):
                self._terminals[terminal] = bounded(text)
                self._terminal_news(out, terminal, self._showing.get(terminal, []))
            case ToolCall():
                self._tools[item.tool_call_id] = evolve(item, output=None)
                out.append(item)
            case ToolUpdate():
                self._tool_news(out, item)
            case ModelChanged(model=model):
                if model != self.model:
                    self.model = model
                    out.append(item)
            case ModeChanged(mode=mode):
                if mode != self.mode:
                    self.mode = mode
                    out.append(item)
            case _:
                out.append(item)

    def _terminal_news(self, out: list[AgentEvent], terminal: str, tools: Iterable[str]) -> None:
        text = self._terminals.get(terminal)
        if text:
            out.extend(ToolUpdate(tool, output=text) for tool in dict.fromkeys(tools))

    def _tool_news(self, out: list[AgentEvent], news: ToolUpdate) -> None:
        known = self._tools.get(news.tool_call_id)
        if known is None:
            call = _with(ToolCall(news.tool_call_id, news.title or news.kind or "Tool"), news)
            self._tools[call.tool_call_id] = call
            out.append(evolve(call, output=news.output))
        else:
            self._tools[news.tool_call_id] = _with(known, news)
            out.append(news)

    def _show(self, out: list[AgentEvent], kind: type[Text] | type[Reasoning], pieces: list[str]) -> None:
        if pieces:
            self._emit(out, kind, self._tags[kind].feed("".join(pieces)))
            pieces.clear()

    def _settle(self, out: list[AgentEvent], kind: type[Text] | type[Reasoning]) -> None:
        if self._tags[kind].holds_back:
            self._emit(out, kind, self._tags[kind].settle())

    def _settle_all(self, out: list[AgentEvent]) -> None:
        for kind in self._tags:
            self._settle(out, kind)

    @staticmethod
    def _emit(out: list[AgentEvent], kind: type[Text] | type[Reasoning], text: str) -> None:
        if not text:
            return
        last = out[-1] if out else None
        if type(last) is kind:
            out[-1] = kind(last.text + text)
        else:
            out.append(kind(text))


def _with(call: ToolCall, news: ToolUpdate) -> ToolCall:
    """The call after the news; its output is not kept, it can be large and is shown already."""
    return ToolCall(
        tool_call_id=call.tool_call_id,
        title=news.title or call.title,
        kind=news.kind or call.kind,
        status=news.status or call.status,
        input=call.input if news.input is None else news.input,
        locations=call.locations if news.locations is None else news.locations,
        diff=news.diff or call.diff,
    )


def _richer(known: ToolCall, asked: ToolCall) -> ToolCall:
    """What the question adds to a known call; its defaults add nothing."""
    return ToolCall(
        tool_call_id=known.tool_call_id,
        title=asked.title if known.title in ("Tool", known.kind) else known.title,
        kind=known.kind if asked.kind == "other" else asked.kind,
        status=known.status,
        input=asked.input or known.input,
        locations=asked.locations or known.locations,
        diff=asked.diff or known.diff,
    )


def _as_update(call: ToolCall) -> ToolUpdate:
    return ToolUpdate(
        call.tool_call_id,
        title=call.title,
        kind=call.kind,
        input=call.input,
        locations=call.locations,
        diff=call.diff,
    )
