"""opencode in a real server: one process for two sessions, and what is left of it when BooCode dies in a turn."""

import json
from pathlib import Path

import trio

from boocode.cli.client import path_of
from tests.actors.agent_kit import WAIT_S
from tests.actors.opencode_kit import PROGRAM, installed, private_home
from tests.kit.driving import (
    Turn,
    assert_sound,
    chat_frames,
    follow,
    new_session,
    post,
    prompt,
    whole_log,
)
from tests.kit.model_endpoint import serve_model
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server
from tools.agents import environment

pytestmark = installed


def configure(home: Path, url: str, own: Path) -> None:
    env = {**environment("opencode", url), **private_home(own)}
    lines = [f"{name} = {json.dumps(value)}" for name, value in env.items()]
    head = ["[providers.opencode]", f"command = {json.dumps([str(PROGRAM), 'serve'])}"]
    (home / "config.toml").write_text("\n".join([*head, "[providers.opencode.env]", *lines]) + "\n")


def servers_of(server: RunningServer) -> int:
    return sum("serve --port 0" in command_of(process) for process in server.family())


async def test_two_sessions_share_a_server_and_outlive_boocodes_sudden_death(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    async with serve_model() as model:
        configure(home, model.url, tmp_path / "own")
        async with running_server(home, stop=False) as server:
            sessions = [await new_session(server.client, repository, f"s{number}") for number in (1, 2)]
            chats = [session["chats"][0]["id"] for session in sessions]
            turns: dict[str, Turn] = {}

            async def first(chat: str) -> None:
                turns[chat] = await prompt(server.client, chat, f"say hello {chat}", agent="opencode")

            async with trio.open_nursery() as nursery:
                for chat in chats:
                    nursery.start_soon(first, chat)
            for chat in chats:
                assert turns[chat].status == "complete", turns[chat].ends
                assert f"hello {chat}" in turns[chat].text
            with trio.fail_after(WAIT_S):
                while servers_of(server) != 1:  # the prober asks one of its own, which ends with its answers
                    await trio.sleep(0.1)

            turn = await prompt(
                server.client,
                chats[0],
                "shell echo fresh > new.txt then say done",
                agent="opencode",
                changes=True,
            )
            assert turn.status == "complete", turn.ends
            pending = await server.client.get(path_of("sessions", sessions[0]["id"], "pending"))
            assert [change["path"] for change in pending] == ["new.txt"]

            posted = await post(server.client, chats[1], "say before then stall", agent="opencode")
            with trio.fail_after(60):
                async with chat_frames(server.client, chats[1]) as frames:
                    async for frame in frames:
                        if frame["type"] == "message_delta" and "before" in frame["text"]:
                            break
            await server.kill()
        await nothing_left_of(home)

        async with running_server(home) as server:
            cut = await follow(server.client, chats[1], posted["task"]["id"])
            assert cut.status == "interrupted"
            turn = await prompt(server.client, chats[0], "say again", agent="opencode")
            assert turn.status == "complete", turn.ends
            assert "user turns: 3" in turn.text
            turn = await prompt(server.client, chats[1], "say again", agent="opencode")
            assert turn.status == "complete", turn.ends
            for chat in chats:
                assert_sound(await whole_log(server.client, chat))
        await nothing_left_of(home)
