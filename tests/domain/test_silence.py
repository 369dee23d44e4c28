"""A silent agent: when people are told, when it is taken back, when the turn is ended."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.silence import Silence

BEGUN = Silence(quiet_s=30.0, stall_s=180.0, heard_at=0.0)


def test_it_is_told_once_after_the_quiet_time():
    look = BEGUN.look(30.0, asks=False)
    assert (look.news, look.silence.is_told) == ("quiet", True)
    assert look.silence.look(31.0, asks=False).news is None


def test_nothing_is_told_before_it():
    look = BEGUN.look(29.9, asks=False)
    assert look.news is None
    assert 0.1 <= look.again_in < 0.11


def test_any_event_takes_it_back_and_the_time_counts_anew():
    quiet = BEGUN.look(30.0, asks=False).silence
    heard = quiet.heard(40.0)
    assert not heard.is_told
    assert heard.look(69.0, asks=False).news is None
    assert heard.look(70.0, asks=False).news == "quiet"


def test_at_the_limit_the_turn_is_stalled_told_or_not():
    assert BEGUN.look(180.0, asks=False).news == "stalled"
    assert BEGUN.look(30.0, asks=False).silence.look(180.0, asks=False).news == "stalled"


def test_an_agent_that_waits_for_a_person_is_neither_quiet_nor_stalled():
    assert BEGUN.look(1000.0, asks=True).news is None


def test_a_limit_below_the_quiet_time_ends_without_a_word_before():
    short = Silence(quiet_s=30.0, stall_s=2.0, heard_at=0.0)
    assert short.look(1.0, asks=False).again_in < 1.1
    assert short.look(2.0, asks=False).news == "stalled"


@given(st.floats(0.01, 100), st.floats(0.01, 1000))
def test_a_silent_agent_is_stalled_after_at_most_three_looks(quiet_s: float, stall_s: float):
    silence, now, news = Silence(quiet_s, stall_s, heard_at=0.0), 0.0, []
    for _ in range(3):
        look = silence.look(now, asks=False)
        silence, now = look.silence, now + look.again_in
        news.append(look.news)
    news.append(silence.look(now, asks=False).news)
    assert news.index("stalled") <= 3
    assert news.count("quiet") == (quiet_s < stall_s)
