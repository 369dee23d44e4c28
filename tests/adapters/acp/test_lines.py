"""Lines come out whole, however the reads cut them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.acp.lines import LineSplitter, LineTooLong


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_any_cut_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    splitter = LineSplitter()
    lines: list[bytes] = []
    for a, b in itertools.pairwise(edges):
        lines += splitter.feed(data[a:b])
    assert [*lines, splitter.finish()] == data.split(b"\n")


def test_a_line_over_the_limit_is_refused_while_it_grows() -> None:
    splitter = LineSplitter(limit=10)
    assert splitter.feed(b"0123456789") == []
    with pytest.raises(LineTooLong):
        splitter.feed(b"x")


def test_a_line_at_the_limit_is_taken() -> None:
    splitter = LineSplitter(limit=10)
    assert splitter.feed(b"01234") == []
    assert splitter.feed(b"56789\nnext") == [b"0123456789"]
    assert splitter.finish() == b"next"
