"""One turn as opencode tells it: its events and, after a broken stream, its messages, in any number of repetitions.

The turn is what answers our own user message: the assistant messages whose `parentID` is its id. Text is shown once
(deltas, then the whole part), a tool moves forward only, a model call is counted once, so that everything may be
told again: that is how a reader that missed something catches up (`reconcile`).

It is over with an idle session, but idle alone is not enough, for after an abort or an error opencode says it twice
and the second may come when our prompt is out already:

    idle counts │ after an assistant message of ours that has completed or failed
                │ after a session.error (an unknown model makes no assistant message at all)
"""

from collections.abc import Iterable, Sequence

from boocode.domain.acp.incoming import Mapped
from boocode.domain.events import (
    Failed,
    ModeChanged,
    ModelChanged,
    Notice,
    Outcome,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
    Usage,
)
from boocode.domain.opencode.outcomes import ABORTED, outcome_of
from boocode.domain.opencode.shown_text import Kind, ShownText
from boocode.domain.opencode.tools import ShownTool, tool_call
from boocode.domain.opencode.vendor import (
    Info,
    MessageUpdated,
    Part,
    PartDelta,
    PartUpdated,
    SessionErrored,
    SessionIdle,
    SessionStatus,
    StatusValue,
    Todo,
    TodoUpdated,
    VendorError,
    VendorEvent,
    WholeMessage,
)

MAX_UNPLACED = 512
"""Parts whose message is not known yet, which happens only behind a gap in the stream."""
_PLAN_STATUS = {"pending": "pending", "in_progress": "in_progress", "completed": "completed"}
_PRIORITIES = {"high": "high", "low": "low"}


class TurnView:
    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self.verdict: Outcome | None = None
        """How the turn ended; None while it goes on."""
        self.is_busy = False
        """The session was seen at work on this turn."""
        self.has_shown = False
        """A part of the answer was seen: the prompt cannot be sent again."""
        self._answers: dict[str, Info] = {}
        """The assistant messages of this turn."""
        self._questions = {message_id}
        """Our user message, and those that opencode adds to the turn itself when it has compacted the context."""
        self._others = {message_id}
        self._unplaced: list[PartUpdated | PartDelta] = []
        self._texts: dict[str, ShownText | None] = {}
        self._tools: dict[str, ShownTool] = {}
        self._steps: set[str] = set()
        self._usage = Usage()
        self._error: VendorError | None = None
        self._is_catching_up = False
        self._idle_heard = False
        """Idle came by the stream while the messages were being read, which may tell what it ended."""
        self._idle_looks = 0

    # The stream

    def take(self, event: VendorEvent) -> list[Mapped]:
        """What an event of the turn's session adds."""
        match event:
            case MessageUpdated(info=info):
                return self._message(info)
            case PartUpdated() | PartDelta():
                return self._placed(event)
            case SessionStatus(status=status):
                return self._status(status)
            case SessionIdle():
                self._idle_heard = self._is_catching_up
                self._idle()
            case SessionErrored(error=error):
                self._error = error or VendorError()
            case TodoUpdated(todos=todos):
                return [_plan(todos)]
            case _:
                pass
        return []

    def stream_broke(self) -> None:
        """Events may be missing from here on: open texts wait for their whole."""
        self._is_catching_up = True
        for text in self._texts.values():
            if text is not None:
                text.is_stale = True

    def reconcile(self, messages: Sequence[WholeMessage], *, is_idle: bool) -> list[Mapped]:
        """What the session's messages tell beyond what was shown. `is_idle`: as the session's status says, asked
        for before the messages. An idle session without an end is believed at the second look."""
        out: list[Mapped] = []
        for message in messages:
            out += self._message(message.info)
            for part in message.parts:
                out += self._placed(PartUpdated(part))
        self._is_catching_up = False
        if self._idle_heard:
            self._idle()
        if is_idle and self.verdict is None:
            self._idle()
            self._idle_looks += 1
            if self.verdict is None and self._idle_looks > 1:
                words = "opencode stopped working on the turn without an answer."
                self.verdict = Failed("agent_error", words)
        return out

    # Messages and parts

    def _message(self, info: Info) -> list[Mapped]:
        if info.role == "user" and info.id > self.message_id:
            self._questions.add(info.id)
        if info.role != "assistant" or info.parent_id not in self._questions:
            self._others.add(info.id)
            return []
        is_new = info.id not in self._answers
        self._answers[info.id] = info
        self.is_busy = True
        out: list[Mapped] = []
        if info.provider_id and info.model_id:
            out.append(ModelChanged(f"{info.provider_id}/{info.model_id}"))
        if info.agent:
            out.append(ModeChanged(info.agent))
        if is_new and self._unplaced:
            waiting, self._unplaced = self._unplaced, []
            for event in waiting:
                out += self._placed(event)
        return out

    def _placed(self, event: PartUpdated | PartDelta) -> list[Mapped]:
        message_id = event.message_id if isinstance(event, PartDelta) else event.part.message_id
        if message_id not in self._answers:
            if message_id not in self._others and len(self._unplaced) < MAX_UNPLACED:
                self._unplaced.append(event)
            return []
        return self._delta(event) if isinstance(event, PartDelta) else self._part(event.part)

    def _delta(self, delta: PartDelta) -> list[Mapped]:
        text = self._texts.get(delta.part_id)
        if text is None or delta.field_name != "text":
            return []
        return self._says(text, text.delta(delta.delta))

    def _part(self, part: Part) -> list[Mapped]:
        self.has_shown = self.has_shown or part.type in ("text", "reasoning", "tool")
        if part.type == "tool":
            return self._tool(part)
        if part.type == "step-finish":
            return self._step(part)
        if part.type == "text" or part.type == "reasoning":
            if part.id not in self._texts:
                kind: Kind = "text" if part.type == "text" else "reasoning"
                is_hidden = part.synthetic or part.ignored
                self._texts[part.id] = None if is_hidden else ShownText(kind, self._is_catching_up)
            text = self._texts[part.id]
            return self._says(text, text.whole(part.text or "")) if text is not None else []
        return []

    @staticmethod
    def _says(text: ShownText, piece: str) -> list[Mapped]:
        if not piece:
            return []
        return [Text(piece) if text.kind == "text" else Reasoning(piece)]

    def _tool(self, part: Part) -> list[Mapped]:
        now = tool_call(part)
        shown = self._tools.get(part.id)
        if shown is None:
            self._tools[part.id] = ShownTool.of(now)
            return [now]
        news = shown.news(now)
        if news is None:
            return []
        self._tools[part.id] = ShownTool.of(now)
        return [news]

    def _step(self, part: Part) -> list[Mapped]:
        if part.id in self._steps:
            return []
        self._steps.add(part.id)
        tokens, was = part.tokens, self._usage
        read = int(tokens.input + tokens.cache.read + tokens.cache.write) if tokens is not None else 0
        written = int(tokens.output + tokens.reasoning) if tokens is not None else 0
        self._usage = Usage(
            (was.input_tokens or 0) + read,
            (was.output_tokens or 0) + written,
            (was.cost or 0.0) + (part.cost or 0.0),
        )
        return [self._usage]

    # Its end

    def _status(self, status: StatusValue) -> list[Mapped]:
        if status.type == "idle":
            return []  # session.idle follows, and says it for all versions
        self.is_busy = True
        if status.type != "retry":
            return []
        which = f" (try {status.attempt:g} failed)" if status.attempt else ""
        return [Notice(f"opencode tries the model again{which}: {status.message or 'it did not answer'}")]

    def _idle(self) -> None:
        if self.verdict is not None:
            return
        last = self._last_answer()
        if last is not None and last.is_over:
            self.verdict = outcome_of(last.error, last.finish)
        elif self._error is not None and not (last is None and self._error.name == ABORTED):
            self.verdict = outcome_of(self._error, None)

    def _last_answer(self) -> Info | None:
        return max(self._answers.values(), key=lambda info: info.id, default=None)


def _plan(todos: Iterable[Todo]) -> Plan:
    """What was given up is no longer part of the plan."""
    return Plan(
        tuple(
            PlanEntry(
                todo.content,
                _PLAN_STATUS.get(todo.status, "pending"),  # type: ignore[arg-type]
                _PRIORITIES.get(todo.priority, "medium"),  # type: ignore[arg-type]
            )
            for todo in todos
            if todo.status != "cancelled"
        )
    )
