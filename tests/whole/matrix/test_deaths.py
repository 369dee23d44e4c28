"""Agents that end by themselves or are killed: the turn says so at once, nothing of them stays, the next one serves."""

import time

import psutil

from boocode.cli.client import path_of
from tests.kit.deaths import is_end, is_error, is_idle, is_text, seconds_until_told
from tests.whole.matrix.stage import GOOD, SLACK, Stage, pids_in, until_gone

TRIES = 3
"""The quickest counts: what takes too long by itself does so every time, what the machine held up does not."""


async def test_exits_in_a_turn(stage: Stage):
    chat = await stage.chat()
    turn = await stage.turn(chat, "exit-mid-turn")
    assert turn.status == "interrupted"
    assert turn.ends[0]["cause"] == "agent_died"
    assert "exited with code 5" in turn.ends[0]["error"]
    assert turn.text == "I am about to"
    await stage.all_is_well(chat, "exit-mid-turn")


async def test_is_killed_in_a_turn_and_the_chat_hears_at_once(stage: Stage):
    died, served = [], []
    for _ in range(TRIES):
        chat = await stage.chat()
        task = await stage.begin(chat, "stall")
        died.append(await seconds_until_told(stage.client, chat, is_text, is_end))
        turn = await stage.follow(chat, task)
        assert turn.status == "interrupted"
        assert "killed by signal 9" in turn.ends[0]["error"]
        asked = time.monotonic()
        assert (await stage.turn(chat, "stall", GOOD)).status == "complete"
        served.append(time.monotonic() - asked)
    await stage.all_is_well(chat, "stall")
    assert min(died) < 0.1 * SLACK
    assert min(served) < 1.0 * SLACK


async def test_exits_while_idle(stage: Stage):
    chat = await stage.chat()
    with_fault = stage.switch("exit-idle-first")
    turn = await stage.turn(chat, "exit-idle-first")
    with_fault.unlink()
    assert turn.status == "complete"
    told = await stage.until(chat, lambda frame: frame.get("status") == "error")
    assert (told["type"], told["agent"]) == ("agent_status_updated", "exit-idle-first")
    assert "exited with code 0" in told["reason"]
    await stage.all_is_well(chat, "exit-idle-first")


async def test_is_killed_while_idle_and_the_status_changes_at_once(stage: Stage):
    took = []
    for _ in range(TRIES):
        chat = await stage.chat()
        await stage.begin(chat, "none")
        took.append(await seconds_until_told(stage.client, chat, is_idle, is_error))
        session = await _session_of(stage, chat)
        stored = await stage.client.get(path_of("sessions", session, "agent-sessions"))
        assert [row["status"] for row in stored if row["chat_id"] == chat] == ["error"]
    await stage.all_is_well(chat, "none")
    assert min(took) < 0.1 * SLACK


async def test_is_killed_with_grandchildren(stage: Stage):
    chat = await stage.chat()
    await stage.turn(chat, "grandchild")
    grandchildren = list(pids_in(stage.place.folder / "grandchildren"))
    assert all(psutil.pid_exists(pid) for pid in grandchildren)
    (await stage.agent_process(chat)).kill()
    await until_gone(*grandchildren)
    await stage.all_is_well(chat, "grandchild")


async def test_a_wrapper_is_killed_and_its_child_with_it(stage: Stage):
    chat = await stage.chat()
    await stage.turn(chat, "respawn")
    wrapped = list(pids_in(stage.place.folder / "respawned"))
    wrapper = await stage.agent_process(chat)
    assert wrapper.pid not in wrapped
    wrapper.kill()
    await until_gone(*wrapped)
    await stage.all_is_well(chat, "respawn")


async def test_asks_and_dies(stage: Stage):
    chat = await stage.chat()
    task = await stage.begin(chat, "ask")
    asked = await stage.until(chat, lambda frame: frame["type"] == "permission_requested")
    assert await open_questions(stage, chat) == [asked["id"]]
    (await stage.agent_process(chat)).kill()
    turn = await stage.follow(chat, task)
    assert turn.status == "interrupted"
    withdrawn = await stage.until(chat, lambda frame: frame["type"] == "permission_resolved")
    assert withdrawn["id"] == asked["id"]
    assert withdrawn["outcome"].startswith("withdrawn")
    assert await open_questions(stage, chat) == []
    await stage.all_is_well(chat, "ask")


async def test_asks_and_dies_at_once(stage: Stage):
    chat = await stage.chat()
    turn = await stage.turn(chat, "ask-then-die")
    assert turn.status == "interrupted"
    for asked in {frame["id"] for frame in turn.of("permission_requested")}:
        withdrawn = ("permission_resolved", asked)  # by the desk, perhaps just after the turn's end
        await stage.until(chat, lambda frame, wanted=withdrawn: (frame["type"], frame.get("id")) == wanted)
    assert await open_questions(stage, chat) == []
    await stage.all_is_well(chat, "ask-then-die")


async def test_dies_five_times_in_a_minute(stage: Stage):
    chat, beside = await stage.chat(), await stage.chat()
    for _ in range(5):
        assert (await stage.turn(chat, "exit-mid-turn")).ends[0]["cause"] == "agent_died"
    told = await stage.until(chat, lambda frame: frame["type"] == "notice" and frame["message_id"] is None)
    assert "5 times within a minute" in told["text"]
    refused = await stage.turn(chat, "exit-mid-turn", GOOD)
    assert (refused.status, refused.ends[0]["cause"]) == ("error", "agent_keeps_dying")
    assert "Try again" in refused.ends[0]["error"]
    assert "exited with code 5" in refused.ends[0]["error"]
    assert (await stage.turn(beside, "exit-mid-turn", GOOD)).status == "complete"
    assert (await stage.turn(chat, "none", GOOD)).status == "complete"
    again = await stage.client.post(path_of("tasks", refused.task_id, "retry"))
    assert (await stage.follow(chat, again["id"])).status == "complete"
    await stage.all_is_well(chat, "exit-mid-turn")


async def _session_of(stage: Stage, chat: str) -> str:
    chats = [each async for each in stage.client.pages("/api/chats")]
    return str(next(each["session_id"] for each in chats if each["id"] == chat))


async def open_questions(stage: Stage, chat: str) -> list[str]:
    """The ids of the questions of this chat that wait in the inbox."""
    items = (await stage.client.get("/api/inbox"))["items"]
    asked = [item["permission"] for item in items if item.get("permission")]
    return [each["id"] for each in asked if each["chat_id"] == chat]
