"""What servers write as an answer, read as pieces: one dialect out of many.

    text        `content`, a string or a list of parts
    reasoning   `reasoning_content` or `reasoning`, some send both: one is taken
    tool calls  an index may be missing or the same for two calls; id and name may come once or with every piece;
                the arguments are text, or by mistake an object
    the end     `finish_reason`, perhaps more than once; usage before, with or after it

`Finished` is for the caller to say: it is only known to be true when the stream is over.
"""

import json
from collections.abc import Iterator, Mapping

from attrs import Factory, define

from boocode.domain.native.messages import clean
from boocode.ports.model_endpoint import CallPiece, Piece, ReasoningPiece, TextPiece, UsageTold

_REASONING = ("reasoning_content", "reasoning")
_MOST_WORD = 200
"""Characters of a call's name or id; they are sent back with every further request."""
_MOST_TOKENS = 10**12
"""More than this nobody has counted."""


@define
class _Call:
    index: int
    id: str | None = None
    is_named: bool = False


@define
class ChunkReader:
    """Of one answer. `finish_reason` and `usage` are the last ones told."""

    finish_reason: str | None = None
    usage: UsageTold | None = None
    _calls: list[_Call] = Factory(list)
    _by_wire_index: dict[int, _Call] = Factory(dict)

    def read(self, chunk: object) -> Iterator[Piece]:
        """The pieces in one event; whatever is not understood is passed over."""
        if not isinstance(chunk, dict):
            return
        self.usage = usage_in(chunk.get("usage")) or self.usage
        choice = first_choice(chunk)
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            yield from self._delta(delta)
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reason = reason

    def _delta(self, delta: Mapping[str, object]) -> Iterator[Piece]:
        for name in _REASONING:
            if thought := _plain(delta.get(name)):
                yield ReasoningPiece(thought)
                break
        yield from _content(delta.get("content"))
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                yield self._call(call)

    def _call(self, told: Mapping[str, object]) -> CallPiece:
        id_ = _word(told.get("id"))
        call = self._meant(told.get("index"), id_)
        function = told.get("function")
        function = function if isinstance(function, dict) else {}
        name = None if call.is_named else _word(function.get("name"))
        new_id = id_ if call.id is None else None
        call.id, call.is_named = call.id or id_, call.is_named or name is not None
        return CallPiece(call.index, new_id, name, _arguments(function.get("arguments")))

    def _meant(self, index: object, id_: str | None) -> _Call:
        """An id that was not heard at this index begins another call, whatever the index says."""
        wire = index if isinstance(index, int) else -1
        known = self._by_wire_index.get(wire)
        if known is None or (id_ is not None and known.id is not None and known.id != id_):
            known = next((call for call in self._calls if id_ is not None and call.id == id_), None)
            if known is None:
                known = _Call(len(self._calls))
                self._calls.append(known)
            self._by_wire_index[wire] = known
        return known


def is_error(chunk: object) -> bool:
    """Whether this, in place of a piece of an answer, says that there will be none."""
    return isinstance(chunk, dict) and bool(
        chunk.get("error") or ("choices" not in chunk and (chunk.get("message") or chunk.get("detail")))
    )


def first_choice(answer: Mapping[str, object]) -> Mapping[str, object]:
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, dict) else {}


def usage_in(value: object) -> UsageTold | None:
    if not isinstance(value, dict):
        return None
    told = UsageTold(_count(value.get("prompt_tokens")), _count(value.get("completion_tokens")))
    return None if told.input_tokens is None and told.output_tokens is None else told


def whole_text(answer: object) -> str | None:
    """The text of an answer that is not streamed; None when it is none."""
    if not isinstance(answer, dict):
        return None
    message = first_choice(answer).get("message")
    if not isinstance(message, dict):
        return None
    return "".join(piece.text for piece in _content(message.get("content")) if isinstance(piece, TextPiece))


def _content(value: object) -> Iterator[TextPiece | ReasoningPiece]:
    if isinstance(value, list):
        for part in value:
            if isinstance(part, dict) and part.get("type") == "thinking":
                if thought := _plain(part.get("thinking")):
                    yield ReasoningPiece(thought)
            elif text := _plain([part]):
                yield TextPiece(text)
    elif text := _plain(value):
        yield TextPiece(text)


def _plain(value: object) -> str:
    """Text, or the texts of a list of parts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "".join(_plain(part.get("text")) if isinstance(part, dict) else _plain(part) for part in value)


def _word(value: object) -> str | None:
    """Without what could not be sent back: half a surrogate pair is no UTF-8."""
    return clean(_plain(value)[:_MOST_WORD]) or None


def _arguments(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _count(value: object) -> int | None:
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS
        else None
    )
