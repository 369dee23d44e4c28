"""Tokens and money of a turn, from the four ways in which agents tell them."""

import msgspec

from boocode.domain.acp.messages import PromptResult
from boocode.domain.acp.usage import UsageMeter, UsageNote, of_prompt, session_cost, tokens
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


def test_gemini_tells_the_turns_sum_in_the_meta_of_its_answer() -> None:
    counted = {"token_count": {"input_tokens": 200, "output_tokens": 20}}
    answer = msgspec.convert({"stopReason": "end_turn", "_meta": {"quota": counted}}, PromptResult)
    assert of_prompt(answer) == UsageNote("turn", 200, 20)
    odd: tuple[object, ...] = (None, 7, {}, {"quota": 7}, {"quota": {"token_count": {}}})
    for meta in odd:
        assert of_prompt(PromptResult(meta=meta)) is None
