"""When streamed frames leave a turn."""

from boocode.contracts.frames import MessageDelta
from boocode.domain.outbox import Outbox


def delta(text: str) -> MessageDelta:
    return MessageDelta("m", "text", text)


def test_the_first_frame_leaves_at_once():
    box = Outbox()
    assert box.due_in(5.0) is None
    box.put((delta("a"),))
    assert box.due_in(5.0) == 0.0
    assert box.take(5.0) == (delta("a"),)


def test_what_comes_within_the_interval_leaves_together_at_its_end():
    box = Outbox(interval=1.0)
    box.put((delta("a"),))
    box.take(5.0)
    box.put((delta("b"),))
    assert box.due_in(5.25) == 0.75
    box.put((delta("c"),))
    assert box.take(6.0) == (delta("bc"),)
    assert box.due_in(6.0) is None


def test_after_a_quiet_interval_a_frame_leaves_at_once_again():
    box = Outbox(interval=1.0)
    box.put((delta("a"),))
    box.take(5.0)
    box.put((delta("b"),))
    assert box.due_in(6.5) == 0.0
