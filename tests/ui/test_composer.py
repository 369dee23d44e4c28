"""The composer: who gets a prompt, what happens to it, and that nothing written is ever lost."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.browsing import PHONE, Place, fault, serving_place, watched_page

MANY = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Beside the practice agent: one that is missing, one that never says what it used, one that hears no cancel,
    one that lists hundreds of models, and another practice agent."""
    folder = tmp_path_factory.mktemp("composer")
    practice = [sys.executable, "-m", "boocode.practice"]
    models = json.dumps([f"maker/model-{number}" for number in range(MANY)])
    many = f'[providers.many]\nlabel = "Many"\ncommand = {json.dumps(practice)}\nmodels = {models}\n'
    agents = {"missing": [str(folder / "no-such-program")], "silent": fault("none"), "deaf": fault("deaf")}
    with serving_place(folder, {**agents, "other": practice}, many) as place:
        yield place


def opened(page: Any, place: Place, chat_id: str) -> Any:
    """The chat's composer, ready to be written in."""
    page.goto(f"{place.url}/#/chat/{chat_id}")
    return composer(page)


def composer(page: Any) -> Any:
    text = page.get_by_role("textbox", name="What shall the agent do?")
    text.wait_for()
    return text


def pick(page: Any, label: str, option: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{label}: ")).click()
    page.get_by_role("option", name=option).first.click()


def picked(page: Any, label: str) -> Any:
    return page.get_by_role("button", name=re.compile(f"^{label}: "))


def log(page: Any) -> Any:
    return page.get_by_role("region", name="Conversation")


def prompts_of(place: Place, chat_id: str) -> list[str]:
    items = place.api("GET", f"chats/{chat_id}/messages")["items"]
    return [message["text"] for message in items if message["role"] == "user"]


def answers_of(place: Place, chat_id: str) -> list[Any]:
    items = place.api("GET", f"chats/{chat_id}/messages")["items"]
    return [message for message in items if message["role"] == "assistant"]


class TestPickers:
    def test_each_chat_keeps_its_own_choice(self, place: Place, page: Any):
        from playwright.sync_api import expect

        (_, one), (_, two) = place.chat(), place.chat()
        opened(page, place, one)
        pick(page, "Agent", "Other")
        pick(page, "Model", "Practice slow")
        pick(page, "Mode", "plan")
        opened(page, place, two)
        expect(picked(page, "Model")).to_have_accessible_name(re.compile(r"\(default\)$"))
        opened(page, place, one)
        page.reload()
        expect(picked(page, "Agent")).to_have_accessible_name("Agent: Other")
        expect(picked(page, "Model")).to_have_accessible_name("Model: Practice slow")
        expect(picked(page, "Mode")).to_have_accessible_name("Mode: plan")
        composer(page).fill("say done")
        page.keyboard.press("Enter")
        log(page).get_by_text("done", exact=True).wait_for()
        task = place.api("GET", "tasks?limit=1")["items"][0]
        assert (task["agent"], task["model"], task["mode"]) == ("other", "practice-slow", "plan")

    def test_a_chat_goes_on_with_the_agent_of_its_last_prompt(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        place.prompt(chat_id, "say done", "other")
        opened(page, place, chat_id)
        expect(picked(page, "Agent")).to_have_accessible_name("Agent: Other")

    def test_a_missing_agent_cannot_be_picked_and_says_why(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        opened(page, place, chat_id)
        before = picked(page, "Agent").get_attribute("aria-label")
        picked(page, "Agent").click()
        option = page.get_by_role("option", name="Missing")
        expect(option).to_have_attribute("aria-disabled", "true")
        expect(option).to_contain_text("no-such-program")
        option.click(force=True)
        page.keyboard.press("Escape")
        expect(picked(page, "Agent")).to_have_accessible_name(before)

    def test_what_is_not_offered_any_more_stays_chosen_and_is_said(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        kept = {
            "agent": "practice",
            "of": {"practice": {"model": "practice-0", "mode": None, "thinking": None}},
        }
        page.evaluate(
            "([id, text]) => localStorage.setItem(`boocode.choice.${id}`, text)", [chat_id, json.dumps(kept)]
        )
        opened(page, place, chat_id)
        expect(picked(page, "Model")).to_have_accessible_name("Model: practice-0")
        page.get_by_text("does not list the model “practice-0” now").wait_for()

    def test_one_of_hundreds_of_models_is_found_by_typing(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        opened(page, place, chat_id)
        pick(page, "Agent", "Many")
        picked(page, "Model").click()
        page.get_by_role("combobox", name="Search: Model").fill(f"model-{MANY - 1}")
        page.keyboard.press("Enter")
        expect(picked(page, "Model")).to_have_accessible_name(f"Model: maker/model-{MANY - 1}")


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
        page.get_by_role("textbox", name="The waiting prompt").fill("say changed")
        page.keyboard.press("Enter")
        expect(first).to_contain_text("say changed")
        expect(first.get_by_role("button", name="Edit this prompt")).to_be_focused()

        waiting.get_by_role("listitem").nth(1).get_by_role("button", name="Take this prompt back").click()
        expect(waiting.get_by_role("listitem")).to_have_count(1)
        expect(text).to_have_value("say second")
        expect(text).to_be_focused()

        page.keyboard.press("Escape")
        page.get_by_text("Practice has stopped.").first.wait_for()
        log(page).get_by_text("changed", exact=True).wait_for()
        expect(waiting).to_have_count(0)
        assert prompts_of(place, chat_id) == ["count to 500 slowly", "say changed"]

    def test_an_agent_that_hears_no_stop_is_said_to(self, place: Place, page: Any):
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        pick(page, "Agent", "Deaf")
        text.fill("do it")
        page.keyboard.press("Enter")
        log(page).get_by_text("I hear nothing").wait_for()
        page.get_by_role("button", name="Stop", exact=True).click()
        form = page.get_by_role("form", name="Prompt")
        form.get_by_text("Deaf was asked to stop.").wait_for()
        form.get_by_text("does not listen yet").wait_for()
        form.get_by_text("Deaf did not answer in time. The turn is over").wait_for()

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
        kill = page.context.new_cdp_session(page)
        with page.expect_event("crash"):
            kill.send("Page.crash", {}) if False else _crash(page)
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
        form = page.get_by_role("form", name="Prompt")
        expect(form.get_by_role("alert")).to_contain_text("BooCode cannot be reached")
        expect(text).to_have_value("say once")
        page.context.set_offline(False)
        form.get_by_role("button", name="Try again").click()
        expect(text).to_have_value("")
        expect(form.get_by_role("alert")).to_have_count(0)
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
        expect(page.get_by_role("form", name="Prompt").get_by_role("alert")).to_have_count(0)
        assert prompts_of(place, chat_id) == ["say once"]

    def test_a_refusal_is_said_in_the_servers_words(self, place: Place, page: Any):
        from playwright.sync_api import expect

        session_id, _ = place.chat()
        chat = place.api("POST", "chats", {"session_id": session_id})
        text = opened(page, place, chat["id"])
        text.fill("x" * 500_001)
        page.keyboard.press("Enter")
        alert = page.get_by_role("form", name="Prompt").get_by_role("alert")
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
            while len(answers_of(place, chat_id)) < 2:
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

    def test_a_huge_paste_stays_quick(self, place: Place, page: Any):
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.click()
        page.keyboard.insert_text("some words of a long log\n" * 16_000)
        took_ms = page.evaluate(
            """async () => {
                const before = performance.now();
                for (let n = 0; n < 5; n++) {
                    document.execCommand("insertText", false, "x");
                    await new Promise((done) => requestAnimationFrame(done));
                }
                return (performance.now() - before) / 5;
            }"""
        )
        assert took_ms < 500


class TestOffers:
    def test_slash_commands_come_from_the_agent(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.press_sequentially("/")
        offers = page.get_by_role("listbox", name="Commands")
        names = [command["name"] for command in practice_commands(place)]
        expect(offers.get_by_role("option")).to_have_count(len(names))
        page.keyboard.press("ArrowDown")
        second = offers.get_by_role("option").nth(1)
        expect(second).to_have_attribute("aria-selected", "true")
        expect(text).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
        page.keyboard.press("Tab")
        expect(text).to_have_value(f"/{names[1]} ")
        expect(text).to_be_focused()
        expect(offers).to_have_count(0)

    def test_esc_closes_the_offers_and_does_not_stop_the_turn(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("count to 500 slowly")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Stop", exact=True).wait_for()
        text.press_sequentially("/")
        page.get_by_role("listbox", name="Commands").wait_for()
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox", name="Commands")).to_have_count(0)
        expect(page.get_by_role("button", name="Stop", exact=True)).not_to_have_attribute("aria-busy", "true")
        place.api("POST", f"chats/{chat_id}/cancel")

    def test_files_are_named_by_the_keyboard(self, place: Place, page: Any):
        from playwright.sync_api import expect

        files = {"src/deep/my notes.txt": "a", "src/deep/main.py": "b", "README.md": "c"}
        _, chat_id = place.chat(place.repository(files))
        text = opened(page, place, chat_id)
        text.press_sequentially("look at @main")
        offers = page.get_by_role("listbox", name="Files")
        offers.get_by_role("option", name="src/deep/main.py").wait_for()
        page.keyboard.press("Enter")
        expect(text).to_have_value("look at @src/deep/main.py ")
        text.press_sequentially("and @notes")
        offers.get_by_role("option", name="src/deep/my notes.txt").click()
        expect(text).to_have_value('look at @src/deep/main.py and @"src/deep/my notes.txt" ')
        expect(text).to_be_focused()

    def test_a_folder_is_looked_into(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat(place.repository({"source/deep/a.py": "a", "b.py": "b"}))
        text = opened(page, place, chat_id)
        text.press_sequentially("@source/de")
        page.get_by_role("option", name="source/deep/", exact=True).click()
        expect(text).to_have_value("@source/deep/")
        page.get_by_role("option", name="source/deep/a.py").wait_for()


class TestChips:
    def test_tokens_are_counted_and_what_nobody_said_is_a_tilde(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        chips = page.get_by_role("list", name="What this chat used")
        expect(chips).to_have_count(0)
        text.fill("say some words")
        page.keyboard.press("Enter")
        expect(chips.get_by_role("listitem").nth(1)).to_have_text(re.compile(r"^in [1-9]"))
        expect(chips.get_by_role("listitem")).to_have_text(
            [re.compile("^model practice"), re.compile(r"^in [1-9]"), re.compile(r"^out [1-9]"), "cost ~"]
        )

    def test_an_agent_that_says_nothing_used_nothing_that_we_know(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        pick(page, "Agent", "Silent")
        text.fill("do it")
        page.keyboard.press("Enter")
        log(page).get_by_text("all is well").wait_for()
        chips = page.get_by_role("list", name="What this chat used").get_by_role("listitem")
        expect(chips).to_have_text(["model ~", "in ~", "out ~", "cost ~"])


def test_the_composer_fits_a_phone(place: Place, browser: Any):
    with watched_page(browser, place.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        text.fill("say done")
        page.get_by_role("button", name="Send", exact=True).click()
        log(page).get_by_text("done", exact=True).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def practice_commands(place: Place) -> list[dict[str, str]]:
    providers = place.api("GET", "providers")
    commands: list[dict[str, str]] = next(each["commands"] for each in providers if each["id"] == "practice")
    return commands


def _crash(page: Any) -> None:
    """Ends the page's process, as a system out of memory does."""
    try:
        page.goto("chrome://crash", timeout=5000)
    except Exception:
        pass
