"""Work without a chat: each task in a session and worktree of its own, its agent not kept behind it."""

import json
import sys
from pathlib import Path

import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import ApiError
from tests.kit.driving import Json, Turn, assert_sound, follow, whole_log
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server

KIT = Path(__file__).resolve().parents[1] / "kit"
ONE_SHOT = [sys.executable, str(KIT / "one_shot_agent.py"), "none"]


def fault(*words: str) -> list[str]:
    return [sys.executable, str(KIT / "fault_agent.py"), *words]


async def project_of(client: Client, repository: Path) -> str:
    return str((await client.post("/api/projects", {"path": str(repository)}))["id"])


async def task(client: Client, project: str, text: str, **more: str) -> Json:
    made: Json = await client.post("/api/tasks", {"project_id": project, "input": text, **more})
    return made


async def done(client: Client, made: Json, *, changes: bool = False) -> tuple[Json, Turn]:
    """The task when it is over, and what its turn came to."""
    turn = await follow(client, made["chat_id"], made["id"], changes=changes)
    over: Json = await client.get(path_of("tasks", made["id"]))
    return over, turn


async def no_agent_left(server: RunningServer, word: str) -> None:
    with trio.fail_after(30):
        while any(word in command_of(process) for process in server.family()):
            await trio.sleep(0.05)


async def test_a_task_runs_in_a_worktree_of_its_own_and_its_agent_ends_with_it(
    home: Path, repository: Path
) -> None:
    async with running_server(home) as server:
        client = server.client
        project = await project_of(client, repository)
        first = await task(client, project, "create new.txt with the text hello", agent="practice")
        second = await task(client, project, "say hi", agent="practice", parent_task_id=first["id"])
        assert first["session_id"] != second["session_id"]
        assert second["parent_task_id"] == first["id"]
        over, _ = await done(client, first, changes=True)
        assert over["state"] == "completed"
        pending = await client.get(path_of("sessions", first["session_id"], "pending"))
        assert [change["path"] for change in pending] == ["new.txt"]
        assert not (repository / "new.txt").exists()
        assert (await done(client, second))[0]["state"] == "completed"
        await no_agent_left(server, "boocode.practice")
        assert_sound(await whole_log(client, first["chat_id"]))
    await nothing_left_of(home)


async def test_tasks_are_listed_cancelled_and_tried_again(home: Path, repository: Path) -> None:
    async with running_server(home) as server:
        client = server.client
        project = await project_of(client, repository)
        made = await task(client, project, "count to 5000 every 10 ms", agent="practice")

        def first_words(frame: Json) -> object:
            if frame["type"] == "message_delta" and not asked:
                asked.append(True)
                return client.post(path_of("tasks", made["id"], "cancel"), {})
            return None

        asked: list[bool] = []
        turn = await follow(client, made["chat_id"], made["id"], on_frame=first_words)
        assert turn.status == "cancelled"
        listed = await client.get("/api/tasks", state="cancelled", project_id=project)
        assert [each["id"] for each in listed["items"]] == [made["id"]]
        assert (await client.get("/api/tasks", state="completed", project_id=project))["items"] == []
        again = await client.post(path_of("tasks", made["id"], "retry"), {})
        assert again["input"] == made["input"]
        assert again["chat_id"] == made["chat_id"]
        await client.post(path_of("tasks", again["id"], "cancel"), {})
        assert (await follow(client, again["chat_id"], again["id"])).status == "cancelled"
        await no_agent_left(server, "boocode.practice")
        for refused in ({"project_id": "no", "input": "x"}, {"project_id": project, "input": " "}):
            with pytest.raises(ApiError):
                await client.post("/api/tasks", refused)
    await nothing_left_of(home)


async def test_an_agent_whose_handshake_fails_runs_the_task_another_way(home: Path, repository: Path) -> None:
    faults = {
        "refuses": fault("refuse-initialize"),
        "exits": fault("exit-initialize"),
        "mute": fault("mute-session"),
        "missing": ["/no/such/agent"],
    }
    (home / "config.toml").write_text(
        "[limits]\nagent_session_s = 1.0\n"
        + "".join(
            f"[providers.{name}]\ncommand = {json.dumps(command)}\nfallback = {json.dumps(ONE_SHOT)}\n"
            f"[providers.{name}.env]\nONE_SHOT_STATE = {json.dumps(str(home))}\n"
            for name, command in faults.items()
        )
    )
    async with running_server(home) as server:
        client = server.client
        project = await project_of(client, repository)
        made = {
            name: await task(client, project, "good morning", agent=name, model="big", mode="plan")
            for name in faults
        }
        for name in ("refuses", "exits", "mute"):
            over, turn = await done(client, made[name])
            assert over["state"] == "completed", over["error"]
            assert "You said: good morning" in turn.text
            assert "--model big" in turn.text
            assert "--permission-mode plan" in turn.text
            (notice,) = [frame["text"] for frame in turn.of("notice")]
            assert "could not be started" in notice
            assert "runs as one command instead" in notice
        over, turn = await done(client, made["missing"])
        assert over["state"] == "failed"
        assert "/no/such/agent" in over["error"]
        assert not turn.of("notice")
    await nothing_left_of(home)
