"""What an agent says can do nothing but be read: no script runs, nothing is asked outside, no text deceives."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import Place
from tests.kit.history import answer, prompt, text, write_history
from tests.ui.talking import answers, copied, echo, log_of, open_chat, said, updates, wait_for_end

OUTSIDE = "https://outside.example"
SCRIPTS = f"""\
<script>window.pwned = 1</script>

<img src=x onerror="window.pwned = 2"> <svg onload="window.pwned = 3"><a xlink:href="javascript:pwned=4">x</a></svg>

<iframe src="{OUTSIDE}/frame"></iframe><object data="{OUTSIDE}/o"></object><embed src="{OUTSIDE}/e">

<style>@import url({OUTSIDE}/s.css); body {{ background: url({OUTSIDE}/b.png) }}</style>
<link rel="stylesheet" href="{OUTSIDE}/l.css"><base href="{OUTSIDE}/">
<meta http-equiv="refresh" content="0;url={OUTSIDE}">

<form action="{OUTSIDE}/form"><input name=token><button>Continue</button></form>

[script](javascript:window.pwned=5) [tabs](java\tscript:window.pwned=6) [html](data:text/html,<script>pwned=7</script>)
[entity](&#106;avascript:window.pwned=8) [vb](vbscript:pwned)
[upper](JaVaScRiPt:window.pwned=9) <javascript:window.pwned=10>

![picture]({OUTSIDE}/pixel.png) ![quote](x" onerror="window.pwned=11) [![inner]({OUTSIDE}/inner.png)]({OUTSIDE}/page)

[title]({OUTSIDE} "a\\" onmouseover=\\"window.pwned=12")

<a href="javascript:window.pwned=13" style="position:fixed;inset:0">all of the page</a>
<details open ontoggle="window.pwned=14"><summary>x</summary></details>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=15&gt;">

```html" onclick="window.pwned=16
<script>window.pwned = 17</script>
```

<b>left open <kbd>and this
"""
ALLOWED = {"http:", "https:", "mailto:"}
LONG_LINE = 1_000_000


def outside_of(page: Any, place: Place) -> list[str]:
    """From now on: what the page asks of anybody but its server."""
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if not request.url.startswith(place.url) else None,
    )
    return asked


def assert_harmless(page: Any) -> None:
    assert page.evaluate("window.pwned") is None
    log = log_of(page)
    kinds = "img, svg:not(.icon), iframe, object, embed, style, link, base, meta, form, input, script, math, details"
    assert log.locator(kinds).count() == 0
    assert (
        log.locator(":is(.markdown, .prompt-text, pre) *").evaluate_all(
            "all => all.flatMap(node => [...node.attributes]).filter(a => /^on|style/i.test(a.name)).map(a => a.name)"
        )
        == []
    )
    for link in log.locator("a").all():
        assert link.evaluate("link => link.protocol") in ALLOWED
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("target") == "_blank"


@pytest.mark.parametrize("way", ["loaded", "streamed"])
def test_hostile_markdown_runs_nothing_and_asks_nothing_outside(page: Any, place: Place, way: str):
    _, chat_id = place.chat()
    if way == "loaded":
        write_history(
            place.home, chat_id, [prompt(SCRIPTS), answer(text(SCRIPTS), {"type": "notice", "text": SCRIPTS})]
        )
    asked = outside_of(page, place)
    log = open_chat(page, place, chat_id)
    if way == "streamed":
        echo(place, chat_id, SCRIPTS, 9, 2)
        wait_for_end(page, place, chat_id)
    reply = log.get_by_role("article", name=re.compile("^Answer"))
    expect(reply.get_by_text("<script>window.pwned = 1</script>").first).to_be_visible()
    picture = reply.get_by_role("link", name=re.compile("picture$"))
    expect(picture).to_have_attribute("href", f"{OUTSIDE}/pixel.png")
    for name in ("script", "tabs", "html", "entity", "vb", "upper"):
        assert reply.get_by_role("link", name=name, exact=True).count() == 0
    reply.get_by_text("all of the page").first.hover()
    assert_harmless(page)
    assert copied(page, answers(page).last) == SCRIPTS.strip() or copied(page, answers(page).last) == SCRIPTS
    assert asked == []


def test_hostile_words_of_tools_run_nothing(page: Any, place: Place):
    _, chat_id = place.chat()
    asked = outside_of(page, place)
    log = open_chat(page, place, chat_id)
    evil = '<img src=x onerror="window.pwned=1">'
    shown = {
        "content": [
            {"type": "content", "content": {"type": "text", "text": f"\x1b[31m{evil}\x1b[0m \u202egpj.exe"}}
        ]
    }
    call = {"sessionUpdate": "tool_call", "toolCallId": "1", "kind": evil, "status": "completed", **shown}
    updates(
        place,
        chat_id,
        {
            **call,
            "title": f"{evil} \u202etxt.sh",
            "rawInput": {evil: evil},
            "locations": [{"path": f"/x/{evil}"}],
        },
        {
            "sessionUpdate": "plan",
            "entries": [{"content": f"{evil}\u202e", "status": evil, "priority": "low"}],
        },
        {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": evil}},
        said("done"),
    )
    row = log.get_by_role("group", name=re.compile("^Tool:"))
    expect(row).to_contain_text("⟦RLO⟧txt.sh")
    row.get_by_role("button").first.click()
    expect(row.get_by_role("region", name="Output")).to_have_text(f"{evil} ⟦RLO⟧gpj.exe")
    log.get_by_role("group", name="Reasoning").get_by_role("button").click()
    wait_for_end(page, place, chat_id)
    assert "\u202e" not in log.inner_text()
    assert_harmless(page)
    assert asked == []


def test_a_text_that_turns_the_direction_around_is_marked(page: Any, place: Place):
    _, chat_id = place.chat()
    words = "open \u202egpj.\u202ctxt and \u2066this\u2069 and `a\u202eb`"
    write_history(place.home, chat_id, [prompt(words), answer(text(words))])
    log = open_chat(page, place, chat_id)
    marked = "open ⟦RLO⟧gpj.⟦PDF⟧txt and ⟦LRI⟧this⟦PDI⟧ and "
    expect(log.get_by_text(marked)).to_have_count(2)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", log.inner_text())
    # Honest right-to-left writing is left as it is.
    _, other = place.chat()
    write_history(place.home, other, [prompt("שלום"), answer(text("שלום עולם"))])
    log = open_chat(page, place, other)
    expect(log.get_by_text("שלום עולם")).to_have_css("direction", "rtl")


def test_a_question_shows_what_would_deceive_who_answers(page: Any, place: Place):
    _, chat_id = place.chat()
    place.prompt(chat_id, "run echo a\u202etxt.sh\u200b\u061c\U000e0041")
    open_chat(page, place, chat_id)
    question = page.get_by_role("group", name=re.compile("^Question"))
    shown = "echo a⟦U+202E⟧txt.sh⟦U+200B⟧⟦U+061C⟧⟦U+E0041⟧"
    expect(question.get_by_role("region", name="Command")).to_have_text(shown)
    unseen = re.compile("[\u202a-\u202e\u200b\u061c\U000e0041]")
    assert not unseen.search(question.inner_text() + (question.get_attribute("aria-label") or ""))
    page.goto(f"{place.url}/#/inbox")
    asked = page.get_by_role("region", name="Questions").get_by_role("article", name="⟦U+202E⟧txt.sh")
    assert not unseen.search(asked.inner_text() + asked.get_attribute("aria-label"))
    place.api("POST", f"chats/{chat_id}/cancel")


@pytest.mark.parametrize("line", ["x" * LONG_LINE, "word " * (LONG_LINE // 5), "[a](b) *" * (LONG_LINE // 8)])
def test_a_line_of_a_megabyte_does_not_hang_the_page(page: Any, place: Place, line: str):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    echo(place, chat_id, f"before\n\n{line}\n\nafter", 20_000, 5)
    whole = wait_for_end(page, place, chat_id)
    field = page.get_by_role("textbox", name="What shall the agent do?")
    field.fill("still here")
    expect(field).to_have_value("still here")
    expect(log.get_by_text("before", exact=True)).to_be_attached()
    expect(log.get_by_text("after", exact=True)).to_be_attached()
    assert copied(page, answers(page).last) == whole
    log.get_by_role("button", name=re.compile(r"^Show all [\d,]+ characters$")).click()
    assert log.locator(".md-long").evaluate("long => long.textContent.length") >= len(line.strip())


def test_quotes_deeper_than_the_stack_leave_the_chat_usable(page: Any, place: Place):
    _, chat_id = place.chat()
    log = open_chat(page, place, chat_id)
    deep = f"*before*\n\n{'>' * 9_000} deep\n\n*after*"
    echo(place, chat_id, deep, 3_000, 5)
    assert wait_for_end(page, place, chat_id) == deep
    expect(log.locator("em")).to_have_text(["before", "after"])
    expect(answers(page).get_by_text(">>>>> deep")).to_be_attached()
    place.prompt(chat_id, "and on", "echo")
    expect(log.get_by_role("article", name="Your prompt")).to_have_count(2)
    page.reload()
    expect(log.locator("em")).to_have_text(["before", "after"])
    expect(page.get_by_role("textbox", name="What shall the agent do?")).to_be_visible()
