"""The TypeScript made of the wire types' schemas."""

from typing import Any

from tools.typescript import golden, types

EMPTY: dict[str, Any] = {"$defs": {}}
DOCUMENTS: dict[str, Any] = {
    "frames": {"oneOf": [], "$defs": {}},
    "resources": EMPTY,
    "requests": EMPTY,
    "answers": EMPTY,
    "socket": {"$defs": {"ClientFrame": {"oneOf": []}}},
}


def made(document: str, **definitions: Any) -> str:
    return types(DOCUMENTS | {document: {**DOCUMENTS[document], "$defs": definitions}})


def a_class(required: list[str], **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": required}


def test_what_the_server_sends_has_all_its_fields():
    assert "  note: string;\n" in made("resources", Thing=a_class([], note={"type": "string", "default": ""}))


def test_what_a_client_sends_may_leave_out_what_has_a_default():
    text = made("requests", Ask=a_class(["id"], id={"type": "string"}, limit={"type": "integer"}))
    assert "  id: string;\n  limit?: number;\n" in text


def test_unions_in_arrays_are_bracketed():
    either = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    assert "  names: (string | null)[];\n" in made("resources", Thing=a_class([], names=either))


def test_any_json_is_unknown_and_never_any():
    anything = {"type": "object", "additionalProperties": {"description": "Any JSON value."}}
    assert "  input: Record<string, unknown>;\n" in made("resources", Thing=a_class([], input=anything))


def test_a_comment_cannot_be_broken_out_of():
    assert "/** a * / b */" in made("resources", Thing={"description": "a */ b", **a_class([])})


def test_golden_frames_are_literals_of_the_union():
    assert 'export const golden: Frame[] = [\n  {\n    "type": "x"' in golden([{"type": "x"}])
