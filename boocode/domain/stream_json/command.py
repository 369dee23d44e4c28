"""The command line of one turn, by the flavour of the program.

    qwen    --output-format stream-json --approval-mode M …
    claude  -p --output-format stream-json --verbose --setting-sources "" --strict-mcp-config --permission-mode M …

The prompt goes through standard input: it has no length that a system would refuse, and nobody reads it in a process
list. What the configured command says already is not said again, so that a person's own choice counts. A program that
is neither is taken to be like claude.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import PurePath

from attrs import frozen


class Flavour(Enum):
    CLAUDE = "claude"
    QWEN = "qwen"


MODES: Mapping[Flavour, tuple[str, ...]] = {
    Flavour.CLAUDE: ("default", "acceptEdits", "plan", "dontAsk", "auto", "bypassPermissions"),
    Flavour.QWEN: ("default", "plan", "auto-edit", "yolo"),
}
EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""Of claude's `--effort`."""
ENVIRONMENT: Mapping[Flavour, Mapping[str, str]] = {
    # What goes on behind a turn would change the worktree unseen.
    Flavour.CLAUDE: {
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
        "CLAUDE_CODE_DISABLE_CRON": "1",
    },
    # Else it starts a second process, which outlives a SIGKILL of the first.
    Flavour.QWEN: {"QWEN_CODE_NO_RELAUNCH": "true"},
}
"""What each needs to be one process that ends with its turn."""

_ALWAYS: Mapping[Flavour, tuple[tuple[str, ...], ...]] = {
    Flavour.CLAUDE: (
        ("-p",),
        ("--output-format", "stream-json"),
        ("--verbose",),
        ("--include-partial-messages",),
        ("--setting-sources", ""),
        ("--strict-mcp-config",),
    ),
    Flavour.QWEN: (("--output-format", "stream-json"), ("--include-partial-messages",)),
}
"""`--verbose`: claude refuses stream-json without it. The last two keep a repository from configuring its agent."""
_MODE_OPTION = {Flavour.CLAUDE: "--permission-mode", Flavour.QWEN: "--approval-mode"}
_SAME = {"-p": ("-p", "--print"), "--output-format": ("--output-format", "-o"), "--model": ("--model", "-m")}
_ACP_WORDS = ("--acp", "--experimental-acp")
_ACP_MODEL = re.compile(r"(?:.*\|)?(?P<id>[^|]+?)(?:\([\w-]+\))?")
"""Qwen Code calls a model `$runtime|openai|my-model(openai)` in ACP, and `my-model` on its command line."""


@frozen
class Conversation:
    """Which conversation a turn belongs to; `is_begun`: the agent has it already and resumes it."""

    id: str
    is_begun: bool


def flavour_of(command: Sequence[str]) -> Flavour:
    """By the program, or by the script that an interpreter runs."""
    return Flavour.QWEN if _named(command, "qwen") else Flavour.CLAUDE


def modes_of(command: Sequence[str]) -> tuple[str, ...]:
    """The modes that this program has, its default first; none for a program that we do not know."""
    return MODES[flavour_of(command)] if one_shot_way(command) is not None else ()


def efforts_of(command: Sequence[str]) -> tuple[str, ...]:
    """How hard this program can be told to think; none for a program that we do not know."""
    return EFFORTS if _named(command, "claude") else ()


def one_shot_way(command: Sequence[str]) -> tuple[str, ...] | None:
    """The command of the same program without ACP; None when it is not known to have such a way."""
    if not (_named(command, "qwen") or _named(command, "claude")):
        return None
    return tuple(word for word in command if word not in _ACP_WORDS)


def command_line(
    command: Sequence[str],
    flavour: Flavour,
    conversation: Conversation,
    *,
    model: str | None = None,
    mode: str | None = None,
    thinking: str | None = None,
) -> tuple[str, ...]:
    """The whole command of one turn; a choice of None is the program's own. Only claude can be told how to think."""
    words = [word for word in command if word not in _ACP_WORDS]
    options = list(_ALWAYS[flavour])
    if mode is not None:
        options.append((_MODE_OPTION[flavour], mode))
    if model is not None:
        options.append(("--model", model if flavour is Flavour.CLAUDE else _plain_model(model)))
    if thinking is not None and flavour is Flavour.CLAUDE:
        options.append(("--effort", thinking))
    options.append(("--resume" if conversation.is_begun else "--session-id", conversation.id))
    asked = (_MODE_OPTION[flavour], "--model", "--effort")
    for option in options:
        if option[0] in asked:
            words = _without(words, option[0])  # what this turn asks for counts more than the configuration
        if not _has(words, option[0]):
            words += option
    return tuple(words)


def _named(command: Sequence[str], name: str) -> bool:
    """Whether the program is called so, or the script after an interpreter; a wrapper for ACP is another program."""
    stems = [PurePath(word).name.split(".")[0] for word in command[:2] if not word.startswith("-")]
    return any(stem == name or stem == f"{name}-code" for stem in stems)


def _has(words: Sequence[str], option: str) -> bool:
    names = _SAME.get(option, (option,))
    return any(word in names or word.startswith(f"{names[0]}=") for word in words)


def _without(words: Sequence[str], option: str) -> list[str]:
    """`words` without this option, which has a value, in any of its spellings."""
    names = _SAME.get(option, (option,))
    left: list[str] = []
    skips = False
    for word in words:
        if skips:
            skips = False
        elif word in names:
            skips = True
        elif not word.startswith(f"{option}="):
            left.append(word)
    return left


def _plain_model(model: str) -> str:
    match = _ACP_MODEL.fullmatch(model)
    return match["id"] if match else model
