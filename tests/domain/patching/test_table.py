"""The table, row by row; and that the table reaches every tier and every refusal."""

from itertools import chain
from typing import get_args

import pytest

from boocode.domain.patching import Code, Tier
from tests.domain.patching import (
    again_cases,
    batch_cases,
    canon_cases,
    drift_cases,
    endings_cases,
    exact_cases,
    fuzzy_cases,
    indentation_cases,
    large_cases,
    refusal_cases,
    replace_all_cases,
    trim_cases,
    twin_cases,
)
from tests.domain.patching.case import Case

THEMES = {
    "exact": exact_cases.CASES,
    "trim": trim_cases.CASES,
    "canon": canon_cases.CASES,
    "fuzzy": fuzzy_cases.CASES,
    "drift": drift_cases.CASES,
    "refusal": refusal_cases.CASES,
    "endings": endings_cases.CASES,
    "indentation": indentation_cases.CASES,
    "twins": twin_cases.CASES,
    "again": again_cases.CASES,
    "replace all": replace_all_cases.CASES,
    "batch": batch_cases.CASES,
    "large": large_cases.CASES,
}
CASES = list(chain.from_iterable(THEMES.values()))
FROM_THE_FILE_LAYER = {"outside_root", "not_a_file", "is_symlink", "stale"}


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{theme}: {case.name}") for theme, cases in THEMES.items() for case in cases],
)
def test_case(case: Case) -> None:
    case.check()


def test_every_tier_and_every_refusal_is_in_the_table() -> None:
    assert {case.tier for case in CASES if case.tier} == set(get_args(Tier))
    assert {case.code for case in CASES if case.code} == set(get_args(Code)) - FROM_THE_FILE_LAYER


def test_the_table_is_long_and_no_name_stands_twice_in_a_theme() -> None:
    assert len(CASES) >= 140
    for cases in THEMES.values():
        assert len({case.name for case in cases}) == len(cases)
