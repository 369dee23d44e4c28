"""How one turn is launched: the whole command line, by flavour, conversation, mode and model."""

import pytest

from boocode.domain.stream_json.command import (
    MODES,
    Conversation,
    Flavour,
    command_line,
    flavour_of,
    one_shot_way,
)

NEW = Conversation("id-1", is_begun=False)
OLD = Conversation("id-1", is_begun=True)
CLAUDE = ("-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages")
ALONE = ("--setting-sources", "", "--strict-mcp-config")
QWEN = ("--output-format", "stream-json", "--include-partial-messages")


@pytest.mark.parametrize(
    ("command", "flavour"),
    [
        (("qwen",), Flavour.QWEN),
        (("/opt/bin/qwen",), Flavour.QWEN),
        (("qwen-code", "--acp"), Flavour.QWEN),
        (("node", "/opt/qwen.js"), Flavour.QWEN),
        (("claude",), Flavour.CLAUDE),
        (("my-wrapper", "--for", "qwen"), Flavour.CLAUDE),
    ],
)
def test_the_program_or_its_script_tells_the_flavour(command: tuple[str, ...], flavour: Flavour) -> None:
    assert flavour_of(command) is flavour


@pytest.mark.parametrize(
    ("command", "way"),
    [
        (("qwen", "--acp"), ("qwen",)),
        (("qwen", "--acp", "--debug"), ("qwen", "--debug")),
        (("claude",), ("claude",)),
        (("claude-agent-acp",), None),
        (("goose", "acp"), None),
    ],
)
def test_only_programs_known_for_it_have_a_one_shot_way(
    command: tuple[str, ...], way: tuple[str, ...] | None
) -> None:
    assert one_shot_way(command) == way


@pytest.mark.parametrize(
    ("command", "conversation", "choices", "line"),
    [
        (("claude",), NEW, {}, ("claude", *CLAUDE, *ALONE, "--session-id", "id-1")),
        (("claude",), OLD, {}, ("claude", *CLAUDE, *ALONE, "--resume", "id-1")),
        (
            ("claude",),
            NEW,
            {"mode": "plan", "model": "opus"},
            (
                "claude",
                *CLAUDE,
                *ALONE,
                "--permission-mode",
                "plan",
                "--model",
                "opus",
                "--session-id",
                "id-1",
            ),
        ),
        (("qwen",), NEW, {}, ("qwen", *QWEN, "--session-id", "id-1")),
        (("qwen", "--acp"), OLD, {}, ("qwen", *QWEN, "--resume", "id-1")),
        (
            ("qwen",),
            NEW,
            {"mode": "yolo", "model": "m-1"},
            ("qwen", *QWEN, "--approval-mode", "yolo", "--model", "m-1", "--session-id", "id-1"),
        ),
    ],
)
def test_a_turn_is_one_command(
    command: tuple[str, ...], conversation: Conversation, choices: dict[str, str], line: tuple[str, ...]
) -> None:
    assert command_line(command, flavour_of(command), conversation, **choices) == line


@pytest.mark.parametrize("said", ["my-model(openai)", "$runtime|openai|my-model(openai)", "my-model"])
def test_a_model_is_named_to_qwen_without_what_acp_puts_around_it(said: str) -> None:
    line = command_line(("qwen",), Flavour.QWEN, NEW, model=said)
    assert line[line.index("--model") + 1] == "my-model"


def test_what_the_configuration_says_is_not_said_again() -> None:
    command = ("claude", "--print", "--setting-sources", "user", "--verbose")
    line = command_line(command, Flavour.CLAUDE, NEW)
    assert line[: len(command)] == command
    assert line.count("--setting-sources") == line.count("--verbose") == 1
    assert "-p" not in line


@pytest.mark.parametrize("configured", [("--model", "big"), ("-m", "big"), ("--model=big",)])
def test_what_the_turn_asks_for_counts_more_than_the_configuration(configured: tuple[str, ...]) -> None:
    command = ("qwen", *configured, "--debug")
    assert command_line(command, Flavour.QWEN, NEW)[: len(command)] == command
    line = command_line(command, Flavour.QWEN, NEW, model="small")
    assert "big" not in " ".join(line)
    assert line[:2] == ("qwen", "--debug")
    assert line[line.index("--model") + 1] == "small"


def test_every_flavour_has_a_mode_that_only_reads() -> None:
    assert all("plan" in modes and "default" in modes for modes in MODES.values())
