"""Globs as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.path_globs import BadGlob, path_glob


@pytest.mark.parametrize(
    ("glob", "fits", "does_not"),
    [
        ("*.py", ["a.py", "src/a.py", "a/b/.py"], ["a.pyc", "a.py/b"]),
        ("a?.txt", ["ab.txt", "x/a1.txt"], ["a.txt", "abc.txt", "a/.txt"]),
        ("src/*", ["src/a", "src/.b"], ["src/a/b", "other/src/a"]),
        ("src/**", ["src/a", "src/a/b"], ["srcs/a"]),
        ("src/", ["src/a", "src/a/b", "other/src/a"], ["src", "srcs/a"]),
        ("./src/*.py", ["src/a.py"], ["src/a/b.py"]),
        ("/a.txt", ["a.txt"], ["b/a.txt"]),
        ("**/a.txt", ["a.txt", "x/a.txt", "x/y/a.txt"], ["ba.txt"]),
        ("src/**/test_*.py", ["src/test_a.py", "src/x/y/test_b.py"], ["test_a.py"]),
        ("*.{ts,tsx}", ["a.ts", "b/c.tsx"], ["a.t", "a.js"]),
        ("{src,lib}/*.c", ["src/a.c", "lib/b.c"], ["a.c"]),
        ("[abc].txt", ["a.txt", "x/c.txt"], ["d.txt", "ab.txt"]),
        ("[!a]*", ["b", "bc"], ["a", "ab"]),
        ("[a-c]1", ["b1"], ["d1"]),
        ("[]]", ["]"], ["["]),
        ("[", ["["], ["a"]),
        ("a+b(c)$.txt", ["a+b(c)$.txt"], ["aab(c).txt"]),
        ("\\*.txt", ["*.txt"], ["a.txt"]),
        ("a,b", ["a,b"], ["a", "b"]),
        ("a}", ["a}"], ["a"]),
    ],
)
def test_it_means_what_people_mean(glob: str, fits: list[str], does_not: list[str]) -> None:
    pattern = path_glob(glob)
    assert [path for path in fits if not pattern.fullmatch(path)] == []
    assert [path for path in does_not if pattern.fullmatch(path)] == []


@pytest.mark.parametrize("glob", ["", "{a,b", "x" * 501, "[z-a]"])
def test_what_cannot_be_read_is_refused(glob: str) -> None:
    with pytest.raises(BadGlob, match=r"."):
        path_glob(glob)


@given(st.text(alphabet="ab*?[]{}!^-,/\\.|()+$ \n", max_size=20))
def test_whatever_is_written_is_a_glob_or_refused(glob: str) -> None:
    try:
        assert isinstance(path_glob(glob), re.Pattern)
    except BadGlob:
        return


@given(
    st.text(alphabet="abc./-_+() ", min_size=1, max_size=30).filter(
        lambda text: text.strip("/") and "//" not in text
    )
)
def test_a_plain_name_fits_itself(name: str) -> None:
    plain = name.removeprefix("./").strip("/")
    if plain:
        assert path_glob(plain).fullmatch(plain) or plain.startswith("./")
