"""Claude in a real server: a chat that outlives BooCode's sudden death and the loss of Claude's own files."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from boocode.cli.client import path_of
from tests.kit.driving import assert_sound, new_session, prompt, whole_log
from tests.kit.model_endpoint import serve_model
from tests.kit.server import command_of, nothing_left_of, running_server
from tools.agents import claude_environment, claude_program

pytestmark = pytest.mark.skipif(
    not claude_program().exists(), reason=f"{claude_program()} is missing: the SDK came without it"
)


def configure(home: Path, env: Mapping[str, str]) -> None:
    lines = [f"{name} = {json.dumps(value)}" for name, value in env.items()]
    (home / "config.toml").write_text("\n".join(["[providers.claude.env]", *lines]) + "\n")


async def test_a_chat_with_claude_outlives_boocode_and_claudes_own_files(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    """The model counts the turns that Claude shows it: the memory came back from the database."""
    claudes = tmp_path / "claudes"
    claudes.mkdir()
    async with serve_model() as model:
        configure(home, {**claude_environment(model.url), "HOME": str(claudes)})
        async with running_server(home, stop=False) as server:
            session = await new_session(server.client, repository)
            chat = session["chats"][0]["id"]
            for number in (1, 2):
                turn = await prompt(server.client, chat, f"say good morning {number}", agent="claude")
                assert turn.status == "complete", turn.ends
                assert f"user turns: {number}" in turn.text
            programs = [process.pid for process in server.family() if "stream-json" in command_of(process)]
            assert len(programs) == 1, "the second turn was not served by the first one's process"
            (told,) = await server.client.get(path_of("sessions", session["id"], "agent-sessions"))
            assert (told["agent"], told["input_tokens"], told["output_tokens"]) == ("claude", 200, 20)
            await server.kill()
        await nothing_left_of(home)

        shutil.rmtree(claudes)
        claudes.mkdir()
        async with running_server(home) as server:
            turn = await prompt(server.client, chat, "say good evening", agent="claude")
            assert turn.status == "complete", turn.ends
            assert "user turns: 3" in turn.text
            assert "good morning" not in turn.text
            assert_sound(await whole_log(server.client, chat))
        await nothing_left_of(home)
