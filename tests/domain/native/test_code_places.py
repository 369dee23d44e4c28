"""Whether a place in a Markdown text is code: fences, spans, quotations, indented lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.code_places import CodePlaces, Position


def place(text: str) -> Position:
    places = CodePlaces()
    places.advance(text)
    return places.position


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", "line"),
        ("a\n", "line"),
        ("a\n  ", "line"),
        ("a\n    ", "code"),
        ("a\n\t", "code"),
        ("a.", "sentence"),
        ("Now: ", "sentence"),
        ("好。", "sentence"),
        ("a", "inside"),
        ("a ", "inside"),
        ("> ", "code"),
        ("> a\n", "line"),
        ("`a", "code"),
        ("`a` ", "inside"),
        ("``a` ", "code"),
        ("``a`` b ", "inside"),
        ("a stray ` here\n", "code"),
        ("a stray ` here\n\n", "line"),
        ("```", "code"),
        ("```\n", "code"),
        ("```\na\n```", "code"),
        ("```\na\n```\n", "line"),
        ("```\na\n``` b\n", "code"),
        ("```\na\n``\n", "code"),
        ("```\na\n````\n", "line"),
        ("````\na\n```\n", "code"),
        ("```\na\n~~~\n", "code"),
        ("~~~\na\n~~~\n", "line"),
        ("```\na\n       ```\n", "code"),
        ("1. x\n   ```\n   a\n   ```\n", "line"),
        ("- ```\n  a\n  ```\n", "line"),
        ("``` a ``` b\n", "line"),
        ("a ``` b\n", "code"),
        ("a ``` b ``` c\n", "line"),
        ("x" * 5_000 + "\n", "line"),
    ],
)
def test_where_a_text_stands(text: str, position: Position) -> None:
    assert place(text) == position


def test_behind_what_was_taken_out_a_line_begins() -> None:
    places = CodePlaces()
    places.advance("Now ")
    places.begin_line()
    assert places.position == "line"


@given(st.text(alphabet="`~ \n>a.-1\t", max_size=60))
def test_cuts_do_not_matter(text: str) -> None:
    places = CodePlaces()
    for char in text:
        places.advance(char)
    assert places.position == place(text)


@given(st.text(alphabet="`~ >a.-1<[", max_size=12), st.text(alphabet="~ \n>a.-1\t", max_size=40))
def test_within_a_fence_all_is_code(info: str, inner: str) -> None:
    head = "`````" + info.replace("`", "")
    assert place(f"{head}\n{inner.replace('~', 'x')}") == "code"
