"""One run of the program: its lines in, the turn's events out, and at the end what became of the turn.

Lines of JSON go through `boocode.domain.claude`, whose shape they have. What is no JSON is kept as text: a program
that only prints is an agent too, and a banner before the first message is worth seeing. What differs by flavour stands
here: Qwen Code ends a failed turn as a success whose text is the error, and counts the tokens of a whole resumed
conversation in the result of its last turn, so its model calls are summed up instead.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from boocode.domain.acp.stopping import remark
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote, tokens
from boocode.domain.claude.mapper import Mapped, MessageMapper
from boocode.domain.claude.outcome import outcome_of
from boocode.domain.claude.system import commands_of, session_id_of
from boocode.domain.events import AgentEvent, Completed, Failed, Interrupted, Notice, Outcome, Text
from boocode.domain.stream_json.command import Flavour

Line: TypeAlias = Mapping[str, object] | str
"""A message, or a line that is none, with its newline."""

_API_ERROR = "[API Error: "
_SAMPLE_CHARS = 200


class Run:
    def __init__(self, label: str, flavour: Flavour, fold: TurnFold) -> None:
        self.fold = fold
        self.session_id: str | None = None
        """The agent's own id of the conversation, from its first message."""
        self.is_begun = False
        """It said `init`: from now on the conversation exists and can be resumed."""
        self.has_spoken = False
        """Anything at all came."""
        self.result: Mapping[str, object] | None = None
        self._label = label
        self._flavour = flavour
        self._mapper = MessageMapper()
        self._is_json = False
        self._denied: set[object] = set()

    def take(self, lines: Iterable[Line]) -> list[AgentEvent]:
        """The events of these lines; after the result nothing is heard any more."""
        items: list[Mapped] = []
        for line in lines:
            if self.result is not None:
                break
            self.has_spoken = True
            if isinstance(line, str):
                items.append(self._plain(line))
            else:
                self._is_json = True
                items += self._message(line)
        return self.fold.take(items)

    @property
    def could_not_begin(self) -> bool:
        """It has not begun anything so far; after `--resume` an end means that it knows no such conversation."""
        if self.has_spoken and not self._is_json:
            return False
        return not self.is_begun and (self.result is None or isinstance(self._outcome(self.result), Failed))

    def outcome(self, how: str, *, exited_well: bool) -> Outcome:
        """What became of a turn that nobody cancelled; `how` the process ended, as words after its name."""
        if self.result is not None:
            return self._outcome(self.result)
        if exited_well and self.has_spoken and not self._is_json:
            return Completed()
        return Interrupted("agent_died", f"{self._label} {how}.")

    def end(self, outcome: Outcome) -> list[AgentEvent]:
        """The last events of the turn: held-back text, refusals not told yet, open tools closed."""
        events = self.fold.end(completed=isinstance(outcome, Completed))
        words = remark(outcome)
        return [*events, Notice(words)] if words else events

    def _message(self, message: Mapping[str, object]) -> Iterable[Mapped]:
        self.session_id = session_id_of(message) or self.session_id
        match message.get("type"), message.get("subtype"):
            case "system", "init":
                self.is_begun = True
                yield from self._mapper.take(message)
                if (commands := commands_of(message)) is not None:
                    yield commands
            case "system", "permission_denied":
                yield from self._refusal(message)
            case "assistant", _:
                yield from self._mapper.take(message)
                yield from self._call_usage(message)
            case "result", _:
                self.result = message
                denials = message.get("permission_denials")
                for denial in denials if isinstance(denials, list) else ():
                    if isinstance(denial, Mapping):
                        yield from self._refusal(denial)
                if self._flavour is Flavour.CLAUDE:
                    yield from self._mapper.take(message)
            case _:
                yield from self._mapper.take(message)

    def _plain(self, line: str) -> Mapped:
        if line.lstrip().startswith("{"):
            sample = line.strip()[:_SAMPLE_CHARS]
            return Notice(f"{self._label} wrote something that is no message, which was left out: {sample}")
        return Text(line)

    def _refusal(self, denial: Mapping[str, object]) -> Iterable[Notice]:
        """A tool that was not permitted, told once; nobody could be asked."""
        if (key := denial.get("tool_use_id")) in self._denied:
            return
        self._denied.add(key)
        why = denial.get("message")
        words = f"{self._label} did not permit itself to use {denial.get('tool_name') or 'a tool'}"
        said = f": {why}" if isinstance(why, str) and why else "."
        yield Notice(f"{words}{said} It cannot ask when it runs this way; another mode may permit it.")

    def _call_usage(self, message: Mapping[str, object]) -> Iterable[UsageNote]:
        inner = message.get("message")
        if self._flavour is Flavour.QWEN and isinstance(inner, Mapping):
            note = tokens(inner.get("usage"), "call")
            if note is not None and (note.input_tokens or note.output_tokens):
                yield note

    def _outcome(self, result: Mapping[str, object]) -> Outcome:
        outcome, text = outcome_of(result, cancel_asked=False), result.get("result")
        is_error = isinstance(text, str) and text.startswith(_API_ERROR) and text.endswith("]")
        if self._flavour is Flavour.QWEN and isinstance(outcome, Completed) and is_error:
            assert isinstance(text, str)
            return Failed("agent_error", text[1:-1])
        return outcome
