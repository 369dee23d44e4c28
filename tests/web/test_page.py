"""The plain page, which needs no build, in a real browser against a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.browsing import CHROMIUM, PHONE, Place, running_browser, serving_place, watched_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server where the web UI was not built."""
    folder: Path = tmp_path_factory.mktemp("page")
    with serving_place(folder, ui=folder / "not-built") as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Any, place: Place) -> Iterator[Any]:
    with watched_page(browser, place.door) as page:
        page.get_by_text("Connected", exact=True).wait_for()
        yield page


def test_without_a_token_there_is_only_a_note(browser: Any, place: Place):
    page = browser.new_page()
    page.goto(place.url)
    assert "BooCode needs your token" in page.inner_text("h1")
    page.get_by_label("Token").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("not the right one").wait_for()
    page.get_by_label("Token").fill(place.token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Connected", exact=True).wait_for()
    assert "token" not in page.url
    page.close()


def test_it_says_how_to_build_the_web_ui(page: Any):
    page.get_by_text("The web UI is not built here").wait_for()
    assert page.get_by_text("make ui").is_visible()


def test_it_shows_the_supervision_tree(page: Any):
    page.get_by_role("row", name="dispatcher").wait_for()
    assert page.get_by_role("rowheader", name="root", exact=True).is_visible()


def test_a_question_is_answered_and_a_failed_task_tried_again(page: Any, place: Place):
    _, chat = place.chat()
    place.prompt(chat, "run ls")
    page.get_by_role("button", name="Run it", exact=True).click()
    page.get_by_text("Nothing waits for you.").wait_for()
    place.prompt(chat, "fail with no luck today")
    page.get_by_text("no luck today").first.wait_for()
    page.get_by_role("button", name="Try again").first.click()
    page.get_by_role("button", name="Try again").first.wait_for()


def test_what_an_agent_writes_is_never_markup(page: Any, place: Place):
    _, chat = place.chat()
    place.prompt(chat, "fail with <img src=x onerror=window.hurt=1>")
    page.get_by_text("onerror").first.wait_for()
    assert page.evaluate("window.hurt") is None
    assert page.locator("#inbox img").count() == 0


def test_a_phone_needs_no_sideways_scrolling(browser: Any, place: Place):
    with watched_page(browser, place.door, viewport=PHONE) as page:
        page.get_by_role("rowheader", name="hub").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
