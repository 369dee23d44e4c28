"""Finding a file as its name is typed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.contracts.resources import FoundFile
from boocode.domain.file_search import MAX_QUERY_CHARS, index_of, search
from boocode.domain.pathnames import show_path

FILES = (
    b"README.md",
    b"app.py",
    b"src/app.py",
    b"src/application.ts",
    b"src/wrapper/app_state.ts",
    b"apparatus/screw.txt",
    b"docs/my-app.md",
    b"docs/deep/er/A Parapet.txt",
)
INDEX = index_of(FILES)


def paths(query, limit=50, index=INDEX):
    return [item.path for item in search(index, query, limit).items]


def test_the_name_counts_more_than_the_path_and_the_path_more_than_its_letters():
    assert (
        paths("app")
        == [
            "app.py",
            "src/app.py",
            "src/wrapper/app_state.ts",
            "src/application.ts",
            "apparatus",  # a name that begins with it, but of a folder
            "apparatus/screw.txt",
            "docs/my-app.md",
            "src/wrapper",
            *paths("app")[8:],
        ]
    )
    assert paths("app")[8:] == ["docs/deep/er/A Parapet.txt"]  # only its letters


def test_the_whole_name_comes_first_wherever_it_lies():
    index = index_of([b"main.pyc", b"a/b/c/main.py", b"main.py.txt"])
    assert paths("main.py", index=index) == ["a/b/c/main.py", "main.pyc", "main.py.txt"]


def test_upper_and_lower_case_are_the_same():
    assert paths("readme") == paths("README") == ["README.md"]


def test_a_path_is_completed_from_its_beginning():
    assert paths("src/")[:2] == ["src/app.py", "src/application.ts"]
    assert paths("./src/app.py") == ["src/app.py"]


def test_letters_in_their_order_are_enough_and_spaces_between_them_do_not_matter():
    assert paths("swas")[0] == "src/wrapper/app_state.ts"
    assert paths("deep parapet") == ["docs/deep/er/A Parapet.txt"]
    assert paths("zzz") == []


def test_an_empty_query_shows_what_is_furthest_up():
    assert paths("", 3) == ["app.py", "apparatus", "docs"]
    assert search(INDEX, " ", 3).truncated
    assert not search(INDEX, "", len(INDEX)).truncated


def test_folders_are_found_and_said_to_be_folders():
    assert search(INDEX, "wrapper", 1).items == (FoundFile("src/wrapper", "directory"),)
    nested = index_of([b"vendor/lib/"])
    assert {(item.path, item.kind) for item in search(nested, "", 9).items} == {
        ("vendor", "directory"),
        ("vendor/lib", "directory"),
    }


def test_more_than_was_asked_for_is_said():
    page = search(INDEX, "app", 3)
    assert (len(page.items), page.truncated) == (3, True)
    assert not search(INDEX, "readme", 3).truncated


@pytest.mark.parametrize(
    "name", [b"caf\xe9.txt", b"new\nline", b"tab\there", b'"quoted"', "Straße.md".encode(), b"-rf", b"a b"]
)
def test_odd_names_are_found_under_the_text_that_is_shown(name):
    index = index_of([b"odd/" + name])
    assert show_path(b"odd/" + name) in paths("odd", index=index)
    assert "odd" in paths("odd", index=index)


@pytest.mark.parametrize("query", ["(", "[a-", "\\", ".*", "^", "a" * 5000, "\0", "\ud800", " "])
def test_a_query_is_only_text(query):
    search(INDEX, query, 5)


def test_a_long_query_is_cut():
    name = "a" * MAX_QUERY_CHARS
    assert paths(name + "b", index=index_of([name.encode()])) == [name]


NAMES = st.text(alphabet=string.ascii_letters + "/._-", min_size=1, max_size=12).map(
    lambda s: s.strip("/") or "x"
)


@given(
    st.lists(NAMES, max_size=30),
    st.text(alphabet=string.ascii_letters + "/.", max_size=4),
    st.integers(1, 10),
)
def test_what_is_found_fits_is_bounded_and_comes_once(names, query, limit):
    page = search(index_of(name.encode() for name in names), query, limit)
    assert len(page.items) <= limit
    assert len({item.path for item in page.items}) == len(page.items)
    for item in page.items:
        rest = iter(item.path.lower())
        assert all(letter in rest for letter in query.lower().removeprefix("./"))


@given(st.lists(NAMES, min_size=1, max_size=30), st.data())
def test_every_file_is_found_by_its_own_path(names, data):
    name = data.draw(st.sampled_from(names))
    assert name in [item.path for item in search(index_of(n.encode() for n in names), name, 100).items]
