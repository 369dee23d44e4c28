"""A model behind an OpenAI-compatible endpoint: one request, and its answer in pieces."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from attrs import field, frozen

from boocode.domain.native.failures import Failure


@frozen
class ModelRequest:
    model: str
    messages: tuple[Mapping[str, object], ...]
    """As on the wire."""
    tools: tuple[Mapping[str, object], ...] = ()
    """As on the wire: `{"type": "function", "function": {name, description, parameters}}`."""
    more: Mapping[str, object] = field(factory=dict)
    """Further members of the body: sampling and the like."""


@frozen
class TextPiece:
    text: str


@frozen
class ReasoningPiece:
    text: str


@frozen
class CallPiece:
    """A piece of the tool call at `index`: id and name come once, the arguments' text bit by bit."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@frozen
class UsageTold:
    input_tokens: int | None
    output_tokens: int | None


@frozen
class Finished:
    """`reason` is the endpoint's word: stop, length, tool_calls, …"""

    reason: str


Piece: TypeAlias = TextPiece | ReasoningPiece | CallPiece | UsageTold | Finished


@frozen
class ServedModel:
    id: str
    context_tokens: int | None = None
    """Its window, where the endpoint tells."""


class ModelFailed(Exception):
    """The answer ended badly, or never began; what had come before has been given out."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class ModelEndpoint(Protocol):
    """Nothing is ever asked twice by itself. Every method raises ModelFailed; leaving `answer` ends the request."""

    def answer(self, request: ModelRequest) -> AbstractAsyncContextManager[AsyncIterator[Piece]]:
        """The pieces of a streamed answer, `UsageTold` and `Finished` last. Without one for `native_stall_s` it fails
        as `stall`."""
        ...

    async def whole(self, request: ModelRequest, within_s: float) -> str:
        """The text of an answer that is not streamed, without its reasoning."""
        ...

    async def models(self) -> tuple[ServedModel, ...]: ...
    async def close(self) -> None: ...
