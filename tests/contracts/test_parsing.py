"""Untrusted JSON becomes wire classes, or an error that names the field."""

import pytest

from boocode.contracts.parsing import (
    FieldError,
    NotJson,
    parse_client_frame,
    parse_json,
    parse_object,
    parse_query,
)
from boocode.contracts.requests import ApplySelection, NewPrompt, TasksQuery
from boocode.contracts.socket import Ping, Subscribe, Unsubscribe


def test_an_object_becomes_its_class_with_defaults():
    assert parse_object({"text": "hi", "agent": "a"}, NewPrompt) == NewPrompt("hi", "a")
    assert parse_object({}, ApplySelection) == ApplySelection(None)
    assert parse_object({"ids": ["a", "b"]}, ApplySelection) == ApplySelection(("a", "b"))


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ({"agent": "a"}, "text", "is required"),
        ({"text": 1, "agent": "a"}, "text", "expected `str`"),
        ({"text": "hi", "agent": "a", "x": 1}, "x", "unknown field; known are: agent"),
        ([], "", "expected an object, got an array"),
        (None, "", "got null"),
        ("x", "", "got a string"),
        (1.5, "", "got a number"),
        (True, "", "got a boolean"),
    ],
)
def test_what_does_not_fit_is_named(value, field, words):
    with pytest.raises(FieldError, match=words) as error:
        parse_object(value, NewPrompt)
    assert error.value.field == field


def test_an_element_that_does_not_fit_is_named_by_its_place():
    with pytest.raises(FieldError) as error:
        parse_object({"ids": ["a", 5]}, ApplySelection)
    assert error.value.field == "ids[1]"


def test_a_wrong_choice_names_the_right_ones():
    with pytest.raises(FieldError, match="pending, running, blocked, completed, failed, cancelled"):
        parse_query({"state": "asleep"}, TasksQuery)


def test_query_parameters_are_text_and_become_numbers():
    assert parse_query({"limit": "7", "state": "failed"}, TasksQuery) == TasksQuery("failed", None, None, 7)
    with pytest.raises(FieldError, match="unknown parameter"):
        parse_query({"colour": "red"}, TasksQuery)


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff", '{"a":1}x', "[" * 100_000])
def test_what_is_not_json_is_said_so(text):
    with pytest.raises(NotJson):
        parse_json(text)


def test_client_frames():
    assert parse_client_frame('{"type":"subscribe","topic":"user"}') == Subscribe("user")
    assert parse_client_frame('{"topic":"chat:c","since":4,"type":"subscribe"}') == Subscribe("chat:c", 4)
    assert parse_client_frame(b'{"type":"unsubscribe","topic":"user"}') == Unsubscribe("user")
    assert parse_client_frame('{"type":"ping","from":"a newer client"}') == Ping()


@pytest.mark.parametrize("text", ["[]", "{}", '{"type":["subscribe"]}', '{"type":"subscribe","topic":5}'])
def test_a_client_frame_that_does_not_fit(text):
    with pytest.raises(FieldError):
        parse_client_frame(text)
