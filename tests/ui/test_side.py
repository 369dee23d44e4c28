"""The sidebar and the places beside it: projects, sessions, chats; welcome, inbox, providers, settings."""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import SLOW_MS, Place, watched_page


def row(page: Any, name: str) -> Any:
    """A row of the tree. What it is called may be followed by how it is doing."""
    return page.get_by_role("treeitem", name=re.compile(rf"^{re.escape(name)}(,|$)"))


def act(page: Any, name: str, action: str) -> None:
    """By the menu of a row."""
    row(page, name).hover()
    row(page, name).get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name=action).click()


def rename(page: Any, old: str, new: str) -> None:
    row(page, old).focus()
    page.keyboard.press("F2")
    expect(page.get_by_label(f"New name of {old}")).to_be_focused()
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
            row(page, "New session").focus()
            page.keyboard.press("F2")
            page.keyboard.insert_text(name_now)
            page.keyboard.press("Enter")
            took.append(seconds(expect(there).to_be_visible))
            act(page, name_now, "Delete")
            page.get_by_role("alertdialog").get_by_role("button", name="Delete session").click()
            took.append(seconds(lambda there=there: expect(there).to_have_count(0)))
            assert tree_beneath(page, name) == tree_beneath(other, name) == ["Kept"]
    assert statistics.median(took) < 1.0


def test_a_tab_of_what_another_window_deleted_goes(page: Any, place: Place):
    session_id, _ = place.chat(title="Short-lived")
    row(page, "Short-lived").click()
    expect(page.get_by_role("tab", name="Short-lived")).to_be_visible()
    place.api("DELETE", f"sessions/{session_id}")
    expect(page.get_by_role("tab", name="Short-lived")).to_have_count(0)
    expect(row(page, "Short-lived")).to_have_count(0)


def test_a_session_is_named_after_its_first_prompt(page: Any, place: Place):
    session_id, chat_id = place.chat()
    page.goto(f"{place.url}/#/chat/{chat_id}")
    box = page.get_by_role("textbox", name="What shall the agent do?")
    box.fill("say hello to Ada\nand nothing more")
    box.press("Enter")
    expect(row(page, "say hello to Ada")).to_be_visible()
    assert place.api("GET", f"sessions/{session_id}")["title"] == "say hello to Ada"


def test_missing_provider_disabled_with_its_reason(page: Any):
    open_place(page, "Providers")
    missing = page.get_by_role("article", name="Missing")
    begin = missing.get_by_role("button", name="Begin new chats with it: Missing")
    expect(begin).to_be_disabled()
    expect(begin).to_have_accessible_description(re.compile("no-such-program' is not on PATH"))
    expect(missing.get_by_text("no-such-program' is not on PATH")).to_be_visible()
    practice = page.get_by_role("article", name=re.compile("^Practice"))
    expect(practice.get_by_text("installed")).to_be_visible()
    expect(practice.get_by_text("Practice slow")).to_be_visible()
    expect(practice.get_by_text("acp")).to_be_visible()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("button", name="Look again")).to_be_enabled()


def test_inbox_failed_task_is_tried_again(page: Any, place: Place):
    _, chat_id = place.chat(title="Breaks")
    place.prompt(chat_id, "fail with no luck today")
    open_place(page, "Inbox")
    failed = page.get_by_role("article", name="fail with no luck today")
    expect(failed.get_by_text("no luck today").last).to_be_visible()
    first = [item["id"] for item in place.api("GET", "inbox")["items"] if item["chat_id"] == chat_id]
    failed.get_by_role("button", name="Try again").click()

    def waiting() -> list[str]:
        return [item["id"] for item in place.api("GET", "inbox")["items"] if item["chat_id"] == chat_id]

    wait_until(page, lambda: waiting() not in ([], first))
    assert len(waiting()) == 1, "the second failure stands for the first"
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Go to chat").click()
    expect(page.get_by_role("tab", name="Breaks")).to_have_attribute("aria-selected", "true")


def test_inbox_question_is_answered_where_it_stands(page: Any, place: Place):
    _, chat_id = place.chat(title="Curious")
    place.prompt(chat_id, "ask whether to go on")
    open_place(page, "Inbox")
    question = page.get_by_role("group", name=re.compile("go on"))
    expect(question).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    question.get_by_role("button").first.click()
    expect(question).to_have_count(0)
    expect(row(page, "Curious").get_by_role("img", name="idle")).to_be_visible()
    assert place.api("GET", f"permissions?chat_id={chat_id}")["items"] == []


def test_settings_survive_reload_and_reach_the_second_window(page: Any, browser: Any, place: Place):
    with watched_page(browser, place.door) as other:
        for window in (page, other):
            open_place(window, "Settings")
        page.get_by_role("radio", name="Light").check()
        page.get_by_role("radio", name="Side by side").check()
        expect(other.get_by_role("radio", name="Light")).to_be_checked()
        expect(other.get_by_role("radio", name="Side by side")).to_be_checked()
        expect(other.locator("html")).to_have_attribute("data-theme", "light")
        page.reload()
        expect(page.get_by_role("radio", name="Light")).to_be_checked()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        page.get_by_role("radio", name="Dark").check()
        page.get_by_role("radio", name="Unified").check()
        expect(other.get_by_role("radio", name="Unified")).to_be_checked()
    assert place.api("GET", "settings")["theme"] == "dark"


def test_what_agents_of_a_project_may_do_is_a_setting(page: Any, place: Place):
    project = place.session()["project_id"]
    name = place.api("GET", f"projects/{project}")["name"]
    open_place(page, "Settings")
    policy = page.get_by_label(f"Agents in {name} may")
    policy.select_option(label="read without asking")
    expect(policy).to_have_accessible_description(re.compile("^Reading and searching"))
    page.reload()
    expect(page.get_by_label(f"Agents in {name} may")).to_have_value("allow_reads")
    assert place.api("GET", f"projects/{project}")["permission_policy"] == "allow_reads"


def test_the_facts_of_the_server_are_shown_and_cannot_be_changed(page: Any, place: Place):
    open_place(page, "Settings")
    about = page.get_by_role("region", name="This BooCode")
    expect(about.get_by_text(str(place.home / "config.toml"))).to_be_visible()
    about.get_by_text(re.compile(r"^All \d+ of them")).click()
    expect(about.get_by_role("row", name=re.compile("limits.turn_stall_s"))).to_be_visible()
    expect(about.get_by_role("textbox")).to_have_count(0)


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


RECORD_NOTIFICATIONS = """
  window.shown = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(title, options) { window.shown.push([title, options.body]); }
    close() {}
  };
  Object.defineProperty(document, "hidden", { get: () => window.looksAway === true });
"""


def test_a_person_who_looks_elsewhere_is_notified_when_they_want_it(browser: Any, place: Place):
    _, chat_id = place.chat(title="Far away")
    with watched_page(browser, place.door) as page:
        page.add_init_script(RECORD_NOTIFICATIONS)
        page.reload()
        expect(row(page, "Far away")).to_be_visible()
        place.prompt(chat_id, "say one")
        place.prompt(chat_id, "say two")
        expect(row(page, "Far away").get_by_role("img", name="working")).to_have_count(0)
        open_place(page, "Settings")
        page.get_by_role("checkbox", name=re.compile("^Tell me")).check()
        page.evaluate("window.looksAway = true")
        place.prompt(chat_id, "ask whether to go on")
        page.wait_for_function("() => window.shown.length > 0")
        assert page.evaluate("window.shown[0][0]") == "A question in “Far away”"
        place.api("POST", f"chats/{chat_id}/cancel")
        place.prompt(chat_id, "say three")
        page.wait_for_function("() => window.shown.some(([title]) => title === '“Far away” is done')")
        page.evaluate("window.looksAway = false")
        page.get_by_role("checkbox", name=re.compile("^Tell me")).uncheck()
