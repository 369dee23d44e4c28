"""What may be searched for: what means the same with ripgrep and without."""

import pytest

from boocode.domain.native.search_pattern import BadPattern, Pattern, search_pattern


def read(text: str, *, plain: bool = False, ignores_case: bool = False) -> Pattern:
    return search_pattern(text, plain=plain, ignores_case=ignores_case)


@pytest.mark.parametrize(
    "text",
    [
        "def foo",
        r"^\s*class \w+\(",
        r"a{2,3}?b*?c+?",
        r"[a-z_]+[^\]]",
        r"(?:one|two)$",
        r"(?i:loud)",
        r"\\1",
        r"\bword\b",
        "größe",
        r"\t\.\x41",
        r"(?P<name>x)",
        "a--b",
        r"\d+\.\d+",
    ],
)
def test_an_ordinary_expression_is_taken_as_it_is(text: str) -> None:
    assert read(text) == Pattern(text, is_plain=False, ignores_case=False)


@pytest.mark.parametrize("text", ["def foo(", "a[", "*", "x)", "a{2,1}", "(?P<1>x)", "\\"])
def test_what_is_no_expression_is_searched_for_as_text(text: str) -> None:
    found = read(text)
    assert (found.text, found.is_plain) == (text, True)
    assert "no regular expression" in found.note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(?=x)", "looking ahead"),
        ("(?<!x)y", "looking ahead"),
        (r"(a)\1", "references to groups"),
        ("(?P<x>a)(?P=x)", "references to groups"),
        ("(?>a)", "atomic"),
        ("a++", "possessive"),
        (r"\Afoo", "anchors"),
        (r"foo\Z", "anchors"),
        ("[[:alpha:]]", "set within a set"),
        ("[a&&b]", "set within a set"),
        ("(?#x)a", "comments"),
        ("(?x)a b", "flags"),
        ("(?a:b)", "flags"),
        (r"a\nb", "one line at a time"),
    ],
)
def test_what_the_two_read_differently_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadPattern, match=words):
        read(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a\nb", "no line break"),
        ("a\0", "no NUL"),
        ("\ud800", "NUL"),
        ("x" * 1001, "at most 1000"),
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_what_is_no_line_of_text_is_refused(text: str, words: str, plain: bool) -> None:
    with pytest.raises(BadPattern, match=words):
        read(text, plain=plain)


def test_plain_text_is_no_expression_whatever_it_holds() -> None:
    assert read("a(?=b)++[[:x:]]", plain=True, ignores_case=True) == Pattern("a(?=b)++[[:x:]]", True, True)
