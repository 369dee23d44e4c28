"""Lines behind their numbers, and without them again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.numbered_lines import Window, has_numbers, numbered, without_numbers


def test_lines_are_numbered_from_where_they_begin() -> None:
    assert numbered(["a", "b", "c"], 2, 9, 1_000) == Window("     2\tb\n     3\tc", 2, 3)
    assert numbered(["a", "b", "c"], 1, 2, 1_000) == Window("     1\ta\n     2\tb", 1, 2)


def test_no_more_is_shown_than_fits_but_one_line_always() -> None:
    assert numbered(["x" * 50, "y" * 50], 1, 9, 60).last == 1
    assert numbered(["x" * 50], 1, 9, 5) == Window(f"     1\t{'x' * 50}", 1, 1)


def test_a_long_line_is_cut_and_says_how_long_it_is() -> None:
    assert (
        numbered(["x" * 3_000], 1, 9, 9_000).text == f"     1\t{'x' * 2_000}… (the line has 3000 characters)"
    )


@pytest.mark.parametrize(
    ("text", "is_numbered"),
    [
        ("     1\ta\n     2\tb", True),
        ("1\ta\n2\tb\n", True),
        ("    99\ta\n   100\tb", True),
        ("     3\t", True),
        ("     1\ta\n     3\tb", False),
        ("     1\ta\nb", False),
        ("1 a", False),
        ("a\t1", False),
        ("", False),
        ("\n", False),
    ],
)
def test_copied_numbers_are_known(text: str, is_numbered: bool) -> None:
    assert has_numbers(text) is is_numbered


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("     1\ta\n     1\tb\n", "a\nb\n"),
        ("plain\ntext", "plain\ntext"),
        ("     1\ta\nb", None),
        ("", ""),
        ("     1\t1\tx", "1\tx"),
    ],
)
def test_numbers_are_taken_from_all_lines_or_from_none(text: str, bare: str | None) -> None:
    assert without_numbers(text) == bare


@given(st.lists(st.text(alphabet="ab\t 1", max_size=8), min_size=1, max_size=20), st.integers(1, 500))
def test_what_was_numbered_comes_back(lines: list[str], first: int) -> None:
    shown = numbered([*[""] * (first - 1), *lines], first, 99, 10_000).text
    assert has_numbers(shown)
    assert without_numbers(shown) == "\n".join(lines)
