"""BackendContract, plain turns: memory, streaming, reasoning, tools, usage, failures of the model."""

from pathlib import Path

import pytest

from boocode.domain.events import Commands, Completed, Failed, Text, ToolCall, ToolUpdate, Usage
from tests.contract.prompts import FAILURE
from tests.contract.rows import Row
from tests.contract.stage import Stage, tool_statuses, user_turns


@pytest.mark.row(Row.REMEMBERS)
async def test_the_second_turn_of_a_warm_session_knows_of_the_first(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        assert lease.fresh
        first = await agents.turn(lease, stage.prompts.say("good morning"), task="t1")
        assert "good morning" in first.text
        assert isinstance(first.outcomes[0], Completed)
        agents.release(lease)
        again = await agents.acquire()
        second = await agents.turn(again, stage.prompts.how_many(), task="t2")
        assert again.session == lease.session
        assert not again.fresh
        assert user_turns(second) == 2
        assert first.after_the_end == second.after_the_end == 0


@pytest.mark.row(Row.STREAMS)
async def test_text_comes_while_it_is_written_and_in_order(stage: Stage) -> None:
    async with stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, stage.prompts.count(40, every_ms=50))
        await told.until(lambda told: "5" in told.text)
        assert "40" not in told.text
        await told.over()
        assert " ".join(str(number) for number in range(1, 41)) in " ".join(told.text.split())
        assert len(told.of(Text)) > 1


@pytest.mark.row(Row.REASONING)
async def test_reasoning_comes_apart_from_the_text(stage: Stage) -> None:
    async with stage.open() as agents:
        told = await agents.turn(await agents.acquire(), stage.prompts.reason("rivers and lakes"))
        assert "rivers and lakes" in told.reasoning
        assert "thought of it" in told.text
        assert told.reasoning.strip() not in told.text


@pytest.mark.row(Row.TOOL)
async def test_a_tool_call_is_resolved_and_the_file_is_there(stage: Stage) -> None:
    async with stage.open() as agents:
        place = agents.worktree / "new.txt"
        prompt = stage.prompts.write(place, "fresh")
        told = await agents.turn(await agents.acquire(), prompt, mode=stage.backend.modes.free)
        assert place.read_text().strip() == "fresh"
        assert tool_statuses(told) == ["completed"]
        assert "written" in told.text
        first_news = next(
            n for n, event in enumerate(told.events) if isinstance(event, ToolCall | ToolUpdate)
        )
        last_words = max(n for n, event in enumerate(told.events) if isinstance(event, Text))
        assert first_news < last_words


@pytest.mark.row(Row.TOOLS_TOGETHER)
async def test_two_tool_calls_of_one_answer_are_both_resolved(stage: Stage) -> None:
    async with stage.open() as agents:
        places: tuple[Path, Path] = (agents.worktree / "one.txt", agents.worktree / "two.txt")
        prompt = stage.prompts.write_both(*places)
        told = await agents.turn(await agents.acquire(), prompt, mode=stage.backend.modes.free)
        assert [place.read_text().strip() for place in places] == ["both", "both"]
        assert tool_statuses(told) == ["completed", "completed"]


@pytest.mark.row(Row.USAGE)
async def test_tokens_are_told(stage: Stage) -> None:
    async with stage.open() as agents:
        told = await agents.turn(await agents.acquire(), stage.prompts.say("hello"))
        usage: Usage = told.of(Usage)[-1]
        assert usage.input_tokens
        assert usage.output_tokens


@pytest.mark.row(Row.USAGE_SUM)
async def test_tokens_of_all_model_calls_of_a_turn_are_summed(stage: Stage) -> None:
    """Beside a turn of one call, in the same session: a second turn counts anew."""
    async with stage.open() as agents:
        lease, free = await agents.acquire(), stage.backend.modes.free
        one = await agents.turn(lease, stage.prompts.say("hello"), task="t1", mode=free)
        prompt = stage.prompts.write(agents.worktree / "new.txt", "fresh")
        two = await agents.turn(lease, prompt, task="t2", mode=free)
        once, twice = one.of(Usage)[-1], two.of(Usage)[-1]
        if stage.said_to_model():
            assert (twice.input_tokens, twice.output_tokens) == (
                2 * once.input_tokens,
                2 * once.output_tokens,
            )
        else:
            assert twice.output_tokens > once.output_tokens


@pytest.mark.row(Row.COMMANDS)
async def test_slash_commands_are_told(stage: Stage) -> None:
    """At the latest in the second turn: some agents send them only after a while, or after their first answer."""
    async with stage.open() as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, stage.prompts.count(20, every_ms=50), task="t1")
        second = await agents.turn(lease, stage.prompts.say("hello again"), task="t2")
        told = [commands for commands in (*first.of(Commands), *second.of(Commands)) if commands.commands]
        assert told
        assert all(command.name for command in told[-1].commands)


@pytest.mark.row(Row.ERROR)
async def test_a_failure_of_the_model_is_told_in_words(stage: Stage) -> None:
    """As the outcome, or as text by agents that report it so; either way the next turn works."""
    async with stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, stage.prompts.fail(), task="t1")
        outcome = told.outcomes[0]
        words = outcome.message if isinstance(outcome, Failed) else told.text
        assert FAILURE in words
        agents.release(lease)
        lease = await agents.acquire()
        told = await agents.turn(lease, stage.prompts.say("better now"), task="t2")
        assert "better now" in told.text
