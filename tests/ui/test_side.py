"""The sidebar: projects, sessions and chats, how they are doing, and the same in every window."""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import Place, watched_page
from tests.ui.tree import (
    act,
    add_project,
    begin_renaming,
    confirm,
    rename,
    row,
    tree_beneath,
    wait_until_quiet,
)


def test_create_rename_delete_and_reload_of_projects_sessions_and_chats(page: Any, place: Place):
    path = place.repository()
    add_project(page, path)
    rename(page, path.name, "Alpha")
    act(page, "Alpha", "Rename")
    page.keyboard.insert_text("Never kept")
    page.keyboard.press("Escape")
    rename(page, "New session", "Second")
    row(page, "Alpha").hover()
    page.get_by_role("button", name="New session in Alpha").click()
    rename(page, "New session", "First")
    row(page, "First").hover()
    page.get_by_role("button", name="New chat in First").click()
    rename(page, "Chat 2", "Aside")
    assert tree_beneath(page, "Alpha") == ["First", "  Chat 1", "  Aside", "Second"]

    page.reload()
    expect(row(page, "Aside")).to_be_visible()
    expect(row(page, "Aside")).to_have_attribute("aria-current", "page")
    assert tree_beneath(page, "Alpha") == ["First", "  Chat 1", "  Aside", "Second"]

    row(page, "Aside").focus()
    page.keyboard.press("Delete")
    confirm(page, "Delete chat")
    expect(row(page, "Aside")).to_have_count(0)
    expect(page.get_by_role("tab", name="Aside")).to_have_count(0)
    act(page, "First", "Delete")
    confirm(page, "Delete session")
    expect(row(page, "First")).to_have_count(0)
    assert tree_beneath(page, "Alpha") == ["Second"]
    act(page, "Alpha", "Delete")
    confirm(page, "Delete project")
    expect(row(page, "Alpha")).to_have_count(0)

    page.reload()
    expect(page.get_by_role("navigation", name="Sidebar")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    expect(row(page, "Alpha")).to_have_count(0)
    assert path.is_dir()


SHAPE = """dot => {
  const { borderRadius, backgroundColor, clipPath, backgroundImage, borderWidth } = getComputedStyle(dot);
  return [borderRadius, backgroundColor, clipPath, backgroundImage, borderWidth].join();
}"""


def test_four_statuses(page: Any, place: Place):
    prompts = {
        "Works": "count to 5000 slowly",
        "Asks": "ask",
        "Failed": "fail with nothing left",
        "Done": "say hi",
    }
    chats = {name: place.chat(title=name)[1] for name in prompts}
    for name, prompt in prompts.items():
        place.prompt(chats[name], prompt)
    wait_until_quiet(page, place, chats["Done"])
    words = {"Works": "working", "Asks": "waits for an answer", "Failed": "error", "Done": "idle"}
    shapes = set()
    for name, status in words.items():
        dot = row(page, name).get_by_role("img", name=status)
        expect(dot).to_be_visible()
        shapes.add(dot.evaluate(SHAPE))
    assert len(shapes) == 4
    for name in ("Works", "Asks"):
        place.api("POST", f"chats/{chats[name]}/cancel")
        expect(row(page, name).get_by_role("img", name="idle")).to_be_visible()


def seconds(work: Callable[[], None]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def test_two_windows_equal_within_1_s(page: Any, browser: Any, place: Place):
    project = place.session(title="Kept")["project_id"]
    took: list[float] = []
    with watched_page(browser, place.door) as other:
        expect(row(page, "Kept")).to_be_visible()
        expect(row(other, "Kept")).to_be_visible()
        name = place.api("GET", f"projects/{project}")["name"]
        for name_now in ("Round 1", "Round 2", "Round 3"):
            there = row(other, name_now)
            row(page, name).hover()
            page.get_by_role("button", name=f"New session in {name}").click()
            took.append(seconds(expect(row(other, "New session")).to_be_visible))
            begin_renaming(page, "New session")
            page.keyboard.insert_text(name_now)
            page.keyboard.press("Enter")
            took.append(seconds(expect(there).to_be_visible))
            act(page, name_now, "Delete")
            page.get_by_role("alertdialog").get_by_role("button", name="Delete session").click()
            took.append(seconds(lambda there=there: expect(there).to_have_count(0)))
            assert tree_beneath(page, name) == tree_beneath(other, name) == ["Kept"]
    assert statistics.median(took) < 1.0


def test_a_tab_of_what_another_window_deleted_goes(page: Any, place: Place):
    session_id, chat_id = place.chat(title="Short-lived")
    row(page, "Short-lived").click()
    expect(page.get_by_role("tab", name="Short-lived")).to_be_visible()
    page.get_by_label("What shall the agent do?").fill("not sent yet")
    assert any(chat_id in key for key in page.evaluate("Object.keys(localStorage)"))
    place.api("DELETE", f"sessions/{session_id}")
    expect(page.get_by_role("tab", name="Short-lived")).to_have_count(0)
    expect(row(page, "Short-lived")).to_have_count(0)
    kept = page.evaluate("Object.entries(localStorage).map(each => each.join())")
    assert [each for each in kept if chat_id in each] == []


def test_what_changed_while_the_connection_was_lost_is_there_afterwards(page: Any, place: Place):
    kept, _ = place.chat(title="Before the tunnel")
    gone, _ = place.chat(title="Lost in the tunnel")
    expect(row(page, "Lost in the tunnel")).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("() => dispatchEvent(new Event('offline'))")
    place.api("PATCH", f"sessions/{kept}", {"title": "After the tunnel"})
    place.api("DELETE", f"sessions/{gone}")
    page.context.set_offline(False)
    expect(row(page, "After the tunnel")).to_be_visible()
    expect(row(page, "Lost in the tunnel")).to_have_count(0)


def test_the_palette_opens_a_session_in_the_project_in_view(page: Any, place: Place):
    session = place.session(title="In view")
    name = place.api("GET", f"projects/{session['project_id']}")["name"]
    row(page, "In view").click()
    expect(page.get_by_label("What shall the agent do?")).to_be_focused()
    page.keyboard.press("Control+K")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.insert_text("new session in this")
    expect(page.get_by_role("option", name="New session in this project")).to_be_visible()
    page.keyboard.press("Enter")
    expect(row(page, "New session").last).to_be_visible()
    assert tree_beneath(page, name) == ["New session", "In view"]


def test_a_session_is_named_after_its_first_prompt(page: Any, place: Place):
    session_id, chat_id = place.chat()
    page.goto(f"{place.url}/#/chat/{chat_id}")
    box = page.get_by_role("textbox", name="What shall the agent do?")
    box.fill("say hello to Ada\nand nothing more")
    box.press("Enter")
    expect(row(page, "say hello to Ada")).to_be_visible()
    assert place.api("GET", f"sessions/{session_id}")["title"] == "say hello to Ada"


@pytest.mark.parametrize("path", ["/tmp", "relative/path", "/no/such/folder", ""])
def test_a_path_that_is_no_repository_is_told_beside_the_field(page: Any, path: str):
    page.get_by_role("button", name="Add a project").click()
    field = page.get_by_role("dialog").get_by_label("Path of the project")
    field.fill(path)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(r"(repository|path|absolute)"))
    problem = page.get_by_role("dialog").get_by_role("alert")
    expect(problem).to_contain_text(re.compile(r"^[A-Z`].{20,}"))
    below = problem.bounding_box()["y"] - field.bounding_box()["y"] - field.bounding_box()["height"]
    assert 0 <= below < 40


def test_what_would_be_lost_is_told_before_it_is_deleted_and_can_be_put_aside(page: Any, place: Place):
    session_id, chat_id = place.chat(title="Has work")
    place.prompt(chat_id, "create kept.txt with the text hello")
    wait_until_quiet(page, place, chat_id)
    act(page, "Has work", "Delete")
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_text("1 new file")).to_be_visible()
    dialog.get_by_role("button", name="Stash it first").click()
    expect(dialog.get_by_text(re.compile("Git keeps it as refs/"))).to_be_visible()
    expect(dialog.get_by_text("1 new file")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()
    expect(row(page, "Has work")).to_be_visible()
    assert place.api("GET", f"sessions/{session_id}/worktree")["untracked"] == 0


def test_a_project_tells_of_each_session_that_holds_work(page: Any, place: Place):
    session = place.session(title="Holds work")
    place.api("POST", "sessions", {"project_id": session["project_id"], "title": "Holds nothing"})
    chat_id = session["chats"][0]["id"]
    place.prompt(chat_id, "create kept.txt with the text hello")
    wait_until_quiet(page, place, chat_id)
    name = place.api("GET", f"projects/{session['project_id']}")["name"]
    act(page, name, "Delete")
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_text("1 session with work of its own")).to_be_visible()
    expect(dialog.get_by_role("heading", name="Holds work")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^1 new file, "))).to_be_visible()
    expect(dialog.get_by_text("Holds nothing")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, "Holds work")).to_be_visible()


def test_the_tree_is_walked_by_keys(page: Any, place: Place):
    session = place.session(title="Several")
    place.api("POST", "chats", {"session_id": session["id"]})
    name = place.api("GET", f"projects/{session['project_id']}")["name"]
    expect(row(page, "Several")).to_be_visible()
    row(page, name).focus()
    page.keyboard.press("ArrowRight")
    expect(row(page, "Several")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row(page, "Several")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowLeft")
    expect(row(page, name)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row(page, "Several")).to_have_count(0)
    page.reload()
    expect(row(page, name)).to_have_attribute("aria-expanded", "false")
    row(page, name).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Chat 1")).to_have_attribute("aria-selected", "true")


def test_a_filter_finds_a_session_of_any_project(page: Any, place: Place):
    for title in ("Paint", "Sweep", "Rest", "Mend the gate"):
        place.session(title=title)
    expect(row(page, "Mend the gate")).to_be_visible()
    box = page.get_by_role("searchbox", name="Filter sessions")
    box.fill("GATE mend")
    expect(page.get_by_role("treeitem")).to_have_count(2)
    box.press("ArrowDown")
    expect(page.get_by_role("treeitem").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Mend the gate")).to_be_visible()
    box.press("Escape")
    expect(box).to_have_value("")
