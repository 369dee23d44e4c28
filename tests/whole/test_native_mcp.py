"""MCP servers under BooCode's own agent, whole: mcp.json in the home, a question before each call, the tree."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio

from boocode.cli.client import path_of
from tests.actors.mcp_kit import fault, heard
from tests.kit.driving import Json, Turn, new_chat, prompt
from tests.kit.model_endpoint import serve_model
from tests.kit.server import RunningServer, nothing_left_of, running_server

SECRET = "s3cr3t-value-4711"


def nodes(node: Json) -> Iterator[Json]:
    yield node
    for child in node["children"]:
        yield from nodes(child)


async def servers(server: RunningServer) -> list[Json]:
    """Those below `mcp/servers`."""
    tree = await server.client.get("/api/supervision")
    found = nodes(tree["root"])
    return [node for node in found if "/mcp/servers/" in node["path"]]


def answering(server: RunningServer) -> Callable[[Json], Any]:
    """Allows what has `yes` in its title, and nothing else."""

    async def on_frame(frame: Json) -> None:
        if frame["type"] == "permission_requested":
            ids = {each["kind"]: each["id"] for each in frame["options"]}
            option = ids["allow_once" if "yes" in frame["title"] else "reject_once"]
            await server.client.post(path_of("permissions", frame["id"]), {"option_id": option})

    return on_frame


async def until_up(server: RunningServer) -> Json:
    with trio.fail_after(60):
        while True:
            found = await servers(server)
            if [node["state"] for node in found] == ["idle"]:
                return found[0]
            await trio.sleep(0.05)


async def test_a_tool_of_a_server_asks_answers_and_is_in_the_tree(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("THE_KEY_4711", SECRET)
    diary = home / "diary"
    entry = fault(diary=diary, env={"A_TOKEN": "{env:THE_KEY_4711}", "B": "{env:NOT_SET_4711}"})
    entry["args"].append("{env:THE_KEY_4711}")
    (home / "mcp.json").write_text(json.dumps({"mcpServers": {"s": entry, "bad": {}}}))
    async with serve_model() as endpoint:
        (home / "config.toml").write_text(f'[model]\nbase_url = "{endpoint.url}/v1"\n')
        async with running_server(home) as server:
            chat = await new_chat(server.client, repository)

            async def ask(words: str) -> Turn:
                return await prompt(server.client, chat, words, agent="boocode", on_frame=answering(server))

            yes, no = 'call mcp__s__echo {"text": "yes"}', 'call mcp__s__echo {"text": "no"}'
            turn = await ask(f"{yes} then {no} then say done")
            assert (turn.status, "done" in turn.text) == ("complete", True)
            asked = [frame["title"] for frame in turn.of("permission_requested")]
            assert asked == ['s: echo {"text": "yes"}', 's: echo {"text": "no"}']
            calls = [each["params"]["arguments"] for each in heard(diary) if each["method"] == "tools/call"]
            assert calls == [{"text": "yes"}]
            told = json.dumps(turn.frames)
            assert "NOT_SET_4711 is not set" in told
            assert "MCP server bad is not used" in told

            node = await until_up(server)
            assert node["path"].rpartition("/")[2].startswith("s-")
            dying = await ask('call mcp__s__die {"sure": "yes"} then say done')
            last_words = json.dumps(dying.frames, ensure_ascii=False)
            assert "its last words: the disk is on fire •••" in last_words
            tree = json.dumps(await server.client.get("/api/supervision"))
            assert SECRET not in told + last_words + tree

            os.kill((await until_up(server))["process"]["pid"], signal.SIGKILL)
            assert (await ask("say still here")).status == "complete"
    await nothing_left_of(home)
