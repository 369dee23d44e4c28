"""What BooCode's own agent asks a person before it does it, and what an answer covers."""

import json
from pathlib import Path

import pytest

from boocode.domain.events import Completed, Notice, PermissionAsked, ToolCall, ToolUpdate
from boocode.domain.native.modes import Effect
from boocode.domain.native.profiles import Leave
from boocode.ports.agents import AnswerPermission
from tests.actors.agent_kit import Rig, Told
from tests.actors.native_kit import Tool, native_stage
from tests.contract.stage import decide, option, tool_statuses

ASKS: dict[Leave, set[Effect]] = {
    "ask": {"edit", "command", "foreign"},
    "edit": {"command", "foreign"},
    "auto": set(),
}


@pytest.mark.parametrize("mode", ASKS)
async def test_a_mode_asks_for_what_it_says_and_nothing_else(tmp_path: Path, mode: Leave) -> None:
    effects: tuple[Effect, ...] = ("read", "task", "edit", "command", "foreign")
    async with (
        native_stage(tmp_path, *(Tool(effect, effect) for effect in effects)) as stage,
        stage.open() as agents,
    ):
        lease = await agents.acquire()
        for effect in effects:
            told, _ = await agents.start(lease, f"call {effect} {{}} then say so", mode=mode)
            await told.until(lambda told: told.outcomes or told.of(PermissionAsked))
            assert bool(told.of(PermissionAsked)) == (effect in ASKS[mode])
            if not told.outcomes:
                await decide(agents, lease, told, "reject_once")
            assert await told.over() == Completed()


async def test_a_question_shows_the_call_and_three_ways_to_answer(tmp_path: Path) -> None:
    tool = Tool("act", "command", kind="execute")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, 'call act {"command": "make"} then say so')
        asked = await told.asked()
        assert asked.title == "act it"
        assert (asked.tool.kind, asked.tool.locations) == ("execute", ("some/file",))
        assert asked.tool.input == {"command": "make"}
        assert [each.kind for each in asked.options] == ["allow_once", "allow_always", "reject_once"]
        assert asked.tool.tool_call_id == told.of(ToolCall)[0].tool_call_id
        await decide(agents, lease, told, "allow_once")
        await told.over()
        assert tool_statuses(told) == ["completed"]


async def _allowed(agents: Rig, lease: object, prompt: str, kind: str) -> Told:
    """A turn in which whatever is asked is answered in this way."""
    told, _ = await agents.start(lease, prompt)  # type: ignore[arg-type]
    answered = 0
    while not told.outcomes:
        await told.until(lambda told, n=answered: told.outcomes or len(told.of(PermissionAsked)) > n)
        if len(told.of(PermissionAsked)) > answered:
            asked = told.of(PermissionAsked)[answered]
            answered += 1
            agents.answer(lease, asked, option(asked, kind).id)  # type: ignore[arg-type]
    return told


async def test_always_covers_this_tool_for_as_long_as_the_session_lives(tmp_path: Path) -> None:
    act, other = Tool("act", "foreign"), Tool("other", "foreign")
    async with native_stage(tmp_path, act, other) as stage:
        async with stage.open() as agents:
            lease = await agents.acquire()
            first = await _allowed(agents, lease, "call act {} then call act {} then say so", "allow_always")
            assert len(first.of(PermissionAsked)) == 1
            assert len(act.called) == 2
            again = await _allowed(agents, lease, "call act {} then call other {} then say so", "allow_once")
            assert [asked.title for asked in again.of(PermissionAsked)] == ["other it"]
        async with stage.open() as agents:
            lease = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
            anew = await _allowed(agents, lease, "call act {} then say so", "reject_once")
            assert len(anew.of(PermissionAsked)) == 1


async def test_always_covers_of_commands_this_very_line(tmp_path: Path) -> None:
    act = Tool("act", "command")
    async with native_stage(tmp_path, act) as stage, stage.open() as agents:
        lease = await agents.acquire()
        prompt = 'call act {"command": "ls"} then call act {"command": "ls"} then say so'
        first = await _allowed(agents, lease, prompt, "allow_always")
        assert len(first.of(PermissionAsked)) == 1
        told = await _allowed(agents, lease, 'call act {"command": "ls ."} then say so', "reject_once")
        assert len(told.of(PermissionAsked)) == 1
        assert len(act.called) == 2


@pytest.mark.parametrize(("timed_out", "words"), [(False, "refused"), (True, "Nobody answered")])
async def test_the_model_is_told_whether_it_was_refused_or_not_answered(
    tmp_path: Path, timed_out: bool, words: str
) -> None:
    act = Tool("act", "foreign")
    async with native_stage(tmp_path, act) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so")
        asked = await told.asked()
        choice = None if timed_out else "reject"
        lease.session.cast(AnswerPermission(asked.request_key, choice, timed_out))
        assert await told.over() == Completed()
        assert act.called == []
        [said] = [each for each in stage.messages() if each["role"] == "tool"]
        assert words in str(said["content"])
        assert told.of(ToolUpdate)[-1].status == "failed"


async def test_an_answer_that_comes_twice_or_was_never_offered_changes_nothing(tmp_path: Path) -> None:
    act = Tool("act", "foreign")
    async with native_stage(tmp_path, act) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call act {} then say so")
        asked = await told.asked()
        agents.answer(lease, asked, "something else")
        lease.session.cast(AnswerPermission("no such question", "allow"))
        agents.answer(lease, asked, "reject")
        agents.answer(lease, asked, "allow")
        assert await told.over() == Completed()
        assert act.called == []
        agents.answer(lease, asked, "allow")
        assert (await agents.turn(lease, "say again")).outcomes == [Completed()]


WRITTEN = json.dumps('This is it:\n<tool_call>{"name": "act", "arguments": {}}</tool_call>')


async def test_a_call_in_the_text_of_a_model_that_can_call_is_asked_about_in_every_mode(
    tmp_path: Path,
) -> None:
    """It may be a quotation of a file that somebody wrote for that."""
    look, act = Tool("look"), Tool("act", "command")
    async with native_stage(tmp_path, look, act) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, f"call look {{}} then raw {WRITTEN} then say so", mode="auto")
        asked = await told.asked()
        assert any("quote" in notice.text for notice in told.of(Notice))
        agents.answer(lease, asked, "reject")
        assert await told.over() == Completed()
        assert act.called == []


async def test_what_such_a_call_only_reads_is_read(tmp_path: Path) -> None:
    look, act = Tool("look"), Tool("act")
    async with native_stage(tmp_path, look, act) as stage, stage.open() as agents:
        told = await agents.turn(await agents.acquire(), f"call look {{}} then raw {WRITTEN} then say so")
        assert told.of(PermissionAsked) == []
        assert len(act.called) == 1


async def test_a_model_that_can_only_write_its_calls_is_not_doubted(tmp_path: Path) -> None:
    act = Tool("act", "command")
    async with native_stage(tmp_path, act) as stage, stage.open() as agents:
        prompt = f"raw {WRITTEN} then raw {WRITTEN} then say so"
        told = await agents.turn(await agents.acquire(), prompt, mode="auto")
        assert told.of(PermissionAsked) == []
        assert len(act.called) == 2
