"""Agents as people meet them: found, asked, remembered, refreshed, over HTTP, the socket and the command line."""

import json
import sys
from pathlib import Path
from typing import Any

import trio

from boocode.cli.errors import FAILED, OK
from tests.kit.driving import new_chat, prompt
from tests.kit.server import RunningServer, nothing_left_of, running_server
from tests.whole.test_commands import boocode

FIELDS = {"id", "label", "installed", "version", "transport", "models", "modes", "commands", "error"}


def stranger(home: Path, version: str) -> Path:
    """A program that tells this version, and is an agent otherwise."""
    program = home.parent / "stranger"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "stranger {version}" && exit\n'
        f"exec '{sys.executable}' -m boocode.practice\n"
    )
    program.chmod(0o755)
    return program


def configure(home: Path, more: str = "") -> None:
    """An agent that nobody here wrote for, from config.toml alone; and one that is not there."""
    config = home / "config.toml"
    config.write_text(
        f"{config.read_text() if config.exists() else ''}\n"
        f'[providers.stranger]\nlabel = "A stranger"\ncommand = ["{stranger(home, "4.5.6")}", "--acp"]\n'
        'models = ["extra"]\n'
        f'[providers.absent]\ncommand = ["there-is-no-such-program"]\n{more}'
    )


async def providers_of(server: RunningServer) -> dict[str, Any]:
    return {provider["id"]: provider for provider in await server.client.get("/api/providers")}


async def until_asked(server: RunningServer, agent: str) -> dict[str, Any]:
    """Waits until the agent has told what it offers, by the frames of the `user` topic."""
    with trio.fail_after(60):
        async with server.client.frames("user") as frames:
            async for frame in frames:
                if frame["type"] == "subscribed":
                    known = (await providers_of(server))[agent]
                elif frame["type"] == "provider_updated" and frame["provider"]["id"] == agent:
                    known = frame["provider"]
                else:
                    continue
                if known["commands"]:
                    return dict(known)
    raise AssertionError("the frames ended")


async def test_an_agent_from_config_only_is_found_asked_used_and_remembered(home: Path, repository: Path):
    configure(
        home, f"[providers.hanging]\ncommand = ['{sys.executable}', '-c', 'import time; time.sleep(600)']\n"
    )
    async with running_server(home) as server:
        known = await until_asked(server, "stranger")
        assert set(known) >= FIELDS
        assert (known["label"], known["installed"], known["version"]) == ("A stranger", True, "4.5.6")
        assert [model["id"] for model in known["models"]] == ["practice-1", "practice-slow", "extra"]
        assert known["modes"] == ["default", "plan", "auto"]
        assert {"name", "description"} <= set(known["commands"][0])
        everyone = await providers_of(server)
        assert not everyone["absent"]["installed"]
        assert "there-is-no-such-program" in everyone["absent"]["error"]
        chat = await new_chat(server.client, repository)
        assert "good day" in (await prompt(server.client, chat, "say good day", agent="stranger")).text
    async with running_server(home) as server:
        assert (await providers_of(server))[
            "stranger"
        ] == known  # the first thing that is asked after the start
    await nothing_left_of(home)


async def test_a_refresh_sees_a_new_version_and_what_is_wrong(home: Path):
    configure(home, '[providers.broken]\ncommand = ["sh", "-c", "echo no licence >&2; exit 3"]\n')
    async with running_server(home) as server:
        await until_asked(server, "stranger")
        stranger(home, "5.0.0")
        answers: list[Any] = []

        async def refresh() -> None:
            answers.append(await server.client.post("/api/providers/refresh"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(refresh)
            nursery.start_soon(refresh)
        assert answers[0] == answers[1]
        found = {provider["id"]: provider for provider in answers[0]}
        assert found["stranger"]["version"] == "5.0.0"
        assert "no licence" in found["broken"]["error"]
        shown = await boocode(home, "providers")
        assert shown.returncode == OK
        assert "5.0.0" in shown.stdout
        offered = (await boocode(home, "providers", "stranger")).stdout
        assert "practice-slow" in offered
        assert "/count" in offered
        unknown = await boocode(home, "providers", "nobody")
        assert (unknown.returncode, "nobody" in unknown.stderr) == (FAILED, True)
        listed = json.loads((await boocode(home, "providers", "--json")).stdout)
        assert {provider["id"] for provider in listed} == set(found)
    await nothing_left_of(home)


async def test_a_chat_fills_in_what_could_not_be_asked(home: Path, repository: Path):
    program = home.parent / "shy"
    program.write_text(
        '#!/bin/sh\ncase "$PWD" in */probing/*) echo "not here" >&2; exit 3;; esac\n'
        f"exec '{sys.executable}' -m boocode.practice\n"
    )
    program.chmod(0o755)
    (home / "config.toml").write_text(f'[providers.shy]\ncommand = ["{program}"]\n')
    async with running_server(home) as server:
        found = {p["id"]: p for p in await server.client.post("/api/providers/refresh")}
        assert "not here" in found["shy"]["error"]
        assert (found["shy"]["models"], found["shy"]["commands"]) == ([], [])
        chat = await new_chat(server.client, repository)
        assert "hello" in (await prompt(server.client, chat, "say hello", agent="shy")).text
        known = await until_asked(server, "shy")
        assert known["error"] is None
        assert [model["id"] for model in known["models"]] == ["practice-1", "practice-slow"]
        assert known["modes"] == ["default", "plan", "auto"]


async def test_doctor_tells_which_agents_are_there_and_how_to_get_the_others(home: Path):
    configure(home)
    done = await boocode(home, "doctor", "--json")
    found = {finding["about"]: finding for finding in json.loads(done.stdout)}
    assert found["agent stranger"]["grade"] == "ok"
    assert found["agent absent"]["grade"] == "note"
    assert "config.toml" in found["agent absent"]["advice"]
