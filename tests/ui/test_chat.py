"""A chat as it is read: the parts of its messages by role, long outputs, older pages, exports."""

import json
import re
import time
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import DESKTOP, Place
from tests.kit.history import answer, prompt, text, write_history
from tests.ui.talking import answers, copied, log_of, open_chat, said, settle, updates, wait_for_end

MARKDOWN = """\
# A title

A *word*, `code`, a [link](https://example.org/a?b=1&c=2) and a [file](src/app.py).

- one
- [x] ready
- [ ] open

| name | count |
| --- | ---: |
| a | 22 |

```python
def hello() -> str:
    return "hello"
```
"""
OPEN_S = 1.5
SLACK = 3
LINES = 1_000
MOUNTED = 200


def plan(*entries: tuple[str, str]) -> dict[str, Any]:
    items = [{"content": content, "status": status, "priority": "medium"} for content, status in entries]
    return {"sessionUpdate": "plan", "entries": items}


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"sessionUpdate": "tool_call", "toolCallId": name, "title": name, **more}


def thought(words: str) -> dict[str, Any]:
    return {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": words}}


def shows(output: str) -> dict[str, Any]:
    return {"content": [{"type": "content", "content": {"type": "text", "text": output}}]}


def test_every_part_kind_by_role(page: Any, place: Place):
    _, chat_id = place.chat()
    updates(
        place,
        chat_id,
        thought("I think, therefore"),
        plan(("first", "completed"), ("second", "in_progress"), ("third", "pending")),
        tool(
            "Read a.py",
            kind="read",
            status="completed",
            locations=[{"path": "/x/b.py"}],
            **shows("the content"),
        ),
        tool(
            "Run tests",
            kind="execute",
            status="failed",
            rawInput={"command": "make test"},
            **shows("2 failed"),
        ),
        tool("Look around", kind="search", status="in_progress"),
        said("All is *well*."),
    )
    log = open_chat(page, place, chat_id)
    expect(log.get_by_role("article", name="Your prompt")).to_be_visible()
    reply = log.get_by_role("article", name="Answer of Echo")
    expect(reply.locator("em")).to_have_text("well")

    reasoning = reply.get_by_role("group", name="Reasoning")
    expect(reasoning.get_by_role("button", name="Thought 3 words")).to_have_attribute(
        "aria-expanded", "false"
    )
    expect(reasoning).not_to_contain_text("therefore")
    reasoning.get_by_role("button").click()
    expect(reasoning).to_contain_text("I think, therefore")

    steps = reply.get_by_role("region", name="Plan").get_by_role("listitem")
    expect(steps).to_have_count(3)
    for step, state in zip(steps.all(), ("done", "now", "to do"), strict=True):
        expect(step.get_by_role("img", name=state, exact=True)).to_be_visible()

    read = reply.get_by_role("group", name="Tool: Read a.py")
    expect(read.get_by_role("img", name="done")).to_be_visible()
    expect(read.get_by_text("b.py", exact=True)).to_be_visible()
    expect(read).not_to_contain_text("the content")
    read.get_by_role("button").click()
    expect(read.get_by_role("region", name="Output")).to_have_text("the content")

    run = reply.get_by_role("group", name="Tool: Run tests")
    expect(run.get_by_role("img", name="failed")).to_be_visible()
    run.get_by_role("button").click()
    expect(run.get_by_role("region", name="What it was given")).to_contain_text('"command": "make test"')
    # The agent said that it is done: so is what it began.
    look = reply.get_by_role("group", name="Tool: Look around")
    expect(look.get_by_role("img", name="done")).to_be_visible()


def test_a_notice_a_diff_and_an_error_by_role(page: Any, place: Place):
    _, chat_id = place.chat()
    place.prompt(chat_id, "create hello.py that prints hello")
    log = open_chat(page, place, chat_id)
    made = log.get_by_role("group", name="Tool: Create hello.py")
    made.get_by_role("button").first.click()
    expect(made).to_contain_text('print("hello")')
    notice = {"type": "notice", "text": "The agent was started anew."}
    _, other = place.chat()
    write_history(
        place.home,
        other,
        [
            prompt("go"),
            answer(text("so far"), notice, status="error", error="The agent has no key. Set one."),
        ],
    )
    log = open_chat(page, place, other)
    expect(log.get_by_role("note")).to_have_text("The agent was started anew.")
    outcome = log.get_by_role("group", name="How this turn ended")
    expect(outcome).to_contain_text("This turn failed. The agent has no key. Set one.")


def test_a_failed_turn_is_tried_again(page: Any, place: Place):
    _, chat_id = place.chat()
    place.prompt(chat_id, "fail with no coffee")
    log = open_chat(page, place, chat_id)
    log.get_by_role("button", name="Try again").click()
    expect(log.get_by_text("no coffee")).to_have_count(4)
    expect(log.get_by_role("button", name="Try again")).to_have_count(1)


def test_markdown_is_drawn_and_code_can_be_copied(page: Any, place: Place):
    _, chat_id = place.chat()
    write_history(place.home, chat_id, [prompt("*not* markdown"), answer(text(MARKDOWN))])
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("*not* markdown")).to_be_visible()
    expect(log.get_by_role("heading", name="A title")).to_be_visible()
    link = log.get_by_role("link", name="link")
    expect(link).to_have_attribute("href", "https://example.org/a?b=1&c=2")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(log.get_by_role("link")).to_have_count(1)
    expect(log.get_by_role("img", name="done", exact=True)).to_be_visible()
    expect(log.get_by_role("cell", name="22")).to_have_css("text-align", "end")
    expect(log.locator("pre .hljs-keyword").first).to_have_text("def")
    log.get_by_role("button", name="Copy this python code").click()
    page.wait_for_function("copied.length === 1")
    assert page.evaluate("copied") == ['def hello() -> str:\n    return "hello"\n']
    assert copied(page, answers(page).last) == MARKDOWN


def test_a_1000_line_tool_output_mounts_at_most_200_lines(page: Any, place: Place):
    _, chat_id = place.chat()
    output = "\n".join(f"line {n}" for n in range(1, LINES + 1))
    updates(place, chat_id, tool("Read it", kind="read", status="completed", **shows(output)))
    log = open_chat(page, place, chat_id)
    row = log.get_by_role("group", name="Tool: Read it")
    expect(row).to_be_visible()
    assert row.locator("pre").count() == 0
    row.get_by_role("button").click()

    def mounted() -> list[str]:
        return [line for pre in row.locator("pre").all_text_contents() for line in pre.split("\n")]

    expect(row.get_by_text("800 lines are not shown.")).to_be_visible()
    assert len(mounted()) == MOUNTED
    assert (mounted()[0], mounted()[-1]) == ("line 1", f"line {LINES}")
    row.get_by_role("button", name="Show 200 more lines").click()
    expect(row.get_by_text("600 lines are not shown.")).to_be_visible()
    row.get_by_role("button", name="Show all").click()
    expect(row.locator("pre")).to_have_count(1)
    assert mounted() == output.split("\n")
    row.get_by_role("button", name="Copy all of it: Output").click()
    page.wait_for_function("copied.length === 1")
    assert page.evaluate("copied") == [output]


def test_2000_messages_open_quickly_and_older_ones_come_when_scrolled_to(page: Any, place: Place):
    _, chat_id = place.chat()
    turns = [(prompt(f"prompt {n}"), answer(text(f"reply {n}\n\n{MARKDOWN}"))) for n in range(1_000)]
    write_history(place.home, chat_id, [message for turn in turns for message in turn])
    page.reload()
    expect(page.get_by_role("navigation", name="Sidebar")).to_be_visible()
    started = time.monotonic()
    page.evaluate("address => void (location.hash = address)", f"#/chat/{chat_id}")
    expect(log_of(page).get_by_text("reply 999")).to_be_attached()
    assert time.monotonic() - started < OPEN_S * SLACK
    expect(log_of(page).locator("article")).to_have_count(100)

    log = log_of(page)
    log.focus()
    page.keyboard.press("Home")
    expect(log.locator("article")).not_to_have_count(100)
    first = log.get_by_text("prompt 950", exact=True)
    expect(first).to_be_attached()
    expect(log.get_by_text("prompt 900", exact=True)).to_be_attached()


def test_older_messages_leave_what_is_looked_at_where_it_is(page: Any, place: Place):
    _, chat_id = place.chat()
    turns = [(prompt(f"prompt {n}"), answer(text(f"reply {n}\n\n{MARKDOWN}"))) for n in range(120)]
    write_history(place.home, chat_id, [message for turn in turns for message in turn])
    log = open_chat(page, place, chat_id)
    expect(log.get_by_text("reply 119")).to_be_visible()
    held = place_older_requests(page)
    # Heights above are estimates until they are drawn: one jump may not be the whole way.
    log.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('.chat-log').scrollTop < 500")
    log.get_by_text("prompt 70", exact=True).scroll_into_view_if_needed()
    settle(page)
    before = log.get_by_text("prompt 70", exact=True).bounding_box()
    held.go()
    expect(log.get_by_text("prompt 20", exact=True)).to_be_attached()
    settle(page)
    after = log.get_by_text("prompt 70", exact=True).bounding_box()
    assert abs(after["y"] - before["y"]) <= 1


class HeldRequests:
    """Requests for older messages, until they may go."""

    def __init__(self) -> None:
        self.routes: list[Any] = []
        self.is_open = False

    def hold(self, route: Any) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def go(self) -> None:
        self.is_open = True
        for route in self.routes:
            route.continue_()


def place_older_requests(page: Any) -> HeldRequests:
    held = HeldRequests()
    page.route(re.compile(r"/messages\?.*before="), held.hold)
    return held


def test_a_chat_is_exported_as_markdown_and_json(page: Any, place: Place):
    _, chat_id = place.chat()
    write_history(place.home, chat_id, [prompt("what is it?"), answer(text("It is *this*."))])
    open_chat(page, place, chat_id)

    def exported(name: str) -> tuple[str, str]:
        page.get_by_role("button", name="More about this chat").click()
        with page.expect_download() as waited:
            page.get_by_role("menuitem", name=name).click()
        return waited.value.suggested_filename, waited.value.path().read_text()

    name, words = exported("Export as Markdown")
    assert name.endswith(".md")
    assert "what is it?" in words
    assert "It is *this*." in words
    name, words = exported("Export as JSON")
    assert name.endswith(".json")
    assert json.loads(words)["messages"] == place.api("GET", f"chats/{chat_id}/messages")["items"]


def test_the_count_of_pending_changes_leads_to_the_review(page: Any, place: Place):
    _, chat_id = place.chat()
    place.prompt(chat_id, "create a.txt then create b.txt")
    log = open_chat(page, place, chat_id)
    expect(log.get_by_role("article", name="Answer of Practice")).to_be_visible()
    expect(page.get_by_role("button", name="Changes (2)")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Changes (2)")).to_be_visible()
    place.prompt(chat_id, "create c.txt")
    page.get_by_role("button", name="Changes (3)").click()
    expect(page).to_have_url(re.compile("/review$"))


def test_places_of_a_tool_are_called_as_in_the_project(page: Any, place: Place):
    session_id, chat_id = place.chat()
    updates(place, chat_id, said("I begin"))
    log = open_chat(page, place, chat_id)
    wait_for_end(page, place, chat_id)
    root = place.api("GET", f"sessions/{session_id}/worktree")["path"]
    locations = [{"path": f"{root}/src/a.py"}, {"path": "/elsewhere/b.py"}]
    updates(place, chat_id, tool("Look", kind="read", status="completed", locations=locations))
    row = log.get_by_role("group", name="Tool: Look")
    row.get_by_role("button").click()
    expect(row.get_by_text("In src/a.py, /elsewhere/b.py", exact=True)).to_be_visible()


def test_commands_of_an_agent_are_offered_after_a_reload(page: Any, place: Place):
    _, chat_id = place.chat()
    command = {"name": "review", "description": "Look at all of it"}
    updates(
        place,
        chat_id,
        {"sessionUpdate": "available_commands_update", "availableCommands": [command]},
        said("I can review"),
    )
    open_chat(page, place, chat_id)
    wait_for_end(page, place, chat_id)
    page.reload()
    field = page.get_by_role("textbox", name="What shall the agent do?")
    page.get_by_role("button", name=re.compile("^Agent")).click()
    page.get_by_role("option", name=re.compile("^Echo")).click()
    field.press_sequentially("/rev")
    expect(page.get_by_role("option", name=re.compile("review"))).to_be_visible()


def test_what_cannot_be_drawn_takes_nothing_else_with_it(browser: Any, place: Place):
    _, chat_id = place.chat()
    thoughts = {"type": "reasoning", "text": "so " * 4_711}
    write_history(place.home, chat_id, [prompt("go"), answer(thoughts, text("All is *well*."))])
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    # A fault of the browser's in the midst of drawing: it cannot write one number.
    page.add_init_script(
        "const write = Number.prototype.toLocaleString;"
        "Number.prototype.toLocaleString = function (...given) {"
        "  if (+this === 4711) throw new Error('no such number');"
        "  return write.apply(this, given);"
        "}"
    )
    page.goto(place.door)
    log = open_chat(page, place, chat_id)
    expect(log.get_by_role("group", name="Not drawn")).to_contain_text("so so so")
    expect(log.locator("em")).to_have_text("well")
    expect(page.get_by_role("textbox", name="What shall the agent do?")).to_be_visible()
    context.close()


def test_a_chat_that_is_not_there_says_so(page: Any, place: Place):
    log = open_chat(page, place, "chat_of_nobody")
    expect(log.get_by_role("alert")).to_contain_text("chat_of_nobody")
    expect(log.get_by_role("button", name="Try again")).to_be_visible()
