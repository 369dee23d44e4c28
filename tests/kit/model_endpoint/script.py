"""Directives to answers: what the scripted model says. Pure but for the texts that it has seen.

The last user message holds the script, parts joined by ` then `. Tool parts come first, one a model round:

| directive | the model |
| --- | --- |
| `write PATH: TEXT`, `read PATH`, `edit PATH: OLD => NEW`, `shell COMMAND` | calls the offered tool that does it |
| `call NAME {json}` | calls that tool, offered or not (tests read-only modes) |
| `together A & B` | both tool calls in one round |
| `say TEXT`, `count N [every M ms]` | text; count streams `1 2 3 …` |
| `reason TEXT` | reasoning before whatever the round says |
| `hang` | accepts and never answers |
| `stall` | streams one token and then nothing |
| `gate NAME` | streams one token and goes on when the gate is opened |
| `http STATUS [once]` | fails; with `once` only the first time for this text |
| `fail NAME [once]` | fails as a real server does, see `failures` |
| `break NAME` | streams one token, and then that failure in place of the rest |
| `drop` | streams one token and cuts the connection |
| `nothing` | an answer without a word |
| `length` | its end is the limit of tokens |
| `usage IN OUT` | that many tokens are told |

What weak models do, OpenAI's dialect only:

| directive | the model |
| --- | --- |
| `raw "JSON STRING"` | says exactly this text and nothing more, one round like a tool call (it may hold one) |
| `mangle NAME TEXT` | calls that tool with TEXT for arguments, whatever it is |
| `think TEXT` | `<think>TEXT</think>` before the rest of its text |

What agents ask on the side (a title, a summary, a label) is answered with the same words, and never at all when the
text that it is about holds `side hang`.

After its last part it says how many user turns the context holds: that proves a warm or resumed session.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import Factory, define, evolve, frozen

from tests.kit.model_endpoint.failures import REFUSALS, Refusal

INJECTED = re.compile(
    r"<(system-reminder|info-msg|environment_context)>.*?</\1>|\[Request interrupted by user[^\]]*\]"
    r"|\[Note from BooCode, not from the person\]\n.*?\n\[End of the note\]"
    r"|^This is the Qwen Code\. We are setting up the context.*",
    re.DOTALL,
)
"""What agents put into user messages on their own."""
SIDE_REQUEST = re.compile(r"\btitle\b|\bsummar|\btopic\b|\blabel\b", re.IGNORECASE)
TOOLS = {
    "write": ("write", "write_file", "create_file"),
    "read": ("read", "read_file"),
    "edit": ("edit", "edit_file", "str_replace"),
    "shell": ("bash", "shell", "run_shell_command", "run_command"),
}
ARGUMENTS = {
    "path": ("filePath", "file_path", "path", "absolute_path"),
    "content": ("content", "file_text", "text"),
    "old": ("oldString", "old_string", "old_str", "before", "old"),
    "new": ("newString", "new_string", "new_str", "after", "new"),
    "command": ("command",),
}


@frozen
class Offered:
    """A tool of the request: its name and the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, object] = Factory(dict)


@frozen
class Asked:
    """A request without its dialect. `user_texts` went through `own_text`, and empty ones were left out;
    `rounds` counts the assistant's messages since the last of them."""

    model: str
    user_texts: tuple[str, ...]
    rounds: int = 0
    offered: tuple[Offered, ...] = ()
    system: str = ""


@frozen
class ToolUse:
    name: str
    arguments: Mapping[str, object]
    written: str | None = None
    """What stands in place of the arguments' JSON."""

    @property
    def json(self) -> str:
        return json.dumps(self.arguments) if self.written is None else self.written


@frozen
class Answer:
    """What to say, and how. `stop` is what happens after the first token instead of the rest."""

    text: str = ""
    reasoning: str = ""
    tools: tuple[ToolUse, ...] = ()
    delay: float = 0.0
    status: int = 200
    failure: Refusal | None = None
    """Instead of an answer, or with `stop` "break" in its middle."""
    finish: str | None = None
    usage: tuple[int, int] | None = None
    silent: bool = False
    stop: str = ""
    gate: str = ""
    place: str = ""
    """Where in its conversation this answer is: makes the ids of tool calls unique, and the same every time."""


@frozen
class Chunk:
    """One server-sent event of a streamed answer. `is_token`: it carries some of what the model says."""

    data: bytes
    is_token: bool = False


@define
class Script:
    """Answers requests. Remembers texts, for `once` and for agents that glue an unanswered one to the next."""

    _failed_once: set[str] = Factory(set)
    _seen: set[str] = Factory(set)

    def answer(self, asked: Asked) -> Answer:
        return evolve(self._answer(asked), place=f"{len(asked.user_texts)}_{asked.rounds}")

    def _answer(self, asked: Asked) -> Answer:
        text = self._unglued(asked.user_texts[-1] if asked.user_texts else "")
        if not asked.offered and SIDE_REQUEST.search(asked.system):
            return Answer(text="Scripted side answer", silent="side hang" in text)
        parts = [part.strip() for part in re.split(r"\s+then\s+", text) if part.strip()]
        reasoning = "".join(part[7:] for part in parts if part.startswith("reason "))
        parts = [part for part in parts if not part.startswith("reason ")]
        tool_parts = [
            part for part in parts if re.match(r"(write|read|edit|shell|call|together|raw|mangle)\b", part)
        ]
        if asked.rounds < len(tool_parts) and tool_parts[asked.rounds].startswith("raw "):
            return Answer(text=json.loads(tool_parts[asked.rounds][4:]))
        if asked.rounds < len(tool_parts):
            tools = tool_uses(tool_parts[asked.rounds], asked.offered)
            return Answer(reasoning=reasoning if asked.rounds == 0 else "", tools=tools)
        answer = Answer(reasoning="" if tool_parts else reasoning)
        for part in parts:
            if part not in tool_parts:
                answer = self._spoken(part, text, answer)
        if "nothing" in parts:
            return evolve(answer, text="")
        return evolve(answer, text=f"{answer.text}user turns: {len(asked.user_texts)}".lstrip())

    def _unglued(self, text: str) -> str:
        for whole in sorted(self._seen, key=len, reverse=True):
            if text.startswith(whole + "\n"):
                text = text[len(whole) :].strip()
        self._seen.add(text)
        return text

    def _spoken(self, part: str, text: str, answer: Answer) -> Answer:
        word, _, rest = part.partition(" ")
        match word:
            case "say":
                return evolve(answer, text=f"{answer.text}{rest}\n")
            case "count":
                found = re.match(r"(\d+)(?:\s+every\s+(\d+)\s*ms)?", rest)
                numbers = "".join(f"{n} " for n in range(1, int(found[1]) + 1)) if found else ""
                delay = int(found[2]) / 1000 if found and found[2] else 0.0
                return evolve(answer, text=f"{answer.text}{numbers}", delay=delay)
            case "hang":
                return evolve(answer, silent=True)
            case "stall" | "drop":
                return evolve(answer, text=answer.text + "started ", stop=word)
            case "gate":
                return evolve(answer, text=answer.text + "started and went on. ", stop="gate", gate=rest)
            case "http" | "fail":
                if rest.endswith("once") and text in self._failed_once:
                    return answer
                self._failed_once.add(text)
                return evolve(answer, **_failing(word, rest.split()[0]))
            case "break":
                return evolve(answer, text=answer.text + "started ", stop=word, failure=REFUSALS[rest])
            case "nothing":
                return answer
            case "length":
                return evolve(answer, finish=word)
            case "usage":
                told_in, told_out = rest.split()
                return evolve(answer, usage=(int(told_in), int(told_out)))
            case "think":
                return evolve(answer, text=f"<think>{rest}</think>{answer.text}")
            case _:
                return evolve(answer, text=f"{answer.text}You said: {part[:200]}\n")


def _failing(word: str, what: str) -> dict[str, Any]:
    if word == "http":
        return {"status": int(what)}
    return {"status": REFUSALS[what].status, "failure": REFUSALS[what]}


def words(text: str) -> list[str]:
    """In the pieces in which it is streamed; together they are the text."""
    return [word + " " for word in text.split(" ")[:-1]] + [text.rpartition(" ")[2]] if text else []


def own_text(text: str) -> str:
    """A user message without what its agent put into it; empty when nothing is left of it."""
    return INJECTED.sub("", text).strip()


def tool_uses(part: str, offered: Sequence[Offered]) -> tuple[ToolUse, ...]:
    """The tool calls of one round; arguments named as the offered tool's schema names them."""
    word, _, rest = part.partition(" ")
    if word == "together":
        return tuple(use for one in rest.split(" & ") for use in tool_uses(one.strip(), offered))
    if word == "call":
        name, _, arguments = rest.partition(" ")
        return (ToolUse(name, json.loads(arguments or "{}")),)
    if word == "mangle":
        name, _, written = rest.partition(" ")
        return (ToolUse(name, {}, written),)
    tool = next((tool for tool in offered if tool.name.rpartition("__")[2].lower() in TOOLS[word]), None)
    if tool is None and word == "read":  # an agent without a read tool reads through its shell
        return tool_uses(f"shell cat {rest}", offered)
    return (ToolUse(tool.name, _arguments(word, rest, tool)) if tool else ToolUse(TOOLS[word][0], {}),)


def _arguments(word: str, rest: str, tool: Offered) -> dict[str, object]:
    path, _, text = rest.partition(": ")
    old, _, new = text.partition(" => ")
    given = {
        "write": {"path": path, "content": text + "\n"},
        "read": {"path": rest},
        "edit": {"path": path, "old": old, "new": new},
        "shell": {"command": rest},
    }[word]
    properties = tool.schema.get("properties")
    known: Mapping[str, object] = properties if isinstance(properties, dict) else {}
    required = tool.schema.get("required")
    arguments: dict[str, object] = {
        name: _filler(known.get(name)) for name in (required if isinstance(required, list) else [])
    }
    for meaning, value in given.items():
        names = [name for name in ARGUMENTS[meaning] if name in known]
        arguments[names[0] if names else ARGUMENTS[meaning][0]] = value
    return arguments


def _filler(schema: object) -> object:
    """A value for an argument that the tool insists on and the script does not care about."""
    kind = schema.get("type") if isinstance(schema, dict) else "string"
    return {"boolean": False, "number": 0, "integer": 0, "array": [], "object": {}}.get(str(kind), "scripted")
