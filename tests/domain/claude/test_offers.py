"""What Claude says that can be chosen."""

import pytest

from boocode.domain.claude.offers import ClaudeModel, models_in, thinking_with

OPUS = {"value": "opus", "displayName": "Opus", "supportedEffortLevels": ["low", "high"]}
ITS_OWN = {"value": "default", "displayName": "Default", "supportedEffortLevels": ["low", "max"]}
SMALL = {"value": "small"}


def test_a_model_is_told_with_its_levels_of_effort():
    assert models_in({"models": [OPUS, SMALL]}) == (
        ClaudeModel("opus", "Opus", ("low", "high")),
        ClaudeModel("small", "small", ()),
    )


@pytest.mark.parametrize("levels", [None, "low", 3, {"low": 1}, [1, None]])
def test_levels_that_cannot_be_read_are_none(levels: object):
    assert models_in({"models": [{**SMALL, "supportedEffortLevels": levels}]}) == (
        ClaudeModel("small", "small"),
    )


@pytest.mark.parametrize(
    ("model", "levels"),
    [("opus", ("low", "high")), ("small", ()), (None, ("low", "max")), ("of-a-file", ("low", "max"))],
)
def test_a_model_that_is_not_listed_thinks_as_the_one_that_is_not_chosen(
    model: str | None, levels: tuple[str, ...]
):
    assert thinking_with(models_in({"models": [OPUS, ITS_OWN, SMALL]}), model) == levels


def test_without_any_model_nothing_can_be_chosen():
    assert thinking_with((), "opus") == ()
