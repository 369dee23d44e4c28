"""Answers of models, and the line that is made of each."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.subject_line import subject_line

LINES = {
    "Fix the login": "Fix the login",
    '  "Fix the login."\n': "Fix the login",
    "“Fix the login”": "Fix the login",
    "**Title:** fix the login": "Fix the login",
    "Title:\nFix the login": "Fix the login",
    "# Fix the login": "Fix the login",
    "* Fix the login": "Fix the login",
    "1. Fix the login\n2. Mend the login": "Fix the login",
    "```text\nFix the login\n```": "Fix the login",
    "<title>Fix the login</title>": "Fix the login",
    "[Fix](https://example.org) the login": "Fix the login",
    "Sure! Here's a title:\n\nFix the login": "Fix the login",
    "Okay, here you go!\nFix the login": "Fix the login",
    "<think>The user wants\na title</think>\n\nFix the login": "Fix the login",
    "The user wants a title.\n</think>\nFix the login": "Fix the login",
    "Fix the login<|im_end|>": "Fix the login",
    "Fix the login\n\nThis commit changes how people log in.": "Fix the login",
    "Fix the login...": "Fix the login...",
    "`app.py`: rename x": "app.py: rename x",
    "app.py is renamed": "app.py is renamed",
    "Fix __init__ imports": "Fix __init__ imports",
    "Rename *.py to *.pyi": "Rename *.py to *.pyi",
    "Style the <select> element": "Style the <select> element",
    'Tell "a" from "b"': 'Tell "a" from "b"',
    '"a" is not "b"': '"a" is not "b"',
    "修复登录问题。": "修复登录问题",
    "\u202eFix\u200b the\x07 login": "Fix the login",
}
NONE = (
    "",
    " \n\n ",
    "---",
    "I'm sorry, I can't help with that.",
    "I cannot write a title for this.",
    "As an AI I have no opinion.",
    "Please provide the request.",
    "Untitled",
    "N/A",
    "<think>and so on without an end",
    '{"title": "Fix the login"}',
    "Sure!",
    "word " * 60,
)


@pytest.mark.parametrize(("answer", "line"), LINES.items())
def test_what_stands_around_the_line_is_taken_away(answer: str, line: str) -> None:
    assert subject_line(answer, 60) == line


@pytest.mark.parametrize("answer", NONE)
def test_what_is_no_line_is_refused(answer: str) -> None:
    assert subject_line(answer, 60) is None


@pytest.mark.parametrize("piece", ["[", "[a](", "<think>", "**a", "\n", "- "])
def test_an_endless_answer_is_refused_in_no_time(piece: str) -> None:
    began = time.process_time()
    assert subject_line(piece * 50_000, 60) is None
    assert time.process_time() - began < 1.0


def test_a_line_that_is_a_little_too_long_is_cut_at_a_word() -> None:
    assert subject_line("Let people log in again " + "and again " * 5, 60) is not None
    assert subject_line("Make the session survive a restart of the server and of the database too", 60) == (
        "Make the session survive a restart of the server and of the"
    )
    assert subject_line("x" * 70, 60) == "X" + "x" * 59


@given(st.text(), st.integers(10, 120))
def test_whatever_a_model_says_it_is_one_short_line_that_a_screen_can_show(answer: str, most: int) -> None:
    line = subject_line(answer, most)
    if line is not None:
        assert 0 < len(line) <= most
        assert line == " ".join(line.split())
        assert not {unicodedata.category(each) for each in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.sampled_from(sorted({line for line in LINES.values() if len(line) < 60})))
def test_a_line_stays_as_it_is(line: str) -> None:
    assert subject_line(line, 60) == line
