"""The composer: who gets a prompt, what is offered while it is written, and what the chat used."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.browsing import Place, fault, serving_place
from tests.ui.composing import composer, log, opened, pick, picker, prompts_of
from tests.ui.tree import wait_until

MANY = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Beside the practice agent: one that is missing, one that never says what it used,
    one that lists hundreds of models, and another practice agent."""
    folder = tmp_path_factory.mktemp("composer")
    practice = [sys.executable, "-m", "boocode.practice"]
    models = json.dumps([f"maker/model-{number}" for number in range(MANY)])
    many = f'[providers.many]\nlabel = "Many"\ncommand = {json.dumps(practice)}\nmodels = {models}\n'
    agents = {"missing": [str(folder / "no-such-program")], "silent": fault("none")}
    with serving_place(folder, {**agents, "other": practice}, many) as place:
        yield place


class TestPickers:
    def test_each_chat_keeps_its_own_choice(self, place: Place, page: Any):
        from playwright.sync_api import expect

        (_, one), (_, two) = place.chat(), place.chat()
        opened(page, place, one)
        pick(page, "Agent", "Other")
        pick(page, "Model", "Practice slow")
        pick(page, "Mode", "plan")
        pick(page, "Thinking", "high")
        opened(page, place, two)
        expect(picker(page, "Model")).to_have_accessible_name(re.compile(r"\(default\)$"))
        opened(page, place, one)
        page.reload()
        expect(picker(page, "Agent")).to_have_accessible_name("Agent: Other")
        expect(picker(page, "Model")).to_have_accessible_name("Model: Practice slow")
        expect(picker(page, "Mode")).to_have_accessible_name("Mode: plan")
        expect(picker(page, "Thinking")).to_have_accessible_name("Thinking: high")
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
        expect(picker(page, "Agent")).to_have_accessible_name("Agent: Other")

    def test_a_missing_agent_cannot_be_picked_and_says_why(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        opened(page, place, chat_id)
        before = picker(page, "Agent").get_attribute("aria-label")
        picker(page, "Agent").click()
        option = page.get_by_role("option", name="Missing")
        expect(option).to_have_attribute("aria-disabled", "true")
        expect(option).to_contain_text("no-such-program")
        option.click(force=True)
        page.keyboard.press("Escape")
        expect(picker(page, "Agent")).to_have_accessible_name(before)

    def test_boocodes_own_agent_says_what_it_wants(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        opened(page, place, chat_id)
        picker(page, "Agent").click()
        option = page.get_by_role("option", name="BooCode")
        expect(option).to_have_attribute("aria-disabled", "true")
        for words in ("No model endpoint is set", "config.toml", "base_url"):
            expect(option).to_contain_text(words)

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
        expect(picker(page, "Model")).to_have_accessible_name("Model: practice-0")
        page.get_by_text("does not list the model “practice-0” now").wait_for()

    def test_a_list_opened_before_the_agents_are_known_grows_in_sight_and_keeps_the_keys(
        self, place: Place, page: Any
    ):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        held: list[Any] = []
        page.route("**/api/providers", lambda route: held.append(route))
        opened(page, place, chat_id)
        page.reload()
        picker(page, "Agent").click()
        page.get_by_text("Nothing to choose from yet.").wait_for()
        wait_until(page, lambda: bool(held))
        held.pop().continue_()
        page.get_by_role("option", name="Other").wait_for()
        expect(page.get_by_role("listbox", name="Agent")).to_be_in_viewport(ratio=1)
        page.keyboard.type("other")
        page.keyboard.press("Enter")
        expect(picker(page, "Agent")).to_have_accessible_name("Agent: Other")
        expect(picker(page, "Agent")).to_be_focused()

    def test_one_of_hundreds_of_models_is_found_by_typing(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        opened(page, place, chat_id)
        pick(page, "Agent", "Many")
        picker(page, "Model").click()
        page.get_by_role("combobox", name="Search: Model").fill(f"model-{MANY - 1}")
        page.keyboard.press("Enter")
        expect(picker(page, "Model")).to_have_accessible_name(f"Model: maker/model-{MANY - 1}")


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

    def test_enter_before_the_list_sends_nothing_and_takes_the_first(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat(place.repository({"src/main.py": "b"}))
        text = opened(page, place, chat_id)
        held: list[Any] = []
        page.route("**/files?*", lambda route: held.append(route), times=1)
        with page.expect_request("**/files?*"):
            text.press_sequentially("look at @mai")
            page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(text).to_have_value("look at @mai")
        wait_until(page, lambda: bool(held))
        held[0].continue_()
        expect(text).to_have_value("look at @src/main.py ")
        page.keyboard.press("Enter")
        expect(text).to_have_value("")
        assert prompts_of(place, chat_id) == ["look at @src/main.py "]

    def test_a_name_of_no_file_is_sent_by_the_next_enter(self, place: Place, page: Any):
        from playwright.sync_api import expect

        _, chat_id = place.chat()
        text = opened(page, place, chat_id)
        with page.expect_response("**/files?query=nobody&*") as answer:
            text.press_sequentially("say @nobody")
            page.keyboard.press("Enter")
        answer.value.finished()
        expect(text).to_have_value("say @nobody")
        # A task of the page behind the one that the answer's last bytes have begun.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        page.keyboard.press("Enter")
        expect(text).to_have_value("")

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


def practice_commands(place: Place) -> list[dict[str, str]]:
    providers = place.api("GET", "providers")
    commands: list[dict[str, str]] = next(each["commands"] for each in providers if each["id"] == "practice")
    return commands
