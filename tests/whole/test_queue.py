"""Follow-ups sent while a turn runs: durable, in order, shown to all, edited and taken back until they begin."""

import json
from pathlib import Path

import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import CANCELLED, CONFLICT, OK, ApiConflict, ApiError
from tests.kit.driving import Json, assert_sound, chat_frames, follow, new_chat, post, whole_log
from tests.kit.server import RunningServer, nothing_left_of, running_server
from tests.whole.test_commands import boocode

LONG = "count to 100000 every 20 ms"


async def busy(server: RunningServer, repository: Path, *queued: str) -> tuple[str, Json, list[Json]]:
    """A chat with a running turn and prompts behind it; its id, the running post and the queued posts."""
    chat = await new_chat(server.client, repository)
    first = await post(server.client, chat, LONG)
    with trio.fail_after(60):
        async with chat_frames(server.client, chat) as frames:
            async for frame in frames:
                if frame["type"] == "message_delta":
                    break
    return chat, first, [await post(server.client, chat, text) for text in queued]


async def messages(client: Client, chat_id: str) -> list[Json]:
    page: Json = await client.get(path_of("chats", chat_id, "messages"))
    return list(page["items"])


def folded(frames: list[Json]) -> list[str]:
    """The prompts of a chat as somebody knows them who has only read its log."""
    texts: dict[str, str] = {}
    for frame in frames:
        if frame["type"] in ("message_created", "message_updated") and frame["message"]["role"] == "user":
            texts[frame["message"]["id"]] = frame["message"]["text"]
        if frame["type"] == "message_removed":
            del texts[frame["message_id"]]
    return list(texts.values())


async def test_a_follow_up_waits_is_edited_and_taken_back_and_the_log_says_so(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat, first, (second, third, fourth) = await busy(
            server, repository, "say two", "say three", "say four"
        )
        ids = [each["message"]["id"] for each in (first, second, third, fourth)]
        assert [m["queued"] for m in await messages(client, chat) if m["role"] == "user"] == [
            False,
            *[True] * 3,
        ]
        edited = await client.patch(path_of("messages", ids[1]), {"text": "say zwei"})
        assert (edited["text"], edited["queued"]) == ("say zwei", True)
        assert await client.delete(path_of("messages", ids[2])) is None
        assert (await client.get(path_of("tasks", third["task"]["id"])))["state"] == "cancelled"
        for gone, code in (
            (ids[0], "not_queued"),
            ("msg_none", "message_not_found"),
            (ids[2], "message_not_found"),
        ):
            with pytest.raises(ApiError) as refused:
                await client.patch(path_of("messages", gone), {"text": "late"})
            assert refused.value.code == code
            with pytest.raises(ApiError) as refused:
                await client.delete(path_of("messages", gone))
            assert refused.value.code == code
        for text in ("", "  ", "x" * 500_001):
            with pytest.raises(ApiError) as refused:
                await client.patch(path_of("messages", ids[1]), {"text": text})
            assert refused.value.status == 422
        assert folded(await whole_log(client, chat)) == [LONG, "say zwei", "say four"]
        assert (await client.post(path_of("tasks", first["task"]["id"], "cancel")))["cancelled"]
        turns = [await follow(client, chat, each["task"]["id"]) for each in (second, fourth)]
        assert [turn.text.strip() for turn in turns] == ["zwei", "four"]
        log = await whole_log(client, chat)
        assert_sound(log)
        prompts = [m["text"] for m in await messages(client, chat) if m["role"] == "user"]
        assert folded(log) == prompts == [LONG, "say zwei", "say four"]
        assert not any(m["queued"] for m in await messages(client, chat))
        with pytest.raises(ApiConflict) as late:
            await client.delete(path_of("messages", ids[1]))
        assert "over (completed)" in str(late.value)


async def test_the_queue_survives_a_kill_with_its_order_and_its_edits(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat, first, (second, third, fourth) = await busy(
            server, repository, "say two", "say three", "say four"
        )
        await client.patch(path_of("messages", third["message"]["id"]), {"text": "say drei"})
        await client.delete(path_of("messages", second["message"]["id"]))
        await server.kill()
    await nothing_left_of(home)
    async with running_server(home) as again:
        assert (await follow(again.client, chat, first["task"]["id"])).status == "interrupted"
        for each, said in ((third, "drei"), (fourth, "four")):
            turn = await follow(again.client, chat, each["task"]["id"])
            assert (turn.status, turn.text.strip()) == ("complete", said)
        log = await whole_log(again.client, chat)
        assert_sound(log)
        assert folded(log) == [LONG, "say drei", "say four"]
        texts = "".join(f["text"] for f in log if f["type"] == "message_delta")
        assert texts.index("drei") < texts.index("four")


async def test_the_commands_list_edit_remove_and_cancel_what_is_queued(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat, first, (second, third, fourth) = await busy(
            server, repository, "say two", "say three", "say four"
        )
        tasks = [each["task"]["id"] for each in (second, third, fourth)]
        listed = await boocode(home, "queue")
        assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == tasks
        assert listed.stdout.index("say two") < listed.stdout.index("say three")
        assert [t["id"] for t in json.loads((await boocode(home, "queue", "--json")).stdout)] == tasks
        assert "queued" in (await boocode(home, "ls")).stdout
        assert (await boocode(home, "queue", "edit", tasks[0], "say zwei")).returncode == OK
        assert (await boocode(home, "queue", "remove", third["message"]["id"])).returncode == OK
        assert "Cancelled." in (await boocode(home, "cancel", tasks[2])).stdout
        left = [m["text"] for m in await messages(client, chat) if m["queued"]]
        assert left == ["say zwei"]
        refused = await boocode(home, "queue", "edit", first["task"]["id"], "late")
        assert refused.returncode == CONFLICT
        assert "works on this prompt already" in refused.stderr
        sent: list[tuple[int, str]] = []

        async def send() -> None:
            done = await boocode(home, "send", chat, "say five", "--agent", "practice")
            sent.append((done.returncode, done.stderr))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(send)
            with trio.fail_after(60):
                while not (mine := [m for m in await messages(client, chat) if m["text"] == "say five"]):
                    await trio.sleep(0.05)
            await client.delete(path_of("messages", mine[0]["id"]))
        assert sent[0][0] == CANCELLED
        assert "queued" in sent[0][1]
        assert "taken back" in sent[0][1]


async def test_a_project_tells_and_takes_its_policy_on_the_command_line(home: Path, repository: Path):
    async with running_server(home) as server:
        await new_chat(server.client, repository)
        assert "ask" in (await boocode(home, "project")).stdout
        shown = await boocode(home, "project", "policy", str(repository))
        assert shown.stdout == "repository: ask\n"
        changed = await boocode(home, "project", "policy", "repository", "allow_reads")
        assert changed.stdout == "repository: allow_reads\n"
        (project,) = json.loads((await boocode(home, "project", "--json")).stdout)
        assert project["permission_policy"] == "allow_reads"
        assert (await boocode(home, "project", "policy", "repository", "allow_all")).returncode != OK
        assert "There is no project" in (await boocode(home, "project", "policy", "none")).stderr
        named = await server.client.patch(path_of("projects", project["id"]), {"name": "Another"})
        assert (named["name"], named["permission_policy"]) == ("Another", "allow_reads")
        for body in ({"name": " "}, {"permission_policy": "yolo"}):
            with pytest.raises(ApiError) as refused:
                await server.client.patch(path_of("projects", project["id"]), body)
            assert refused.value.status == 422
