"""Messages of a session in words, for a model that asks what was before. Pure."""

from collections.abc import Sequence

from boocode.contracts.resources import Message
from boocode.domain.native.sub_tasks import bounded, first_words

MESSAGE_CHARS = 2_000
ALL_CHARS = 24_000
MOST_TOOLS = 15


def recalled(messages: Sequence[tuple[Message, str | None]]) -> str:
    """Messages oldest first, each with the title of its chat where that is another one than the asker's. The newest
    count: where all are too long together, the oldest are left out, and that is said."""
    told: list[str] = []
    size = 0
    for message, chat_title in reversed(messages):
        words = _one(message, chat_title)
        if told and size + len(words) > ALL_CHARS:
            told.append(f"({len(messages) - len(told)} older messages do not fit here)")
            break
        told.append(words)
        size += len(words)
    return "\n\n".join(reversed(told))


def _one(message: Message, chat_title: str | None) -> str:
    who = "person" if message.role == "user" else message.agent or "agent"
    model = f" ({message.model})" if message.role == "assistant" and message.model else ""
    where = f" in the chat “{chat_title}”" if chat_title is not None else ""
    ended = f", {message.status}" if message.status != "complete" else ""
    heading = f"[{message.created_at[:16].replace('T', ' ')}] {who}{model}{where}{ended}:"
    lines = [heading, bounded(message.text.strip(), MESSAGE_CHARS) or "(no text)"]
    if tools := _tools(message):
        lines.append(tools)
    return "\n".join(lines)


def _tools(message: Message) -> str:
    titles = [first_words(part.title or "a tool", 80) for part in message.parts if part.type == "tool"]
    if not titles:
        return ""
    more = f"; and {len(titles) - MOST_TOOLS} more" if len(titles) > MOST_TOOLS else ""
    return f"Tools used: {'; '.join(titles[:MOST_TOOLS])}{more}"
