"""Answers of models and servers that have lost their way: bounded, and the session lives on."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from itertools import repeat
from pathlib import Path

import pytest
import trio
from attrs import frozen

from boocode.domain.events import Completed
from boocode.domain.native.conversation import AssistantSaid
from boocode.ports.model_endpoint import (
    CallPiece,
    ModelRequest,
    Piece,
    ReasoningPiece,
    ServedModel,
    TextPiece,
)
from tests.actors.native_kit import Tool, native_stage

MOST = 1_100_000


@frozen
class Saying:
    """An endpoint whose answers are these pieces, over and over where they have no end."""

    pieces: Callable[[], Iterable[Piece]]

    @asynccontextmanager
    async def answer(self, _request: ModelRequest) -> AsyncIterator[AsyncIterator[Piece]]:
        async def said() -> AsyncGenerator[Piece, None]:
            for piece in self.pieces():
                await trio.lowlevel.checkpoint()
                yield piece

        async with aclosing(said()) as written:
            yield written

    async def whole(self, _request: ModelRequest, _within_s: float) -> str:
        raise AssertionError("it streams")

    async def models(self) -> tuple[ServedModel, ...]:
        return (ServedModel("scripted-1"),)

    async def close(self) -> None:
        return


@pytest.mark.parametrize(
    "pieces",
    [
        lambda: [TextPiece("word " * 2_000_000)],
        lambda: [ReasoningPiece("word " * 2_000_000)],
        lambda: repeat(TextPiece("word " * 200)),
    ],
    ids=["one piece of text", "one piece of reasoning", "text without end"],
)
async def test_what_a_model_says_without_end_is_cut_off(
    tmp_path: Path, pieces: Callable[[], Iterable[Piece]]
) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        scripted, stage.world.endpoint = stage.world.endpoint, Saying(pieces)
        lease = await agents.acquire()
        told = await agents.turn(lease, "say it")
        assert told.outcomes == [Completed("max_tokens")]
        assert len(told.text) + len(told.reasoning) < MOST
        stage.world.endpoint = scripted
        assert (await agents.turn(lease, "say again")).outcomes == [Completed()]


async def test_calls_without_end_are_cut_off_and_answered(tmp_path: Path) -> None:
    def calls() -> Iterable[Piece]:
        return (CallPiece(at, f"id{at}", "look") for at in range(1_000_000))

    async with native_stage(tmp_path, look := Tool("look")) as stage, stage.open() as agents:
        scripted, stage.world.endpoint = stage.world.endpoint, Saying(calls)
        lease = await agents.acquire()
        listening, _ = await agents.start(lease, "do it")
        with trio.fail_after(60):
            await look.begun.wait()
        stage.world.endpoint = scripted
        agents.cancel(lease)
        await listening.over()
        (kept,) = stage.world.memory.kept.values()
        said = [entry for entry in kept if isinstance(entry, AssistantSaid)]
        assert max(len(entry.calls) for entry in said) <= MOST / 100
