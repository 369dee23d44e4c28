"""Messages come out whole and in order, however the reads cut them, and nothing of the rest is lost."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.stream_json.lines import JsonLines
from boocode.domain.stream_json.run import Line
from boocode.ports.agent_wire import BrokenWire

OUTPUT = 'Welcome\r\n{"type":"système"}\n\n[1]\n{"type":"a","n":{"deep":[1]}}\n{"cut'.encode()
LINES: list[Line] = ["Welcome\n", {"type": "système"}, "[1]\n", {"type": "a", "n": {"deep": [1]}}, '{"cut']


@given(st.lists(st.integers(0, len(OUTPUT)), max_size=8))
def test_any_cut_gives_the_same_lines(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(OUTPUT)]
    reader = JsonLines()
    lines = [line for a, b in itertools.pairwise(edges) for line in reader.feed(OUTPUT[a:b])]
    assert [*lines, *reader.finish()] == LINES


def test_a_line_without_an_end_is_refused_with_its_size_and_not_kept() -> None:
    reader = JsonLines(max_line_bytes=2 * 1024 * 1024)
    piece = b"y" * 65_536
    assert [line for _ in range(32) for line in reader.feed(piece)] == []
    with pytest.raises(BrokenWire, match="more than 2 MiB"):
        reader.feed(piece)
    assert reader.finish() == []


def test_what_is_not_utf_8_or_nested_too_deeply_is_text() -> None:
    deep = b'{"a":' * 100_000
    first, second = JsonLines().feed(b"\xff\xfe\n" + deep + b"\n")
    assert first == "\ufffd\ufffd\n"
    assert isinstance(second, str)
