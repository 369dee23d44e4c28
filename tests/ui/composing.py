"""Writing in the composer of a chat, as a person does."""

import contextlib
import re
from typing import Any

from tests.kit.browsing import Place


def opened(page: Any, place: Place, chat_id: str) -> Any:
    """The text of the chat's composer, ready to be written in."""
    page.goto(f"{place.url}/#/chat/{chat_id}")
    return composer(page)


def composer(page: Any) -> Any:
    text = page.get_by_role("textbox", name="What shall the agent do?")
    text.wait_for()
    return text


def form(page: Any) -> Any:
    """The composer with all that it says."""
    return page.get_by_role("form", name="Prompt")


def log(page: Any) -> Any:
    return page.get_by_role("region", name="Conversation")


def picker(page: Any, label: str) -> Any:
    return page.get_by_role("button", name=re.compile(f"^{label}: "))


def pick(page: Any, label: str, option: str) -> None:
    picker(page, label).click()
    page.get_by_role("option", name=option).first.click()


def prompts_of(place: Place, chat_id: str) -> list[str]:
    return [message["text"] for message in messages_of(place, chat_id, "user")]


def messages_of(place: Place, chat_id: str, role: str) -> list[Any]:
    items = place.api("GET", f"chats/{chat_id}/messages")["items"]
    return [message for message in items if message["role"] == role]


def kill(page: Any) -> None:
    """Ends the page's process at once, as a machine without memory does."""
    from playwright.sync_api import Error

    with contextlib.suppress(Error):
        page.goto("chrome://crash")
