"""Questions of agents: shown in full, answered once, by whoever is first, here or anywhere."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.kit.browsing import Place, serving_place, watched_page
from tests.ui.composing import composer, log, messages_of, opened
from tests.ui.tree import wait_until

TIMEOUT_S = 4
COMMAND = "echo " + "x" * 2000
CLICK_WHAT_APPEARS = """() => {
    const seen = new Set(document.querySelectorAll(".permission-options button"));
    window.clicked = 0;
    new MutationObserver(() => {
        const next = [...document.querySelectorAll(".permission-options button")].find(each => !seen.has(each));
        if (!next || clicked) return;
        clicked += 1;
        next.click();
    }).observe(document.body, { childList: true, subtree: true });
}"""


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
        re.compile(r"Without an answer in \d+:\d\d the answer is “Do not run it”\.")
    )
    answer_elsewhere(place, chat_id, "reject_once")


def test_the_keys_of_a_question_are_drawn_as_its_buttons(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    opened(page, place, chat_id)
    keys = question(page).locator("kbd")
    expect(keys).to_have_text(["y", "s", "d"])
    # The sheet of keys draws its own in another way.
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keys").locator("kbd").first).to_be_visible()
    page.keyboard.press("Escape")
    drawn = """keys => keys.map(key => [getComputedStyle(key).backgroundColor,
        getComputedStyle(key).color === getComputedStyle(key.parentElement).color])"""
    assert keys.evaluate_all(drawn) == [["rgba(0, 0, 0, 0)", True]] * 3
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
    expect(question(page).get_by_role("button").last).to_be_enabled()
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


def test_a_deadline_closes_the_question_and_is_called_one(browser: Any, tmp_path: Path):
    from playwright.sync_api import expect

    config = f"[limits]\npermission_timeout_s = {TIMEOUT_S}\n"
    with serving_place(tmp_path, config=config) as hasty, watched_page(browser, hasty.door) as page:
        _, chat_id = hasty.chat()
        opened(page, hasty, chat_id)
        hasty.prompt(chat_id, "run echo hello")
        ending(page, "Nobody answered in time, so the answer was “Do not run it”.")
        expect(question(page)).to_have_count(0)
        assert open_ones(hasty, chat_id) == []


def test_a_question_whose_time_is_over_here_is_answered_only_if_the_server_takes_it(place: Place, page: Any):
    from playwright.sync_api import expect

    chat_id = asked(page, place)
    page.clock.install()
    opened(page, place, chat_id)
    button = question(page).get_by_role("button", name="Run it", exact=True)
    button.wait_for()
    one = "**/api/permissions/*"
    page.route(one, lambda route: route.abort())
    page.clock.fast_forward("24:00:00")
    expect(question(page)).to_contain_text("The time for an answer is over")
    expect(button).to_be_disabled()
    page.unroute(one)
    expect(question(page)).to_contain_text("BooCode still takes one")
    button.click()
    ending(page, "You answered “Run it”.")


class TestWhatIsUnread:
    """Nobody answers what they have not read: a click that was meant for the question before counts for nothing."""

    def test_a_click_in_the_moment_a_question_appears_is_not_for_it(self, place: Place, page: Any):
        from playwright.sync_api import expect

        chat_id = asked(page, place, "run echo one\nrun echo two")
        opened(page, place, chat_id)
        button = question(page).get_by_role("button", name="Run it", exact=True)
        expect(button).to_be_enabled()
        page.evaluate(CLICK_WHAT_APPEARS)
        button.click()
        page.wait_for_function("() => clicked === 1")
        expect(question(page)).to_contain_text("echo two")
        expect(button).to_be_enabled()
        assert len(open_ones(place, chat_id)) == 1

    def test_a_double_click_in_the_inbox_answers_one(self, place: Place, page: Any):
        from playwright.sync_api import expect

        chats = [asked(page, place) for _ in range(3)]
        page.goto(f"{place.url}/#/inbox")
        questions = page.get_by_role("region", name="Questions")
        buttons = questions.get_by_role("button", name="Run it", exact=True)
        expect(buttons.first).to_be_enabled()
        before = buttons.count()
        double_click(page, buttons.first)
        # It says in its place how it ended, for a moment.
        expect(questions.get_by_role("article").first).to_contain_text("You answered “Run it”.")
        expect(questions.get_by_role("article")).to_have_count(before - 1)
        assert len([one for chat_id in chats for one in open_ones(place, chat_id)]) >= 2
        assert buttons.count() == before - 1
        for chat_id in chats:
            if open_ones(place, chat_id):
                answer_elsewhere(place, chat_id, "reject_once")

    def test_a_key_that_is_held_answers_nothing(self, place: Place, page: Any):
        from playwright.sync_api import expect

        chat_id = asked(page, place)
        opened(page, place, chat_id)
        button = question(page).get_by_role("button", name="Run it", exact=True)
        expect(button).to_be_enabled()
        button.focus()
        posts: list[str] = []
        page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
        button.evaluate(
            "node => node.dispatchEvent(new KeyboardEvent('keydown', {key: 'y', repeat: true, bubbles: true}))"
        )
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert posts == []
        assert len(open_ones(place, chat_id)) == 1
        page.keyboard.press("y")
        ending(page, "You answered “Run it”.")


def double_click(page: Any, button: Any) -> None:
    """So slow that what stands there may have changed in between."""
    from playwright.sync_api import expect

    expect(button).to_be_enabled()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        page.wait_for_timeout(300)
