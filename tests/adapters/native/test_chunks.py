"""What servers write, read as one kind of pieces."""

import pytest

from boocode.adapters.native.chunks import ChunkReader, is_error, whole_text
from boocode.ports.model_endpoint import CallPiece, Piece, ReasoningPiece, TextPiece, UsageTold


def delta(**members: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": members}]}


def read(*chunks: object) -> list[Piece]:
    reader = ChunkReader()
    return [piece for chunk in chunks for piece in reader.read(chunk)]


@pytest.mark.parametrize(
    ("chunk", "pieces"),
    [
        (delta(content="a"), [TextPiece("a")]),
        (delta(content=""), []),
        (delta(role="assistant", content=None), []),
        (
            delta(content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
            [TextPiece("a"), TextPiece("b")],
        ),
        (
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
            [ReasoningPiece("hm")],
        ),
        (delta(reasoning_content="hm"), [ReasoningPiece("hm")]),
        (delta(reasoning="hm"), [ReasoningPiece("hm")]),
        (delta(reasoning_content="hm", reasoning="hm"), [ReasoningPiece("hm")]),
        (delta(reasoning_content="", reasoning="hm", content="a"), [ReasoningPiece("hm"), TextPiece("a")]),
        (
            {"choices": [{"message": {"role": "assistant", "content": "all at once"}}]},
            [TextPiece("all at once")],
        ),
        ({"choices": []}, []),
        ({"choices": None}, []),
        ({"choices": [None]}, []),
        ({"choices": [{"delta": None}]}, []),
        (delta(content=7, reasoning_content={}, tool_calls="x"), []),
        (delta(tool_calls=[None, 3]), []),
        ([], []),
        (None, []),
    ],
)
def test_text_and_reasoning_in_whatever_member_they_come(chunk: object, pieces: list[Piece]):
    assert read(chunk) == pieces


def call(
    index: object = None, id_: object = None, name: object = None, arguments: object = None
) -> dict[str, object]:
    return {"index": index, "id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_a_call_comes_bit_by_bit():
    assert read(
        delta(tool_calls=[call(0, "a", "read_file", "")]),
        delta(tool_calls=[call(0, None, None, '{"pa')]),
        delta(tool_calls=[call(0, None, None, 'th": 1}')]),
    ) == [CallPiece(0, "a", "read_file"), CallPiece(0, arguments='{"pa'), CallPiece(0, arguments='th": 1}')]


def test_an_id_and_a_name_that_are_repeated_are_told_once():
    assert read(
        delta(tool_calls=[call(0, "a", "read_file", "{")]), delta(tool_calls=[call(0, "a", "read_file", "}")])
    ) == [CallPiece(0, "a", "read_file", "{"), CallPiece(0, arguments="}")]


def test_two_calls_at_one_index_are_two_calls():
    assert read(
        delta(tool_calls=[call(0, "a", "f", "{}"), call(0, "b", "g", "{")]),
        delta(tool_calls=[call(0, "b", None, "}")]),
    ) == [CallPiece(0, "a", "f", "{}"), CallPiece(1, "b", "g", "{"), CallPiece(1, arguments="}")]


def test_calls_without_an_index_are_told_apart_by_their_ids():
    assert read(
        delta(tool_calls=[call(None, "a", "f", "{}")]),
        delta(tool_calls=[call(None, "b", "g", "{")]),
        delta(tool_calls=[call(None, None, None, "}")]),
    ) == [CallPiece(0, "a", "f", "{}"), CallPiece(1, "b", "g", "{"), CallPiece(1, arguments="}")]


def test_indices_that_do_not_begin_at_zero_are_counted_anew():
    assert read(delta(tool_calls=[call(1, "a", "f", "{}"), call(2, "b", "g", "{}")])) == [
        CallPiece(0, "a", "f", "{}"),
        CallPiece(1, "b", "g", "{}"),
    ]


def test_a_call_without_an_id_and_with_an_object_for_arguments_is_one_all_the_same():
    assert read(delta(tool_calls=[call(0, "", "f", {"path": "a"})])) == [
        CallPiece(0, None, "f", '{"path": "a"}')
    ]


def test_the_last_usage_and_the_last_reason_count():
    reader = ChunkReader()
    for chunk in (
        {
            "choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 1},
        },
        {"choices": [{"delta": {}, "finish_reason": "length"}], "usage": None},
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
        {"choices": [], "usage": {"prompt_tokens": "x"}},
    ):
        list(reader.read(chunk))
    assert (reader.finish_reason, reader.usage) == ("length", UsageTold(5, 2))


@pytest.mark.parametrize(
    ("chunk", "answer"),
    [
        ({"error": {"message": "x"}}, True),
        ({"error": "x", "choices": []}, True),
        ({"code": 500, "message": "x", "type": "server_error"}, True),
        ({"object": "error", "message": "x"}, True),
        ({"detail": "x"}, True),
        ({"error": None, "choices": []}, False),
        ({"choices": [], "message": "x"}, False),
        ({}, False),
        ([], False),
    ],
)
def test_an_error_is_told_from_a_piece(chunk: object, answer: bool):
    assert is_error(chunk) is answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"choices": [{"message": {"content": "a", "reasoning_content": "hm"}}]}, "a"),
        ({"choices": [{"message": {"content": None}}]}, ""),
        (
            {
                "choices": [
                    {
                        "message": {
                            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}]
                        }
                    }
                ]
            },
            "a",
        ),
        ({"choices": []}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_whole_answer_is_its_text_without_its_reasoning(answer: object, text: str | None):
    assert whole_text(answer) == text


def test_names_ids_and_counts_are_such_as_can_be_sent_and_kept():
    reader = ChunkReader()
    usage = {"prompt_tokens": 10**30, "completion_tokens": 7}
    odd = delta(tool_calls=[call(0, "a\ud800", "f\udc00" + "x" * 10_000, "{}")]) | {"usage": usage}
    (piece,) = reader.read(odd)
    assert isinstance(piece, CallPiece)
    assert (piece.id, (piece.name or "")[:3], len(piece.name or "")) == ("a\ufffd", "f\ufffdx", 200)
    assert reader.usage == UsageTold(None, 7)
