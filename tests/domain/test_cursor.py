"""A follower of a numbered stream passes on each seq once and in order, whatever it is offered."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.cursor import Cursor


def test_in_step_the_next_frames_are_taken_and_old_ones_left_out():
    cursor = Cursor(5)
    assert cursor.fresh_from(6, 8) == 0
    cursor.advance(8)
    assert cursor.fresh_from(7, 10) == 2
    cursor.advance(10)
    assert cursor.fresh_from(3, 10) is None
    assert not cursor.is_lagging


def test_a_gap_makes_it_lag_until_the_log_was_read_to_the_end():
    cursor = Cursor(5)
    assert cursor.fresh_from(8, 9) is None
    assert (cursor.is_lagging, cursor.target) == (True, 9)
    assert cursor.fresh_from(6, 6) is None, "nothing live is taken while it lags"
    cursor.advance(7)
    assert cursor.is_lagging
    cursor.advance(9)
    assert not cursor.is_lagging
    assert cursor.fresh_from(10, 10) == 0


def test_a_wrong_announcement_is_settled():
    cursor = Cursor(5)
    cursor.fall_behind(50)
    assert cursor.is_lagging
    cursor.settle()
    assert cursor.fresh_from(6, 6) == 0


def test_hearing_of_what_is_known_changes_nothing():
    cursor = Cursor(5)
    cursor.fall_behind(5)
    assert not cursor.is_lagging


@given(
    st.lists(st.tuples(st.sampled_from(["live", "lose", "repeat", "read"]), st.integers(1, 5)), max_size=60)
)
def test_any_mixture_of_losses_repeats_and_reads_gives_the_log(steps):
    cursor, passed, last = Cursor(0), [], 0
    for what, n in steps:
        if what in ("live", "lose"):
            first, last = last + 1, last + n
            offered = (first, last) if what == "live" else None
        else:
            offered = (max(1, last - n), last) if what == "repeat" and last else None
        if offered is not None and (skip := cursor.fresh_from(*offered)) is not None:
            passed += range(offered[0] + skip, offered[1] + 1)
            cursor.advance(offered[1])
        if what == "read" and cursor.is_lagging:
            upto = min(last, cursor.seen + n)
            passed += range(cursor.seen + 1, upto + 1)
            cursor.advance(upto)
    assert passed == list(range(1, cursor.seen + 1))
    assert cursor.is_lagging == (cursor.seen < cursor.target)
