"""Sub-tasks of BooCode's own agent on a real server: alone, told once, cancelled together, and through any death."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import trio
import trio_asyncio  # type: ignore[import-untyped]

from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, Turn, assert_sound, chat_frames, follow, new_chat, post, prompt, whole_log
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tests.kit.server import RunningServer, nothing_left_of, running_server

AGENT = "boocode"
ONLY_TASKS = """\
# leader
```toml
tools = ["new_task", "list_tasks", "check_task_status"]
```
You lead and do nothing yourself.
"""


@pytest.fixture
async def model() -> AsyncIterator[ModelEndpoint]:
    async with serve_model() as endpoint:
        yield endpoint


def configure(home: Path, model: ModelEndpoint, more: str = "") -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f'[model]\nbase_url = "{model.url}/v1"\n{more}')


@asynccontextmanager
async def served(home: Path, database_url: str) -> AsyncIterator[RunningServer]:
    async with running_server(home, "--database-url", database_url) as server:
        yield server
    await nothing_left_of(home)


def delegate(text: str, **more: object) -> str:
    """The model calls new_task with this prompt."""
    return f"call new_task {json.dumps({'prompt': text, **more})}"


async def children(client: Client, parent_id: str) -> list[Json]:
    """Oldest first."""
    return [task async for task in client.pages("/api/tasks", parent_task_id=parent_id)][::-1]


async def some_children(client: Client, parent_id: str, count: int) -> list[Json]:
    """As soon as there are so many."""
    with trio.fail_after(60):
        while len(found := await children(client, parent_id)) < count:
            await trio.sleep(0.05)
    return found


async def child_of(client: Client, parent_id: str, *states: str) -> Json:
    """The one child, once it is in one of these states."""
    with trio.fail_after(60):
        while True:
            found = await children(client, parent_id)
            if found and (not states or found[0]["state"] in states):
                return found[0]
            await trio.sleep(0.05)


def notices(turn: Turn) -> list[str]:
    return [frame["text"] for frame in turn.of("notice")]


def outputs(turn: Turn) -> str:
    return "\n".join(frame["part"]["output"] or "" for frame in turn.of("tool_update"))


def conversation(model: ModelEndpoint) -> str:
    """What the model was sent last, as one text."""
    body: Any = model.requests[-1].body
    return "\n".join(str(message["content"]) for message in body["messages"])


def offered(model: ModelEndpoint, at: int) -> list[str]:
    """The names of the tools of one request, of those that have tools."""
    bodies: list[Any] = [seen.body for seen in model.requests if seen.body.get("tools")]
    return sorted(tool["function"]["name"] for tool in bodies[at]["tools"])


def told_of(child: Json) -> str:
    """How what its parent is told of it begins."""
    return f"Sub-task {child['id']} (boocode) is completed."


async def test_a_child_works_alone_and_its_parent_gets_its_answer(
    home: Path, repository: Path, model: ModelEndpoint, database_url: str
) -> None:
    """Also where only one turn runs at once: a turn that waits for its child takes no place."""
    configure(home, model, "[dispatch]\nmax_parallel = 1\n")
    (home / "AGENTS.md").write_text(ONLY_TASKS)
    async with served(home, database_url) as server:
        client = server.client
        chat = await new_chat(client, repository)
        body = {"text": delegate("write new.txt: hello"), "agent": AGENT, "mode": "leader"}
        posted = await client.post(path_of("chats", chat, "messages"), body)
        turn = await follow(client, chat, posted["task"]["id"])
        assert turn.status == "complete"
        assert "is completed" in outputs(turn)
        assert "Its answer:\nuser turns: 1" in outputs(turn)  # it saw nothing of its parent's conversation
        assert offered(model, 0) == ["check_task_status", "list_tasks", "new_task"]
        assert "create_file" in offered(model, 1)  # the child's
        (child,) = await children(client, turn.task_id)
        with trio.fail_after(30):
            while not (pending := await client.get(path_of("sessions", child["session_id"], "pending"))):
                await trio.sleep(0.05)
        assert [change["path"] for change in pending] == ["new.txt"]
        parent = await client.get(path_of("tasks", turn.task_id))
        assert await client.get(path_of("sessions", parent["session_id"], "pending")) == []
        assert not (repository / "new.txt").exists()
        for each in (chat, child["chat_id"]):
            assert_sound(await whole_log(client, each))
        await another_agent_is_asked_about(client, chat)


async def another_agent_is_asked_about(client: Client, chat: str) -> None:
    """It may do more without asking than this one."""

    def allow(frame: Json) -> Any:
        if frame["type"] != "permission_requested":
            return None
        assert "practice" in frame["title"]
        option = next(each["id"] for each in frame["options"] if each["kind"] == "allow_once")
        return client.post(path_of("permissions", frame["id"]), {"option_id": option})

    turn = await prompt(client, chat, delegate("say hi", agent="practice"), agent=AGENT, on_frame=allow)
    assert len(turn.of("permission_requested")) == 1
    (child,) = await children(client, turn.task_id)
    assert (child["agent"], child["state"]) == ("practice", "completed")
    assert "Its answer:\nhi" in outputs(turn)


async def test_an_end_that_nobody_waited_for_is_told_once_before_the_next_answer(
    home: Path, repository: Path, model: ModelEndpoint, database_url: str
) -> None:
    configure(home, model)
    async with served(home, database_url) as server:
        client = server.client
        chat = await new_chat(client, repository)
        text = f"{delegate('gate it', wait=False)} then say begun"
        begun = await prompt(client, chat, text, agent=AGENT)
        assert (begun.status, notices(begun)) == ("complete", [])
        assert notices(await prompt(client, chat, "say nothing new", agent=AGENT)) == []
        model.gates["it"].set()
        child = await child_of(client, begun.task_id, "completed")
        told = await prompt(client, chat, "say and now", agent=AGENT)
        assert len(notices(told)) == 1
        assert "gate it" in notices(told)[0]
        assert "and now" in told.text
        assert conversation(model).count("went on.") == 1
        assert notices(await prompt(client, chat, "say once more", agent=AGENT)) == []
        assert conversation(model).count("went on.") == 1
    # BooCode died between keeping the news in the conversation and writing down that it was told.
    lose = "UPDATE tasks SET told_in = NULL WHERE id = $1 RETURNING id"
    assert await sql(database_url, lose, child["id"]) == child["id"]
    async with served(home, database_url) as server:
        turn = await prompt(server.client, chat, "say still once", agent=AGENT)
        assert notices(turn) == []
        assert conversation(model).count(told_of(child)) == 1
        told_in = await sql(database_url, "SELECT told_in FROM tasks WHERE id = $1", child["id"])
        assert told_in == turn.task_id
        await go_back_before(server.client, begun.task_id, told.task_id)
        turn = await prompt(server.client, chat, "say it anew", agent=AGENT)
        assert len(notices(turn)) == 1  # the conversation had lost it
        assert conversation(model).count(told_of(child)) == 1


async def test_a_parent_that_was_killed_is_told_of_what_ended_and_of_what_died_with_it(
    home: Path, repository: Path, model: ModelEndpoint
) -> None:
    """Once: not again after another death."""
    configure(home, model)
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        text = f"{delegate('say it is 42', wait=False)} then say begun"
        begun = await prompt(server.client, chat, text, agent=AGENT)
        done = await child_of(server.client, begun.task_id, "completed")
        other = await new_chat(server.client, repository)
        waits = (await post(server.client, other, delegate("hang"), AGENT))["task"]["id"]
        await child_of(server.client, waits, "running")
        third = await new_chat(server.client, repository)
        heard = (await post(server.client, third, f"{delegate('say 43')} then gate never", AGENT))["task"][
            "id"
        ]
        await first_words(server.client, third, heard)  # of the answer for which it had the child's
        await server.kill()
    await nothing_left_of(home)
    async with running_server(home) as server:
        turn = await prompt(server.client, chat, "say what came of it", agent=AGENT)
        assert len(notices(turn)) == 1
        assert conversation(model).count(told_of(done)) == 1
        assert (await follow(server.client, other, waits)).status == "interrupted"
        died = await child_of(server.client, waits, "failed")
        turn = await prompt(server.client, other, "say what came of it", agent=AGENT)
        assert len(notices(turn)) == 1
        assert f"Sub-task {died['id']} (boocode) failed: BooCode ended" in conversation(model)
        turn = await prompt(server.client, third, "say go on", agent=AGENT)
        assert notices(turn) == []
        assert conversation(model).count(told_of((await children(server.client, heard))[0])) == 1
        await server.kill()
    await nothing_left_of(home)
    async with running_server(home) as server:
        turn = await prompt(server.client, chat, "say again", agent=AGENT)
        assert notices(turn) == []
        assert conversation(model).count(told_of(done)) == 1
    await nothing_left_of(home)


async def test_a_cancel_reaches_all_that_the_turn_had_begun(
    home: Path, repository: Path, model: ModelEndpoint, database_url: str
) -> None:
    """Also what waits in the queue: there are two places, and two of them hang."""
    configure(home, model, "[dispatch]\nmax_parallel = 2\n")
    async with served(home, database_url) as server:
        client = server.client
        chat = await new_chat(client, repository)
        below = f"together {delegate('hang', wait=False)} & {delegate('hang')}"
        text = f"{delegate('hang', wait=False)} then {delegate(below)}"
        parent = (await post(client, chat, text, AGENT))["task"]["id"]
        own = await some_children(client, parent, 2)
        begun = own + await some_children(client, own[1]["id"], 2)
        await client.post(path_of("chats", chat, "cancel"))
        assert (await follow(client, chat, parent)).status == "cancelled"
        for task in begun:
            assert (await follow(client, task["chat_id"], task["id"])).status == "cancelled"
            assert_sound(await whole_log(client, task["chat_id"]))
        assert (await client.get(path_of("tasks", begun[-1]["id"])))["started_at"] is None
        turn = await prompt(client, chat, "say fine", agent=AGENT)
        assert turn.status == "complete"
        assert len(notices(turn)) == 2  # of its own two, not of what its child had begun


async def test_a_child_that_another_boocode_runs_is_heard_of_at_once(
    homes: tuple[Path, Path], repository: Path, model: ModelEndpoint, database_url: str
) -> None:
    for home in homes:
        configure(home, model)
    async with served(homes[0], database_url) as first, served(homes[1], database_url) as second:
        await sleep_or_wake(second, "suspend")
        chat = await new_chat(first.client, repository)
        words = f"shell true then {delegate('gate here')} then say done"
        parent = (await post(first.client, chat, words, AGENT))["task"]["id"]
        with trio.fail_after(60):
            while not (asked := (await first.client.get("/api/permissions", chat_id=chat))["items"]):
                await trio.sleep(0.05)
        await sleep_or_wake(first, "suspend")
        await sleep_or_wake(second, "resume")
        option = next(each["id"] for each in asked[0]["options"] if each["kind"] == "allow_once")
        await first.client.post(path_of("permissions", asked[0]["id"]), {"option_id": option})
        await child_of(first.client, parent, "running")
        model.gates["here"].set()
        turn = await follow(first.client, chat, parent)
        assert "went on." in outputs(turn)
        await sleep_or_wake(first, "resume")


async def go_back_before(client: Client, first_task_id: str, task_id: str) -> None:
    """To the checkpoint before the turn of this task, in the session of the first one."""
    session = (await client.get(path_of("tasks", first_task_id)))["session_id"]
    checkpoints = await client.get(path_of("sessions", session, "checkpoints"))
    (target,) = [each["id"] for each in checkpoints if each["task_id"] == task_id]
    await client.post(path_of("checkpoints", target, "restore"))


async def first_words(client: Client, chat_id: str, task_id: str) -> None:
    with trio.fail_after(60):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if frame["type"] == "message_delta":
                    return
    raise AssertionError(f"{task_id} said nothing")


async def sleep_or_wake(server: RunningServer, what: str) -> None:
    await server.client.post(f"/api/supervision/actors/root/engine/dispatch/dispatcher/{what}")


async def sql(url: str, statement: str, *arguments: object) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async with trio_asyncio.open_loop():
        return await trio_asyncio.aio_as_trio(run)()
