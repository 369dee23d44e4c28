"""What tests do with the sidebar and the places beside it."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import SLOW_MS, Place


def row(page: Any, name: str) -> Any:
    """A row of the tree. What it is called may be followed by how it is doing."""
    return page.get_by_role("treeitem", name=re.compile(rf"^{re.escape(name)}(,|$)"))


def act(page: Any, name: str, action: str) -> None:
    """By the menu of a row."""
    row(page, name).hover()
    row(page, name).get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name=action).click()


def begin_renaming(page: Any, name: str) -> None:
    """By F2. The composer of a session that was just made takes the focus when it is drawn: then once more."""
    field = page.get_by_label(f"New name of {name}")

    def is_begun() -> bool:
        if field.count() == 0:
            row(page, name).focus()
            page.keyboard.press("F2")
        return bool(field.count())

    wait_until(page, is_begun)
    expect(field).to_be_focused()


def rename(page: Any, old: str, new: str) -> None:
    begin_renaming(page, old)
    page.keyboard.insert_text(new)
    page.keyboard.press("Enter")
    expect(row(page, new)).to_be_focused()


def confirm(page: Any, action: str) -> None:
    page.get_by_role("alertdialog").get_by_role("button", name=action).click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def open_place(page: Any, name: str) -> None:
    page.get_by_role("navigation", name="Sidebar").get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def add_project(page: Any, path: Any) -> None:
    page.get_by_role("button", name="Add a project").click()
    page.get_by_role("dialog").get_by_label("Path of the project").fill(str(path))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def wait_until(page: Any, is_so: Callable[[], bool]) -> None:
    """For what only the server knows."""
    deadline = time.monotonic() + SLOW_MS / 1000
    while not is_so():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def wait_until_quiet(page: Any, place: Place, chat_id: str) -> None:
    def is_over() -> bool:
        *_, last = place.api("GET", f"chats/{chat_id}/messages")["items"]
        return bool(last["role"] == "assistant" and last["status"] != "streaming")

    wait_until(page, is_over)


def tree_beneath(page: Any, name: str) -> list[str]:
    """The names of a project's rows, each indented by its level."""
    rows = page.get_by_role("treeitem").evaluate_all(
        "all => all.map(row => [Number(row.ariaLevel), row.querySelector('.tree-name').textContent])"
    )
    starts = [n for n, (level, label) in enumerate(rows) if (level, label) == (1, name)]
    found = []
    for level, label in rows[starts[0] + 1 :] if starts else []:
        if level == 1:
            break
        found.append("  " * (level - 2) + label)
    return found
