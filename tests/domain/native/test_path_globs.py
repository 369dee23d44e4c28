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
        ("a{b,{c,d}/*}", ["ab", "ac/x", "ad/y"], ["ac", "ab/x"]),
        ("**/**/a", ["a", "x/a", "x/y/a"], ["xa"]),
        ("x**y", ["xy", "x/a/y"], ["axy"]),
    ],
)
def test_it_means_what_people_mean(glob: str, fits: list[str], does_not: list[str]) -> None:
    pattern = path_glob(glob)
    assert [path for path in fits if not pattern.fullmatch(path)] == []
    assert [path for path in does_not if pattern.fullmatch(path)] == []


@pytest.mark.parametrize("glob", ["", "{a,b", "x" * 501, "[z-a]", "{a,b}" * 7])
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


def _fits(tokens: tuple[str, ...], path: str, *, begins: bool = True) -> bool:
    """The same by trying everything."""
    if not tokens:
        return not path
    token, rest = tokens[0], tokens[1:]
    match token:
        case "**/" if begins:
            cuts = [0, *(at + 1 for at, char in enumerate(path) if char == "/")]
            return any(_fits(rest, path[cut:]) for cut in cuts)
        case "**/":
            return _fits(("**", "/", *rest), path, begins=False)
        case "**":
            return any(_fits(rest, path[cut:], begins=False) for cut in range(len(path) + 1))
        case "*":
            most = (path + "/").index("/")
            return any(_fits(rest, path[cut:], begins=False) for cut in range(most + 1))
        case "?":
            return path[:1] not in ("", "/") and _fits(rest, path[1:], begins=False)
        case _:
            return path[:1] == token and _fits(rest, path[1:], begins=token == "/")


@given(
    st.lists(st.sampled_from(("a", "b", "/", "?", "a*", "b*", "/*", "a**", "b**", "/**/", "**/a"))),
    st.lists(st.text(alphabet="ab/", max_size=12), min_size=1, max_size=20),
)
def test_it_fits_what_trying_everything_finds(pieces: list[str], paths: list[str]) -> None:
    glob = "/a" + "".join(pieces)
    tokens = tuple(re.findall(r"\*\*/|\*\*|.", glob.removeprefix("/")))
    pattern = path_glob(glob + "b")
    assert [bool(pattern.fullmatch(path)) for path in paths] == [
        _fits((*tokens, "b"), path) for path in paths
    ]


@pytest.mark.parametrize("glob", ["*a" * 200, "**a" * 100, "**/a*" * 90, "**" * 200, "{*a,**b}*" * 6])
def test_no_glob_takes_for_ever(glob: str) -> None:
    assert path_glob(glob + "x").fullmatch("a/" * 50 + "a" * 200) is None
