"""One answer of a model, read as it streams: what people are shown at once, and what it was when it is over.

The session makes one `AnswerReader` for each answer, gives it the endpoint's pieces and passes on what comes back:

    reader = AnswerReader(offered_names, new_id)
    match piece:
        case TextPiece(text):       events = reader.text(text)
        case ReasoningPiece(text):  events = reader.reasoning(text)
        case CallPiece():           events = reader.call(piece.index, piece.id, piece.name, piece.arguments)
    answer = reader.finish(cut_short=reason == "length")    # also after a failure: gives what had come
    # pass on answer.events, remember answer.said, then for each of answer.said.calls:
    arguments = read_arguments(call.arguments, offer.schema, cut_short=answer.cut_short)   # Arguments | Refused

`answer.unmade` are words for the model about calls that it tried to write as text and that nobody can make. They
are worth a further round of the model only when `answer.said.calls` is empty, and not twice in a row.

What is taken for a call in text, and what never is, `text_calls` says. Beside native calls
those in the text are left out: models write one call both ways.
"""

from collections.abc import Callable, Collection

from attrs import frozen

from boocode.domain.control_tags import ControlTags
from boocode.domain.events import Reasoning, Text
from boocode.domain.native.call_hints import hints
from boocode.domain.native.call_pieces import CallPieces
from boocode.domain.native.conversation import AssistantSaid, CallAsked
from boocode.domain.native.text_calls import TextCalls


@frozen
class Answer:
    """An answer that is over."""

    events: tuple[Text | Reasoning, ...]
    """What had been held back until now, to be shown first."""
    said: AssistantSaid
    """For the memory: text without calls and tags; the calls in the order in which they are to be answered, each with
    an id of its own and, where the model wrote a near miss, the name of the offered tool that it means."""
    notices: tuple[str, ...] = ()
    """For people: what was made of this answer that they could not guess (a call recovered from text)."""
    unmade: tuple[str, ...] = ()
    """For the model: what looked like a call and could not be made, and what to do instead."""
    cut_short: bool = False
    """The answer ended at its length: its last call may be half a call."""
    recovered: frozenset[str] = frozenset()
    """Ids of the calls that were read from text: a model that quotes a hostile file may write such a call."""


class AnswerReader:
    """Reads one answer. `offered`: names of the tools that the request offered; `new_id` makes ids for calls that
    came without one (9 letters and digits suit every template)."""

    def __init__(self, offered: Collection[str], new_id: Callable[[], str]) -> None:
        self._offered = frozenset(offered)
        self._new_id = new_id
        self._calls = CallPieces(self._offered, new_id)
        self._text = TextCalls(self._offered)
        self._text_tags = ControlTags()
        self._reasoning_tags = ControlTags()
        self._reasoning: list[str] = []

    def text(self, text: str) -> tuple[Text | Reasoning, ...]:
        """What of the answer can be shown now; possibly nothing."""
        return self._text.feed(self._text_tags.feed(text))

    def reasoning(self, text: str) -> tuple[Text | Reasoning, ...]:
        """The same for what the endpoint itself calls reasoning."""
        return self._think(self._reasoning_tags.feed(text))

    def call(
        self, index: int, call_id: str | None, name: str | None, arguments: str
    ) -> tuple[Text | Reasoning, ...]:
        """A piece of a native call. What is held back of the text stays so until the end."""
        self._calls.add(index, call_id, name, arguments)
        return ()

    def finish(self, *, cut_short: bool = False) -> Answer:
        """At the end of the stream, whether it ended well or not. `cut_short`: at the limit of its length."""
        events: tuple[Text | Reasoning, ...] = (
            *self._think(self._reasoning_tags.finish()),
            *self._text.feed(self._text_tags.finish()),
            *self._text.finish(cut_short=cut_short),
        )
        native = self._calls.whole(cut_short=cut_short)
        calls = native or self._recovered()
        text = "".join(self._text.text)
        reasoning = "\n\n".join(
            filter(None, ("".join(self._reasoning), "".join(self._text.reasoning).strip()))
        )
        unmade = () if native else (*self._text.unmade, *self._hints(text, reasoning, calls))
        return Answer(
            events,
            AssistantSaid(text.rstrip() if calls else text, reasoning, calls),
            () if native else self._notices(calls),
            unmade,
            cut_short,
            frozenset() if native else frozenset(call.id for call in calls),
        )

    def _recovered(self) -> tuple[CallAsked, ...]:
        return tuple(CallAsked(self._new_id(), call.name, call.arguments) for call in self._text.calls)

    def _hints(self, text: str, reasoning: str, calls: tuple[CallAsked, ...]) -> tuple[str, ...]:
        return () if calls or self._text.unmade else hints(text, reasoning, self._offered)

    def _notices(self, calls: tuple[CallAsked, ...]) -> tuple[str, ...]:
        if not calls:
            return ()
        names = ", ".join(dict.fromkeys(call.name for call in calls))
        made_up = " What it made up as a result was dropped." if self._text.invented else ""
        return (f"The model wrote its call of {names} as text; it was read from there.{made_up}",)

    def _think(self, text: str) -> tuple[Reasoning, ...]:
        self._reasoning.append(text)
        return (Reasoning(text),) if text else ()
