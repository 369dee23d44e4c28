"""What a chat's messages tell a session that begins in a chat with a past: words, and which tools were used."""

from collections.abc import Iterator

from boocode.contracts.resources import Message
from boocode.domain.native.conversation import AssistantSaid, Entry, Told, UserSaid

MAX_TOOLS = 20
_OWN = "boocode"


def past_turn(message: Message) -> Iterator[Entry]:
    """One message as entries; of an answer also who wrote it, if that was another agent, and how it ended."""
    if message.role == "user":
        yield UserSaid(message.text)
        return
    if message.text.strip():
        yield AssistantSaid(message.text)
    if words := _around(message):
        yield Told(words)


def _around(message: Message) -> str:
    tools = [part.title or "a tool" for part in message.parts if part.type == "tool"]
    named = "; ".join(tools[:MAX_TOOLS]) + (
        f"; and {len(tools) - MAX_TOOLS} more" if len(tools) > MAX_TOOLS else ""
    )
    parts = (
        f"That answer was written by {message.agent}." if message.agent not in (None, _OWN) else "",
        f"These tools were used for it: {named}." if tools else "",
        f"It ended as {message.status}." if message.status != "complete" else "",
    )
    return " ".join(part for part in parts if part)
