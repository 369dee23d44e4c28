"""Server-sent events out of pieces: cut anywhere, bounded, only their data."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.server_sent_events import SseLines

STREAM = b'data: {"a":1}\n\n: comment\n\nevent: x\r\nid: 7\r\ndata: one\r\ndata: two\r\n\r\ndata:three\n\n\n'
EVENTS = [b'{"a":1}', b"one\ntwo", b"three"]


@given(st.lists(st.integers(0, len(STREAM))))
def test_events_are_the_same_wherever_the_stream_is_cut(cuts: list[int]):
    lines = SseLines()
    places = [0, *sorted(cuts), len(STREAM)]
    events = [event for a, b in pairwise(places) for event in lines.feed(STREAM[a:b])]
    assert events == EVENTS


def test_an_unfinished_event_waits():
    lines = SseLines()
    assert lines.feed(b"data: x\n") == []
    assert lines.feed(b"\n") == [b"x"]


def test_an_endless_line_is_left_out_and_takes_no_memory():
    lines = SseLines(max_bytes=10_000)
    assert lines.feed(b"data: ") == []
    for _ in range(100):
        assert lines.feed(b"x" * 1_000) == []
    assert len(lines._line) <= 10_000
    assert lines.feed(b"\n\ndata: y\n\n") == [b"y"]
    assert lines.skipped == 1


def test_an_event_of_too_many_lines_is_left_out():
    lines = SseLines(max_bytes=10_000)
    assert lines.feed(b"data: 1234567890\n" * 1_000 + b"\n") == []
    assert lines.feed(b"data: y\n\n") == [b"y"]
    assert lines.skipped == 1


def test_a_line_that_says_error_is_data_as_well():
    assert SseLines().feed(b'error: {"code": 500}\n\nerrors: x\n\ndata\n\n') == [b'{"code": 500}']
