"""A chat as Markdown: readable, whole, and nothing in it reaches beyond its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.contracts.resources import Chat, Diff, Message, Part, PlanItem, ToolLabel, Usage
from boocode.domain.chat_markdown import MAX_DIFF_LINES, closed, code, fence, heading, message_markdown, plain

AT = "2026-01-01T00:00:00.000Z"
CHAT = Chat("chat_1", "sess_1", "Fix *it*\nnow", AT)


def answer(*parts, **more):
    fields = {"status": "complete", "agent": "practice", "model": "m-1", "text": ""} | more
    return Message("msg_2", "chat_1", "assistant", parts=parts, created_at=AT, **fields)


def prompt(text, **more):
    parts = (Part("text", text=text),)
    return Message("msg_1", "chat_1", "user", "complete", None, None, text, parts, AT, **more)


def outside_fences(text):
    """The lines that a reader of Markdown takes for Markdown; AssertionError when a fence stays open."""
    lines, marks = [], None
    for line in text.splitlines():
        match = re.match(r" {0,3}(`{3,}|~{3,})(.*)$", line)
        if marks is None and match and not (match[1][0] == "`" and "`" in match[2]):
            marks = match[1]
        elif marks is None:
            lines.append(line)
        elif match and match[1][0] == marks[0] and len(match[1]) >= len(marks) and not match[2].strip():
            marks = None
    assert marks is None, text
    return lines


def test_the_head_says_what_it_is_in_one_line_each():
    assert heading(CHAT, "hello", "New session", "2026-01-02T03:04:05Z") == (
        "# Fix \\*it\\* now\n\nhello · New session · exported 2026-01-02T03:04:05Z\n"
    )


def test_a_prompt_and_its_answer():
    assert message_markdown(prompt("Make **it** bold")) == "\n## You\n\nMake **it** bold\n"
    text = message_markdown(
        answer(
            Part("reasoning", text="Let me think.\n</details>\n"),
            Part("text", text="# Done\n\n- one\n"),
            Part("notice", text="careful\nnow"),
            usage=Usage(12, None, 0.25),
        )
    )
    assert text == (
        "\n## practice · m-1\n"
        "\n<details>\n<summary>Reasoning</summary>\n\nLet me think.\n&lt;/details>\n\n</details>\n"
        "\n# Done\n\n- one\n"
        "\n> careful\n> now\n"
        "\n*12 tokens in · $0.2500*\n"
    )


def test_a_tool_shows_everything_that_is_known_of_it():
    tool = Part(
        "tool",
        title="Edit `hello.py`",
        kind="edit",
        status="completed",
        input={"path": "hello.py", "text": "```\n# not a heading"},
        output="done\n````\n## nor this",
        locations=("hello.py", "odd`name.py"),
        diff=Diff("hello.py", "a\nb\n", "a\nc\n"),
        permission="Allowed once by a person",
    )
    text = message_markdown(answer(tool))
    assert "\n**Tool: Edit \\`hello.py\\`** (edit, completed)\n" in text
    assert "\n- `hello.py`\n- `` odd`name.py ``\n" in text
    assert "\n> Allowed once by a person\n" in text
    assert '````json\n{\n  "path": "hello.py",' in text
    assert "`````\ndone\n````\n## nor this\n`````" in text
    assert "```diff\n--- a/hello.py\n+++ b/hello.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n```" in text
    assert [line for line in outside_fences(text) if line.startswith("#")] == ["## practice · m-1"]


def test_a_whole_path_begins_with_one_slash():
    text = message_markdown(answer(Part("tool", title="w", diff=Diff("/work/hello.py", "a\n", "b\n"))))
    assert "--- a/work/hello.py\n+++ b/work/hello.py\n" in text


def test_a_new_file_and_one_that_is_too_long_for_a_diff():
    new = message_markdown(answer(Part("tool", title="w", diff=Diff("n.py", None, "x\n"))))
    assert "--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n" in new
    long = "\n".join(f"line {n}" for n in range(MAX_DIFF_LINES))
    text = message_markdown(answer(Part("tool", title="w", diff=Diff("n.py", "old", long))))
    assert "`n.py` became:" in text
    assert long in text


def test_a_plan_is_a_list_that_can_be_ticked_off():
    entries = (
        PlanItem("look", "completed", "high"),
        PlanItem("write", "in_progress", "high"),
        PlanItem("te\nst", "pending", "low"),
    )
    assert message_markdown(answer(Part("plan", entries=entries))).endswith(
        "\n**Plan**\n\n- [x] look\n- [ ] write *(in\\_progress)*\n- [ ] te st\n"
    )


@pytest.mark.parametrize("status", ["streaming", "cancelled", "error", "interrupted"])
def test_a_turn_that_did_not_end_well_says_so(status):
    text = message_markdown(answer(Part("text", text="half"), status=status, error="it broke\nbadly"))
    assert "\n\n> **This " in text
    assert text.endswith("it broke\n> badly\n")


def test_a_prompt_that_waits_says_so():
    assert message_markdown(prompt("later", queued=True)).endswith("\n*Waits for its turn.*\n")


def test_nobody_and_nothing_is_still_a_message():
    assert message_markdown(answer(agent=None, model=None)) == "\n## Agent\n"
    assert message_markdown(answer(Part("text", text=" \n"), Part("tool"), Part("plan"))).startswith("\n## ")


ANY = st.text(st.sampled_from("`~#> \n\tab<*_"), max_size=60)


@given(ANY)
def test_a_fence_holds_what_is_in_it(text):
    assert outside_fences(fence(text)) == []
    assert fence(text).split("\n", 1)[1].rsplit("\n", 1)[0] == text.removesuffix("\n")


@given(ANY, ANY, ANY)
def test_no_part_reaches_beyond_its_place(text, output, title):
    message = answer(
        Part("text", text=text),
        Part("reasoning", text=output),
        Part("notice", text=title),
        Part(
            "tool", title=title, kind="run", input={"x": text}, output=output, diff=Diff(title, text, output)
        ),
    )
    lines = outside_fences(message_markdown(message) + "\n## The next one\n")
    assert lines[-1] == "## The next one"


@given(ANY)
def test_a_text_without_an_open_fence_stays_as_it_is(text):
    whole = closed(text)
    assert whole.startswith(text.rstrip("\n"))
    assert closed(whole) == whole


@given(st.text(max_size=40))
def test_names_stay_in_their_line(name):
    for shown in (plain(name), code(name)):
        assert len(shown.splitlines()) <= 1


def test_a_run_of_tools_is_folded_under_its_label():
    calls = tuple(Part("tool", tool_call_id=each, title=f"Read {each}", status="completed") for each in "ab")
    thought = Part("reasoning", text="Now b.\n</details>")
    label = ToolLabel(("a", "b"), "Look for <b> & *more*")
    parts = (calls[0], thought, calls[1], Part("text", text="There."))
    assert message_markdown(answer(*parts, labels=(label,))) == (
        "\n## practice · m-1\n"
        "\n<details>\n<summary>Look for &lt;b&gt; &amp; *more* (2 tool calls)</summary>\n\n"
        "**Tool: Read a** (completed)\n\n> Now b.\n> &lt;/details>\n\n**Tool: Read b** (completed)\n\n</details>\n"
        "\nThere.\n"
    )
