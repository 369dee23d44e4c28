"""Providers, inbox, settings and notifications."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import Place, watched_page
from tests.ui.tree import open_place, row, wait_until


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


def test_a_failed_task_is_dismissed_and_comes_back(page: Any, place: Place):
    chats = [place.chat()[1], place.chat()[1]]
    for chat in chats:
        place.prompt(chat, f"fail with {chat}")
    open_place(page, "Inbox")
    failed = page.get_by_role("region", name="Failed").get_by_role("article")
    luck, hope = (page.get_by_role("article", name=f"fail with {chat}") for chat in chats)
    expect(luck).to_be_visible()
    expect(hope).to_be_visible()
    before = failed.count()
    luck.get_by_role("button", name="Dismiss").click()
    expect(luck).to_have_count(0)
    expect(failed).to_have_count(before - 1)
    expect(page.get_by_role("navigation").get_by_text(f"{before - 1} to look at")).to_have_count(1)
    page.get_by_role("region", name="Notices").get_by_role("button", name="Undo").click()
    expect(luck).to_be_visible()
    luck.get_by_role("button", name="Dismiss").click()
    page.reload()
    expect(hope).to_be_visible()
    expect(luck).to_have_count(0)


def test_the_focus_goes_on_to_the_next_item_of_the_inbox(page: Any, place: Place):
    for title in ("Asks first", "Asks second"):
        place.prompt(place.chat(title=title)[1], "ask whether to go on")
    open_place(page, "Inbox")
    questions = page.get_by_role("region", name="Questions").get_by_role("article")
    expect(questions).to_have_count(2)
    questions.first.get_by_role("button", name="No").focus()
    expect(questions.first.get_by_role("button", name="No")).to_be_enabled()
    page.keyboard.press("d")
    expect(questions).to_have_count(1)
    expect(questions.first).to_be_focused()
    page.keyboard.press("d")  # not meant for this one: its keys count only with the focus in the question
    questions.first.get_by_role("button", name="No").click()
    expect(questions).to_have_count(0)


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
    assert place.api("GET", "settings")["theme"] == "light"


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
    about.get_by_text(re.compile(r"^All \d+ settings")).click()
    expect(about.get_by_role("row", name=re.compile("limits.turn_stall_s"))).to_be_visible()
    expect(about.get_by_role("textbox")).to_have_count(0)


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


def done_in(place: Place, chat_id: str) -> list[str]:
    """The ids of the chat's completed tasks."""
    tasks = place.api("GET", "tasks?state=completed")["items"]
    return [task["id"] for task in tasks if task["chat_id"] == chat_id]


def test_a_person_who_looks_elsewhere_is_notified_when_they_want_it(browser: Any, place: Place):
    _, chat_id = place.chat(title="Far away")
    with watched_page(browser, place.door) as page:
        page.add_init_script(RECORD_NOTIFICATIONS)
        page.reload()
        expect(row(page, "Far away")).to_be_visible()
        place.prompt(chat_id, "say one")
        place.prompt(chat_id, "say two")
        wait_until(page, lambda: len(done_in(place, chat_id)) == 2)
        place.chat(title="A marker")  # what is told of it comes after the ends of those turns
        expect(row(page, "A marker")).to_be_visible()
        open_place(page, "Settings")
        page.get_by_role("checkbox", name=re.compile("^Tell me")).check()
        page.evaluate("window.looksAway = true")
        place.prompt(chat_id, "ask whether to go on")
        page.wait_for_function("() => window.shown.length > 0")
        assert page.evaluate("window.shown[0][0]") == "A question in “Far away”"
        place.api("POST", f"chats/{chat_id}/cancel")
        place.prompt(chat_id, "say three")
        page.wait_for_function("() => window.shown.some(([title]) => title === '“Far away” is done')")
