"""Recent frames of a topic without a log."""

from boocode.contracts.frames import WireFrame
from boocode.domain.hint_ring import HintRing


def ring_of(count: int, start: int = 100, **bounds: int) -> HintRing:
    ring = HintRing(start, **bounds)
    for n in range(count):
        ring.add(WireFrame("user", start + 1 + n, b"x" * 10))
    return ring


def test_what_came_since_a_number_of_ours():
    ring = ring_of(3)
    assert [frame.seq for frame in ring.since(101) or ()] == [102, 103]
    assert ring.since(103) == ()
    assert [frame.seq for frame in ring.since(100) or ()] == [101, 102, 103]


def test_a_number_that_is_not_ours_or_too_old_is_refused():
    ring = ring_of(10, max_frames=3)
    assert ring.since(99) is None
    assert ring.since(106) is None
    assert ring.since(111) is None
    assert [frame.seq for frame in ring.since(107) or ()] == [108, 109, 110]


def test_it_is_bounded_in_bytes_too():
    ring = ring_of(10, max_bytes=35)
    assert [frame.seq for frame in ring.newest(0, 100)] == [108, 109, 110]
    assert [frame.seq for frame in ring.newest(0, 2)] == [108, 109]
