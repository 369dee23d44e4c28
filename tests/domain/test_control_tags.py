"""Control tags fall out of a text wherever it is cut, and nothing else does."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.control_tags import LIMIT, ControlTags

TAG = "<dcp-message-id>m0012</dcp-message-id>"


def through(pieces: list[str]) -> str:
    tags = ControlTags()
    return "".join([tags.feed(piece) for piece in pieces] + [tags.finish()])


def oracle(text: str) -> str:
    """The rule on a whole text, with a regular expression and without memory."""
    return re.sub(
        rf"<(dcp-[a-z0-9_-]{{1,64}})(?:\s[^<>]{{0,150}})?>.{{0,{LIMIT}}}?</\1>", "", text, flags=re.DOTALL
    )


@pytest.mark.parametrize("cut", range(len(f"Hello {TAG}world") + 1))
def test_a_tag_cut_in_two_anywhere_is_stripped(cut: int) -> None:
    text = f"Hello {TAG}world"
    assert through([text[:cut], text[cut:]]) == "Hello world"


def test_a_tag_that_comes_letter_by_letter_is_stripped() -> None:
    assert through(list(f"a{TAG}b{TAG}{TAG}c")) == "abc"


@pytest.mark.parametrize(
    "text",
    [
        "if a < b and c > d",
        "List<String> x = new ArrayList<>();",
        "<div>dcp-message-id</div>",
        "<",
        "a <dc",
        "a <dcp-",
        "<dcp->x</dcp->",
        "The tag <dcp-message-id> opens a control element.",
        "</dcp-message-id> closes one.",
        "<dcp-a>unlike</dcp-b>",
        "<dcp-a>" + "x" * (LIMIT + 1) + "</dcp-a>",
        "<dcp-a " + "x" * 400 + ">y</dcp-a>",
    ],
)
def test_legitimate_text_in_angle_brackets_stays(text: str) -> None:
    assert through([text]) == text
    assert through(list(text)) == text


def test_an_element_inside_an_unclosed_one_is_still_stripped() -> None:
    assert through(["<dcp-a>text <dcp-b>gone</dcp-b>more"]) == "<dcp-a>text more"


def test_text_without_brackets_is_not_held_back() -> None:
    tags = ControlTags()
    assert tags.feed("plain") == "plain"
    assert not tags.holds_back


def test_before_something_else_an_undecided_beginning_is_shown_and_an_open_element_kept() -> None:
    undecided, opened = ControlTags(), ControlTags()
    assert undecided.feed("x <dc") + undecided.settle() == "x <dc"
    assert opened.feed("x <dcp-id>m1") + opened.settle() == "x "
    assert opened.feed("</dcp-id>y") == "y"


def test_what_is_held_back_is_bounded() -> None:
    tags = ControlTags()
    shown = tags.feed("<dcp-a>") + "".join(tags.feed("x" * 100) for _ in range(100))
    assert len(shown) > 100 * 100 - 2 * LIMIT


fragments = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "dcp-",
        "a",
        " ",
        "<dcp-a>",
        "</dcp-a>",
        "<dcp-b x=1>",
        "</dcp-b>",
        TAG,
        "\n",
        "<b>",
        "é",
    ]
)
texts = st.lists(fragments, max_size=14).map("".join)


@given(texts, st.lists(st.integers(0, 80), max_size=8))
def test_every_cut_gives_what_the_whole_text_gives(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    assert through(pieces) == through([text]) == oracle(text)
