"""An agent that no one here wrote for, from config.toml alone: Gemini CLI, where it is installed.

`npm install --prefix FOLDER @google/gemini-cli` and FOLDER/node_modules/.bin on the PATH, or its path in GEMINI_CLI.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, assert_sound, new_session, prompt, whole_log
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tests.kit.server import RunningServer, nothing_left_of, running_server

PROGRAM = os.environ.get("GEMINI_CLI") or shutil.which("gemini")
pytestmark = [
    pytest.mark.real_agent("gemini"),
    pytest.mark.skipif(PROGRAM is None, reason="the program gemini is missing: see the docstring"),
]


@asynccontextmanager
async def gemini(home: Path) -> AsyncIterator[tuple[RunningServer, ModelEndpoint]]:
    """A BooCode that has heard of Gemini CLI by its configuration only."""
    async with serve_model() as model:
        env = {
            "HOME": str(home / "agent"),
            "GEMINI_API_KEY": "none",
            "GOOGLE_GEMINI_BASE_URL": model.url,
            "GEMINI_TELEMETRY_ENABLED": "false",
        }
        # Its own setting that keeps it from the network; it works without, and then looks for play.googleapis.com.
        settings = home / "agent" / ".gemini" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text('{"privacy": {"usageStatisticsEnabled": false}}')
        (home / "config.toml").write_text(
            f'[providers.gemini]\nlabel = "Gemini CLI"\ncommand = {json.dumps([PROGRAM, "--acp"])}\n'
            "[providers.gemini.env]\n"
            + "".join(f"{name} = {json.dumps(value)}\n" for name, value in env.items())
        )
        async with running_server(home) as server:
            yield server, model
    await nothing_left_of(home)


def answering(client: Client, kind: str) -> Callable[[Json], Awaitable[None] | None]:
    """For `prompt`: answers every question with its option of this kind."""

    def on_frame(frame: Json) -> Awaitable[None] | None:
        if frame["type"] != "permission_requested":
            return None
        option = next(option["id"] for option in frame["options"] if option["kind"] == kind)
        return client.post(path_of("permissions", frame["id"]), {"option_id": option})

    return on_frame


async def agents_of(client: Client, chat: str) -> set[int]:
    """The processes of the chat's agent."""
    owned = (await client.get("/api/supervision"))["owned_processes"]
    return {process["pid"] for process in owned if chat in process["label"]}


async def test_gemini_works_from_configuration_alone(home: Path, repository: Path) -> None:
    async with gemini(home) as (server, model):
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        talk = partial(prompt, client, chat, agent="gemini")

        turn = await talk("say good morning")
        assert (turn.status, turn.text) == ("complete", "good morning\nuser turns: 1")
        worktree = (await client.get(path_of("sessions", session["id"], "worktree")))["path"]
        pids = await agents_of(client, chat)

        place = f"{worktree}/hello.txt"
        turn = await talk(
            f"write {place}: hello then say done", on_frame=answering(client, "allow_once"), changes=True
        )
        assert len(turn.of("permission_requested")) == 1
        assert (turn.status, await trio.Path(place).read_text()) == ("complete", "hello\n")
        pending = await client.get(path_of("sessions", session["id"], "pending"))
        assert [(change["path"], change["op"], change["agent"]) for change in pending] == [
            ("hello.txt", "create", "gemini")
        ]

        refused = f"{worktree}/refused.txt"
        turn = await talk(f"write {refused}: no then say done", on_frame=answering(client, "reject_once"))
        assert not await trio.Path(refused).exists()
        assert turn.status == "complete"

        turn = await talk("count 500 every 20 ms", on_frame=cancelling(client, chat))
        assert turn.status == "cancelled"
        assert model.requests[-1].client_gone

        turn = await talk("say still here")
        assert (turn.status, "still here" in turn.text) == ("complete", True)
        assert await agents_of(client, chat) == pids
        assert_sound(await whole_log(client, chat))


def cancelling(client: Client, chat: str) -> Callable[[Json], Awaitable[object] | None]:
    """For `prompt`: cancels the turn at its first word."""
    asked = False

    def on_frame(frame: Json) -> Awaitable[object] | None:
        nonlocal asked
        if asked or frame["type"] != "message_delta":
            return None
        asked = True
        return client.post(path_of("chats", chat, "cancel"))

    return on_frame
