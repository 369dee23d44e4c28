"""The finder's shortcut loses no line, and its lines are those that other tools count."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.native.files.line_finder import LINE_CHARS, cut, lines_of, text_of

PIECES = st.sampled_from(
    ["a", "b", "^", "$", r"\s", r"\b", r"\B", ".", ".*", "[^a]", "(?:a|^b)", "a*", "b?", r"\W", "(?:$|a)"]
)
TEXTS = st.lists(
    st.sampled_from(["a", "b", " ", "\n", "\r\n", "\r", "\x0c", "\u2028", "é"]), max_size=12
).map("".join)


@given(st.lists(PIECES, min_size=1, max_size=4).map("".join), TEXTS)
def test_what_matches_a_line_matches_the_text_that_holds_it(pattern: str, written: str) -> None:
    text = text_of(written.encode())
    has_line = any(re.compile(pattern).search(line) for line in lines_of(text))
    assert not has_line or re.compile(pattern, re.MULTILINE).search(text)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\n", ["a", ""]),
        (b"a\r\nb\r", ["a", "b"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\x0cb\xe9\n", ["a\x0cb\ufffd"]),
    ],
)
def test_a_line_ends_at_lf_or_cr_lf(data: bytes, lines: list[str]) -> None:
    assert lines_of(text_of(data)) == lines


@pytest.mark.parametrize("at", [0, 50, 500, 990])
def test_a_long_line_is_cut_around_its_match(at: int) -> None:
    line = "x" * at + "N" + "y" * (1_000 - at)
    shown = cut(line, at)
    assert "N" in shown
    assert len(shown) <= LINE_CHARS + 2
    assert shown.startswith("…") == (at > LINE_CHARS // 4)
