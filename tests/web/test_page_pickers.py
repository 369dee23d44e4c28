"""The composer's pickers and slash commands in a real browser, with agents that come and change meanwhile."""

import sys
from pathlib import Path
from typing import Any

from tests.web.test_page import (  # noqa: F401 - fixtures
    CHROMIUM,
    Place,
    answers,
    browser,
    open_chat,
    page,
    place,
    pytestmark,
    wait_for_end,
)


def text_box(page: Any) -> Any:  # noqa: F811
    return page.get_by_label("What shall the agent do?")


def chosen(page: Any) -> list[str]:  # noqa: F811
    """What stands in the three pickers."""
    return [page.locator(f"#{name}").input_value() for name in ("agent", "model", "mode")]


def test_agent_model_and_mode_are_picked_and_sent(page: Any, place: Place):  # noqa: F811
    _, chat = place.chat()
    open_chat(page, place, chat)
    assert chosen(page) == ["practice", "", ""]
    page.locator("#model").select_option("practice-slow")
    page.locator("#mode").select_option("plan")
    text_box(page).fill("say hello")
    page.keyboard.press("Enter")
    wait_for_end(page)
    (task,) = [task for task in place.api("GET", "tasks")["items"] if task["chat_id"] == chat]
    assert (task["agent"], task["model"], task["mode"]) == ("practice", "practice-slow", "plan")
    assert "practice-slow" in answers(page).first.inner_text()


def test_each_chat_keeps_its_last_choice_and_a_new_one_begins_with_the_persons(page: Any, place: Place):  # noqa: F811
    (_, first), (_, second), (_, third) = place.chat(), place.chat(), place.chat()
    open_chat(page, place, first)
    page.locator("#mode").select_option("plan")
    open_chat(page, place, second)
    assert chosen(page) == ["practice", "", "plan"]
    page.locator("#mode").select_option("")
    page.locator("#model").select_option("practice-1")
    open_chat(page, place, first)
    assert chosen(page) == ["practice", "", "plan"]
    open_chat(page, place, third)
    assert chosen(page) == ["practice", "practice-1", ""]


def test_slash_commands_are_offered_completed_and_run(page: Any, place: Place):  # noqa: F811
    _, chat = place.chat()
    open_chat(page, place, chat)
    offered = page.get_by_role("listbox", name="Commands").get_by_role("option")
    text_box(page).press_sequentially("/")
    assert offered.count() == 5
    text_box(page).press_sequentially("co")
    assert offered.first.inner_text().startswith("/count")
    page.keyboard.press("Tab")
    assert text_box(page).input_value() == "/count "
    assert offered.count() == 0
    text_box(page).press_sequentially("3 fast")
    page.keyboard.press("Enter")
    wait_for_end(page)
    assert "3" in answers(page).first.inner_text()


def test_the_list_of_commands_follows_the_arrow_keys_and_goes_with_escape(page: Any, place: Place):  # noqa: F811
    _, chat = place.chat()
    open_chat(page, place, chat)
    listbox = page.get_by_role("listbox", name="Commands")
    text_box(page).press_sequentially("/")
    first = listbox.locator("[aria-selected=true]").inner_text()
    page.keyboard.press("ArrowDown")
    second = listbox.locator("[aria-selected=true]").inner_text()
    assert first != second
    page.keyboard.press("ArrowUp")
    assert listbox.locator("[aria-selected=true]").inner_text() == first
    page.keyboard.press("Escape")
    assert not listbox.is_visible()
    assert text_box(page).input_value() == "/"
    text_box(page).fill("/nothing-like-it")
    assert not listbox.is_visible()
    text_box(page).fill("a path like /help")
    assert not listbox.is_visible()


def test_enter_on_a_whole_command_sends_it_and_on_a_part_completes_it(page: Any, place: Place):  # noqa: F811
    _, chat = place.chat()
    open_chat(page, place, chat)
    text_box(page).press_sequentially("/hel")
    page.keyboard.press("Enter")
    assert text_box(page).input_value() == "/help "
    assert answers(page).count() == 0
    text_box(page).fill("")
    text_box(page).press_sequentially("/help")
    page.keyboard.press("Enter")
    wait_for_end(page)
    assert "understand" in answers(page).first.inner_text()


def test_an_agent_that_appears_can_be_picked_at_once(page: Any, place: Place):  # noqa: F811
    _, chat = place.chat()
    open_chat(page, place, chat)
    late = page.locator("#agent option", has_text="A latecomer")
    assert late.inner_text() == "A latecomer (not installed)"
    assert "on PATH" in late.get_attribute("title")
    program = Path(place.folder / "latecomer")
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m boocode.practice\n")
    program.chmod(0o755)
    place.api("POST", "providers/refresh")
    page.wait_for_function(
        "[...document.querySelectorAll('#agent option')].some((o) => o.text === 'A latecomer')"
    )
    page.locator("#agent").select_option("late")
    page.wait_for_function("[...document.querySelectorAll('#mode option')].length === 4")
    text_box(page).fill("say here I am")
    page.keyboard.press("Enter")
    wait_for_end(page)
    assert "here I am" in answers(page).first.inner_text()
