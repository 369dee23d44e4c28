"""Agents that cannot be started: bounded, in words that name the phase and quote the agent, and nothing stays."""

import psutil
import pytest
import trio

from boocode.cli.client import path_of
from tests.kit.driving import Turn
from tests.whole.matrix.stage import GOOD, HANDSHAKE_S, Stage, until_gone

TRIES, CHATS = 50, 5


async def failed_start(stage: Stage, agent: str) -> tuple[str, Turn]:
    """A turn whose agent misbehaves while it starts; the next one of that chat does not."""
    chat = await stage.chat()
    misbehaves = stage.switch(agent)
    try:
        turn = await stage.turn(chat, agent)
    finally:
        misbehaves.unlink()
    assert turn.status == "error"
    assert turn.ends[0]["cause"] == "agent_start_failed"
    assert [each for each in await stage.owned() if chat in each["label"]] == []
    return chat, turn


@pytest.mark.parametrize(
    ("agent", "phase"), [("mute-initialize-first", "initialize"), ("mute-session-first", "session/new")]
)
async def test_never_answers(stage: Stage, agent: str, phase: str):
    with trio.fail_after(HANDSHAKE_S * 4):
        chat, turn = await failed_start(stage, agent)
    assert f"did not answer {phase} within {HANDSHAKE_S:g} s" in turn.ends[0]["error"]
    await stage.all_is_well(chat, agent)


@pytest.mark.parametrize(
    ("agent", "phase"), [("refuse-initialize-first", "initialize"), ("refuse-session-first", "session/new")]
)
async def test_answers_with_an_error(stage: Stage, agent: str, phase: str):
    chat, turn = await failed_start(stage, agent)
    for words in (phase, "Authentication required", "details of the refusal are on stderr"):
        assert words in turn.ends[0]["error"]
    await stage.all_is_well(chat, agent)


async def test_exits_at_once(stage: Stage):
    chat, turn = await failed_start(stage, "exit-initialize-first")
    for words in ("initialize", "exited with code 7", "this agent was not set up: no key"):
        assert words in turn.ends[0]["error"]
    await stage.all_is_well(chat, "exit-initialize-first")


async def test_fifty_refusals_leave_nothing(stage: Stage):
    chats = [await stage.chat() for _ in range(CHATS)]
    server = psutil.Process(stage.place.pid)

    async def some(chat: str, tries: int) -> None:
        for _ in range(tries):
            turn = await stage.turn(chat, "refuse-session")
            assert "Authentication required" in turn.ends[0]["error"]

    async def all_at_once(tries: int) -> tuple[int, int, int]:
        async with trio.open_nursery() as nursery:
            for chat in chats:
                nursery.start_soon(some, chat, tries)
        await stage.owned_is_living()
        agents = [each["pid"] for each in await stage.owned() if each["label"].startswith("sessions/")]
        return server.num_fds(), len(agents), await sessions(stage)

    before = await all_at_once(1)
    after = await all_at_once(TRIES // CHATS)
    assert after[0] <= before[0] + CHATS, "file descriptors: what leaks, leaks at every try"
    assert after[1:] == before[1:]
    await stage.all_is_well(chats[0], "none")


async def sessions(stage: Stage) -> int:
    """How many agents' sub-trees there are."""
    nodes = [(await stage.client.get("/api/supervision"))["root"]]
    while nodes:
        node = nodes.pop()
        if node["name"] == "sessions":
            return len(node["children"])
        nodes += node["children"]
    raise AssertionError("there is no supervisor of sessions")


async def test_loads_without_models_and_tells_its_history_again(stage: Stage):
    chat = await stage.chat()
    assert (await stage.turn(chat, "replay", GOOD)).status == "complete"
    (process := await stage.agent_process(chat)).kill()
    await until_gone(process.pid)
    turn = await stage.turn(chat, "replay", GOOD)
    assert turn.text == "all is well"
    assert not turn.of("notice"), "it was resumed, so it remembers"
    messages = (await stage.client.get(path_of("chats", chat, "messages")))["items"]
    assert "said before" not in str(messages)
    await stage.all_is_well(chat, "replay")


async def test_commands_that_come_before_the_session_show(stage: Stage):
    chat = await stage.chat()
    await stage.turn(chat, "early-commands")
    told = await stage.until(chat, lambda frame: frame["type"] == "agent_commands_updated")
    assert [command["name"] for command in told["commands"]] == ["early"]
    await stage.all_is_well(chat, "early-commands")
