"""Coming back to a conversation, with agents that do it in their own ways; what they replay is not shown again."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from boocode.domain.events import Commands, Completed
from tests.actors.agent_kit import ROOT, rig

Json = dict[str, Any]
BOTH = {"loadSession": True, "sessionCapabilities": {"resume": {}}}
LOAD = {"loadSession": True}


def scripted(**script: Any) -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "tests/kit/scripted_acp.py"), json.dumps(script))


def chunk(kind: str, words: str) -> Json:
    return {"sessionUpdate": kind, "content": {"type": "text", "text": words}}


HISTORY = [
    chunk("user_message_chunk", "old question"),
    {"sessionUpdate": "tool_call", "toolCallId": "old", "title": "Old tool", "status": "completed"},
    chunk("agent_message_chunk", "old answer"),
]
COMMANDS = {"sessionUpdate": "available_commands_update", "availableCommands": [{"name": "status"}]}
SAY = json.dumps([{"say": "new answer"}])
TELL = json.dumps([{"tell": "requests"}])


@pytest.mark.parametrize("result", [None, {}, {"models": None, "modes": None, "configOptions": None}])
async def test_a_load_without_models_resumes(tmp_path: Path, result: object) -> None:
    command = scripted(capabilities=LOAD, answers={"session/load": result}, replay=HISTORY)
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        assert (lease.fresh, lease.agent_session_id) == (False, "known")
        assert (await agents.turn(lease, SAY)).outcomes == [Completed("end_turn")]


async def test_a_replay_is_dropped_and_the_commands_in_it_are_kept(tmp_path: Path) -> None:
    command = scripted(capabilities=LOAD, replay=[*HISTORY, COMMANDS])
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        told = await agents.turn(lease, SAY)
        assert [type(event) for event in told.events if type(event) is not Commands] != []
        assert told.text == "new answer"
        assert [[each.name for each in event.commands] for event in told.of(Commands)] == [["status"]]
        assert (await agents.session_state(lease))["replayed_updates"] == 3


async def test_a_replay_that_comes_after_the_answer_is_dropped_too(tmp_path: Path) -> None:
    command = scripted(capabilities=LOAD, stragglers=HISTORY * 3)
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        told = await agents.turn(lease, SAY)
        assert told.text == "new answer"
        assert len(told.events) == 1


async def test_a_resume_that_is_only_advertised_falls_through_to_load(tmp_path: Path) -> None:
    async with rig(tmp_path, command=scripted(capabilities=BOTH, replay=HISTORY), agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        assert not lease.fresh
        requests = json.loads((await agents.turn(lease, TELL)).text)
        assert [each["method"] for each in requests] == ["initialize", "session/resume", "session/load"]
        assert {each["params"].get("sessionId") for each in requests[1:]} == {"known"}


async def test_a_resume_that_works_needs_no_load(tmp_path: Path) -> None:
    command = scripted(capabilities=BOTH, answers={"session/resume": {}})
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        requests = json.loads((await agents.turn(lease, TELL)).text)
        assert [each["method"] for each in requests] == ["initialize", "session/resume"]


async def test_a_conversation_that_the_agent_has_lost_is_begun_anew(tmp_path: Path) -> None:
    lost = {"error": {"code": -32002, "message": "Resource not found"}}
    command = scripted(capabilities=BOTH, answers={"session/resume": lost, "session/load": lost})
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        assert (lease.fresh, lease.agent_session_id) == (True, "scripted-1")
        assert (await agents.turn(lease, SAY)).text == "new answer"


async def test_a_conversation_that_is_loaded_without_any_history_is_forgotten(tmp_path: Path) -> None:
    """Qwen Code answers a load of what it does not know as if it knew it."""
    command = scripted(capabilities=LOAD, answers={"session/load": {}}, replay=[COMMANDS])
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire(agents.plan(resume_id="known"))
        assert (lease.fresh, lease.agent_session_id) == (True, "known")
        assert (await agents.turn(lease, SAY)).text == "new answer"


async def test_a_question_that_was_never_answered_is_remembered_too(tmp_path: Path) -> None:
    command = scripted(capabilities=LOAD, replay=HISTORY[:1])
    async with rig(tmp_path, command=command, agent="agent") as agents:
        assert not (await agents.acquire(agents.plan(resume_id="known"))).fresh


async def test_the_person_s_own_words_are_not_shown_as_the_agent_s(tmp_path: Path) -> None:
    echo = json.dumps([{"update": chunk("user_message_chunk", "question")}, {"say": "answer"}])
    async with rig(tmp_path, command=scripted(), agent="agent") as agents:
        assert (await agents.turn(await agents.acquire(), echo)).text == "answer"
