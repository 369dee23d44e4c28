"""Names of files for people, and the way back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boocode.domain.pathnames import read_path, show_path

_TRICKY = st.lists(st.sampled_from([b'"', b"\\", b"351", b"042", b"\xe9", b"\xc3\xa9", b"a", b"/", b"\n"]))


@given(st.binary(min_size=1, max_size=40) | _TRICKY.map(b"".join))
@example(b'"\\351"')
@example(b'"\\042\\351"')
@example(b"\xed\xa0\x80")
def test_the_way_back_gives_the_same_bytes_and_the_text_is_clean(raw: bytes) -> None:
    text = show_path(raw)
    text.encode()
    assert read_path(text) == raw


@pytest.mark.parametrize(
    "name", ["plain.py", "café/naïve.txt", 'with "quotes"', "back\\slash", "new\nline", '"x"', " "]
)
def test_a_name_that_is_utf8_is_shown_as_it_is(name: str) -> None:
    assert show_path(name.encode()) == name


def test_other_bytes_are_shown_as_git_quotes_them() -> None:
    assert show_path(b'caf\xe9 "a\\b"') == '"caf\\351 \\"a\\\\b\\""'
