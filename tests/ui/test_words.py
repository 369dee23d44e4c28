"""What a person reads when something is refused: a sentence, and nothing is lost."""

import json
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import Place, watched_page

DRAFT = "say something that must not be lost"


def a_draft(page: Any, place: Place) -> Any:
    _, chat = place.chat()
    page.goto(f"{place.url}/#/chat/{chat}")
    field = page.get_by_label("What shall the agent do?")
    field.fill(DRAFT)
    return field


def send(page: Any) -> None:
    page.get_by_role("button", name="Send").click()


def test_401_says_how_to_sign_in_again(page: Any, place: Place):
    field = a_draft(page, place)
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_text("not signed in any more").first).to_be_visible()
    expect(page.get_by_text("boocode serve").first).to_be_visible()
    expect(field).to_have_value(DRAFT)


def test_409_says_what_stands_in_the_way(page: Any, place: Place):
    session, chat = place.chat()
    place.prompt(chat, "create a.txt with the text a")
    page.goto(f"{place.url}/#/session/{session}/review")
    review = page.get_by_role("region", name="Review")
    apply = review.get_by_role("button", name="Apply all")
    apply.wait_for()
    place.prompt(chat, "wait 60 s")
    page.get_by_text("An agent is at work").wait_for()
    apply.click()
    expect(page.get_by_role("alert").filter(has_text="turn").first).to_be_visible()
    place.api("POST", f"chats/{chat}/cancel")


def test_500_is_said_to_be_boocodes_own_fault(page: Any, place: Place):
    field = a_draft(page, place)
    problem = json.dumps(
        {"code": "internal", "detail": "BooCode made a mistake; its log says more.", "status": 500}
    )
    page.route(
        "**/messages",
        lambda route: (
            route.fulfill(status=500, content_type="application/problem+json", body=problem)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    send(page)
    expect(page.get_by_text("BooCode made a mistake").first).to_be_visible()
    expect(field).to_have_value(DRAFT)


def test_offline_is_said_and_passes_by_itself(page: Any, place: Place):
    field = a_draft(page, place)
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_text("BooCode cannot be reached").first).to_be_visible()
    expect(field).to_have_value(DRAFT)
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    expect(field).to_have_value("")
    expect(page.get_by_text("must not be lost").first).to_be_visible()


def test_an_address_of_nothing_says_so(browser: Any, place: Place):
    with watched_page(browser, place.door) as page:
        page.goto(f"{place.url}/#/chat/chat_of_nobody")
        expect(page.get_by_text("no chat").first).to_be_visible()
