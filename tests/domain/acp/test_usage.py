"""Tokens and money of a turn, from the three ways in which agents tell them."""

from boocode.domain.acp.usage import UsageMeter, UsageNote, session_cost, tokens
from boocode.domain.events import Usage


def test_single_calls_add_up() -> None:
    meter = UsageMeter()
    assert meter.take(UsageNote("call", 100, 10)) == Usage(100, 10)
    assert meter.take(UsageNote("call", 200, None)) == Usage(300, 10)


def test_the_answers_figure_counts_where_no_single_calls_were_told() -> None:
    assert UsageMeter().take(UsageNote("turn", 50, 5)) == Usage(50, 5)


def test_the_answers_figure_may_be_the_last_call_only_so_a_sum_wins() -> None:
    meter = UsageMeter()
    meter.take(UsageNote("call", 100, 10))
    assert meter.take(UsageNote("turn", 10, 1)) is None
    assert meter.usage() == Usage(100, 10)


def test_cost_is_the_difference_of_the_sessions_cost() -> None:
    meter = UsageMeter(cost_before=0.5)
    assert meter.take(UsageNote("session", cost=0.75)) == Usage(cost=0.25)
    assert meter.take(UsageNote("session", cost=0.75)) is None


def test_a_resumed_sessions_first_figure_is_only_the_base() -> None:
    meter = UsageMeter(cost_before=None)
    assert meter.take(UsageNote("session", cost=3.0)) == Usage(cost=0.0)
    assert meter.take(UsageNote("session", cost=3.5)) == Usage(cost=0.5)


def test_other_spellings_are_read_and_nonsense_is_not() -> None:
    assert tokens({"prompt_tokens": 1, "completion_tokens": 2}, "turn") == UsageNote("turn", 1, 2)
    assert tokens({"inputTokens": 1}, "call") == UsageNote("call", 1, None)
    assert tokens({"inputTokens": -1, "outputTokens": True}, "call") is None
    assert tokens(["inputTokens"], "call") is None
    assert session_cost("free") is None
    assert session_cost(True) is None
