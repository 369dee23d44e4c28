"""The writer's queue: order, bounds, and what is refused."""

from typing import Any

from attrs import evolve

from actors.write_queue import OVERHEAD_BYTES, QueueLimits, WriteQueue
from boocode.domain.events import Completed
from boocode.ports.log import PostPrompt, Settlement
from boocode.ports.log_sink import AppendFrames, EncodedFrame, KeepParts, Post, Settle

TURN: Any = object()
"""Somebody to tell; the queue only passes it on."""
LIMITS = QueueLimits(queue_bytes=10_000, batch_bytes=4_000, batch_frames=10)


def frames(text: str = "x", count: int = 1) -> AppendFrames:
    return AppendFrames(
        tuple(EncodedFrame("chat", "message_delta", 1.0, text.encode()) for _ in range(count))
    )


def settle(task_id: str = "task", chat_id: str = "chat") -> Settle:
    return Settle(
        Settlement(task_id, chat_id, "msg", "practice", Completed(), "", (), None, None, None, None, 1.0)
    )


def test_a_batch_is_taken_in_order_up_to_its_number_of_frames() -> None:
    queue = WriteQueue(LIMITS)
    ops = [frames(str(number), 3) for number in range(5)]
    for op in ops:
        assert queue.append("chat", op, None)
    assert [entry.op for entry in queue.take()] == ops[:3]
    assert [entry.op for entry in queue.take()] == ops[3:]
    assert queue.take() == []


def test_a_batch_ends_before_it_gets_too_heavy_but_is_never_empty() -> None:
    queue = WriteQueue(LIMITS)
    for size in (2000, 2000, 5000):
        queue.append("chat", frames("x" * size), None)
    assert [len(queue.take()) for _ in range(3)] == [1, 1, 1]


def test_what_is_taken_weighs_until_it_is_done() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames("x" * 100), None)
    weight = queue.weight
    assert weight >= 100
    batch = queue.take()
    assert queue.weight == weight
    queue.done(batch)
    assert queue.weight == 0


def test_a_full_queue_refuses_frames_and_says_how_many() -> None:
    queue = WriteQueue(LIMITS)
    assert queue.append("chat", frames("x" * 10_000), TURN)
    assert queue.is_full
    assert not queue.append("chat", frames(), TURN)
    assert queue.refused == 1


def test_after_a_refusal_the_turn_gets_nothing_in_until_it_is_settled() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("other", frames("x" * 10_000), None)
    assert not queue.append("chat", frames(), TURN)
    queue.done(queue.take())
    assert not queue.append("chat", frames(), TURN), "a later piece after a lost one would leave a hole"
    assert queue.append("other", frames(), TURN)
    queue.settle(settle(), 10, TURN)
    assert queue.append("chat", frames(), TURN)


def test_the_settlement_after_a_refusal_completes_the_log() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("other", frames("x" * 10_000), None)
    queue.append("chat", frames(), TURN)
    queue.settle(settle("task", "chat"), 10, TURN)
    queue.settle(settle("another", "other"), 10, TURN)
    settlements = [entry.op for entry in queue.take() + queue.take() if isinstance(entry.op, Settle)]
    assert [(op.settlement.task_id, op.completes_log) for op in settlements] == [
        ("task", True),
        ("another", False),
    ]


def test_nobody_is_held_responsible_for_a_refused_frame_without_a_turn() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames("x" * 10_000), None)
    assert not queue.append("chat", frames(), None)
    queue.done(queue.take())
    assert queue.append("chat", frames(), TURN)


def test_settlements_are_taken_even_when_it_is_full() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames("x" * 10_000), None)
    queue.settle(settle(), 10_000, TURN)
    assert len(queue) == 2


def test_a_settlement_asked_for_again_joins_the_one_that_waits() -> None:
    queue = WriteQueue(LIMITS)
    for caller in ("first", "second", "third"):
        queue.settle(settle(), 5_000, caller)  # type: ignore[arg-type]
    (entry,) = queue.take()
    assert entry.callers == ["first", "second", "third"]
    queue.settle(settle(), 10, "late")  # type: ignore[arg-type]
    assert len(queue) == 1, "what is on its way can no longer be joined"


def test_a_newer_snapshot_takes_the_place_of_the_queued_one() -> None:
    queue = WriteQueue(LIMITS)
    old = KeepParts("msg", b"x" * 500, None)
    queue.keep_parts(old)
    queue.append("chat", frames(), None)
    new = evolve(old, parts=b"x" * 700)
    queue.keep_parts(new)
    assert queue.weight == 700 + OVERHEAD_BYTES + 1 + 2 * OVERHEAD_BYTES
    batch = queue.take()
    assert [type(entry.op) for entry in batch] == [KeepParts, AppendFrames]
    assert batch[0].op == new
    queue.done(batch)
    assert queue.weight == 0


def test_snapshots_are_the_first_to_go_when_it_is_full() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames("x" * 10_000), None)
    queue.keep_parts(KeepParts("msg", b"[]", None))
    assert len(queue) == 1


def test_prompts_can_be_taken_out_of_the_line() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames("a"), None)
    queue.post(Post(PostPrompt("chat", "text", "practice"), "msg", "task", 1.0), TURN)
    queue.append("chat", frames("b"), None)
    (post,) = queue.take_posts()
    assert isinstance(post.op, Post)
    assert [entry.op for entry in queue.take()] == [frames("a"), frames("b")]


def test_a_flush_comes_after_what_came_before_it() -> None:
    queue = WriteQueue(LIMITS)
    queue.append("chat", frames(count=10), None)
    queue.flush(TURN)
    assert [entry.op is None for entry in queue.take()] == [False]
    assert [entry.op is None for entry in queue.take()] == [True]
