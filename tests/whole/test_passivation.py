"""Warm, but not for ever: who is ended when nobody uses it, what tells of it, and who is never ended."""

import sys
from collections.abc import Callable
from pathlib import Path

import trio

import tests.kit.fault_agent
from boocode.cli.client import path_of
from tests.kit.deaths import agent_process
from tests.kit.driving import Json, assert_sound, chat_frames, follow, new_chat, post, prompt, whole_log
from tests.kit.server import RunningServer, nothing_left_of, running_server
from tests.whole.matrix.stage import is_gone


def configured(home: Path, pool: str, **agents: str) -> Path:
    """The home, with fault agents by the fault each has."""
    lines = ["[pool]", pool]
    for name, fault in agents.items():
        command = [sys.executable, str(tests.kit.fault_agent.__file__), fault]
        lines += [f"[providers.{name}]", f"command = {command!r}".replace("'", '"')]
    (home / "config.toml").write_text("\n".join(lines) + "\n")
    return home


async def evicted(server: RunningServer, chat: str) -> Json:
    """The event of the chat's agent; waits for it."""
    with trio.fail_after(30):
        while True:
            page = await server.client.get("/api/supervision/events")
            for frame in page["items"]:
                if frame["event"] == "evicted" and chat in frame["path"]:
                    found: Json = frame
                    return found
            await trio.sleep(0.05)


async def first(server: RunningServer, chat: str, fits: Callable[[Json], object]) -> Json:
    with trio.fail_after(30):
        async with chat_frames(server.client, chat) as frames:
            async for frame in frames:
                if fits(frame):
                    return frame
    raise AssertionError("the frames ended")


async def test_an_idle_agent_is_evicted_for_a_reason_that_is_told(home: Path, repository: Path):
    async with running_server(configured(home, "idle_ttl_s = 1.0")) as server:
        chat = await new_chat(server.client, repository)
        await prompt(server.client, chat, "say hello")
        told = await evicted(server, chat)
        assert told["reason"] == "nobody used it for more than 1 s"
        page = await server.client.get("/api/supervision/events")
        assert [each["reason"] for each in page["items"] if each["event"] == "evicted"] == [told["reason"]]
        again = await prompt(server.client, chat, "recall")
        assert again.status == "complete"
        assert not again.of("notice"), "it was resumed"
        assert_sound(await whole_log(server.client, chat))
    await nothing_left_of(home)


async def test_over_the_cap_the_least_recently_used_goes_and_is_shown_before(home: Path, repository: Path):
    async with running_server(configured(home, "max_warm = 2")) as server:
        chats = [await new_chat(server.client, repository) for _ in range(3)]
        for chat in (*chats[:2], chats[0]):
            await prompt(server.client, chat, "say hello", changes=True)
        pool = (await server.client.get("/api/supervision"))["pool"]
        assert pool["next_evicted"][0] == f"practice/{chats[1]}"
        await prompt(server.client, chats[2], "say hello")
        assert "least recently used" in (await evicted(server, chats[1]))["reason"]


async def test_a_prompt_that_meets_a_passivation_is_served_once_by_the_next_incarnation(
    home: Path, repository: Path
):
    async with running_server(configured(home, "idle_ttl_s = 1.0", slow="slow-to-end")) as server:
        chat = await new_chat(server.client, repository)
        await prompt(server.client, chat, "go on", agent="slow")
        before = await agent_process(server.client, chat)
        await evicted(server, chat)
        assert before.is_running(), "it takes its time to end"
        turn = await prompt(server.client, chat, "go on", agent="slow")
        assert (turn.status, turn.text) == ("complete", "all is well")
        assert is_gone(before.pid)
        assert_sound(await whole_log(server.client, chat))


async def test_an_agent_that_waits_for_an_answer_is_never_evicted(home: Path, repository: Path):
    async with running_server(configured(home, "idle_ttl_s = 0.5", asking="ask")) as server:
        chat, beside = [await new_chat(server.client, repository) for _ in range(2)]
        task = (await post(server.client, chat, "go on", "asking"))["task"]["id"]
        asked = await first(server, chat, lambda frame: frame["type"] == "permission_requested")
        process = await agent_process(server.client, chat)
        for _ in range(3):  # each of them is idle for longer than the limit, while the first one waits
            await prompt(server.client, beside, "say hello")
            await evicted(server, beside)
            beside = await new_chat(server.client, repository)
        assert process.is_running()
        await server.client.post(path_of("permissions", asked["id"]), {"option_id": "yes"})
        assert (await follow(server.client, chat, task)).status == "complete"
