"""Names, labels and summaries in a whole BooCode: what clients see of them, and that no turn ever feels them."""

import json
import sys
from pathlib import Path

import trio

import tests.kit.echo_agent
from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, Turn, new_chat, prompt, whole_log
from tests.kit.model_endpoint import serve_model
from tests.kit.server import nothing_left_of, running_server

SIDE = "Scripted side answer"
SOON_S = 60.0
CALLS: list[Json] = [
    {"sessionUpdate": "tool_call", "toolCallId": each, "title": f"Read {each}", "kind": "read"}
    for each in "ab"
]
ANSWER: Json = {"type": "text", "text": "It is all there.\n" * 20}
READS = json.dumps([*CALLS, {"sessionUpdate": "agent_message_chunk", "content": ANSWER}])
"""For the agent that says what it is told."""


def config(home: Path, url: str) -> None:
    echo = json.dumps([sys.executable, str(tests.kit.echo_agent.__file__)])
    (home / "config.toml").write_text(
        f'[model]\nbase_url = "{url}/v1"\nfast = "scripted-2"\n[providers.echo]\ncommand = {echo}\n'
    )


async def unnamed(client: Client, repository: Path) -> Json:
    project = await client.post("/api/projects", {"path": str(repository)})
    session: Json = await client.post("/api/sessions", {"project_id": project["id"]})
    return session


async def answer_of(client: Client, chat_id: str, turn: Turn) -> Json:
    messages = (await client.get(path_of("chats", chat_id, "messages")))["items"]
    message: Json = next(each for each in messages if each["id"] == turn.message_id)
    return message


async def task_of(client: Client, turn: Turn) -> Json:
    task: Json = await client.get(path_of("tasks", turn.task_id))
    return task


async def test_names_labels_and_summaries_are_there_for_every_client(home: Path, repository: Path) -> None:
    async with serve_model() as model:
        config(home, model.url)
        async with running_server(home) as server:
            client = server.client
            session = await unnamed(client, repository)
            chat_id = session["chats"][0]["id"]
            turn = await prompt(client, chat_id, READS, agent="echo")
            assert turn.status == "complete"
            with trio.fail_after(SOON_S):
                while not (labels := (await answer_of(client, chat_id, turn))["labels"]):
                    await trio.sleep(0.05)
                while (await task_of(client, turn))["output_summary"] != SIDE:
                    await trio.sleep(0.05)
            assert labels == [{"tool_call_ids": ["a", "b"], "text": SIDE}]
            told = [frame for frame in await whole_log(client, chat_id) if frame["type"] == "tools_labelled"]
            assert [frame["label"] for frame in told] == labels

            found = await client.get(path_of("sessions", session["id"]))
            assert (found["title"], found["chats"][0]["title"]) == (SIDE, SIDE)
            assert {seen.body["model"] for seen in model.requests if "messages" in seen.body} == {
                "scripted-2"
            }

            named = await new_chat(client, repository)  # in a session with a title
            await client.patch(path_of("chats", named), {"title": "Mine"})
            await prompt(client, named, "say hello")
            with trio.fail_after(SOON_S):
                while (await supervised(client))["handled"] < 4:  # the beginning and the end of two turns
                    await trio.sleep(0.05)
            chat = await client.get(path_of("chats", named))
            session = await client.get(path_of("sessions", chat["session_id"]))
            assert (chat["title"], session["title"]) == ("Mine", "A test")
    await nothing_left_of(home)


async def test_an_endpoint_that_never_answers_and_one_that_is_not_there_slow_no_turn(
    home: Path, repository: Path
) -> None:
    async with serve_model() as model:
        config(home, model.url)
        async with running_server(home) as server:
            chat_id = (await unnamed(server.client, repository))["chats"][0]["id"]
            for _ in range(3):
                assert (await prompt(server.client, chat_id, "say side hang")).status == "complete"
            with trio.fail_after(SOON_S):  # its first request has the client imported
                while not any("messages" in seen.body for seen in model.requests):
                    await trio.sleep(0.05)
            assert [seen.finished for seen in model.requests if "messages" in seen.body] == [False]
            assert (await supervised(server.client))["state"] == "busy"
    config(home, model.url)  # nobody is there any more
    async with running_server(home) as server:
        turn = await prompt(server.client, chat_id, READS, agent="echo")
        assert turn.status == "complete"
        assert (await answer_of(server.client, chat_id, turn))["labels"] == []
    await nothing_left_of(home)


async def supervised(client: Client) -> Json:
    """The scribe in the tree, as everybody sees it."""
    waiting: list[Json] = [(await client.get("/api/supervision"))["root"]]
    while waiting:
        node = waiting.pop()
        if node["path"] == "root/surface/names/scribe":
            return node
        waiting += node["children"]
    raise AssertionError("the scribe is not in the tree")
