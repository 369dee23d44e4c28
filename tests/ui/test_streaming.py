"""A reply while it is written: nothing lost, nothing doubled, nothing moved from where a person looks."""

import random
import re
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import Place
from tests.kit.history import answer, prompt, text, write_history
from tests.ui.talking import answers, copied, echo, log_of, open_chat, settle, shown, wait_for_end

SLACK = 3
SCRIPT_S = 1.0
INPUT_DELAY_MS = 50
PARAGRAPH = "Some words of a *reply* that is `long` enough to be more than one line on any screen there is. "
BLOCKS = f"""\
## Part

{PARAGRAPH * 4}

- one
- two

```python
{"print('hello')  # a line of code" + chr(10)}```

| a | b |
| - | - |
| 1 | 2 |

"""
TOP = "() => document.querySelector('.chat-log').scrollTop"


# Where the page is laid out anew, for another width, there is no conversation for a moment.
FROM_END = """(log => log ? log.scrollHeight - log.scrollTop - log.clientHeight : Infinity)(
  document.querySelector('.chat-log'))"""
FIRST_MARK = """() => [...document.querySelectorAll('.chat-log .md-block')]
  .map(block => block.getBoundingClientRect().top).find(top => top > 100)"""


def reaches_end(page: Any) -> None:
    page.wait_for_function(f"() => {FROM_END} < 3")


def reply_of(characters: int) -> str:
    return (BLOCKS * (characters // len(BLOCKS) + 1))[:characters].strip()


def past(place: Place, turns: int = 25) -> str:
    """A chat with as many turns."""
    _, chat_id = place.chat()
    told = [(prompt(f"prompt {n}"), answer(text(f"reply {n}\n\n{BLOCKS}"))) for n in range(turns)]
    write_history(place.home, chat_id, [message for turn in told for message in turn])
    return chat_id


def say_slowly(
    page: Any, place: Place, chat_id: str, characters: int, size: int = 20, pause_ms: float = 5
) -> str:
    """Has a reply begun, and waits until it is seen to grow."""
    said = reply_of(characters)
    echo(place, chat_id, said, size, pause_ms)
    page.wait_for_function("() => document.querySelector('article[aria-busy] .md-block') !== null")
    return said


def test_10000_deltas_with_random_reconnects_give_the_servers_text(page: Any, place: Place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    page.reload()
    chance = random.Random(5)
    words = " ".join(f"{n:04}" for n in range(10_000))
    echo(place, chat_id, words, 5, 0.3)
    page.wait_for_function("() => document.querySelector('article[aria-busy]') !== null")
    drops = 0
    while page.locator("article[aria-busy]").count():
        page.evaluate("sockets.at(-1).close()")
        drops += 1
        page.wait_for_timeout(chance.uniform(50, 300))
    whole = wait_for_end(page, place, chat_id)
    assert drops >= 3
    assert page.evaluate("sockets.length") > 3
    assert whole == words
    assert copied(page, answers(page).last) == words
    expect(answers(page).last.locator(".markdown")).to_have_text(words)


def test_what_was_streamed_looks_as_what_is_loaded(page: Any, place: Place):
    _, chat_id = place.chat()
    open_chat(page, place, chat_id)
    say_slowly(page, place, chat_id, 6_000, 7, 1)
    # Another window comes in the middle: it has the turn from its beginning.
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    late = opened.value
    whole = wait_for_end(page, place, chat_id)
    wait_for_end(late, place, chat_id)
    streamed = shown(page)
    assert shown(late) == streamed
    late.close()
    assert copied(page, answers(page).last) == whole
    page.reload()
    expect(answers(page)).to_have_count(1)
    assert shown(page) == streamed


def test_the_end_is_followed_and_wheel_up_keeps_the_place(page: Any, place: Place):
    chat_id = past(place)
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("reply 24")).to_be_attached()
    say_slowly(page, place, chat_id, 16_000)
    reaches_end(page)
    log.hover()
    page.mouse.wheel(0, -400)
    settle(page, grows=True)
    top, mark = page.evaluate(TOP), page.evaluate(FIRST_MARK)
    height = page.evaluate("document.querySelector('.chat-log').scrollHeight")
    page.wait_for_function(
        "before => document.querySelector('.chat-log').scrollHeight > before + 500", arg=height
    )
    assert abs(page.evaluate(TOP) - top) <= 1
    assert abs(page.evaluate(FIRST_MARK) - mark) <= 1
    page.get_by_role("button", name=re.compile("^Jump to the end")).click()
    reaches_end(page)
    wait_for_end(page, place, chat_id)
    expect(page.get_by_role("button", name=re.compile("^Jump to the end"))).to_have_count(0)
    reaches_end(page)


def test_keys_upwards_release_the_end_and_end_arms_it(page: Any, place: Place):
    chat_id = past(place, 6)
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("reply 5")).to_be_attached()
    count = 6
    for key in ("PageUp", "ArrowUp", "Home", "Shift+Space"):
        log.focus()
        page.keyboard.press(key)
        settle(page)
        top = page.evaluate(TOP)
        echo(place, chat_id, BLOCKS * 3)
        count += 3
        expect(log.get_by_role("heading", name="Part")).to_have_count(count)
        assert abs(page.evaluate(TOP) - top) <= 1
        expect(page.get_by_role("button", name=re.compile(r"^Jump to the end · \d+ new$"))).to_be_visible()
        page.keyboard.press("End")
        reaches_end(page)
    echo(place, chat_id, BLOCKS * 3)
    expect(log.get_by_role("heading", name="Part")).to_have_count(count + 3)
    reaches_end(page)


def test_a_change_of_height_neither_releases_nor_arms(page: Any, place: Place):
    chat_id = past(place, 12)
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("reply 11")).to_be_attached()
    page.set_viewport_size({"width": 700, "height": 500})
    page.set_viewport_size({"width": 1100, "height": 900})
    reaches_end(page)
    settle(page)
    log.hover()
    page.mouse.wheel(0, -600)
    expect(page.get_by_role("button", name="Jump to the end")).to_be_visible()
    page.set_viewport_size({"width": 1100, "height": 3_000})
    settle(page)
    page.set_viewport_size({"width": 1100, "height": 500})
    expect(page.get_by_role("button", name="Jump to the end")).to_be_visible()


def test_a_long_reply_costs_little_script_and_keys_do_not_wait(page: Any, place: Place):
    chat_id = past(place)
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("reply 24")).to_be_attached()
    session = page.context.new_cdp_session(page)
    # Seconds of this thread's own work: what other programs take does not count.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def script_s() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "ScriptDuration"))

    before = script_s()
    say_slowly(page, place, chat_id, 20_000, 20, 3)
    field = page.get_by_role("textbox", name="What shall the agent do?")
    field.focus()
    page.evaluate("delays.length = 0")
    while page.locator("article[aria-busy]").count():
        page.keyboard.press("a")
    wait_for_end(page, place, chat_id)
    assert script_s() - before <= SCRIPT_S * SLACK
    delays = sorted(page.evaluate("delays"))
    assert len(delays) > 5
    assert delays[len(delays) // 2] <= INPUT_DELAY_MS * SLACK


def test_start_and_end_of_a_turn_are_announced_and_the_log_is_not_live(page: Any, place: Place):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    expect(log).not_to_have_attribute("aria-live", re.compile("."))
    echo(place, chat_id, "a few words", 1, 50)
    announced = page.get_by_role("status", name="Announcements")
    expect(announced).to_have_text("Echo has started.")
    expect(announced).to_have_text("Echo is done.")


def test_server_restart_needs_no_reload_and_leaves_the_exact_transcript(page: Any, place: Place):
    chat_id = past(place, 3)
    open_chat(page, place, chat_id)
    echo(place, chat_id, "before the end")
    wait_for_end(page, place, chat_id)
    page.evaluate("window.isTheSamePage = true")
    say_slowly(page, place, chat_id, 20_000)
    place.stop()
    place.start()
    page.wait_for_function("() => !document.querySelector('article[aria-busy]')")
    expect(log_of(page).get_by_role("group", name="How this turn ended")).to_contain_text("cut off")
    echo(place, chat_id, "and after it")
    expect(log_of(page).get_by_text("and after it", exact=True)).to_have_count(1)
    wait_for_end(page, place, chat_id)
    assert page.evaluate("window.isTheSamePage")
    stored = [message["text"] for message in place.api("GET", f"chats/{chat_id}/messages")["items"]]
    live = shown(page)
    assert copied(page, answers(page).nth(-2)) == stored[-3]
    page.reload()
    expect(log_of(page).locator("article")).to_have_count(len(stored))
    expect(log_of(page).get_by_text("and after it", exact=True)).to_be_attached()
    assert shown(page) == live


def test_messages_that_a_restore_hides_go_and_come_back(page: Any, place: Place):
    session_id, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    for name in ("one", "two"):
        place.prompt(chat_id, f"create {name}.txt")
        expect(log.get_by_text(f"I wrote {name}.txt.")).to_be_visible()
    points = place.api("GET", f"sessions/{session_id}/checkpoints")
    points = points["items"] if isinstance(points, dict) else points
    second = next(point for point in points if (point["title"] or "").startswith("create two"))
    done = place.api("POST", f"checkpoints/{second['id']}/restore")
    expect(log.get_by_text("I wrote two.txt.")).to_have_count(0)
    expect(log.get_by_text("I wrote one.txt.")).to_be_visible()
    place.api("POST", f"checkpoints/{done['safety']['id']}/restore")
    expect(log.get_by_text("I wrote two.txt.")).to_be_visible()
    live = shown(page)
    page.reload()
    expect(log.get_by_text("I wrote two.txt.")).to_be_visible()
    assert shown(page) == live


def test_a_tool_that_grows_shows_its_newest_output(page: Any, place: Place):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    place.prompt(chat_id, "run for i in 1 2 3; do echo step $i; sleep 0.2; done", mode="auto")
    row = log.get_by_role("group", name=re.compile("^Tool: Run for i"))
    row.get_by_role("button").first.click()
    expect(row.get_by_role("region", name="Output")).to_have_text(re.compile("step 1\nstep 2\nstep 3"))
    expect(row.get_by_role("img", name="done")).to_be_visible()
