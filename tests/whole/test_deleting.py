"""Deleting chats, sessions and projects, also while agents work in them: nothing of them is left but what is dear."""

import subprocess
from pathlib import Path

import psutil
import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import ApiError
from tests.kit.driving import Json, chat_frames, new_session, post, prompt
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server
from tests.whole.test_two_servers import rest, two_servers, wake


async def delete(server: RunningServer, *path: str) -> tuple[int, Json]:
    answer = await server.client.http.delete(path_of(*path))
    return answer.status_code, answer.json() if answer.content else {}


async def worktree_of(client: Client, session: Json) -> Path:
    return Path((await client.get(path_of("sessions", session["id"], "worktree")))["path"])


def git_worktrees(repository: Path) -> str:
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=repository, capture_output=True, text=True, check=True
    )
    return listed.stdout


def branches(repository: Path) -> str:
    command = ["git", "for-each-ref", "--format=%(refname)"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout


def agents_in(worktree: Path) -> list[int]:
    """Agents whose folder it is, or was."""
    found = []
    for process in psutil.process_iter():
        try:
            if "boocode.practice" in process.cmdline() and process.cwd().startswith(str(worktree)):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


async def streams(client: Client, chat_id: str) -> None:
    with trio.fail_after(60):
        async with chat_frames(client, chat_id) as frames:
            async for frame in frames:
                if frame["type"] == "message_delta":
                    return


async def assert_gone(client: Client, kind: str, id_: str) -> None:
    assert id_ not in str([row async for row in client.pages(f"/api/{kind}s")])
    if kind == "session":
        with pytest.raises(ApiError) as refused:
            await client.get(path_of("sessions", id_))
        assert refused.value.status == 404


async def test_a_session_is_deleted_in_the_middle_of_its_turn(home: Path, repository: Path) -> None:
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        other = (await client.post("/api/chats", {"session_id": session["id"]}))["id"]
        assert (await prompt(client, other, "say hello")).status == "complete"  # an agent that stays warm
        running = (await post(client, chat, "count to 5000 every 10 ms"))["task"]["id"]
        waiting = (await post(client, other, "say never"))["task"]["id"]
        await streams(client, chat)
        worktree = await worktree_of(client, session)
        assert len(agents_in(worktree)) == 2
        before = branches(repository)
        assert "boocode" in before
        assert await delete(server, "sessions", session["id"]) == (204, {})
        assert agents_in(worktree) == []
        assert str(worktree) in git_worktrees(repository)  # for the reaper to judge
        assert branches(repository) == before
        await assert_gone(client, "session", session["id"])
        for each in (chat, other):
            await assert_gone(client, "chat", each)
        for task in (running, waiting):  # history
            assert (await client.get(path_of("tasks", task)))["state"] == "cancelled"
        assert (await delete(server, "sessions", session["id"]))[0] == 404
        again = await new_session(client, repository)
        assert (await prompt(client, again["chats"][0]["id"], "say fine")).status == "complete"
    await nothing_left_of(home)


async def test_the_worktree_of_a_deleted_session_stays_as_it_was(home: Path, repository: Path) -> None:
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        await prompt(client, chat, "create dear.txt with the text dear", changes=True)
        worktree = await worktree_of(client, session)
        assert await delete(server, "sessions", session["id"]) == (204, {})
        assert (worktree / "dear.txt").read_text().strip() == "dear"
        assert str(worktree) in git_worktrees(repository)
        assert agents_in(worktree) == []
        await assert_gone(client, "session", session["id"])


async def test_a_chat_goes_with_its_agent_and_leaves_the_session_to_the_others(
    home: Path, repository: Path
) -> None:
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        other = (await client.post("/api/chats", {"session_id": session["id"]}))["id"]
        await prompt(client, other, "create both.txt with the text both", changes=True)
        await post(client, chat, "run sleep 600")  # its question goes with it
        with trio.fail_after(60):
            while not (await client.get("/api/inbox"))["items"]:
                await trio.sleep(0.05)
        worktree = await worktree_of(client, session)
        assert len(agents_in(worktree)) == 2
        assert await delete(server, "chats", chat) == (204, {})
        assert len(agents_in(worktree)) == 1
        await assert_gone(client, "chat", chat)
        assert (await client.get("/api/inbox"))["items"] == []
        pending = await client.get(path_of("sessions", session["id"], "pending"))
        assert [change["path"] for change in pending] == ["both.txt"]
        turn = await prompt(client, other, "what did I say")
        assert "user turns in this conversation: 2" in turn.text
        assert (await delete(server, "chats", chat))[0] == 404


async def test_a_project_goes_with_all_its_sessions(home: Path, repository: Path) -> None:
    async with running_server(home) as server:
        client = server.client
        clean, dirty, busy = [await new_session(client, repository) for _ in range(3)]
        await prompt(client, clean["chats"][0]["id"], "say hello")
        await prompt(client, dirty["chats"][0]["id"], "create a.txt with the text a", changes=True)
        await post(client, busy["chats"][0]["id"], "hang")
        with trio.fail_after(60):
            while len([p for p in server.family() if "boocode.practice" in command_of(p)]) < 3:
                await trio.sleep(0.05)
        places = [await worktree_of(client, session) for session in (clean, dirty)]
        assert await delete(server, "projects", clean["project_id"]) == (204, {})
        assert [place.exists() for place in places] == [True, True]
        assert [p for p in server.family() if "boocode.practice" in command_of(p)] == []
        for session in (clean, dirty, busy):
            await assert_gone(client, "session", session["id"])
        assert (await client.get("/api/projects"))["items"] == []
        assert (repository / "README.md").exists()
        project = await client.post("/api/projects", {"path": str(repository)})  # and may be added again
        assert project["id"] != clean["project_id"]


async def test_a_turn_that_runs_in_another_boocode_is_ended_too(
    homes: tuple[Path, Path],
    repository: Path,
    database_url: str,
) -> None:
    async with two_servers(homes, database_url) as (first, second):
        await rest(second)
        session = await new_session(second.client, repository)
        chat = session["chats"][0]["id"]
        await post(second.client, chat, "count to 5000 every 10 ms")
        await streams(second.client, chat)
        worktree = await worktree_of(second.client, session)
        assert worktree.is_relative_to(homes[0])
        assert await delete(second, "sessions", session["id"]) == (204, {})
        assert worktree.exists()
        with trio.fail_after(30):  # the other one hears of it by a notice
            while [p for p in first.family() if "boocode.practice" in command_of(p)]:
                await trio.sleep(0.05)
        await wake(second)
