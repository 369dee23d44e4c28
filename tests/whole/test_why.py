"""What people read about an agent that died, and about a turn that an operator stopped: with a real process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boocode.cli.client import Client
from tests.kit.driving import Json, follow, new_chat, post
from tests.kit.server import running_server
from tests.web.edges import eventually
from tests.whole.test_faults import agents_of, first_delta


def nodes(node: Json) -> Iterator[Json]:
    yield node
    for child in node["children"]:
        yield from nodes(child)


async def crashes(client: Client) -> list[Json]:
    """The exits of crashed agent sessions, newest first."""
    page = await client.get("/api/supervision/events", newest_first="true", notable="true")
    return [
        frame
        for frame in page["items"]
        if frame["event"] == "exited" and frame["path"].endswith("/session") and frame["subject"]
    ]


async def until_running(client: Client, path: str) -> None:
    async def so() -> bool:
        tree = await client.get("/api/supervision")
        return any(n["path"] == path and n["waits_for"] == "running" for n in nodes(tree["root"]))

    await eventually(so, within_s=30)


async def why(client: Client, path: str) -> Any:
    return await client.get(f"/api/supervision/actors/{path}")


async def test_who_looks_learns_why_an_agent_died_and_which_turn_was_lost(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat = await new_chat(client, repository)
        task = (await post(client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        await first_delta(client, chat)
        tree = await client.get("/api/supervision")
        session = next(n for n in nodes(tree["root"]) if n["type"] == "AgentSession")
        assert session["subject"] == {"agent": "practice", "chat_id": chat, "task_id": task}
        (warm,) = tree["pool"]["agents"]
        assert session["path"].startswith(f"{warm['path']}/")
        assert warm["ends_at"] is None, "it is at work"

        for process in agents_of(server):
            process.kill()
        assert (await follow(client, chat, task)).status == "interrupted"
        (crash,) = await crashes(client)
        assert crash["path"] == session["path"]

        story = await why(client, crash["path"])
        assert story["node"] is None, "the sub-tree is gone, its story is not"
        (exit_,) = story["exits"]
        assert exit_["causes"][0]["type"] == "AgentDied"
        assert "signal 9" in exit_["causes"][0]["message"]
        assert exit_["decision"]["verdict"] == "escalated"
        assert exit_["last_messages"][-1]["type"] == "ProcessEnded"
        (turn,) = exit_["turns"]
        assert (turn["task_id"], turn["chat_id"], turn["agent"]) == (task, chat, "practice")
        assert (turn["state"], turn["is_lost"]) == ("failed", True)
        assert "signal 9" in turn["error"]
        (below,) = (await why(client, warm["path"]))["exits"]
        assert [each["task_id"] for each in below["turns"]] == [task]

        # A turn that an operator stops, and the agent that goes on without it.
        task = (await post(client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        path = f"root/engine/dispatch/turns/{task}"
        await until_running(client, path)
        await client.post(f"/api/supervision/actors/{path}/stop")
        assert (await follow(client, chat, task)).status == "interrupted"
        (stopped,) = (await why(client, path))["exits"]
        assert stopped["decision"]["verdict"] == "stopped_as_asked"
        assert [(each["task_id"], each["is_lost"]) for each in stopped["turns"]] == [(task, True)]
        assert len(await crashes(client)) == 1
