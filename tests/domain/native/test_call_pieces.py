"""Native calls from their pieces, as endpoints really send them, and the names in them."""

import itertools

import pytest

from boocode.domain.native.answer import AnswerReader
from boocode.domain.native.call_pieces import CallPieces
from boocode.domain.native.conversation import CallAsked
from boocode.domain.native.tool_names import meant, unknown_tool
from tests.domain.native.weak_answers import CALL, OFFERED

Piece = tuple[int, str | None, str | None, str]


def whole(*pieces: Piece, cut_short: bool = False) -> list[tuple[str, str, str]]:
    ids = itertools.count(1)
    calls = CallPieces(OFFERED, lambda: f"new{next(ids)}")
    for piece in pieces:
        calls.add(*piece)
    return [(call.id, call.name, call.arguments) for call in calls.whole(cut_short=cut_short)]


def test_a_call_in_pieces_is_one_call() -> None:
    assert whole((0, "a", "read_file", ""), (0, None, None, '{"pa'), (0, None, None, 'th": "x"}')) == [
        ("a", "read_file", '{"path": "x"}')
    ]


def test_pieces_of_two_calls_may_come_in_turn() -> None:
    assert whole(
        (0, "a", "read_file", '{"p'),
        (1, "b", "list_files", '{"q'),
        (0, None, None, '": 1}'),
        (1, None, None, '": 2}'),
    ) == [("a", "read_file", '{"p": 1}'), ("b", "list_files", '{"q": 2}')]


def test_an_id_in_every_piece_is_one_call() -> None:
    assert whole((0, "a", "read_file", '{"p":'), (0, "a", "read_file", " 1}")) == [
        ("a", "read_file", '{"p": 1}')
    ]


def test_two_calls_at_one_index_are_told_apart_by_their_ids() -> None:
    assert whole((0, "a", "read_file", "{}"), (0, "b", "read_file", "{}")) == [
        ("a", "read_file", "{}"),
        ("b", "read_file", "{}"),
    ]


def test_two_calls_at_one_index_without_ids_are_told_apart_by_their_names() -> None:
    assert whole((0, None, "read_file", "{}"), (0, None, "list_files", "{}")) == [
        ("new1", "read_file", "{}"),
        ("new2", "list_files", "{}"),
    ]


def test_a_missing_id_and_an_id_that_comes_twice_are_made_up_for() -> None:
    assert whole(
        (0, "", "read_file", "{}"), (1, "call_0", "read_file", "{}"), (2, "call_0", "list_files", "")
    ) == [
        ("new1", "read_file", "{}"),
        ("call_0", "read_file", "{}"),
        ("new2", "list_files", "{}"),
    ]


def test_a_call_without_a_name_is_none() -> None:
    assert whole((0, "a", None, '{"x": 1}')) == []


def test_arguments_that_can_be_repaired_are_json_again() -> None:
    assert whole((0, "a", "read_file", "{'path': 'x',}")) == [("a", "read_file", '{"path": "x"}')]
    assert whole((0, "a", "read_file", '{"path": "x"'), cut_short=True) == [
        ("a", "read_file", '{"path": "x"')
    ]


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("read_file", "read_file"),
        ("functions.read_file:0", "read_file"),
        ("default_api.read_file", "read_file"),
        ("readFile", "read_file"),
        ("READ-FILE", "read_file"),
        (' "read_file" ', "read_file"),
        ("read_file()", "read_file"),
        ("mcp__git__git_log", "mcp__git__git_log"),
        ("read", None),
        ("read_files", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_a_near_miss_of_a_name_is_that_tool(name: str, tool: str | None) -> None:
    assert meant(name, OFFERED) == tool


def test_a_name_that_two_tools_could_have_is_nobodys() -> None:
    assert meant("READFILE", ("read_file", "readFile")) is None
    assert meant("readFile", ("read_file", "readFile")) == "readFile"


def test_an_unknown_tool_is_answered_with_the_nearest_and_all() -> None:
    assert unknown_tool("read_files", ("read_file", "edit_file")) == (
        "There is no tool 'read_files'. Did you mean read_file? The tools are: edit_file, read_file."
    )
    assert unknown_tool("x", ()) == "There is no tool 'x'. The tools are: none."


def test_beside_native_calls_those_in_the_text_are_left_out() -> None:
    reader = AnswerReader(OFFERED, lambda: "new")
    reader.text(f"I read.\n<tool_call>{CALL}</tool_call>")
    reader.call(0, "a", "read_file", '{"path": "a.py"}')
    answer = reader.finish()
    assert answer.said.calls == (CallAsked("a", "read_file", '{"path": "a.py"}'),)
    assert answer.said.text == "I read."
    assert (answer.notices, answer.unmade, answer.recovered) == ((), (), frozenset())


def test_control_tags_and_space_alone_are_no_text() -> None:
    reader = AnswerReader(OFFERED, lambda: "new")
    events = [*reader.text("\n\n<dcp-message-id>m1</dc"), *reader.text("p-message-id>\n")]
    reader.call(0, "a", "read_file", "{}")
    answer = reader.finish()
    assert [*events, *answer.events] == []
    assert answer.said.text == ""


def test_the_endpoints_reasoning_and_that_in_the_text_are_both_kept() -> None:
    reader = AnswerReader(OFFERED, lambda: "new")
    events = [*reader.reasoning("first"), *reader.text("<think>second</think>Yes.")]
    assert "".join(event.text for event in events) == "firstsecondYes."
    assert reader.finish().said.reasoning == "first\n\nsecond"


def test_a_broken_stream_gives_what_had_come() -> None:
    reader = AnswerReader(OFFERED, lambda: "new")
    shown = "".join(event.text for event in reader.text("Half a sent"))
    answer = reader.finish()
    assert shown + "".join(event.text for event in answer.events) == answer.said.text == "Half a sent"
