"""Two BooCodes, each with its own home, on one database: one queue, one log, and either may die."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import ApiConflict
from tests.kit.driving import (
    Json,
    Turn,
    assert_sound,
    chat_frames,
    follow,
    new_chat,
    new_session,
    post,
    prompt,
    whole_log,
)
from tests.kit.server import RunningServer, nothing_left_of, running_server

DISPATCHER = "root/engine/dispatch/dispatcher"


@asynccontextmanager
async def two_servers(
    homes: tuple[Path, Path], url: str
) -> AsyncIterator[tuple[RunningServer, RunningServer]]:
    async with (
        running_server(homes[0], "--database-url", url) as first,
        running_server(homes[1], env={"DATABASE_URL": url}) as second,
    ):
        yield first, second
    for home in homes:
        await nothing_left_of(home)


async def rest(server: RunningServer) -> None:
    """From now on it claims nothing."""
    await server.client.post(f"/api/supervision/actors/{DISPATCHER}/suspend")


async def wake(server: RunningServer) -> None:
    await server.client.post(f"/api/supervision/actors/{DISPATCHER}/resume")


async def first_frame(client: Client, chat_id: str, type_: str) -> Json:
    with trio.fail_after(60):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if frame["type"] == type_:
                    return frame
    raise AssertionError(f"the frames ended before a {type_}")


async def test_a_task_posted_to_either_runs_once_and_each_chat_keeps_its_order(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with two_servers(homes, database_url) as servers:
        chats = [await new_chat(servers[0].client, repository) for _ in range(6)]

        async def talk(number: int, chat: str) -> None:
            for turn in range(3):
                await post(servers[(number + turn) % 2].client, chat, f"say number {turn} of it")

        async with trio.open_nursery() as nursery:
            for number, chat in enumerate(chats):
                nursery.start_soon(talk, number, chat)
        for chat in chats:
            with trio.fail_after(120):
                while ended(await whole_log(servers[1].client, chat)) < 3:
                    await trio.sleep(0.1)
            frames = await whole_log(servers[0].client, chat)
            assert_sound(frames)
            assert ended(frames) == 3
            said = "".join(frame["text"] for frame in frames if frame["type"] == "message_delta")
            assert said.index("number 0") < said.index("number 1") < said.index("number 2")
        tasks = [task async for task in servers[1].client.pages("/api/tasks")]
        assert [task["state"] for task in tasks] == ["completed"] * 18


def ended(frames: list[Json]) -> int:
    return sum(frame["type"] == "message_complete" for frame in frames)


async def test_what_one_streams_the_other_shows_live_and_may_cancel(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with two_servers(homes, database_url) as (first, second):
        await rest(second)
        chat = await new_chat(first.client, repository)
        task = (await post(second.client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        turns: dict[str, Turn] = {}
        deltas = 0

        async def watch(server: RunningServer, name: str, *, cancels: bool = False) -> None:
            async def cancel_soon(frame: Json) -> None:
                nonlocal deltas
                deltas += cancels and frame["type"] == "message_delta"
                if deltas == 10 and frame["type"] == "message_delta" and cancels:
                    assert (await server.client.post(path_of("chats", chat, "cancel")))["cancelled"] is True

            turns[name] = await follow(server.client, chat, task, on_frame=cancel_soon, changes=True)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch, first, "where it runs")
            nursery.start_soon(lambda: watch(second, "beside it", cancels=True))
        here, beside = turns["where it runs"], turns["beside it"]
        assert here.status == beside.status == "cancelled"
        assert here.frames == beside.frames
        seqs = [frame["seq"] for frame in beside.frames]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        assert await whole_log(first.client, chat) == await whole_log(second.client, chat)
        await wake(second)
        assert (await prompt(second.client, chat, "say fine")).status == "complete"


async def test_windows_of_both_hear_of_everything_that_comes_changes_and_goes(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    """Also of what never touched the chat that somebody looks at; both say the same in the end."""
    async with two_servers(homes, database_url) as (first, second), trio.open_nursery() as nursery:
        await rest(second)
        heard: dict[str, list[Json]] = {"first": [], "second": []}

        async def listen(server: RunningServer, name: str, task_status: trio.TaskStatus[None]) -> None:
            async with server.client.frames("user") as frames:
                async for frame in frames:
                    heard[name].append(frame)
                    if frame["type"] == "subscribed":
                        task_status.started()

        async def both_hear(type_: str, **fields: object) -> None:
            def is_it(frame: Json) -> bool:
                return frame["type"] == type_ and all(_at(frame, k) == v for k, v in fields.items())

            with trio.fail_after(30):
                while not all(any(map(is_it, frames)) for frames in heard.values()):
                    await trio.sleep(0.01)

        await nursery.start(listen, first, "first")
        await nursery.start(listen, second, "second")
        session = await new_session(first.client, repository)
        chat = session["chats"][0]["id"]
        await both_hear("project_updated", project__id=session["project_id"])
        await both_hear("session_updated", session__id=session["id"], session__title="A test")
        await both_hear("chat_updated", chat__id=chat)
        await second.client.patch(path_of("chats", chat), {"title": "Renamed"})
        await both_hear("chat_updated", chat__id=chat, chat__title="Renamed")
        await second.client.patch("/api/settings", {"theme": "light"})
        await both_hear("settings_updated", settings__theme="light")
        task = (await post(second.client, chat, "run echo from the shell"))["task"]["id"]
        await both_hear("agent_status_updated", chat_id=chat, status="blocked", session_id=session["id"])
        await both_hear("permission_requested", task_id=task)
        (question,) = (await second.client.get("/api/permissions", chat_id=chat))["items"]
        await second.client.post(
            path_of("permissions", question["id"]), {"option_id": question["options"][0]["id"]}
        )
        await both_hear("permission_resolved", id=question["id"], answered_by="person")
        await both_hear("task_updated", task__id=task, task__state="completed")
        await both_hear("agent_status_updated", chat_id=chat, status="idle")
        await first.client.delete(path_of("projects", session["project_id"]))
        await both_hear("chat_removed", id=chat)
        await both_hear("session_removed", id=session["id"])
        await both_hear("project_removed", id=session["project_id"])
        await wake(second)
        nursery.cancel_scope.cancel()


def _at(frame: Json, path: str) -> object:
    value: object = frame
    for key in path.split("__"):
        value = value[key]  # type: ignore[index]
    return value


async def test_a_question_is_answered_where_a_person_sees_it(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with running_server(homes[0], "--database-url", database_url) as first:
        chat = await new_chat(first.client, repository)
        task = (await post(first.client, chat, "run echo from the shell"))["task"]["id"]
        question = await first_frame(first.client, chat, "permission_requested")
        async with running_server(homes[1], "--database-url", database_url) as second:  # and leaves it alone
            allow = next(option["id"] for option in question["options"] if option["kind"] == "allow_once")
            answer = path_of("permissions", question["id"])
            await second.client.post(answer, {"option_id": allow})
            for server in (first, second):
                with pytest.raises(ApiConflict):
                    await server.client.post(answer, {"option_id": allow})
            turn = await follow(second.client, chat, task)
            assert turn.status == "complete"
            assert [f["outcome"].split(":")[0] for f in turn.of("permission_resolved")] == ["selected"]
            assert "from the shell" in str(turn.of("tool_update"))


async def test_an_agent_knows_the_turns_that_were_led_elsewhere(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with two_servers(homes, database_url) as (first, second):
        session = await new_session(first.client, repository)
        chat = session["chats"][0]["id"]
        await rest(second)
        assert (await prompt(first.client, chat, "say one")).status == "complete"
        await wake(second)
        await rest(first)
        turn = await prompt(first.client, chat, "create b.txt with the text there", changes=True)
        assert turn.status == "complete"
        await wake(first)
        await rest(second)
        turn = await prompt(
            second.client, chat, "what did I say"
        )  # its warm agent has missed the second turn
        assert "user turns in this conversation: 3" in turn.text
        # The worktree is the first one's, and either applies what the other's agent did in it.
        worktree = await second.client.get(path_of("sessions", session["id"], "worktree"))
        assert Path(worktree["path"]).is_relative_to(homes[0])
        await second.client.post(path_of("sessions", session["id"], "pending", "apply"))
        assert (repository / "b.txt").read_text().strip() == "there"
        await wake(second)  # one that sleeps is waited for when it is stopped


async def test_the_turns_of_a_killed_server_are_settled_by_the_other_and_its_queue_goes_on(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with running_server(homes[0], "--database-url", database_url) as first:
        chat = await new_chat(first.client, repository)
        task = (await post(first.client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        queued = (await post(first.client, chat, "create late.txt with the text late"))["task"]["id"]
        await first_frame(first.client, chat, "message_delta")
        async with running_server(homes[1], "--database-url", database_url) as second:
            await first.kill()
            await nothing_left_of(homes[0])
            turn = await follow(second.client, chat, task)
            assert turn.status == "interrupted"
            assert turn.ends[0]["cause"] == "runtime_died"
            page = await second.client.get(path_of("chats", chat, "messages"))
            assert next(m for m in page["items"] if m["id"] == turn.message_id)["text"] == turn.text
            assert (await follow(second.client, chat, queued, changes=True)).status == "complete"
            async with running_server(homes[0], "--database-url", database_url) as again:
                assert (await prompt(again.client, chat, "say back", changes=True)).status == "complete"
                frames = await whole_log(again.client, chat)
                assert_sound(frames)
                assert frames == await whole_log(second.client, chat)
    for home in homes:
        await nothing_left_of(home)


async def test_a_worktree_that_cannot_be_reached_is_named(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with running_server(homes[0], "--database-url", database_url) as first:
        chat = await new_chat(first.client, repository)
        assert (await prompt(first.client, chat, "say hello")).status == "complete"
    homes[0].rename(homes[0].with_name("on another machine"))
    async with running_server(homes[1], "--database-url", database_url) as second:
        turn = await prompt(second.client, chat, "say hello")
        assert turn.status == "error"
        assert str(homes[0]) in turn.ends[0]["error"]
        assert "cannot be reached" in turn.ends[0]["error"]
        assert not homes[0].exists()
