"""The whole path new project → prompt → permission → diff → apply → restore, in every way a person may go it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.browsing import PHONE, Place, serving_place, watched_page
from tests.ui.hands import Keyboard, Mouse, Touch
from tests.ui.journey import walk

WORK = "create hello.py that prints hello then run python3 hello.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serving_place(tmp_path_factory.mktemp("journeys")) as place:
        yield place


@pytest.fixture
def fresh(server: Place) -> Place:
    """A server without a project: the first screen is shown."""
    for project in server.api("GET", "projects")["items"]:
        server.api("DELETE", f"projects/{project['id']}")
    return server


def test_with_the_mouse(browser: Any, fresh: Place):
    with watched_page(browser, fresh.door) as page:
        walk(page, fresh.repository(), Mouse(), WORK, yes="Run it", file="hello.py", text='print("hello")')


def test_with_the_keyboard_alone(browser: Any, fresh: Place):
    with watched_page(browser, fresh.door) as page:
        walk(page, fresh.repository(), Keyboard(), WORK, yes="Run it", file="hello.py", text='print("hello")')


def test_on_a_phone_without_horizontal_scroll(browser: Any, fresh: Place):
    with watched_page(browser, fresh.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        widest = "() => { window.widest = 0; const look = () => { window.widest = Math.max(window.widest,"
        page.evaluate(
            f"({widest} document.documentElement.scrollWidth); requestAnimationFrame(look); }}; look(); }})()"
        )
        walk(page, fresh.repository(), Touch(), WORK, yes="Run it", file="hello.py", text='print("hello")')
        assert page.evaluate("window.widest") <= PHONE["width"]
