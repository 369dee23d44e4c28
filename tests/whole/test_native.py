"""BooCode's own agent as a person uses it from a shell: one line in config.toml, and a model behind it."""

import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import OK
from tests.kit.driving import new_chat, prompt
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tests.kit.server import nothing_left_of, running_server

PROFILES = """\
# reviewer
```toml
mode = "plan"
model = "scripted-2"
[sampling]
temperature = 0.25
top_k = 7
```
You review, and you change nothing.

# broken
```toml
tols = []
```
"""


async def boocode(home: Path, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "BOOCODE_HOME": str(home), "BOOCODE_PORT": "0"}
    for name in ("BOOCODE_URL", "BOOCODE_TOKEN", "DATABASE_URL"):
        environ.pop(name, None)
    command = [sys.executable, "-m", "boocode", *arguments]
    with trio.fail_after(90):
        done = await trio.run_process(
            command, capture_stdout=True, capture_stderr=True, check=False, env=environ, cwd=cwd
        )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def configure(home: Path, endpoint: ModelEndpoint, more: str = "") -> None:
    (home / "config.toml").write_text(f'[model]\nbase_url = "{endpoint.url}/v1"\n{more}')


async def test_run_does_the_whole_path_and_leaves_nothing(home: Path, repository: Path):
    async with serve_model() as endpoint:
        configure(home, endpoint)
        words = "write hello.txt: hello from a model then say done"
        done = await boocode(home, "run", words, "--agent", "boocode", "--apply", cwd=repository)
        assert done.returncode == OK, done.stderr
        assert "done" in done.stdout
        assert "applied: create hello.txt" in done.stderr
        assert (repository / "hello.txt").read_text() == "hello from a model\n"
    await nothing_left_of(home)


async def test_without_an_endpoint_the_doctor_says_what_to_put_where(home: Path):
    told = (await boocode(home, "doctor")).stdout
    for words in ("No model endpoint is set", str(home / "config.toml"), "[model]", "base_url"):
        assert words in told


async def test_every_failure_is_named_and_the_next_prompt_works(home: Path, repository: Path):
    async with AsyncExitStack() as until_gone:
        endpoint = await until_gone.enter_async_context(serve_model())
        configure(home, endpoint)
        async with running_server(home) as server:
            chat = await new_chat(server.client, repository)
            for status, words in (
                (401, "did not accept the key"),
                (404, "The model"),
                (429, "no more requests"),
                (500, "endpoint failed"),
            ):
                turn = await prompt(server.client, chat, f"http {status}", agent="boocode")
                assert turn.status == "error"
                assert words in turn.ends[0]["error"]
                assert f"scripted failure {status}" in turn.ends[0]["error"]
            assert (await prompt(server.client, chat, "say fine", agent="boocode")).status == "complete"
            await until_gone.aclose()
            turn = await prompt(server.client, chat, "say hello", agent="boocode")
            assert turn.status == "error"
            assert f"could not be reached. {endpoint.url}" in turn.ends[0]["error"]


async def test_a_profile_is_a_mode_and_reaches_the_model(home: Path, repository: Path):
    (home / "AGENTS.md").write_text(PROFILES)
    (repository / "AGENTS.md").write_text("Always use tabs.\n")
    await trio.run_process(["git", "add", "."], cwd=repository)
    commit = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "say how"]
    await trio.run_process(commit, cwd=repository)
    async with serve_model() as endpoint:
        configure(home, endpoint)
        async with running_server(home) as server:
            await modes_are_offered(server.client)
            words = "write hello.txt: hello then say done"
            done = await boocode(
                home, "run", words, "--agent", "boocode", "--mode", "reviewer", "--json", cwd=repository
            )
            assert done.returncode == OK, done.stderr
            (task, *_) = (await server.client.get("/api/tasks"))["items"]
            assert await server.client.get(path_of("sessions", task["session_id"], "pending")) == []
        body = next(seen.body for seen in endpoint.requests if seen.body.get("stream"))
    assert (body["model"], body["temperature"], body["top_k"]) == ("scripted-2", 0.25, 7)
    system = body["messages"][0]["content"]  # type: ignore[index]
    assert system.startswith("You review, and you change nothing.")
    assert "Always use tabs." in system
    assert "create_file" not in [tool["function"]["name"] for tool in body["tools"]]  # type: ignore[attr-defined]
    notices = [line for line in done.stdout.splitlines() if json.loads(line)["type"] == "notice"]
    assert any("“broken” is left out" in line and "tols" in line for line in notices)


async def modes_are_offered(client: Client) -> None:
    with trio.fail_after(30):
        while True:
            (own,) = (each for each in await client.get("/api/providers") if each["id"] == "boocode")
            if own["models"] and own["modes"]:
                break
            await trio.sleep(0.1)
    assert own["installed"]
    assert own["transport"] == "native"
    assert [model["id"] for model in own["models"]] == ["scripted-1", "scripted-2"]
    assert own["modes"] == ["ask", "edit", "auto", "plan", "reviewer"]


async def test_a_conversation_goes_on_after_a_restart(home: Path, repository: Path):
    async with serve_model() as endpoint:
        configure(home, endpoint)
        async with running_server(home) as server:
            chat = await new_chat(server.client, repository)
            assert (await prompt(server.client, chat, "say one", agent="boocode")).status == "complete"
        async with running_server(home) as server:
            turn = await prompt(server.client, chat, "say two", agent="boocode")
            assert "user turns: 2" in turn.text
