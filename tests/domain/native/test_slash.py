"""What is a slash command, and what it says."""

import pytest

from boocode.domain.native.conversation import AssistantSaid, UserSaid
from boocode.domain.native.slash import (
    COMMANDS,
    Fullness,
    context_text,
    help_text,
    skills_text,
    slash_of,
    tools_text,
)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS.commands])
def test_each_command_that_is_told_is_one(name: str) -> None:
    assert slash_of(f"/{name}") == slash_of(f"  /{name}\n") == name


@pytest.mark.parametrize(
    "prompt", ["help", "/", "//help", "/help me", "/etc/hosts", "say /help", "/Help", ""]
)
def test_anything_else_is_for_the_model(prompt: str) -> None:
    assert slash_of(prompt) is None


def test_help_names_every_command_and_mode() -> None:
    text = help_text("edit", ("edit", "plan"))
    assert all(f"/{command.name}" in text for command in COMMANDS.commands)
    assert "`plan`" in text


def test_a_tool_has_one_line() -> None:
    assert tools_text([("a", "First.\nSecond.")], "edit") == "- `a`: First."
    assert "no tools" in tools_text([], "plan")
    assert "no skills" in skills_text([])


def test_how_full_the_window_is_says_whether_its_size_is_known() -> None:
    entries = [UserSaid("a"), AssistantSaid("b")]
    text = context_text(Fullness("m", 1000, 100, 150, is_told=True), entries)
    assert "About 250 of 1000 tokens (25 %)" in text
    assert "of 1 prompts and 2 messages" in text
    assert "context_tokens" not in text
    assert "context_tokens" in context_text(Fullness("m", 1000, 100, 150, is_told=False), entries)
