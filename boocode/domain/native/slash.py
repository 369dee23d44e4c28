"""Slash commands of the native agent: a prompt that is nothing but one of them is answered without the model."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, cast, get_args

from attrs import frozen

from boocode.domain.events import Command, Commands
from boocode.domain.native.conversation import Entry, UserSaid

Slash: TypeAlias = Literal["help", "tools", "skills", "context", "compact"]

COMMANDS = Commands(
    (
        Command("help", "What the agent understands, and which modes there are"),
        Command("tools", "The tools that it has in this mode"),
        Command("skills", "The skills that it can load"),
        Command("context", "How full the model's window is"),
        Command("compact", "Replace the conversation so far by a summary"),
    )
)
SUM_UP = (
    "Write a summary of this conversation that will take its place: all you need to go on without it. Say what the "
    "person wants, in their own words where they matter; what was found out; which files were changed and how; what "
    "was decided and why; what is not done yet, and what comes next. Name files, functions and commands exactly. "
    "Write the summary only."
)
NOTHING_YET = "There is nothing to sum up yet."
COMPACTED = (
    "This summary stands for the conversation so far: the model is not sent the earlier messages any more."
)

CUT_SHORT = (
    "The summary was cut off at the length that an answer may have; the conversation stays as it is. If a `max_tokens` "
    "is set in the profile, make it larger."
)


@frozen
class Fullness:
    """What a conversation takes of the model's window, in tokens, as they are estimated."""

    model: str
    window: int
    fixed: int
    """Instructions and tools."""
    entries: int
    is_told: bool
    """The endpoint or the settings say how large the window is; else it is assumed."""


def slash_of(prompt: str) -> Slash | None:
    """The command that this prompt is; None for one that goes to the model."""
    word = prompt.strip()
    if word[:1] != "/" or word[1:] not in get_args(Slash):
        return None
    return cast(Slash, word[1:])


def help_text(mode: str, modes: Sequence[str]) -> str:
    lines = [f"- `/{command.name}`: {command.description}" for command in COMMANDS.commands]
    others = ", ".join(f"`{name}`" for name in modes)
    return "\n".join((*lines, "", f"The mode is `{mode}`. There are: {others}."))


def tools_text(tools: Iterable[tuple[str, str]], mode: str) -> str:
    """Of names and descriptions; of these the first line is shown."""
    lines = [f"- `{name}`: {description.strip().partition(chr(10))[0]}" for name, description in tools]
    return "\n".join(lines) if lines else f"In the mode `{mode}` it has no tools."


def skills_text(skills: Iterable[tuple[str, str]]) -> str:
    lines = [f"- `{name}`: {description}" for name, description in skills]
    return "\n".join(lines) if lines else "There are no skills, neither in BooCode's home nor in the project."


def context_text(fullness: Fullness, entries: Sequence[Entry]) -> str:
    turns = sum(isinstance(entry, UserSaid) for entry in entries)
    used = fullness.fixed + fullness.entries
    share = round(100 * used / fullness.window)
    where = (
        "" if fullness.is_told else ", which is assumed: set `context_tokens` under [native] to the real one"
    )
    return (
        f"About {used} of {fullness.window} tokens ({share} %) of the window of `{fullness.model}`{where}.\n\n"
        f"- instructions and tools: {fullness.fixed}\n"
        f"- conversation: {fullness.entries}, of {turns} prompts and {len(entries)} messages\n\n"
        "When it is full, older results of tools are shortened, then the oldest messages left out; `/compact` puts a "
        "summary in their place."
    )
