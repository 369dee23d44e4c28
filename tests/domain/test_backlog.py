"""What waits for a slow socket: in order, bounded, in few messages."""

import json

from boocode.domain.backlog import COST_PER_FRAME_BYTES, Backlog


def test_frames_leave_in_order_and_joined():
    backlog = Backlog(1_000)
    backlog.put([b'{"n":1}', b'{"n":2}', b'{"n":3}'])
    assert json.loads(backlog.take(1_000)) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert (len(backlog), backlog.size_bytes) == (0, 0)


def test_a_single_frame_leaves_as_it_is():
    backlog = Backlog(1_000)
    backlog.put([b'{"n":1}'])
    assert backlog.take(1_000) == b'{"n":1}'


def test_a_message_does_not_grow_beyond_its_bound_but_a_large_frame_still_leaves():
    backlog = Backlog(10_000)
    backlog.put([b'"%b"' % (b"x" * 98)] * 5)
    assert len(json.loads(backlog.take(250))) == 2
    assert len(json.loads(backlog.take(1))) == 98
    assert len(backlog) == 2


def test_the_budget_counts_bytes_and_frames_and_an_empty_backlog_takes_anything():
    backlog = Backlog(1_000)
    assert backlog.has_room(5_000)
    backlog.put([b"x" * 500])
    assert backlog.size_bytes == 500 + COST_PER_FRAME_BYTES
    assert backlog.has_room(436)
    assert not backlog.has_room(437)
