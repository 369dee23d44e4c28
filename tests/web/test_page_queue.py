"""The page's queue and its project settings in a real browser."""

from typing import Any

from tests.web.test_page import (  # noqa: F401
    Place,
    answers,
    browser,
    open_chat,
    page,
    place,
    prompt,
    pytestmark,
    wait_for_end,
)

LONG = "count to 100000 every 20 ms"


def users(page: Any) -> Any:  # noqa: F811
    return page.locator("article.user")


def a_queue(page: Any, place: Place, *texts: str) -> str:  # noqa: F811
    """A chat with a running turn and prompts that wait behind it."""
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, LONG)
    answers(page).locator("text=/\\b5\\b/").wait_for()
    for number, text in enumerate(texts, 2):
        prompt(page, text)
        users(page).nth(number - 1).get_by_role("button", name="Edit this prompt").wait_for()
    return chat_id


def test_a_queued_prompt_is_edited_here_and_shown_there(page, place):  # noqa: F811
    chat_id = a_queue(page, place, "say two", "say three")
    other = page.context.new_page()
    other.goto(f"{place.url}/#/chat/{chat_id}")
    other.locator("article.user.queued:has-text('say two')").wait_for()
    users(page).nth(1).get_by_role("button", name="Edit this prompt").click()
    page.get_by_label("The queued prompt").fill("say zwei")
    page.keyboard.press("Enter")
    for window in (page, other):
        window.locator("article.user.queued:has-text('say zwei')").wait_for()
    page.reload()
    page.locator("article.user.queued:has-text('say zwei')").wait_for()
    assert page.locator("article.user.queued").count() == 2
    page.get_by_role("button", name="Stop").click()
    wait_for_end(page, 3)
    said = [text.split("\n")[-1].strip() for text in page.locator("article").all_inner_texts()]
    for window in (page, other):
        window.locator("article.assistant:has-text('three')").wait_for()
        assert window.locator("article.user.queued").count() == 0
        # Each answer stands under its prompt, though the prompts were there before.
        kinds = [node.get_attribute("class").split()[1] for node in window.locator("article").all()]
        assert kinds == ["user", "assistant"] * 3, said
    other.close()


def test_a_queued_prompt_is_taken_back_and_can_be_written_anew(page, place):  # noqa: F811
    chat_id = a_queue(page, place, "say two")
    users(page).nth(1).get_by_role("button", name="Take this prompt back").click()
    users(page).nth(1).wait_for(state="detached")
    assert page.get_by_label("What shall the agent do?").input_value() == "say two"
    stored = place.api("GET", f"chats/{chat_id}/messages")["items"]
    assert [message["text"] for message in stored if message["role"] == "user"] == [LONG]
    page.get_by_role("button", name="Stop").click()
    wait_for_end(page)
    assert answers(page).count() == 1


def test_a_removal_elsewhere_and_one_that_comes_too_late_are_told(page, place):  # noqa: F811
    chat_id = a_queue(page, place, "say two", "say three")
    stored = place.api("GET", f"chats/{chat_id}/messages")["items"]
    place.delete(f"messages/{stored[-1]['id']}")
    users(page).nth(2).wait_for(state="detached")
    page.route("**/api/messages/*", lambda route: answer_late(route, place, chat_id))
    users(page).nth(1).get_by_role("button", name="Take this prompt back").click()
    answers(page).nth(1).wait_for()
    assert users(page).count() == 2
    wait_for_end(page, 2)


def answer_late(route: Any, place: Place, chat_id: str) -> None:  # noqa: F811
    """The turn of the prompt begins while the request is on its way."""
    place.api("POST", f"chats/{chat_id}/cancel")
    while not any(m["text"].strip() == "two" for m in place.api("GET", f"chats/{chat_id}/messages")["items"]):
        pass
    route.continue_()


def test_the_policy_of_a_project_is_a_setting_that_stays(page, place):  # noqa: F811
    session_id, chat_id = place.chat()
    project_id = place.api("GET", f"sessions/{session_id}")["project_id"]
    name = place.api("GET", f"projects/{project_id}")["name"]
    open_chat(page, place, chat_id)
    section = page.get_by_role("region", name=name, exact=True)
    section.get_by_text("Permissions").click()
    section.get_by_label(f"Agents in {name} may").select_option("allow_worktree")
    section.get_by_text("Commands are still asked about").wait_for()
    page.wait_for_function("() => !document.querySelector('.policy[open] select').disabled")
    assert place.api("GET", f"projects/{project_id}")["permission_policy"] == "allow_worktree"
    page.reload()
    section.get_by_text("Permissions").click()
    assert section.get_by_label(f"Agents in {name} may").input_value() == "allow_worktree"
