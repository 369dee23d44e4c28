"""The composer: what happens to a prompt, and that nothing written is ever lost."""

import re
from typing import Any

from tests.kit.browsing import PHONE, Place, watched_page
from tests.ui.composing import composer, form, kill, log, messages_of, opened, pick, picker, prompts_of
from tests.ui.talking import WATCH


class TestSending:
    def test_send_queue_while_busy_and_stop(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
        text.fill("count to 500 slowly")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(text).to_have_value("")
        expect(text).to_be_focused()
        page.get_by_role("button", name="Stop", exact=True).wait_for()
        for prompt in ("say first", "say second"):
            text.fill(prompt)
            page.get_by_role("button", name="Queue", exact=True).click()
            expect(text).to_have_value("")
        waiting = page.get_by_role("region", name="Waiting prompts")
        expect(waiting.get_by_role("listitem")).to_have_count(2)

        first = waiting.get_by_role("listitem").nth(0)
        first.get_by_role("button", name="Edit this prompt").click()
        expect(page.get_by_role("textbox", name="The waiting prompt")).to_be_focused()
        page.keyboard.type(" changed")
        page.keyboard.press("Enter")
        expect(first).to_contain_text("say first changed")
        expect(first.get_by_role("button", name="Edit this prompt")).to_be_focused()

        text.fill("half a thought")
        waiting.get_by_role("listitem").nth(1).get_by_role("button", name="Take back this prompt").click()
        expect(waiting.get_by_role("listitem")).to_have_count(1)
        expect(text).to_have_value("half a thought\nsay second")
        expect(text).to_be_focused()

        page.keyboard.press("Escape")
        page.get_by_text("Practice has stopped.").first.wait_for()
        log(page).get_by_text("first changed", exact=True).wait_for()
        expect(waiting).to_have_count(0)
        assert prompts_of(place, chat_id) == ["count to 500 slowly", "say first changed"]

    def test_an_agent_that_hears_no_stop_is_said_to(self, place: Place, page: Any):
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say at work then hang deaf")
        page.keyboard.press("Enter")
        log(page).get_by_text("at work", exact=True).wait_for()
        page.get_by_role("button", name="Stop", exact=True).click()
        form(page).get_by_text("Practice was asked to stop.").wait_for()
        form(page).get_by_text("does not listen yet").wait_for()
        form(page).get_by_text("Practice did not answer in time. The turn is over").wait_for()

    def test_an_example_is_written_for_the_practice_agent_alone(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        pick(page, "Agent", "Practice")
        example = log(page).get_by_role("button", name="count to 20 slowly")
        example.click()
        expect(text).to_have_value("count to 20 slowly")
        expect(text).to_be_focused()
        assert prompts_of(place, chat_id) == []
        pick(page, "Agent", "echo")
        expect(example).to_have_count(0)
        expect(text).to_have_value("count to 20 slowly")

    def test_what_was_said_of_an_absent_server_goes_when_it_is_back(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        page.add_init_script(WATCH)
        page.reload()
        text = opened(page, place, chat_id)
        page.route("**/api/chats/*/messages", lambda route: route.abort())
        text.fill("say one")
        page.get_by_role("button", name="Send", exact=True).click()
        note = form(page).get_by_role("alert")
        expect(note).to_contain_text("BooCode cannot be reached")
        page.unroute("**/api/chats/*/messages")
        page.wait_for_function("sockets.at(-1)?.readyState === WebSocket.OPEN")
        page.evaluate("sockets.at(-1).close()")
        expect(note).to_have_count(0)
        expect(text).to_have_value("say one")
        page.keyboard.press("Enter")
        expect(text).to_have_value("")
        assert prompts_of(place, chat_id) == ["say one"]

    def test_the_choices_of_a_phone_stand_in_one_line(self, place: Place, browser: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        with watched_page(browser, place.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
            opened(page, place, chat_id)
            expect(picker(page, "Thinking")).to_have_count(1)
            tops = "pickers => new Set(pickers.map(picker => picker.getBoundingClientRect().top)).size"
            assert form(page).get_by_role("group").get_by_role("button").evaluate_all(tops) == 1
            picker(page, "Thinking").tap()
            page.get_by_role("option", name="high").tap()
            expect(picker(page, "Thinking")).to_have_accessible_name("Thinking: high")

    def test_shift_enter_starts_a_line_and_the_settings_may_say_otherwise(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say one")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("say two")
        expect(text).to_have_value("say one\nsay two")
        place.api("PATCH", "settings", {"send_key": "mod_enter"})
        try:
            page.get_by_text("Ctrl+Enter or ⌘Enter sends").wait_for()
            page.keyboard.press("Enter")
            expect(text).to_have_value("say one\nsay two\n")
            page.keyboard.press("Control+Enter")
            expect(text).to_have_value("")
        finally:
            place.api("PATCH", "settings", {"send_key": "enter"})
        assert prompts_of(place, chat_id) == ["say one\nsay two\n"]

    def test_nothing_is_sent_while_an_input_method_composes(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.click()
        keyboard = page.context.new_cdp_session(page)
        composing = {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
        keyboard.send("Input.imeSetComposition", composing)
        expect(text).to_have_value("にほん")
        # The key that ends the composition: it writes nothing.
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
        assert prompts_of(place, chat_id) == []
        keyboard.send("Input.insertText", {"text": "日本"})
        expect(text).to_have_value("日本")
        page.keyboard.press("Enter")
        expect(text).to_have_value("")
        assert prompts_of(place, chat_id) == ["日本"]

    def test_up_in_an_empty_composer_recalls(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        for words in ("say one", "say two"):
            place.prompt(chat_id, words)
        text = opened(page, place, chat_id)
        log(page).get_by_text("say two", exact=True).wait_for()
        text.press("ArrowUp")
        expect(text).to_have_value("say two")
        text.press("ArrowUp")
        expect(text).to_have_value("say one")
        text.press("ArrowDown")
        text.press("ArrowDown")
        expect(text).to_have_value("")
        text.fill("mine")
        text.press("ArrowUp")
        expect(text).to_have_value("mine")


class TestNothingIsLost:
    def test_a_draft_survives_a_killed_page(self, place: Place, page: Any):
        from playwright.sync_api import expect

        (_, one), (_, two) = place.chat(), place.chat()
        opened(page, place, one)
        composer(page).press_sequentially("half a thought")
        opened(page, place, two)
        composer(page).press_sequentially("another one")
        with page.expect_event("crash"):
            kill(page)
        again = page.context.new_page()
        again.goto(f"{place.url}/#/chat/{two}")
        expect(composer(again)).to_have_value("another one")
        again.goto(f"{place.url}/#/chat/{one}")
        expect(composer(again)).to_have_value("half a thought")

    def test_offline_keeps_the_text_and_says_what_to_do(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say once")
        page.context.set_offline(True)
        page.keyboard.press("Enter")
        expect(form(page).get_by_role("alert")).to_contain_text("BooCode cannot be reached")
        expect(text).to_have_value("say once")
        page.context.set_offline(False)
        form(page).get_by_role("button", name="Try again").click()
        expect(text).to_have_value("")
        expect(form(page).get_by_role("alert")).to_have_count(0)
        assert prompts_of(place, chat_id) == ["say once"]

    def test_a_prompt_whose_answer_was_lost_is_not_sent_twice(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say once")

        def lose(route: Any) -> None:
            route.fetch()
            route.abort()

        page.route("**/messages", lose, times=1)
        page.keyboard.press("Enter")
        log(page).get_by_text("say once", exact=True).wait_for()
        expect(text).to_have_value("")
        expect(form(page).get_by_role("alert")).to_have_count(0)
        assert prompts_of(place, chat_id) == ["say once"]

    def test_a_refusal_is_said_in_the_servers_words(self, place: Place, page: Any):
        from playwright.sync_api import expect

        session_id, _ = place.chat()
        chat = place.api("POST", "chats", {"session_id": session_id})
        text = opened(page, place, chat["id"])
        text.fill("x" * 500_001)
        page.keyboard.press("Enter")
        alert = form(page).get_by_role("alert")
        expect(alert).to_contain_text("at most 500000 are taken")
        expect(text).to_have_value(re.compile("^x{100}"))

    def test_what_was_edited_when_its_turn_began_is_not_lost(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        place.prompt(chat_id, "ask")
        place.prompt(chat_id, "say unchanged")
        text = opened(page, place, chat_id)
        page.get_by_role("group", name=re.compile("^Question")).wait_for()
        page.get_by_role("button", name="Edit this prompt").click()
        page.get_by_role("textbox", name="The waiting prompt").fill("say more")

        def begin_first(route: Any) -> None:
            asked = place.api("GET", f"permissions?chat_id={chat_id}")["items"][0]
            place.api("POST", f"permissions/{asked['id']}", {"option_id": asked["options"][0]["id"]})
            while len(messages_of(place, chat_id, "assistant")) < 2:
                pass
            route.continue_()

        page.route("**/api/messages/*", begin_first, times=1)
        with page.expect_response("**/api/messages/*") as answer:
            page.keyboard.press("Enter")
        assert answer.value.status == 409
        page.get_by_role("alert").get_by_text("send another prompt instead").or_(
            page.get_by_role("alert").get_by_text("An agent works on this prompt already")
        ).wait_for()
        expect(text).to_have_value("say more")
        expect(text).to_be_focused()
        log(page).get_by_text("unchanged", exact=True).wait_for()

    def test_after_a_huge_paste_writing_stays_quick_and_nothing_is_lost(self, place: Place, page: Any):
        from playwright.sync_api import expect

        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        page.evaluate("navigator.clipboard.writeText('some words of a long log\\n'.repeat(16000))")
        text.click()
        page.keyboard.press("Control+v")
        page.wait_for_function("document.activeElement.value.length === 400000")
        # What we do at each letter, without the browser's own work on its text.
        took_ms = page.evaluate(
            """() => {
                const before = performance.now();
                const input = () => new InputEvent("input", { bubbles: true });
                for (let n = 0; n < 10; n++) document.activeElement.dispatchEvent(input());
                return (performance.now() - before) / 10;
            }"""
        )
        assert took_ms < 50
        page.keyboard.type("end")
        page.reload()
        expect(composer(page)).to_have_value(re.compile("\nend$"))


def test_the_composer_fits_a_phone(place: Place, browser: Any):
    with watched_page(browser, place.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say done")
        page.get_by_role("button", name="Send", exact=True).click()
        log(page).get_by_text("done", exact=True).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
