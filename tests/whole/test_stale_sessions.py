"""A conversation is resumed after a restart, unless its agent is launched in another way than then."""

from pathlib import Path

import pytest

from tests.kit.driving import new_chat, prompt
from tests.kit.server import nothing_left_of, running_server


@pytest.mark.parametrize(
    ("then", "later", "remembers"),
    [("", "", True), ('A = "1"', 'A = "1"', True), ('A = "1"', 'A = "2"', False), ("", 'A = ""', False)],
)
async def test_another_environment_is_another_conversation(
    home: Path, repository: Path, then: str, later: str, remembers: bool
):
    state = f'BOOCODE_PRACTICE_STATE = "{home / "practice"}"'
    write(home, state, then)
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        assert (await prompt(server.client, chat, "say one")).status == "complete"
    await nothing_left_of(home)
    write(home, state, later)
    async with running_server(home) as server:
        turn = await prompt(server.client, chat, "what did I say")
        assert turn.status == "complete"
        assert f"user turns in this conversation: {2 if remembers else 1}" in turn.text
        told = any("does not remember" in frame["text"] for frame in turn.of("notice"))
        assert told is not remembers


def write(home: Path, *settings: str) -> None:
    lines = "\n".join(("[providers.practice.env]", *settings))
    (home / "config.toml").write_text(f"{lines}\n")
