"""A chat as Markdown, to be kept or passed on: pure, a message at a time, so that any length can be streamed.

    # title                    the chat
    ## You                     a prompt, its text as it is
    ## practice · model        an answer: text as it is, reasoning folded away, tools with input, output and diff in
                               fences, a run of them that has a label folded under it, a plan as a list, notices as
                               quotes

What people and agents write is Markdown and stays as it is, HTML included; only a fence that it leaves open is closed.
What is not Markdown (output, files, names) stands in fences longer than any within, or has its marks escaped.
"""

import difflib
import html
import json
import re
from collections.abc import Iterator

from boocode.contracts.resources import Chat, Diff, Message, Part, Usage
from boocode.domain.tool_runs import Labelled, grouped

MAX_DIFF_LINES = 4_000
"""Of old and new together; a longer file is shown as it became."""

_BACKTICKS = re.compile(r"`+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_ENDINGS = {
    "streaming": "This answer was still being written.",
    "cancelled": "This turn was stopped.",
    "error": "This turn failed.",
    "interrupted": "This turn was cut off.",
}
_BOXES = {"completed": "x"}


def heading(chat: Chat, project: str, session: str, exported_at: str) -> str:
    where = " · ".join(plain(name) for name in (project, session) if name.strip())
    return f"# {plain(chat.title) or 'Chat'}\n\n{where + ' · ' if where else ''}exported {exported_at}\n"


def message_markdown(message: Message) -> str:
    """Begins with an empty line, ends with a line's end."""
    return "".join(f"\n{block}\n" for block in _blocks(message))


def _blocks(message: Message) -> Iterator[str]:
    yield f"## {_who(message)}"
    for piece in grouped(message.parts, message.labels):
        if isinstance(piece, Labelled):
            yield _run(piece)
        else:
            yield from _part(piece)
    if message.role == "user" and message.queued:
        yield "*Waits for its turn.*"
    if message.status in _ENDINGS:
        yield quoted(f"**{_ENDINGS[message.status]}** {message.error or ''}".rstrip())
    if message.usage is not None:
        yield f"*{_used(message.usage)}*"


def _who(message: Message) -> str:
    if message.role == "user":
        return "You"
    return " · ".join(plain(name) for name in (message.agent, message.model) if name) or "Agent"


def _part(part: Part, *, inside: bool = False) -> Iterator[str]:
    """`inside`: of something that is folded away as a whole."""
    text = part.text or ""
    match part.type:
        case "text" if text.strip():
            yield closed(text)
        case "reasoning" if text.strip():
            harmless = _without_folds(closed(text))
            yield quoted(harmless) if inside else _folded("Reasoning", harmless)
        case "notice" if text.strip():
            yield quoted(text)
        case "plan":
            yield _plan(part)
        case "tool":
            yield from _tool(part)
        case _:
            pass


def _run(run: Labelled) -> str:
    calls = sum(part.type == "tool" for part in run.parts)
    blocks = [block for part in run.parts for block in _part(part, inside=True)]
    return _folded(f"{html.escape(_line(run.label.text))} ({calls} tool calls)", "\n\n".join(blocks))


def _folded(summary: str, text: str) -> str:
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def _without_folds(text: str) -> str:
    """It cannot end what it is folded into."""
    return re.sub(r"<(?=/?(?:details|summary)\b)", "&lt;", text, flags=re.IGNORECASE)


def _plan(part: Part) -> str:
    lines = ["**Plan**", ""]
    for item in part.entries or ():
        rest = "" if item.status in ("pending", "completed") else f" *({plain(item.status)})*"
        lines.append(f"- [{_BOXES.get(item.status, ' ')}] {plain(item.content)}{rest}")
    return "\n".join(lines)


def _tool(part: Part) -> Iterator[str]:
    facts = ", ".join(plain(word) for word in (part.kind, part.status) if word)
    yield f"**Tool: {plain(part.title or part.kind or 'tool')}**{f' ({facts})' if facts else ''}"
    if part.locations:
        yield "\n".join(f"- {code(place)}" for place in part.locations)
    if part.permission:
        yield quoted(part.permission)
    if part.input:
        yield f"Input:\n\n{fence(json.dumps(part.input, indent=2, ensure_ascii=False), 'json')}"
    if part.output:
        yield f"Output:\n\n{fence(part.output)}"
    if part.diff is not None:
        yield _diff(part.diff)


def _diff(diff: Diff) -> str:
    old, new = (diff.old_text or "").splitlines(), diff.new_text.splitlines()
    if len(old) + len(new) > MAX_DIFF_LINES:
        return f"{code(diff.path)} became:\n\n{fence(diff.new_text)}"
    path = diff.path.lstrip("/")  # agents name whole paths, and git writes none into a diff
    before = "/dev/null" if diff.old_text is None else f"a/{path}"
    lines = difflib.unified_diff(old, new, _line(before), _line(f"b/{path}"), lineterm="")
    return fence("\n".join(lines), "diff")


def _used(usage: Usage) -> str:
    words = [
        "" if usage.input_tokens is None else f"{usage.input_tokens} tokens in",
        "" if usage.output_tokens is None else f"{usage.output_tokens} tokens out",
        "" if usage.cost is None else f"${usage.cost:.4f}",
    ]
    return " · ".join(word for word in words if word)


# Making text safe for its place.


def fence(text: str, language: str = "") -> str:
    """A code block that `text` cannot end: one backtick longer than the longest run in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text.removesuffix(chr(10))}\n{marks}"


def code(text: str) -> str:
    """The same within a line."""
    line = _line(text)
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    marks = "`" * (longest + 1)
    space = " " if longest or line != line.strip() else ""
    return f"{marks}{space}{line}{space}{marks}"


def plain(text: str) -> str:
    """One line in which nothing is Markdown."""
    return _MARKS.sub(r"\\\1", _line(text))


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in closed(text).splitlines())


def closed(text: str) -> str:
    """The text, and the end of a fence that it leaves open."""
    opened: str | None = None
    for line in text.splitlines():
        match = _FENCE.fullmatch(line)
        if match is None:
            continue
        marks, rest = match[1], match[2]
        if opened is None:
            opened = marks if marks[0] == "~" or "`" not in rest else None
        elif marks[0] == opened[0] and len(marks) >= len(opened) and not rest.strip():
            opened = None
    text = text.rstrip("\n")
    return text if opened is None else f"{text}\n{opened}"


def _line(text: str) -> str:
    return " ".join(text.split())
