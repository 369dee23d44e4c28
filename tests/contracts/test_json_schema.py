"""The published schemas are current, valid, and what really travels fits them."""

from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, ValidationError

from boocode.contracts import frames, socket
from boocode.contracts.codec import control_frame, encode_body, wire_frame
from boocode.contracts.json_schema import documents
from boocode.contracts.parsing import parse_json
from tests.contracts.examples import BODIES, CONTROL
from tests.contracts.golden import FILE, rendered
from tools.wire import stale


def validator(name: str, definition: str | None = None) -> Draft202012Validator:
    document: Any = documents()[name]
    if definition is None:
        return Draft202012Validator(document)
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": document["$defs"]})


def test_the_files_in_schema_wire_are_current():
    assert stale() == []


@pytest.mark.parametrize("name", documents())
def test_every_document_is_a_json_schema(name):
    Draft202012Validator.check_schema(documents()[name])


def test_there_is_an_example_of_every_frame():
    assert {type(body) for body in BODIES} == set(get_args(frames.FrameBody))
    assert {type(frame) for frame in CONTROL} == set(get_args(socket.ControlFrame))


def test_every_frame_travels_as_the_golden_one():
    """The same frames are literals of the web UI's types: its compiler checks them."""
    assert FILE.read_text() == rendered(), "if this change is meant: python -m tests.contracts.golden"


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.type)
def test_a_frame_on_the_wire_fits_the_schema(body):
    frame = wire_frame("chat:c", 7, body.type, "2026-01-01T00:00:00.000Z", encode_body(body))
    value: Any = parse_json(frame.data)
    assert list(value)[:4] == ["topic", "seq", "type", "at"]
    validator("frames").validate(value)
    del value["seq"]
    with pytest.raises(ValidationError):
        validator("frames").validate(value)


@pytest.mark.parametrize("frame", CONTROL, ids=lambda frame: frame.type)
def test_a_control_frame_on_the_wire_fits_the_schema(frame):
    validator("socket", "ControlFrame").validate(parse_json(control_frame(frame)))
