"""Questions of agents: shown in full, answered once, by whoever is first, here or anywhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.browsing import Place, serving_place
from tests.ui.composing import composer, log, messages_of, opened
from tests.ui.tree import wait_until

TIMEOUT_S = 20
COMMAND = "echo " + "x" * 2000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Questions wait so long that a test can answer, and so short that one can wait for their end."""
    config = f"[limits]\npermission_timeout_s = {TIMEOUT_S}\n"
    with serving_place(tmp_path_factory.mktemp("permissions"), config=config) as place:
        yield place


def question(page: Any) -> Any:
    return page.get_by_role("group", name=re.compile("^Question"))


def asked(page: Any, place: Place, prompt: str = "run echo hello") -> str:
    """A chat whose agent waits for an answer."""
    _, chat_id = place.chat()
    place.prompt(chat_id, prompt)
    wait_until(page, lambda: open_ones(place, chat_id) != [])
    return chat_id


def open_ones(place: Place, chat_id: str) -> list[Any]:
    items: list[Any] = place.api("GET", f"permissions?chat_id={chat_id}")["items"]
    return items


def answer_elsewhere(place: Place, chat_id: str, kind: str) -> None:
    one = open_ones(place, chat_id)[0]
    option = next(each["id"] for each in one["options"] if each["kind"] == kind)
    place.api("POST", f"permissions/{one['id']}", {"option_id": option})


def ending(page: Any, words: str) -> None:
    """What is said in place of the question."""
    page.locator("p").filter(has_text=words).first.wait_for()


def test_a_command_is_shown_in_full_with_its_deadline(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place, f"run {COMMAND}")
    opened(page, place, chat_id)
    expect(question(page).get_by_role("region", name="Command")).to_have_text(COMMAND)
    expect(question(page)).to_contain_text(
        re.compile(r"Without an answer in 0:\d\d the answer is “Do not run it”\.")
    )
    answer_elsewhere(place, chat_id, "reject_once")


@pytest.mark.parametrize(
    ("key", "answer"), [("y", "Run it"), ("s", "Always run exactly this here"), ("d", "Do not run it")]
)
def test_keys_answer_only_with_the_focus_on_the_question(place: Place, page: Any, key: str, answer: str):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    text = opened(page, place, chat_id)
    question(page).wait_for()
    text.press(key)
    log(page).press(key)
    page.locator("body").press(key)
    assert len(open_ones(place, chat_id)) == 1
    expect(text).to_have_value(key)
    text.press("Shift+Tab")
    expect(question(page).get_by_role("button").last).to_be_focused()
    page.keyboard.press(key)
    ending(page, f"You answered “{answer}”.")
    expect(question(page)).to_have_count(0)
    expect(text).to_be_focused()
    assert open_ones(place, chat_id) == []


def test_a_question_is_there_again_after_a_reload(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)
    question(page).wait_for()
    page.reload()
    question(page).get_by_role("button", name="Run it", exact=True).click()
    ending(page, "You answered “Run it”.")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    tools = [part for part in messages_of(place, chat_id, "assistant")[0]["parts"] if part["type"] == "tool"]
    assert "hello" in tools[0]["output"]


def test_an_answer_in_a_second_window_closes_both(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)
    question(page).get_by_role("button", name="Run it", exact=True).focus()
    other = page.context.new_page()
    other.goto(f"{place.url}/#/chat/{chat_id}")
    question(other).get_by_role("button", name="Do not run it", exact=True).click()
    ending(other, "You answered “Do not run it”.")
    ending(page, "Answered by a person: “Do not run it”.")
    for window in (page, other):
        expect(question(window)).to_have_count(0)
    # What had the focus is gone: the person goes on writing.
    expect(composer(page)).to_be_focused()


def test_who_comes_second_is_told_what_was_answered(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)

    def be_second(route: Any) -> None:
        answer_elsewhere(place, chat_id, "reject_once")
        route.continue_()

    page.route("**/api/permissions/*", be_second, times=1)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        question(page).get_by_role("button", name="Run it", exact=True).click()
    assert answer.value.status == 409
    ending(page, "Answered by a person: “Do not run it”.")
    expect(question(page)).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\S"))).to_have_count(0)


def test_an_answer_that_could_not_be_sent_can_be_given_again(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)
    button = question(page).get_by_role("button", name="Run it", exact=True)
    button.wait_for()
    page.context.set_offline(True)
    button.click()
    expect(question(page).get_by_role("alert")).to_contain_text("BooCode cannot be reached")
    page.context.set_offline(False)
    button.click()
    ending(page, "You answered “Run it”.")
    assert open_ones(place, chat_id) == []


def test_a_deadline_closes_the_question_and_is_called_one(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)
    question(page).wait_for()
    expect(question(page)).to_have_count(0, timeout=(TIMEOUT_S + 20) * 1000)
    ending(page, "Nobody answered in time, so the answer was “Do not run it”.")
    assert open_ones(place, chat_id) == []


def test_a_stopped_turn_takes_its_question_along(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    text = opened(page, place, chat_id)
    question(page).wait_for()
    text.press("Escape")
    expect(question(page)).to_have_count(0)
    ending(page, "No longer needed.")
    assert [message["status"] for message in messages_of(place, chat_id, "assistant")] == ["cancelled"]
