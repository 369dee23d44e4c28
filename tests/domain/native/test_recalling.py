"""The history of a session in words: the newest, in order, within bounds."""

from typing import Any

from boocode.contracts.resources import Message, Part
from boocode.domain.native.recalling import ALL_CHARS, MESSAGE_CHARS, recalled


def said(text: str, role: Any = "assistant", status: Any = "complete", tools: int = 0) -> Message:
    parts = (*(Part("tool", title=f"Tool {n}") for n in range(tools)), Part("text", text=text))
    return Message(
        "m",
        "c",
        role,
        status,
        "goose",
        "m1",
        text,
        parts,
        "2026-11-21T09:05:00.000Z",
    )


def test_each_message_says_who_when_where_and_how_it_ended() -> None:
    words = recalled([(said("hello", "user"), None), (said("hi", status="cancelled", tools=2), "Other")])
    assert words == (
        "[2026-11-21 09:05] person:\nhello\n\n"
        "[2026-11-21 09:05] goose (m1) in the chat “Other”, cancelled:\nhi\nTools used: Tool 0; Tool 1"
    )


def test_nothing_is_nothing() -> None:
    assert recalled([]) == ""
    assert "(no text)" in recalled([(said(" "), None)])


def test_long_messages_keep_their_ends_and_many_tools_are_counted() -> None:
    words = recalled([(said("a" * 9_000 + "the end", tools=20), None)])
    assert "the end" in words
    assert "; and 5 more" in words
    assert len(words) < MESSAGE_CHARS + 1_000


def test_where_all_do_not_fit_the_newest_stay_in_order() -> None:
    words = recalled([(said(f"{number} " + "x" * MESSAGE_CHARS), None) for number in range(40)])
    assert len(words) < ALL_CHARS + 1_000
    assert words.startswith("(")
    assert "older messages do not fit here)" in words.splitlines()[0]
    kept = [int(line.split()[0]) for line in words.splitlines() if line[:1].isdigit()]
    assert kept == list(range(kept[0], 40))
    assert f"({kept[0]} older" in words
