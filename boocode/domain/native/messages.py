"""From what was said to what a model is sent: messages that every chat template can take.

    the system's message first · user and assistant in turn (what would follow its like is joined to it)
    no message without content · every call's arguments a JSON object · no half surrogate pairs

Reasoning is sent again only within the turn in which it was thought, beside its tool calls: models that think
between calls need it there, and no model needs it later.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from boocode.domain.native.conversation import (
    AssistantSaid,
    CallAsked,
    Compacted,
    Entry,
    Told,
    ToolSaid,
    UserSaid,
)

SEPARATOR = "\n\n"
NO_OUTPUT = "(no output)"
UNREADABLE_CHARS = 2_000
_NOTE_MARK = re.compile(r"\[\s*(end\s+of\s+the\s+note|note\s+from\s+boocode[^\]]*)\]", re.IGNORECASE)


def wire_messages(system: str, entries: Sequence[Entry]) -> tuple[Mapping[str, object], ...]:
    """The `messages` of a request. `entries` come without orphans (`orphans.py`)."""
    messages: list[dict[str, object]] = []
    if system.strip():
        messages.append({"role": "system", "content": clean(system)})
    turn = _last_turn(entries)
    for at, entry in enumerate(entries):
        message = _message(entry, thinks=at > turn)
        if message is None:
            continue
        last = messages[-1] if messages else None
        if last is not None and _joins(last, message):
            last["content"] = f"{last['content']}{SEPARATOR}{message['content']}".strip()
            last |= {name: value for name, value in message.items() if name not in ("role", "content")}
        else:
            messages.append(message)
    return tuple(messages)


def clean(text: str) -> str:
    """Without what UTF-8 cannot write: a model's JSON may hold half a surrogate pair."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def since_compacted(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """From the last summary on: what stands for the whole conversation."""
    for at in range(len(entries) - 1, -1, -1):
        if isinstance(entries[at], Compacted):
            return tuple(entries[at:])
    return tuple(entries)


def _last_turn(entries: Sequence[Entry]) -> int:
    return max((at for at, entry in enumerate(entries) if isinstance(entry, UserSaid)), default=-1)


def _message(entry: Entry, *, thinks: bool) -> dict[str, object] | None:
    match entry:
        case UserSaid(text=text):
            return _of_user(text)
        case Told(text=text):
            # What others wrote into it must not look like the note's end, and what follows like the person's words.
            inside = _NOTE_MARK.sub(r"(\1)", text)
            return _of_user(f"[Note from BooCode, not from the person]\n{inside}\n[End of the note]")
        case Compacted(text=text):
            return _of_user(f"[Summary of the conversation so far]\n{text}")
        case ToolSaid():
            content = clean(entry.text) if entry.text.strip() else NO_OUTPUT
            return {"role": "tool", "tool_call_id": clean(entry.call_id), "content": content}
        case AssistantSaid():
            return _of_assistant(entry, thinks=thinks)


def _of_user(text: str) -> dict[str, object] | None:
    return {"role": "user", "content": clean(text)} if text.strip() else None


def _of_assistant(said: AssistantSaid, *, thinks: bool) -> dict[str, object] | None:
    if not said.calls:
        return {"role": "assistant", "content": clean(said.text)} if said.text.strip() else None
    message: dict[str, object] = {
        "role": "assistant",
        "content": clean(said.text).strip(),
        "tool_calls": list(_calls(said.calls)),
    }
    if thinks and said.reasoning.strip():
        message["reasoning_content"] = clean(said.reasoning)
    return message


def _calls(calls: Iterable[CallAsked]) -> Iterable[Mapping[str, object]]:
    for call in calls:
        function = {"name": clean(call.name), "arguments": _arguments(call.arguments)}
        yield {"id": clean(call.id), "type": "function", "function": function}


def _arguments(text: str) -> str:
    """As they were, if that is an object; servers that fill templates with them fail on anything else."""
    try:
        read = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        return json.dumps({"unreadable": clean(text[:UNREADABLE_CHARS])}, ensure_ascii=False)
    return clean(text) if text.strip() else "{}"


def _joins(last: Mapping[str, object], message: Mapping[str, object]) -> bool:
    same = last["role"] == message["role"] and message["role"] in ("user", "assistant")
    return same and "tool_calls" not in last
