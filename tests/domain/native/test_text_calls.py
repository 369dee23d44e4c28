"""The stream that takes calls out of text: any cuts, any text, bounded and linear."""

import itertools
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boocode.domain.events import Reasoning, Text
from boocode.domain.native.call_block import HELD
from boocode.domain.native.call_bodies import WrittenCall
from boocode.domain.native.call_openings import HEAD
from boocode.domain.native.text_calls import TextCalls
from tests.domain.native.weak_answers import CALL, OFFERED, RECOVERED, SAMPLES, TEXT

SPACE_HELD = 1_000


def through(pieces: list[str], *, cut_short: bool = False) -> tuple[str, str, list[WrittenCall], list[str]]:
    """What is shown as text and as thoughts, the calls, and the words for the model."""
    stream = TextCalls(OFFERED)
    events = [event for piece in pieces for event in stream.feed(piece)]
    events.extend(stream.finish(cut_short=cut_short))
    shown = "".join(event.text for event in events if isinstance(event, Text))
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    return shown, thought, stream.calls, stream.unmade


def cut(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(min(one, len(text)) for one in cuts), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]


marks = st.sampled_from(
    [
        *(
            "<",
            ">",
            "</",
            "[",
            "]",
            "{",
            "}",
            "`",
            "```",
            "~~~",
            "\n",
            "\n\n",
            " ",
            "    ",
            "\t",
            "> ",
            "- ",
            ".",
            "é",
        ),
        *(
            "<tool_call>",
            "</tool_call>",
            "<function=read_file>",
            "<parameter=path>",
            "</parameter>",
            "</function>",
        ),
        *(
            '<invoke name="read_file">',
            "</invoke>",
            "<function_calls>",
            "</function_calls>",
            "<read_file>",
            "</read_file>",
        ),
        *(
            "[TOOL_CALLS]",
            "read_file",
            "[ARGS]",
            "<|python_tag|>",
            "<|tool_call>",
            "call:",
            "<tool_call|>",
            "json",
            "x",
        ),
        *(
            "<think>",
            "</think>",
            "<|channel|>",
            "analysis",
            "<|message|>",
            "<|end|>",
            "<|start|>assistant",
            "[THINK]",
        ),
        *(
            "<tool_response>",
            "<|im_end|>",
            "<｜tool▁call▁begin｜>",
            "<｜tool▁sep｜>",
            "<｜tool▁call▁end｜>",
            "<List<int>>",
        ),
        *(
            CALL,
            CALL[:-1],
            '{"name": "read_file"',
            '"arguments": ',
            '{"path": "a"}',
            "a.py",
            "[read_file(",
            'path="a")]',
        ),
    ]
)
scraps = st.lists(st.one_of(marks, st.sampled_from([one.text for one in SAMPLES])), max_size=10).map("".join)


@settings(max_examples=150, deadline=None)
@given(scraps, st.lists(st.integers(0, 300), max_size=12), st.booleans())
@example("```json\n" + CALL + "\n``` x", list(range(80)), False)
@example("<tool_call>" + " " * 70 + CALL + "</tool_call>", list(range(0, 100, 3)), False)
@example(CALL + "\n" * 300 + "word", [60, 200, 300], False)
@example(f"<tool_call>{CALL}</tool_call>\nx </arg_key> <tool_call > </parameter1>", [], True)
@example(
    "<" + " " * 300 + ">" + "<invoke" + " " * 230 + 'name="read_file"></invoke>',
    list(range(0, 600, 7)),
    False,
)
def test_every_cut_gives_what_the_whole_text_gives(text: str, cuts: list[int], cut_short: bool) -> None:
    whole = through([text], cut_short=cut_short)
    assert through(cut(text, cuts), cut_short=cut_short) == whole
    assert through(list(text), cut_short=cut_short) == whole


@settings(max_examples=100, deadline=None)
@given(scraps)
def test_nothing_is_made_of_what_stands_in_a_fence(text: str) -> None:
    inner = text.replace("`", "'")
    shown, _, calls, _ = through([f"As code:\n````text\n{inner}\n````\n"])
    assert calls == []
    assert shown == f"As code:\n````text\n{inner}\n````\n"


# Hypothesis draws words of the modules under test too: with these signs it would write the very marks.
words = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<◁[{"), max_size=60)
signs = st.text(alphabet="<[{|>/`=◁ 1\n", max_size=20)
prose = st.one_of(words, signs)
code = st.sampled_from(
    [
        "List<int> a = b < c ? d : e;",
        "<div class='x'>text</div>",
        "if (a < b && c > d) { e[f] = {}; }",
        "```python\nprint('<tool>')\n```",
        '{"a": [1, {"b": "<c>"}]}',
        "std::map<std::string, std::vector<int>> m;",
        "<T extends Foo<Bar>>(x: T) => x[0]",
        "| a | b |\n|---|---|\n| <br> | `x` |",
        "<!-- a comment -->",
        "#include <stdio.h>",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(prose, code), max_size=6).map("\n".join))
def test_ordinary_text_passes_to_the_letter(text: str) -> None:
    if not text.strip():
        text += "."
    shown, thought, calls, unmade = through(list(text))
    assert (shown, thought, calls, unmade) == (text, "", [], [])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(prose, code), min_size=1, max_size=6).map("\n".join))
def test_ordinary_text_is_hardly_held_back(text: str) -> None:
    stream = TextCalls(OFFERED)
    shown = 0
    for at, char in enumerate(text, 1):
        shown += sum(len(event.text) for event in stream.feed(char))
        assert at - shown <= HEAD + SPACE_HELD


values = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=80)


@settings(max_examples=100, deadline=None)
@given(values, st.lists(st.integers(0, 300), max_size=5))
def test_a_value_in_json_comes_back_to_the_letter(value: str, cuts: list[int]) -> None:
    call = json.dumps({"name": "edit_file", "arguments": {"new": value}}, ensure_ascii=False)
    calls = through(cut(f"Now.\n<tool_call>\n{call}\n</tool_call>", cuts))[2]
    assert [json.loads(one.arguments) for one in calls] == [{"new": value}]


@settings(max_examples=100, deadline=None)
@given(values.filter(lambda value: "</parameter" not in value and "</function" not in value))
def test_a_value_in_markup_comes_back_to_the_letter(value: str) -> None:
    calls = through([f"<function=edit_file>\n<parameter=new>\n{value}\n</parameter>\n</function>"])[2]
    assert [json.loads(one.arguments) for one in calls] == [{"new": value}]


def test_what_may_be_a_call_is_held_back_only_so_long() -> None:
    stream = TextCalls(OFFERED)
    said = "<tool_call>{" + "x" * (HELD + 5_000)
    shown = "".join(
        event.text for at in range(0, len(said), 1_000) for event in stream.feed(said[at : at + 1_000])
    )
    assert len(shown) >= HELD
    assert shown + "".join(event.text for event in stream.finish()) == said


HOSTILE = {
    "openings": "<tool_call>{" * 20_000,
    "functions": "<function=read_file>\n" * 10_000,
    "calls that cannot be read": "<tool_call>{x}</tool_call>\n" * 8_000,
    "parameters": "<function=read_file>" + "<parameter=path>" * 15_000,
    "ends": "<tool_call>" + "</tool_call>" * 20_000,
    "ends of parameters": "<function=read_file>\n<parameter=path>" + "</parameter> x" * 15_000,
    "brackets": "<" * 200_000,
    "backticks": "`" * 200_000,
    "braces": "{" * 200_000,
    "lists": "[" * 200_000,
    "nested": '<tool_call>{"name": "read_file", "arguments": ' + "[" * 100_000,
    "thoughts": "<think>" * 30_000,
    "ends of thoughts": "x\n</think>\n" * 15_000,
    "space": "<tool_call>" + " " * 200_000,
    "lines": "\n" * 200_000,
    "quotes": '{"name": "read_file", ' + '"\n' * 80_000,
    "bare, with prose behind": (CALL + "\nx ") * 3_000,
    "fences": "```json\n" * 25_000,
    "escapes": '<tool_call>{"name": "read_file", "arguments": "' + "\\" * 200_000,
    "tokens": "<|tool_calls_section_begin|>" * 8_000,
    "Python": "[read_file(" * 15_000,
    "pairs": "<tool_call>read_file" + "<arg_key>a</arg_key><arg_value>" * 8_000 + "</tool_call>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_in_proportion(name: str) -> None:
    text = HOSTILE[name]
    began = time.perf_counter()
    through(cut(text, list(range(0, len(text), 500))))
    assert time.perf_counter() - began < 20  # quadratic would be many minutes; it takes about a second


@pytest.mark.parametrize("sample", RECOVERED, ids=lambda sample: sample.name)
def test_an_unknown_tool_is_never_called(sample: object) -> None:
    stream = TextCalls(())
    stream.feed(getattr(sample, "text", ""))
    stream.finish()
    assert stream.calls == []


@pytest.mark.parametrize("sample", TEXT, ids=lambda sample: sample.name)
def test_text_stays_text_behind_a_sentence(sample: object) -> None:
    said = "Well.\n\n" + getattr(sample, "text", "")
    shown, _, calls, _ = through([said])
    assert calls == []
    assert shown == said
