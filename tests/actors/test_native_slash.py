"""The slash commands of BooCode's own agent: answered without the model, all but `/compact`."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
import trio

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.events import Completed, Failed, Notice
from boocode.domain.native.conversation import Compacted
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.ports.model_endpoint import Finished, ModelRequest, Piece, ServedModel, TextPiece
from boocode.ports.native import NativeChoices
from tests.actors.native_kit import Stage, Tool, native_stage
from tests.contract.stage import user_turns


class CutShort:
    """An endpoint at which every answer ends at its limit of tokens."""

    @asynccontextmanager
    async def answer(self, _request: ModelRequest) -> AsyncIterator[AsyncIterator[Piece]]:
        async def pieces() -> AsyncGenerator[Piece, None]:
            await trio.lowlevel.checkpoint()
            yield TextPiece("The person wants")
            yield Finished("length")

        async with aclosing(pieces()) as written:
            yield written

    async def whole(self, _request: ModelRequest, _within_s: float) -> str:
        raise AssertionError("it streams")

    async def models(self) -> tuple[ServedModel, ...]:
        return (ServedModel("scripted-1"),)

    async def close(self) -> None:
        return


def _asked(stage: Stage) -> int:
    return len([seen for seen in stage.model.requests if "messages" in seen.body])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/help", "`/compact`"),
        ("/help", "`edit`. There are: `ask`, `edit`, `auto`, `plan`, `careful`."),
        ("/tools", "- `look`: The test's look."),
        ("/skills", "- `paint`: how to paint"),
        ("/context", "of 8000 tokens"),
        (" /context \n", "of 8000 tokens"),
    ],
)
async def test_a_command_is_answered_without_the_model(tmp_path: Path, command: str, words: str) -> None:
    choices = NativeChoices(model="scripted-1", context_tokens=8_000)
    async with native_stage(tmp_path, Tool("look"), choices=choices) as stage:
        stage.world.profiles = (BUILT_IN, Profile("careful"))
        stage.world.skills = (("paint", "how to paint"),)
        async with stage.open() as agents:
            lease = await agents.acquire()
            told = await agents.turn(lease, command)
            assert words in told.text
            assert told.outcomes == [Completed()]
            assert _asked(stage) == 0
            assert lease.agent_session_id not in stage.world.memory.kept


@pytest.mark.parametrize("prompt", ["/etc/hosts is wrong", "say /help", "/unknown"])
async def test_what_only_looks_like_one_goes_to_the_model(tmp_path: Path, prompt: str) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        await agents.turn(await agents.acquire(), prompt)
        assert _asked(stage) == 1


async def test_compact_puts_a_summary_in_the_place_of_the_conversation(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        async with stage.open() as agents:
            lease = await agents.acquire()
            await agents.turn(lease, "say something of old times")
            told = await agents.turn(lease, "/compact")
            assert told.outcomes == [Completed()]
            assert told.text
            assert any("earlier messages" in notice.text for notice in told.of(Notice))
            after = await agents.turn(lease, "say again")
            assert "old times" not in str(stage.messages())
            assert "Summary of the conversation" in str(stage.messages())
            assert after.outcomes == [Completed()]
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert [each for each in kept if isinstance(each, Compacted)] == [Compacted(told.text)]
        async with stage.open() as agents:
            again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
            await agents.turn(again, "say once more")
            assert "old times" not in str(stage.messages())


async def test_with_nothing_to_sum_up_the_model_is_not_asked(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), "/compact")
        assert "nothing to sum up" in told.text
        assert _asked(stage) == 0


async def test_a_summary_that_fails_leaves_the_conversation_as_it_is(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "say something")
        there = stage.world.endpoint
        stage.world.endpoint = OpenAiEndpoint("http://127.0.0.1:9/v1", None, 5.0, "config.toml")
        told = await agents.turn(lease, "/compact")
        assert isinstance(told.outcomes[0], Failed)
        stage.world.endpoint = there
        assert user_turns(await agents.turn(lease, "say again")) == 2
        kept = stage.world.memory.kept[lease.agent_session_id]
        assert not [each for each in kept if isinstance(each, Compacted)]


async def test_a_summary_that_is_cut_short_takes_nothings_place(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "say something")
        whole = stage.world.endpoint
        stage.world.endpoint = CutShort()
        told = await agents.turn(lease, "/compact")
        assert isinstance(told.outcomes[0], Failed)
        assert "cut off" in told.outcomes[0].message
        stage.world.endpoint = whole
        assert user_turns(await agents.turn(lease, "say again")) == 2
