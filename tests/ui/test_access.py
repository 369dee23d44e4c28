"""axe finds nothing serious in any view, dark or light, on a desktop or a phone."""

import json
from functools import cache
from typing import Any

import pytest

from tests.kit.browsing import DESKTOP, PHONE, Place, watched_page
from tools.ui import MODULES

VIEWS = ("chat", "question", "review", "inbox", "supervision", "providers", "settings")
SERIOUS = ("serious", "critical")


@cache
def axe() -> str:
    return (MODULES / "axe-core" / "axe.min.js").read_text()


def serious_findings(page: Any) -> list[str]:
    """What axe objects to, with the elements."""
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {json.dumps([node['target'] for node in each['nodes'][:5]])}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    ]


@pytest.fixture(scope="module")
def scene(place: Place) -> dict[str, str]:
    """Addresses of a chat with every kind of part, of one that waits for an answer, and of the other views."""
    session, chat = place.chat()
    place.prompt(
        chat,
        "think about it then plan A, B then create a.py that prints 1 then read a.py then fail with luck",
    )
    _, asking = place.chat()
    place.prompt(asking, "run ls")
    return {
        "chat": f"#/chat/{chat}",
        "question": f"#/chat/{asking}",
        "review": f"#/session/{session}/review",
        **{name: f"#/{name}" for name in ("inbox", "supervision", "providers", "settings")},
    }


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_has_nothing_serious_to_say(
    browser: Any, place: Place, scene: dict[str, str], theme: str, size: Any
):
    place.api("PATCH", "settings", {"theme": theme})
    with watched_page(browser, place.door, viewport=size, reduced_motion="reduce") as page:
        page.get_by_role("main").wait_for()
        findings = {}
        for name in VIEWS:
            page.goto(f"{place.url}/{scene[name]}")
            page.wait_for_load_state("networkidle")
            if name == "question":
                page.get_by_role("group", name="Question:").wait_for()
            findings[name] = serious_findings(page)
        assert {name: found for name, found in findings.items() if found} == {}


def test_the_palette_the_keys_and_a_dialog_are_as_clean(page: Any, place: Place, scene: dict[str, str]):
    page.get_by_role("main").wait_for()
    page.keyboard.press("Control+K")
    page.get_by_role("dialog").wait_for()
    found = serious_findings(page)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    assert found + serious_findings(page) == []
