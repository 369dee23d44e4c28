"""Agents that do not hear or say nothing: ended step by step, the person told which step it took, others untouched."""

import signal

import psutil
import pytest
import trio

from tests.kit.driving import Json, Turn
from tests.whole.matrix.stage import CANCEL_S, GOOD, QUIET_S, SLACK, STALL_S, Stage, is_gone, until_gone


def is_first_delta(frame: Json) -> bool:
    return bool(frame["type"] == "message_delta")


async def stopped(stage: Stage, chat: str, agent: str) -> tuple[str, psutil.Process]:
    """A turn whose agent's process is stopped by a signal after its first words."""
    task = await stage.begin(chat, agent)
    await stage.until(chat, is_first_delta)
    process = await stage.agent_process(chat)
    process.send_signal(signal.SIGSTOP)
    return task, process


async def cancelled(stage: Stage, chat: str, task: str) -> Turn:
    with trio.fail_after((CANCEL_S + 2) * SLACK):
        await stage.cancel(chat)
        return await stage.follow(chat, task)


@pytest.mark.parametrize(
    ("agent", "rung"), [("stall", "asked"), ("error-on-cancel", "asked"), ("deaf", "given_up")]
)
async def test_is_cancelled(stage: Stage, agent: str, rung: str):
    chat = await stage.chat()
    task = await stage.begin(chat, agent)
    await stage.until(chat, is_first_delta)
    process = await stage.agent_process(chat)
    turn = await cancelled(stage, chat, task)
    assert (turn.status, turn.ends[0]["rung"]) == ("cancelled", rung)
    notices = [frame["text"] for frame in turn.of("notice")]
    assert ["did not answer in time" in text for text in notices] == ([] if rung == "asked" else [True])
    await stage.all_is_well(chat, agent)
    same = await stage.agent_process(chat)
    assert (same.pid == process.pid) == (rung == "asked")


async def test_is_stopped_by_a_signal_and_cancelled(stage: Stage):
    chat = await stage.chat()
    task, process = await stopped(stage, chat, "stall")
    turn = await cancelled(stage, chat, task)
    assert (turn.status, turn.ends[0]["rung"]) == ("cancelled", "killed")
    assert ["was killed" in frame["text"] for frame in turn.of("notice")] == [True]
    await until_gone(process.pid)
    await stage.all_is_well(chat, "stall")


async def test_is_given_up_on_and_ended_though_nobody_wants_it(stage: Stage):
    chat = await stage.chat()
    task = await stage.begin(chat, "deaf")
    await stage.until(chat, is_first_delta)
    process = await stage.agent_process(chat)
    await cancelled(stage, chat, task)
    await until_gone(process.pid)
    await stage.all_is_well(chat, "deaf")


@pytest.mark.parametrize("is_stopped", [False, True], ids=["says nothing", "stopped by a signal"])
async def test_stops_producing(stage: Stage, is_stopped: bool):
    """Shown as quiet, then ended at the limit, while another chat goes on."""
    chat, beside = await stage.chat(), await stage.chat()
    if is_stopped:
        task, process = await stopped(stage, chat, "stall")
    else:
        task = await stage.begin(chat, "stall")
        await stage.until(chat, is_first_delta)
        process = await stage.agent_process(chat)
    quiet = await stage.until(chat, lambda frame: frame.get("quiet_since"), QUIET_S * SLACK)
    assert (quiet["type"], quiet["status"]) == ("agent_status_updated", "working")
    assert (await stage.turn(beside, "none", GOOD)).status == "complete"
    with trio.fail_after(STALL_S * SLACK):
        turn = await stage.follow(chat, task)
    assert (turn.status, turn.ends[0]["cause"]) == ("error", "stalled")
    assert f"No news from the agent for {STALL_S:.0f} s" in turn.ends[0]["error"]
    assert ("was killed" in turn.ends[0]["error"]) == is_stopped
    if is_stopped:
        await until_gone(process.pid)
    assert is_gone(process.pid) == is_stopped
    assert (await stage.turn(beside, "none", GOOD)).status == "complete"
    await stage.all_is_well(chat, "stall")


async def test_goes_on_after_a_quiet_time(stage: Stage):
    chat = await stage.chat()
    turn = await stage.turn(chat, "pause")
    assert (turn.status, turn.text) == ("complete", "one moment and on")
    statuses = [frame["quiet_since"] for frame in turn.of("agent_status_updated")]
    assert [since is not None for since in statuses][:3] == [False, True, False]
    parts = {part["type"] for part in await parts_of(stage, chat)}
    assert parts == {"text"}, "quiet is a status, not part of the transcript"
    await stage.all_is_well(chat, "pause")


async def parts_of(stage: Stage, chat: str) -> list[Json]:
    page = await stage.client.get(f"/api/chats/{chat}/messages")
    found: list[Json] = page["items"][-1]["parts"]
    return found
