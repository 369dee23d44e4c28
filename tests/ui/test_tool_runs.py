"""Labels of tool calls and names of chats on the page: they come by themselves, and take nothing away from a reader."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import DESKTOP, PHONE, Place, serving_place, watched_page
from tests.kit.scripted_model import scripted_model
from tests.ui.conftest import echoing
from tests.ui.talking import log_of, open_chat, said, updates
from tests.ui.test_access import serious_findings
from tests.ui.test_chat import thought, tool

SIDE = "Scripted side answer"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("runs")
    with scripted_model() as url:
        config = f'[model]\nbase_url = "{url}/v1"\nfast = "scripted-1"\n'
        with serving_place(folder, echoing(), config) as place:
            yield place


def a_run(*names: str, status: str = "completed") -> list[dict[str, Any]]:
    return [tool(name, kind="read", status=status, rawInput={"path": name}) for name in names]


def run_in(page: Any) -> Any:
    return log_of(page).get_by_role("group", name=f"Tools: {SIDE}")


def head_of(run: Any) -> Any:
    return run.get_by_role("button").first


def test_a_run_of_tool_calls_is_folded_under_its_label(page: Any, place: Place):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    updates(
        place,
        chat_id,
        said("First."),
        *a_run("Read a.py", "Read b.py"),
        thought("and"),
        *a_run("Read c.py"),
        said("So."),
    )
    run = run_in(page)
    head = head_of(run)
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(head).to_contain_text("3 calls")
    expect(log.get_by_role("group", name="Tool: Read a.py")).to_have_count(0)
    reply = log.get_by_role("article", name="Answer of Echo")
    expect(reply).to_contain_text("First.")
    expect(reply).to_contain_text("So.")

    head.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-expanded", "true")
    expect(head).to_be_focused()
    expect(run.get_by_role("group", name="Tool:")).to_have_count(3)
    expect(run.get_by_role("group", name="Reasoning")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(run.get_by_role("group", name="Tool: Read a.py")).to_contain_text("What it was given")

    page.reload()
    expect(head_of(run_in(page))).to_have_attribute("aria-expanded", "false")
    exported = page.request.get(f"{place.url}/api/chats/{chat_id}/export?format=markdown").text()
    assert f"<summary>{SIDE} (3 tool calls)</summary>" in exported


def test_the_chat_gets_its_name_while_it_is_looked_at_and_a_persons_name_stays(page: Any, place: Place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    updates(place, chat_id, said("Done."))
    expect(page.get_by_role("heading", level=1)).to_have_text(SIDE)
    place.api("PATCH", f"chats/{chat_id}", {"title": "Mine"})
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")


def test_what_somebody_reads_in_a_run_stays_open_when_the_label_comes(page: Any, place: Place):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    bodies = [*a_run("Read a.py", "Read b.py")]
    place.prompt(chat_id, json.dumps([*bodies, {"sessionUpdate": "hold"}]), "echo")
    opened = log.get_by_role("group", name="Tool: Read a.py")
    opened.get_by_role("button").click()
    place.api("POST", f"chats/{chat_id}/cancel")
    run = run_in(page)
    expect(head_of(run)).to_have_attribute("aria-expanded", "true")
    expect(run.get_by_role("group", name="Tool: Read a.py")).to_contain_text("What it was given")
    expect(head_of(run)).to_be_focused()  # as the row was that it has taken in


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_has_nothing_serious_to_say_of_a_run(browser: Any, place: Place, theme: str, size: Any):
    place.api("PATCH", "settings", {"theme": theme})
    _, chat_id = place.chat()
    calls = [*a_run("Read a.py", "Read b.py"), *a_run("Run the tests", status="failed")]
    updates(place, chat_id, *calls, said("So."))
    with watched_page(browser, place.door, viewport=size, reduced_motion="reduce") as page:
        open_chat(page, place, chat_id)
        head = head_of(run_in(page))
        expect(head).to_contain_text("3 calls, 1 failed")
        assert serious_findings(page) == []
        head.click()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
