"""One answer of the model: its pieces become events as they come, and at the end what is remembered of it.

It can be cut off at any piece, by a cancel, a failure or the session's end; `close` then gives what had come.
"""

import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator

import trio
from attrs import evolve

from actors.native_turn import NativeTurn
from boocode.domain.acp.usage import UsageNote
from boocode.domain.native.answer import Answer, AnswerReader
from boocode.ports.model_endpoint import (
    CallPiece,
    Finished,
    ModelEndpoint,
    ModelRequest,
    Piece,
    ReasoningPiece,
    TextPiece,
    UsageTold,
)

_CUT_SHORT = "length"
MOST_CHARS = 1_000_000
"""Of one answer. There are models that repeat themselves for ever, and servers that let them."""
CALL_CHARS = 100
"""What a call counts for beside its arguments."""
PART_CHARS = 8_192
"""A larger piece is read bit by bit, and others have their turn in between."""


def new_call_id() -> str:
    """Nine letters and digits: there are templates that take nothing else."""
    return secrets.token_hex(5)[:9]


class ModelAnswer:
    def __init__(
        self, turn: NativeTurn, offered: Collection[str], begun: Callable[[], Awaitable[None]]
    ) -> None:
        """`begun` is awaited when the model says the first of it."""
        self.usage: UsageTold | None = None
        self.began = False
        self._turn = turn
        self._begun = begun
        self._reader = AnswerReader(offered, new_call_id)
        self._answer: Answer | None = None
        self._chars = 0

    async def hear(self, endpoint: ModelEndpoint, request: ModelRequest) -> Answer:
        """Raises ModelFailed."""
        async with endpoint.answer(request) as pieces:
            async for piece in pieces:
                await self._hear(piece)
                if self._chars > MOST_CHARS:
                    self._turn.finish = _CUT_SHORT
                    break
        return self.close()

    def close(self) -> Answer:
        """The answer as far as it came; its last events and its tokens are told. Twice is once."""
        if self._answer is None:
            self._answer = answer = self._reader.finish(cut_short=self._turn.finish == _CUT_SHORT)
            self._turn.say(answer.events)
            if self.usage is not None:
                self._turn.say([UsageNote("call", self.usage.input_tokens, self.usage.output_tokens)])
        return self._answer

    async def _hear(self, piece: Piece) -> None:
        for part in _parts(piece):
            if self._chars > MOST_CHARS:
                return
            had_begun = self.began
            self._take(part)
            if self.began and not had_begun:
                await self._begun()
            await self._turn.keep_up()
            if part is not piece:
                await trio.lowlevel.checkpoint()

    def _take(self, piece: Piece) -> None:
        match piece:
            case TextPiece(text=text):
                self._chars += len(text)
                self._turn.say(self._reader.text(text))
            case ReasoningPiece(text=text):
                self._chars += len(text)
                self._turn.say(self._reader.reasoning(text))
            case CallPiece():
                begins = piece.id is not None or piece.name is not None
                self._chars += len(piece.arguments) + CALL_CHARS * begins
                self._turn.say(self._reader.call(piece.index, piece.id, piece.name, piece.arguments))
            case UsageTold():
                self.usage = piece  # some tell it with every piece: the last one counts
                return
            case Finished(reason=reason):
                self._turn.finish = reason
                return
        self.began = True


def _parts(piece: Piece) -> Iterator[Piece]:
    if not isinstance(piece, TextPiece | ReasoningPiece) or len(piece.text) <= PART_CHARS:
        yield piece
        return
    for at in range(0, len(piece.text), PART_CHARS):
        yield evolve(piece, text=piece.text[at : at + PART_CHARS])
