"""What a program's own words tell of an agent."""

import pytest

from boocode.domain.probing import version_command, version_in


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (("goose", "acp"), ("goose", "--version")),
        (("/opt/x/qwen", "--acp"), ("/opt/x/qwen", "--version")),
        (("/usr/bin/python3.11", "-m", "agent"), None),
        (("npx", "agent"), None),
        (("env", "A=1", "agent"), None),
    ],
)
def test_an_interpreter_is_not_asked_for_the_agents_version(
    command: tuple[str, ...], asked: tuple[str, ...] | None
):
    assert version_command(command) == asked


@pytest.mark.parametrize(
    ("output", "version"),
    [(" 1.34.0\n", "1.34.0"), ("goose v2.1.0-rc.1 (abc)", "2.1.0-rc.1"), ("no idea", None), ("", None)],
)
def test_the_first_version_in_the_output_counts(output: str, version: str | None):
    assert version_in(output) == version
