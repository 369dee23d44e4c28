"""Arguments as models write them: read where there is one way to read them, else refused in words that help."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.arguments import Arguments, Refused, read_arguments, readable_arguments

EDIT = {
    "type": "object",
    "properties": {
        "old": {"type": "string"},
        "new": {"type": "string"},
    },
    "required": ["old", "new"],
    "additionalProperties": False,
}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "content": {"type": "string"},
        "first_line": {"type": "integer"},
        "ratio": {"type": "number"},
        "all": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "edits": {"type": "array", "items": EDIT},
        "kind": {"enum": ["a", "b"]},
        "depth": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "near": {"$ref": "#/$defs/near"},
    },
    "$defs": {"near": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}},
    "required": ["path"],
}

READ = [
    ('{"path": "a"}', {"path": "a"}, None),
    ('{"path": "a",}', {"path": "a"}, "a comma too many"),
    ("{'path': 'a', 'all': True}", {"path": "a", "all": True}, "single quotes, Python's True"),
    ("{'path': 'it\\'s'}", {"path": "it's"}, "single quotes, an escaped single quote"),
    ('{path: "a"}', {"path": "a"}, "keys without quotes"),
    ('{"path": "a"', {"path": "a"}, "missing closers"),
    ('{"path": "a", "tags": ["x"', {"path": "a", "tags": ["x"]}, "missing closers"),
    ('{"path": "a"}}', {"path": "a"}, "closers too many"),
    ('{{"path": "a"}}', {"path": "a"}, "braces around the braces"),
    ('"{\\"path\\": \\"a\\"}"', {"path": "a"}, "JSON inside a string"),
    ('```json\n{"path": "a"}\n```', {"path": "a"}, "a code fence"),
    ('{}{"path": "a"}', {"path": "a"}, "a second object"),
    ('{"path": "a"}{"path": "a"}', {"path": "a"}, "a second object"),
    ('{"path": "a", "content": "x\n\ty"}', {"path": "a", "content": "x\n\ty"}, "raw line breaks in a string"),
    ('{"path": "a", "first_line": \\n3\\n}', {"path": "a", "first_line": 3}, "escapes between values"),
    (
        '{"path": "a", "content": "\\d+\\w"}',
        {"path": "a", "content": "\\d+\\w"},
        "backslashes that were not escaped",
    ),
    ('{path:<|"|>a<|"|>}', {"path": "a"}, "a leaked quote token, keys without quotes"),
    ('{"path": "a"}<|im_end|>\n', {"path": "a"}, None),
    ('{"path": "a", "all": "true", "first_line": "3"}', {"path": "a", "all": True, "first_line": 3}, None),
    ('{"path": "a", "ratio": "0.5", "depth": "2"}', {"path": "a", "ratio": 0.5, "depth": 2}, None),
    ('{"path": "a", "first_line": 3.0, "depth": null}', {"path": "a", "first_line": 3, "depth": None}, None),
    ('{"path": 5}', {"path": "5"}, None),
    ('{"path": "a", "first_line": null, "extra": null}', {"path": "a"}, None),
    ('{"path": "a", "tags": "x"}', {"path": "a", "tags": ["x"]}, None),
    ('{"path": "a", "tags": "[\\"x\\", \\"y\\"]"}', {"path": "a", "tags": ["x", "y"]}, None),
    (
        '{"path": "a", "edits": "[{\\"old\\": \\"1\\", \\"new\\": \\"2\\"}]"}',
        {"path": "a", "edits": [{"old": "1", "new": "2"}]},
        None,
    ),
    ('{"Path": "a", "firstLine": 3}', {"path": "a", "first_line": 3}, None),
    ('{"path": "a", "near": {"x": "1"}}', {"path": "a", "near": {"x": 1}}, None),
]

REFUSED = [
    ("", "the argument 'path' is missing"),
    ("[]", "it is a list, not an object"),
    ("read a.py", "not valid JSON"),
    ('{"path": "a', "a string has no end"),
    ('{"path": "say "hi" now"}', "a quote within a string is not escaped"),
    ('{"path": "a" "all": true}', "a comma is missing"),
    ('{"path": "a", ', "it ends behind a comma"),
    ('{"path": }', "a value is missing"),
    ('{"path": "a", "path": "b"}', "'path' is written twice"),
    ('{"path": "a"}{"path": "b"}', "more than one value"),
    ('{"path": "C:\\new\\path"}', "a backslash in a string is not escaped"),
    ('{"path": "a", "content": "\\*x"}', "a backslash in a string is not escaped"),
    ('{"path": NaN}', "a value is missing"),
    ('{"file": "a"}', "there is no argument 'file'; the argument 'path' is missing"),
    ('{"path": "a", "x": 1, "y": 2}', "there is no argument 'x'; there is no argument 'y'"),
    ('{"path": ["a"]}', "'path' must be a string, but it is a list"),
    ('{"path": "a", "content": {"name": "x"}}', "'content' must be a string, but it is an object"),
    ('{"path": "a", "first_line": "three"}', "'first_line' must be a whole number, but it is a string"),
    ('{"path": "a", "first_line": 1.5}', "'first_line' must be a whole number"),
    ('{"path": "a", "all": 1}', "'all' must be true or false, but it is a whole number"),
    ('{"path": "a", "tags": "x, y"}', "'tags' must be a list, but it is a string"),
    ('{"path": "a", "kind": "c"}', '\'kind\' must be one of "a", "b"'),
    ('{"path": "a", "edits": [{"old": "x"}]}', "the argument 'edits[0].new' is missing"),
    ('{"path": "a", "edits": [{"old": "x", "new": "y", "at": 1}]}', "'edits[0].at' (it takes: old, new)"),
    ('{"path": "a", "near": {}}', "the argument 'near.x' is missing"),
    ('{"path": "path/to/file"}', "'path' is a placeholder"),
    ("[" * 5_000, "nested too deep"),
    ('{"path": ' + "[" * 5_000, "nested too deep"),
    ('{"path": ' + "9" * 5_000 + "}", "a number is too long"),
]


@pytest.mark.parametrize(("text", "values", "repaired"), READ, ids=[one[0][:40] for one in READ])
def test_what_can_mean_one_thing_only_is_read(text: str, values: object, repaired: str | None) -> None:
    assert read_arguments(text, SCHEMA) == Arguments(values, repaired)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[one[0][:40] for one in REFUSED])
def test_what_can_mean_two_things_is_refused_with_words(text: str, words: str) -> None:
    read = read_arguments(text, SCHEMA)
    assert isinstance(read, Refused)
    assert words in read.message
    assert read.message.startswith("The call was not made: ")


def test_a_refusal_says_what_the_tool_takes() -> None:
    read = read_arguments('{"file": "a"}', SCHEMA)
    assert isinstance(read, Refused)
    assert "It takes: path (string, required), content (string, optional)" in read.message


@pytest.mark.parametrize(
    "text", ['{"path": "a"', '{"path": "a", "first_line": 12', '{"path": "a", "tags": ["x"']
)
def test_nothing_is_completed_in_an_answer_that_was_cut_short(text: str) -> None:
    assert isinstance(read_arguments(text, SCHEMA), Arguments)
    read = read_arguments(text, SCHEMA, cut_short=True)
    assert isinstance(read, Refused)
    assert "length limit" in read.message


def test_whole_arguments_of_an_answer_that_was_cut_short_are_read() -> None:
    assert read_arguments('{"path": "a"}', SCHEMA, cut_short=True) == Arguments({"path": "a"})


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": "object", "properties": {}, "additionalProperties": True},
        {"properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": "broken", "required": "broken"},
        {"properties": {"x": {"$ref": "#/nowhere"}, "y": {"type": "money"}, "z": {"$ref": "elsewhere"}}},
        {"properties": dict.fromkeys("xyz", True)},
    ],
)
def test_a_schema_that_says_nothing_forbids_nothing(schema: Mapping[str, object]) -> None:
    assert read_arguments('{"x": 1, "y": [], "z": {"a": null}}', schema) == Arguments(
        {"x": 1, "y": [], "z": {"a": None}}
    )


def test_a_schema_of_endless_choices_ends() -> None:
    loop = {"anyOf": [{"$ref": "#/$defs/loop"}, {"$ref": "#/$defs/loop"}, {"type": "array"}]}
    schema = {"$defs": {"loop": loop}, "properties": {"x": {"$ref": "#/$defs/loop"}}}
    assert isinstance(read_arguments('{"x": {"x": 1}}', schema), Arguments | Refused)


def test_the_first_choice_that_fits_as_it_is_counts() -> None:
    schema = {"properties": {"x": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}}
    assert read_arguments('{"x": "5"}', schema) == Arguments({"x": "5"})


def test_the_memory_gets_json_where_there_is_any() -> None:
    assert readable_arguments('{"a": 1}') == '{"a": 1}'
    assert readable_arguments("{'a': 1,}") == '{"a": 1}'
    assert readable_arguments("") == "{}"
    assert readable_arguments('{"a": ') == '{"a": '
    assert readable_arguments('{"a": 1', cut_short=True) == '{"a": 1'


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=10,
)
objects = st.dictionaries(st.text(max_size=6), values, max_size=4)


@given(objects)
def test_json_comes_back_as_it_was(value: dict[str, object]) -> None:
    assert readable_arguments(json.dumps(value)) == json.dumps(value)
    assert read_arguments(json.dumps(value, ensure_ascii=False), {}) in (
        Arguments(value),
        read_arguments(json.dumps(value), {}),
    )


@given(objects.filter(bool))
def test_pythons_way_to_write_it_means_the_same(value: dict[str, object]) -> None:
    try:
        read = json.loads(readable_arguments(repr(value)))
    except ValueError:  # refused: Python escapes what JSON does not know
        assert "\\" in repr(value)
    else:
        assert read == value


@given(objects.filter(bool), st.integers(1, 200))
def test_half_an_object_is_never_read_as_another_when_it_was_cut_short(
    value: dict[str, object], kept: int
) -> None:
    text = json.dumps(value)
    read = readable_arguments(text[: min(kept, len(text) - 1)], cut_short=True)
    assert read == text[: min(kept, len(text) - 1)] or json.loads(read) == {}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_arguments(text, SCHEMA), Arguments | Refused)
