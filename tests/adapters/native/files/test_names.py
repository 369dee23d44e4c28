"""Names of files on one line, and back to the very bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.native.files.names import read_name, show_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"src/a.py", "src/a.py"),
        ("größe".encode(), "größe"),
        (b"a b", "a b"),
        (b"caf\xe9", '"caf\\351"'),
        (b"a\nb", '"a\\012b"'),
        (b'a"\\\tb', '"a\\"\\\\\\011b"'),
        ("ä\n".encode(), '"\\303\\244\\012"'),
    ],
)
def test_a_name_is_one_line(raw: bytes, shown: str) -> None:
    assert show_name(raw) == shown
    assert read_name(shown) == raw


@given(st.binary(min_size=1, max_size=30).filter(lambda raw: b"\0" not in raw))
def test_every_name_comes_back(raw: bytes) -> None:
    shown = show_name(raw)
    assert read_name(shown) == raw
    assert "\n" not in shown
    assert "\r" not in shown
