"""BooCode's own agent in the browser: the endpoint is set in config.toml, all else is done on the screen."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from attrs import define, field
from playwright.sync_api import expect

from tests.kit.browsing import SLOW_MS, Place, serving_place
from tests.kit.scripted_model import scripted_model
from tests.ui.composing import composer, log, opened, pick, picker
from tests.ui.hands import Mouse
from tests.ui.journey import walk

PROFILES = """\
# reviewer
```toml
mode = "plan"
```
You review, and you change nothing.
"""


@define
class Model:
    """The scripted model; it may go away, and comes back at its address."""

    url: str = ""
    _running: ExitStack = field(factory=ExitStack)

    def start(self) -> None:
        port = int(self.url.rpartition(":")[2] or 0)
        self.url = self._running.enter_context(scripted_model(port))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    model = Model()
    model.start()
    yield model
    model.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("native")
    with serving_place(folder, config=f'[model]\nbase_url = "{model.url}/v1"\n') as place:
        (place.home / "AGENTS.md").write_text(PROFILES)
        place.api("POST", "providers/refresh")
        deadline = time.monotonic() + SLOW_MS / 1000
        while "reviewer" not in own(place)["modes"]:
            assert time.monotonic() < deadline, own(place)
            time.sleep(0.1)
        yield place


def own(place: Place) -> Any:
    (found,) = (each for each in place.api("GET", "providers") if each["id"] == "boocode")
    return found


def send(page: Any, text: str) -> None:
    composer(page).fill(text)
    page.keyboard.press("Enter")


def answer(page: Any) -> Any:
    return log(page).get_by_role("article", name="Answer of BooCode").last


def test_the_whole_path(place: Place, page: Any):
    def choose() -> None:
        pick(page, "Agent", "BooCode")
        pick(page, "Mode", "ask")

    walk(
        page,
        place.repository(),
        Mouse(),
        "write hello.txt: hello from a model then say done",
        before=choose,
        yes="Allow once",
        file="hello.txt",
        text="hello from a model",
    )


def test_a_profile_is_picked_as_a_mode(place: Place, page: Any):
    repository = place.repository()
    _, chat_id = place.chat(repository)
    opened(page, place, chat_id)
    pick(page, "Agent", "BooCode")
    picker(page, "Mode").click()
    expect(page.get_by_role("option", name="reviewer")).to_contain_text("A profile of yours")
    page.get_by_role("option", name="reviewer").click()
    send(page, "write hello.txt: hello then say done")
    expect(answer(page)).to_contain_text("done")
    task = place.api("GET", "tasks?limit=1")["items"][0]
    assert (task["agent"], task["mode"], task["state"]) == ("boocode", "reviewer", "completed")
    assert place.api("GET", f"sessions/{task['session_id']}/pending") == []


def test_a_sub_task_is_opened_from_the_call_that_began_it(place: Place, page: Any):
    _, chat_id = place.chat()
    opened(page, place, chat_id)
    pick(page, "Agent", "BooCode")
    send(page, f"call new_task {json.dumps({'prompt': 'say from below'})}")
    call = log(page).get_by_role("group", name=re.compile("^Tool: Sub-task"))
    call.get_by_role("button").click()
    call.get_by_role("button", name="Open the sub-task").click()
    expect(page).not_to_have_url(re.compile(chat_id))
    prompt = log(page).get_by_role("article", name="Your prompt")
    expect(prompt.get_by_text("say from below", exact=True)).to_be_visible()
    expect(answer(page)).to_contain_text("from below")
    # And back to the chat that began it; that one was begun by a person.
    # By whatever name: a small model finds one meanwhile.
    way = log(page).get_by_role("paragraph").filter(has_text="A sub-task, begun by")
    back = way.get_by_role("button")
    expect(back).to_have_accessible_description("Open the chat that began it")
    back.click()
    expect(page).to_have_url(re.compile(chat_id))
    expect(call).to_be_visible()
    expect(log(page).get_by_text("A sub-task, begun by")).to_have_count(0)


def test_a_command_is_shown_before_it_runs(place: Place, page: Any):
    _, chat_id = place.chat()
    opened(page, place, chat_id)
    pick(page, "Agent", "BooCode")
    send(page, "shell echo seen-by-the-shell then say done")
    question = page.get_by_role("group", name="Question:")
    expect(question).to_contain_text("echo seen-by-the-shell")
    expect(question.get_by_role("button", name="Always allow this command in this session")).to_be_visible()
    question.get_by_role("button", name="Allow once", exact=True).click()
    expect(answer(page)).to_contain_text("done")


def test_its_own_commands_are_offered(place: Place, page: Any):
    _, chat_id = place.chat()
    opened(page, place, chat_id)
    pick(page, "Agent", "BooCode")
    send(page, "/tools")
    expect(answer(page).get_by_text("read_file", exact=True)).to_be_visible()


def test_an_endpoint_that_is_away_says_so_and_the_next_prompt_works(place: Place, model: Model, page: Any):
    _, chat_id = place.chat()
    opened(page, place, chat_id)
    pick(page, "Agent", "BooCode")
    model.stop()
    send(page, "say hello")
    expect(answer(page)).to_contain_text("could not be reached")
    model.start()
    send(page, "say back again")
    expect(answer(page)).to_contain_text("back again")
    expect(answer(page)).not_to_contain_text("started anew")
