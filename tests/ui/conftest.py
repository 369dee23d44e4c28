"""One server and one browser for all tests of the web UI; a page of a fresh profile for each."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import tests.kit.echo_agent
from tests.kit.browsing import CHROMIUM, SLOW_MS, Place, running_browser, serving_place, watched_page

ECHO_AGENT = str(tests.kit.echo_agent.__file__)


def echoing() -> dict[str, list[str]]:
    """The agent that says what it is told."""
    return {"echo": [sys.executable, ECHO_AGENT]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if item.nodeid.startswith("tests/ui/"):
                item.add_marker(pytest.mark.skip(reason="chromium is not installed"))


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Has the practice agent, one that says what it is told, and one whose program is missing."""
    folder = tmp_path_factory.mktemp("ui")
    with serving_place(folder, {"missing": [str(folder / "no-such-program")], **echoing()}) as place:
        yield place


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    from playwright.sync_api import expect

    expect.set_options(timeout=SLOW_MS)
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module", autouse=True)
def nothing_left_of_others(place: Place) -> None:
    """Each file begins without projects, and so without what waits in the inbox and the agents that are warm."""
    for project in place.api("GET", "projects")["items"]:
        place.api("DELETE", f"projects/{project['id']}")


@pytest.fixture(autouse=True)
def settings_as_they_were(request: pytest.FixtureRequest) -> Iterator[None]:
    """Settings are the server's, and it is shared: what a test changes is put back, however the test ends."""
    if "place" not in request.fixturenames:
        yield
        return
    place: Place = request.getfixturevalue("place")
    before = place.api("GET", "settings")
    yield
    if place.api("GET", "settings") != before:
        place.api("PATCH", "settings", before)


@pytest.fixture
def page(browser: Any, place: Place) -> Iterator[Any]:
    with watched_page(browser, place.door) as page:
        yield page
