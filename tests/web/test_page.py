"""The built-in page in a real browser, against a real server with the practice agent."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import define

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SLOW_MS = 20_000
"""How long anything may take on a busy machine."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@define
class Place:
    """A running server and its folder of repositories."""

    url: str
    token: str
    folder: Path
    count: int = 0

    @property
    def door(self) -> str:
        return f"{self.url}/plain?token={self.token}"

    def repository(self) -> Path:
        self.count += 1
        path = self.folder / f"project{self.count}"
        path.mkdir()
        (path / "README.md").write_text("# hello\n")
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
            self.git(path, *command)
        return path

    def git(self, path: Path, *arguments: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        return subprocess.run(command, cwd=path, check=True, capture_output=True, text=True).stdout

    def api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx2.request(method, f"{self.url}/api/{path}", json=body, headers=headers, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def delete(self, path: str) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx2.delete(f"{self.url}/api/{path}", headers=headers, timeout=30)
        assert answer.is_success, answer.text

    def chat(self) -> tuple[str, str]:
        """A project with one session; returns the ids of session and chat."""
        project = self.api("POST", "projects", {"path": str(self.repository())})
        session = self.api("POST", "sessions", {"project_id": project["id"]})
        return session["id"], session["chats"][0]["id"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "home").mkdir()
    late = f'[providers.late]\nlabel = "A latecomer"\ncommand = ["{folder / "latecomer"}"]\n'
    (folder / "home" / "config.toml").write_text(late)
    environ = {**os.environ, "BOOCODE_HOME": str(folder / "home")}
    environ.pop("DATABASE_URL", None)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "boocode", "serve", "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            stderr=log,
            env=environ,
        )
    assert server.stdout is not None
    with server.stdout as stdout:
        line = stdout.readline()
        assert line, (folder / "server.log").read_text()
        ready = json.loads(line)
        yield Place(f"http://127.0.0.1:{ready['port']}", ready["token"], folder)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # The database driver's bridge has replaced what asyncio makes its loops with; the browser's needs a plain one.
    bridged = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()
    finally:
        asyncio.set_event_loop_policy(bridged)


@pytest.fixture
def page(browser: Any, place: Place) -> Iterator[Any]:
    """A signed-in page of a fresh profile. What it complains about fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.goto(place.door)
    page.wait_for_selector("text=Connected")
    yield page
    context.close()
    assert complaints == []


def is_complaint(message: Any) -> bool:
    """Refused requests are shown on the page; what the browser itself objects to is a fault."""
    return (
        message.type == "error"
        and "Failed to load resource" not in message.text
        and "WebSocket" not in message.text
    )


def open_chat(page: Any, place: Place, chat_id: str) -> None:
    page.goto(f"{place.url}/#/chat/{chat_id}")
    page.reload()
    page.wait_for_selector("#prompt")


def prompt(page: Any, text: str) -> None:
    page.get_by_label("What shall the agent do?").fill(text)
    page.keyboard.press("Enter")


def answers(page: Any) -> Any:
    return page.locator("article.assistant")


def wait_for_end(page: Any, number: int = 1) -> None:
    """Until the given answer has ended."""
    page.wait_for_function(
        "n => { const all = document.querySelectorAll('article.assistant');"
        " return all.length >= n && !all[n - 1].classList.contains('streaming'); }",
        arg=number,
    )


def test_without_a_token_there_is_only_a_note(browser, place):
    page = browser.new_page()
    page.goto(place.url)
    assert "BooCode needs your token" in page.inner_text("h1")
    page.get_by_label("Token").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=not the right one")
    page.get_by_label("Token").fill(place.token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("text=Connected")
    assert "token" not in page.url
    page.close()


def test_the_whole_path_from_a_path_to_an_applied_change(page, place):
    repository = place.repository()
    page.get_by_label("Add a project").fill(str(place.folder / "nothing"))
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("[role=alert]:has-text('git init')")
    page.get_by_label("Add a project").fill(str(repository))
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("text=What shall be done?")
    prompt(page, "create hello.py that prints hello then run python3 hello.py")
    page.wait_for_selector("text=The agent asks")
    assert page.locator(".agent-status").inner_text().endswith("waits for your answer")
    page.get_by_role("button", name="Run it", exact=True).click()
    wait_for_end(page)
    page.wait_for_selector(".line.add:has-text('print(\"hello\")')")
    assert not (repository / "hello.py").exists()
    page.get_by_role("button", name="Apply all").click()
    page.wait_for_selector(".file", state="detached")
    assert (repository / "hello.py").read_text() == 'print("hello")\n'
    page.wait_for_selector("h1:has-text('create hello.py that prints hello')")


def test_a_reload_in_the_middle_shows_exactly_what_the_server_has(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, "count to 120 every 20 ms")
    answers(page).locator("text=/\\b10\\b/").wait_for()
    page.reload()
    wait_for_end(page)
    stored = place.api("GET", f"chats/{chat_id}/messages")["items"][-1]
    assert answers(page).locator(".parts .prose").inner_text().split() == stored["text"].split()
    assert len(stored["text"].split()) >= 120


def test_a_restart_of_the_edge_loses_and_repeats_nothing_and_needs_no_reload(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    page.evaluate("window.sameDocument = true")
    prompt(page, "count to 150 every 20 ms")
    answers(page).locator("text=/\\b10\\b/").wait_for()
    restart_edge(place)
    page.wait_for_selector("text=Connected")
    wait_for_end(page)
    stored = place.api("GET", f"chats/{chat_id}/messages")["items"][-1]
    assert answers(page).locator(".parts .prose").inner_text().split() == stored["text"].split()
    assert page.evaluate("window.sameDocument")


def restart_edge(place: Place) -> None:
    with contextlib.suppress(httpx2.HTTPError):  # it is asked to end itself while it answers
        place.api("POST", "supervision/actors/root/surface/edge/restart")


def test_stop_keeps_what_had_streamed(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, "count to 1000 every 20 ms")
    answers(page).locator("text=/\\b5\\b/").wait_for()
    page.get_by_label("What shall the agent do?").press("Escape")
    page.wait_for_selector("text=Stopped.")
    assert page.get_by_role("button", name="Stop").is_hidden()
    assert "5" in answers(page).inner_text()


def test_a_failed_turn_is_tried_again_by_a_button(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, "fail with no luck today")
    page.wait_for_selector("text=no luck today")
    page.get_by_role("button", name="Try again").click()
    answers(page).locator(".problem").nth(1).wait_for()
    assert page.get_by_role("button", name="Try again").count() == 1, "the first one was used"


def test_a_question_survives_a_reload_and_is_answered_once_in_any_window(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, "run ls")
    page.wait_for_selector("text=The agent asks")
    page.reload()
    page.wait_for_selector("text=The agent asks")
    other = page.context.new_page()
    other.goto(f"{place.url}/#/chat/{chat_id}")
    other.get_by_role("button", name="Do not run it").click()
    for window in (page, other):
        window.get_by_role("button", name="Run it", exact=True).wait_for(state="detached")
    wait_for_end(page)
    other.close()


def test_a_conflict_names_the_file_and_touches_nothing(page, place):
    session_id, chat_id = place.chat()
    project_id = place.api("GET", f"sessions/{session_id}")["project_id"]
    projects = place.api("GET", "projects")["items"]
    repository = Path(next(project["path"] for project in projects if project["id"] == project_id))
    open_chat(page, place, chat_id)
    prompt(page, "edit README.md replacing hello with goodbye")
    page.wait_for_selector(".line.add:has-text('# goodbye')")
    (repository / "README.md").write_text("# mine\n")
    page.get_by_role("button", name="Apply README.md").click()
    page.wait_for_selector("[role=alert]:has-text('README.md')")
    assert (repository / "README.md").read_text() == "# mine\n"
    page.get_by_role("button", name="Reject README.md").click()
    page.wait_for_selector(".file", state="detached")


def test_what_an_agent_writes_is_never_markup(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    evil = '<img src="http://127.0.0.1:1/x" onerror="window.hurt=1"><script>window.hurt=2</script> `<b>x</b>`'
    prompt(page, f"say {evil}")
    wait_for_end(page)
    assert "onerror" in answers(page).inner_text()
    assert page.evaluate("window.hurt") is None
    assert page.locator("article img, article script, article b").count() == 0
    assert all(url.startswith(place.url) for url in requests)


def test_the_tree_shows_a_restart_and_acts_after_a_question(page, place):
    page.get_by_role("link", name="Supervision").click()
    page.get_by_role("button", name="loop_probe", exact=True).click()
    page.get_by_role("button", name="Restart").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Restart").click()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    page.wait_for_selector(".events >> text=root/surface/loop_probe")
    page.wait_for_selector("dd:text-is('2')")
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Suspend").wait_for()


def test_the_path_can_be_walked_with_the_keyboard_alone(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    page.get_by_label("What shall the agent do?").focus()
    page.keyboard.type("create k.txt with the text keys")
    page.keyboard.press("Enter")
    page.wait_for_selector(".file")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Apply all":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".file", state="detached")


def test_a_phone_needs_no_sideways_scrolling(browser, place):
    _, chat_id = place.chat()
    place.api("POST", f"chats/{chat_id}/messages", {"text": f"say {'long' * 80}", "agent": "practice"})
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(place.door)
    for hash_, landmark in (
        (f"#/chat/{chat_id}", "#prompt"),
        ("#/tree", "tr:has-text('hub')"),
        ("#/chat/none", "h1"),
    ):
        page.goto(f"{place.url}/{hash_}")
        page.wait_for_selector(landmark)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, hash_
    page.get_by_role("button", name="Projects").click()
    page.get_by_label("Add a project").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_draft_survives_a_reload(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    page.get_by_label("What shall the agent do?").fill("half a thought")
    page.reload()
    page.wait_for_selector("#prompt")
    assert page.get_by_label("What shall the agent do?").input_value() == "half a thought"


def test_scrolling_up_lets_go_of_the_stream_and_the_button_takes_it_again(page, place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    prompt(page, "say " + "word " * 1500)
    wait_for_end(page)
    prompt(page, "count to 300 every 20 ms")
    answers(page).nth(1).locator("text=/\\b5\\b/").wait_for()
    page.locator(".log").hover()
    page.mouse.wheel(0, -400)
    page.wait_for_function("() => document.querySelector('.jump').hidden === false")
    top = page.evaluate("document.querySelector('.log').scrollTop")
    answers(page).nth(1).locator("text=/\\b60\\b/").wait_for()
    assert abs(page.evaluate("document.querySelector('.log').scrollTop") - top) <= 1
    page.get_by_role("button", name="Jump to the newest").click()
    page.wait_for_function(
        "() => { const log = document.querySelector('.log');"
        " return log.scrollHeight - log.scrollTop - log.clientHeight < 4; }"
    )
