"""Sampling knobs: on the wire under their name when they are set, and not there when they are not."""

import attrs
import pytest

from boocode.domain.native.sampling import Sampling

SET: dict[str, object] = {
    "temperature": 0.0,
    "top_p": 0.9,
    "top_k": 0,
    "min_p": 0.05,
    "top_n_sigma": 1.5,
    "presence_penalty": -0.5,
    "frequency_penalty": 0.25,
    "repeat_penalty": 1.1,
    "repeat_last_n": 64,
    "dry_multiplier": 0.8,
    "dry_base": 1.75,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 512,
    "dry_sequence_breakers": ("\n", "```"),
    "reasoning_effort": "low",
    "reasoning_budget": 0,
    "max_tokens": 4096,
    "seed": 0,
}
"""A value of each knob; zeros are values."""


def test_every_knob_has_a_value_here():
    assert set(SET) == {each.name for each in attrs.fields(Sampling)}


def test_nothing_is_sent_of_what_is_not_set():
    assert Sampling().body() == {}


@pytest.mark.parametrize("knob", sorted(set(SET) - {"reasoning_budget"}))
def test_a_knob_is_sent_alone_and_under_its_own_name(knob: str):
    assert Sampling(**{knob: SET[knob]}).body() == {knob: SET[knob]}  # type: ignore[arg-type]


def test_the_budget_of_thinking_is_sent_under_both_names_that_builds_of_llama_cpp_read():
    assert Sampling(reasoning_budget=0).body() == {"reasoning_budget_tokens": 0, "thinking_budget_tokens": 0}
    assert Sampling(reasoning_budget=-1).body()["reasoning_budget_tokens"] == -1
