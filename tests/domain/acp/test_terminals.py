"""What is kept of a terminal's output, what is launched for it, and how it shows in a tool call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.acp.terminals import (
    LIVE_CHARS,
    MAX_OUTPUT_BYTES,
    TerminalOutput,
    TerminalShown,
    TerminalText,
    command_words,
    output_limit,
    shown,
)
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import ToolCall, ToolUpdate


def kept(limit: int, *pieces: bytes) -> TerminalOutput:
    output = TerminalOutput(limit)
    for piece in pieces:
        output.feed(piece)
    return output


def test_what_fits_is_kept_whole() -> None:
    output = kept(10, b"hello", b" you")
    assert (output.text(ended=True), output.truncated) == ("hello you", False)


def test_too_much_goes_from_the_front_by_whole_characters() -> None:
    output = kept(4, "aäö€".encode())
    assert (output.text(ended=True), output.truncated) == ("€", True)
    assert kept(2, "€".encode()).text(ended=True) == ""


def test_a_character_that_has_not_come_whole_is_left_out_until_the_end() -> None:
    output = kept(100, "a€".encode()[:-1])
    assert output.text(ended=False) == "a"
    assert output.text(ended=True) == "a\ufffd"


def test_a_limit_of_nothing_keeps_nothing_and_says_so() -> None:
    output = kept(0, b"x")
    assert (output.text(ended=True), output.truncated) == ("", True)


@given(st.text(), st.integers(0, 40), st.integers(1, 7))
def test_however_it_is_cut_the_end_of_the_text_is_kept(text: str, limit: int, size: int) -> None:
    data = text.encode(errors="ignore")
    output = kept(limit, *(data[at : at + size] for at in range(0, len(data), size)))
    shown = output.text(ended=True)
    assert data.decode().endswith(shown)
    assert len(shown.encode()) <= limit
    assert output.truncated == (len(data) > limit)
    assert len(data) <= limit or len(shown.encode()) > limit - 4


def test_a_line_without_arguments_is_for_the_shell() -> None:
    assert command_words("npm", ["test"], "bash") == ("npm", "test")
    assert command_words("ls | wc -l", [], "bash") == ("bash", "-c", "ls | wc -l")


@pytest.mark.parametrize(("asked", "limit"), [(10, 10), (-1, 0), (10**9, MAX_OUTPUT_BYTES)])
def test_the_agents_limit_counts_up_to_ours(asked: int, limit: int) -> None:
    assert output_limit(asked) == limit


def test_while_it_runs_only_the_end_of_a_long_output_is_shown() -> None:
    long = "x" * LIVE_CHARS + "end"
    assert shown("t", long, ended=True) == TerminalText("t", long)
    assert shown("t", long, ended=False) == TerminalText("t", "…\n" + long[3:])
    assert shown("t", "short", ended=False) == TerminalText("t", "short")


def test_a_terminals_text_is_the_output_of_the_tool_that_shows_it() -> None:
    fold = TurnFold()
    assert fold.take([ToolCall("c", "ls"), TerminalText("t", "early")]) == [ToolCall("c", "ls")]
    assert fold.take([TerminalShown("c", "t")]) == [ToolUpdate("c", output="early")]
    assert fold.take([TerminalText("t", "early and late"), TerminalText("u", "another's")]) == [
        ToolUpdate("c", output="early and late")
    ]
