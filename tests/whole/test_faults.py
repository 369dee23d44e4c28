"""What dies, and what must come out: agents, PostgreSQL, BooCode itself, killed in the middle of turns."""

import os
import signal
from pathlib import Path

import psutil
import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import (
    Json,
    assert_sound,
    chat_frames,
    follow,
    new_chat,
    post,
    prompt,
    whole_log,
)
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server

CHATS = 20


async def owned_and_living(server: RunningServer) -> tuple[set[int], set[int]]:
    """The pids that the API says are owned, and those that the machine says are ours."""
    owned = (await server.client.get("/api/supervision"))["owned_processes"]
    return {process["pid"] for process in owned}, {process.pid for process in server.family()}


async def assert_owned_is_living(server: RunningServer) -> None:
    """The two may differ for the moment between a process's end and its owner's notice."""
    with trio.move_on_after(10):
        while True:
            owned, living = await owned_and_living(server)
            if owned == living:
                return
            await trio.sleep(0.1)
    owned, living = await owned_and_living(server)
    assert owned == living


def agents_of(server: RunningServer) -> list[psutil.Process]:
    return [process for process in server.family() if "boocode.practice" in command_of(process)]


async def first_delta(client: Client, chat_id: str) -> None:
    with trio.fail_after(30):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if frame["type"] == "message_delta":
                    return


async def test_twenty_chats_at_once_each_end_once(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chats = [await new_chat(client, repository) for _ in range(CHATS)]

        async def one(number: int, chat: str) -> None:
            turn = await prompt(
                client, chat, f"create file{number}.txt with the text {number} then count to 50 fast"
            )
            assert turn.status == "complete", turn.ends[0]["error"]

        async with trio.open_nursery() as nursery:
            for number, chat in enumerate(chats):
                nursery.start_soon(one, number, chat)
        for chat in chats:
            assert_sound(await whole_log(client, chat))
        await assert_owned_is_living(server)
    await nothing_left_of(home)


async def test_killed_agents_interrupt_their_turns_and_the_next_prompt_works(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chats = [await new_chat(client, repository) for _ in range(3)]
        tasks = [(await post(client, chat, "count to 5000 every 10 ms"))["task"]["id"] for chat in chats]
        for chat in chats:
            await first_delta(client, chat)
        for process in agents_of(server):
            process.kill()
        for chat, task in zip(chats, tasks, strict=True):
            turn = await follow(client, chat, task)
            assert turn.status == "interrupted"
            assert "signal 9" in turn.ends[0]["error"]
            assert (await prompt(client, chat, "say fine")).status == "complete"
            assert_sound(await whole_log(client, chat))
        await assert_owned_is_living(server)


async def test_a_killed_database_comes_back_and_nothing_is_lost_or_doubled(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat = await new_chat(client, repository)
        task = (await post(client, chat, "count to 300 every 10 ms"))["task"]["id"]
        await first_delta(client, chat)
        postmaster = next(p for p in server.family() if "/postgres -D" in command_of(p))
        postmaster.kill()
        turn = await follow(client, chat, task)
        assert turn.status == "complete"
        numbers = [int(word) for word in turn.text.replace(".", " ").split() if word.isdigit()]
        assert numbers == list(range(1, 301))
        assert_sound(await whole_log(client, chat))
        await assert_owned_is_living(server)
        assert (await prompt(client, chat, "say fine")).status == "complete"


async def test_a_killed_server_leaves_nothing_and_the_next_start_settles_and_goes_on(
    home: Path, repository: Path
):
    async with running_server(home) as server:
        client = server.client
        chats = [await new_chat(client, repository) for _ in range(3)]
        open_tasks = [(await post(client, chat, "count to 5000 every 10 ms"))["task"]["id"] for chat in chats]
        queued = (await post(client, chats[0], "say at last"))["task"]["id"]
        for chat in chats:
            await first_delta(client, chat)
        await server.kill()
    await nothing_left_of(home)

    async with running_server(home) as server:
        client = server.client
        for chat, task in zip(chats, open_tasks, strict=True):
            turn = await follow(client, chat, task)
            assert turn.status == "interrupted"
            assert turn.ends[0]["cause"] == "runtime_died"
            answer = next(
                m
                for m in (await client.get(path_of("chats", chat, "messages")))["items"]
                if m["id"] == turn.message_id
            )
            assert answer["text"] == turn.text
        last = await follow(client, chats[0], queued)
        assert last.status == "complete"
        for chat in chats:
            assert_sound(await whole_log(client, chat))
        tasks: list[Json] = [task async for task in client.pages("/api/tasks")]
        assert {task["state"] for task in tasks} == {"failed", "completed"}
    await nothing_left_of(home)


async def test_sigterm_in_a_turn_settles_it_and_exits_with_zero(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        task = (await post(server.client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        await first_delta(server.client, chat)
        assert await server.stop() == 0
    await nothing_left_of(home, within_s=0.5)
    async with running_server(home) as server:
        turn = await follow(server.client, chat, task)
        assert turn.status == "interrupted"
        assert turn.ends[0]["cause"] == "runtime_stopped"


async def test_a_short_turn_may_finish_while_boocode_stops(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        task = (await post(server.client, chat, "count to 50 every 20 ms"))["task"]["id"]
        await first_delta(server.client, chat)
        assert await server.stop() == 0
    async with running_server(home) as server:
        assert (await follow(server.client, chat, task)).status == "complete"


async def test_a_killed_guard_is_started_again_and_still_guards(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        await prompt(server.client, chat, "say hello")
        guard = next(p for p in psutil.Process(server.pid).children() if "guard.py" in command_of(p))
        guard.kill()
        with trio.fail_after(10):
            while not any(
                "guard.py" in command_of(p) and p.pid != guard.pid
                for p in psutil.Process(server.pid).children()
            ):
                await trio.sleep(0.05)
        assert (await prompt(server.client, chat, "say fine")).status == "complete"
        await server.kill()
    await nothing_left_of(home)


async def test_a_second_signal_does_not_wait(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        await post(server.client, chat, "hang deaf")
        with trio.fail_after(30):
            while not agents_of(server):
                await trio.sleep(0.05)
        os.kill(server.pid, signal.SIGTERM)
        await trio.sleep(0.3)
        os.kill(server.pid, signal.SIGTERM)
        with trio.fail_after(2.5):
            assert await server.process.wait() != 0
    await nothing_left_of(home)
