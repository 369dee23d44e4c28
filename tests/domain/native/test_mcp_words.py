"""Names, environments and answers of MCP servers, as rules."""

import re

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.mcp_environment import mcp_environment
from boocode.domain.native.mcp_names import child_name, offered_names
from boocode.domain.native.mcp_results import NOTHING, shortened, words_of

LEGAL = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")


def test_a_tool_is_named_after_its_server():
    assert offered_names([("git", "git_status")]) == ("mcp__git__git_status",)


def test_tools_that_would_share_a_name_are_told_apart_whatever_else_there_is():
    pairs = [("a b", "x"), ("a_b", "x"), ("c", "y")]
    first, second, third = offered_names(pairs)
    assert first != second
    assert {first[:11], second[:11]} == {"mcp__a_b__x"}
    assert third == "mcp__c__y"
    assert offered_names(pairs[::-1]) == (third, second, first)


@given(st.lists(st.tuples(st.text(), st.text()), unique=True, max_size=8))
def test_every_name_is_legal_and_unique(pairs: list[tuple[str, str]]):
    names = offered_names(pairs)
    assert all(LEGAL.match(name) for name in names)
    assert len(set(names)) == len(names)


@given(st.text(max_size=100))
def test_a_server_has_a_legal_name_in_the_tree(name: str):
    assert LEGAL.match(child_name(name))


def test_a_server_gets_what_programs_need_and_nobodys_keys():
    ours = {
        "PATH": "/bin",
        "HOME": "/h",
        "OPENAI_API_KEY": "k",
        "BOOCODE_TOKEN": "t",
        "LC_ALL": "C",
        "X": "y",
    }
    env = mcp_environment(ours, {"X": "mine", "PATH": "/opt"})
    assert env == {"PATH": "/opt", "HOME": "/h", "LC_ALL": "C", "LANG": "C.UTF-8", "X": "mine"}


def test_text_is_given_as_it_is_and_the_rest_is_named():
    blocks = [
        {"type": "text", "text": "one"},
        {"type": "image", "data": "AAAA", "mimeType": "image/png"},
        {"type": "audio", "data": "AAAAAAAA", "mimeType": "audio/wav"},
        {"type": "resource", "resource": {"uri": "u:1", "text": "inside"}},
        {"type": "resource", "resource": {"uri": "u:2", "blob": "AAAA"}},
        {"type": "resource_link", "uri": "u:3", "name": "n", "description": "about"},
        {"type": "hologram"},
    ]
    assert words_of(blocks).splitlines() == [
        "one",
        "[An image (image/png, 3 bytes), which cannot be given to the model.]",
        "[A sound (audio/wav, 6 bytes), which cannot be given to the model.]",
        "[Resource u:1]",
        "inside",
        "[Resource u:2 (of unknown kind, 3 bytes), which is no text.]",
        "[Resource n: u:3] about",
        "[A piece of the kind hologram, which BooCode does not know.]",
    ]


def test_structured_content_counts_where_there_is_nothing_else():
    assert words_of([], {"a": [1]}) == '{\n "a": [\n  1\n ]\n}'
    assert words_of([{"type": "text", "text": "t"}], {"a": 1}) == "t"
    assert words_of([]) == words_of([{"type": "text", "text": ""}]) == NOTHING


def test_a_long_answer_keeps_its_beginning_and_its_end():
    text = shortened("a" * 90 + "b" * 30, most=60, tail=20)
    assert text == f"{'a' * 40}\n[… 60 characters were left out …]\n{'b' * 20}"
    assert shortened("a" * 60, most=60, tail=20) == "a" * 60
