"""JSON Schema of the wire classes: the source of `schema/wire` and of the API's description."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from boocode.contracts import answers, crashes, requests, resources, settings, socket, supervision
from boocode.contracts.frames import FrameBody

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REF = "#/$defs/{name}"


def any_json(type_: Any) -> dict[str, Any]:
    """For msgspec: `object` is any JSON value."""
    if type_ is object:
        return {"description": "Any JSON value."}
    raise NotImplementedError(f"no JSON schema for {type_!r}")


def documents() -> Mapping[str, dict[str, Any]]:
    """File name without suffix → schema document."""
    return {
        "frames": _frames(),
        "resources": _document(
            "Resources of the HTTP API", _classes(resources, settings, supervision, crashes)
        ),
        "requests": _document("Bodies and queries of the HTTP API", _classes(requests)),
        "answers": _document("Answers of the HTTP API that are not a resource", _classes(answers)),
        "socket": _socket(),
    }


def _classes(*modules: Any) -> list[type]:
    """The attrs classes that the modules define, in order."""
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and hasattr(value, "__attrs_attrs__")
    ]


def _definitions(classes: Iterable[type]) -> dict[str, Any]:
    _, definitions = msgspec.json.schema_components(list(classes), schema_hook=any_json, ref_template=REF)
    return dict(sorted(definitions.items()))


def _document(title: str, classes: Iterable[type]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": title, "$defs": _definitions(classes)}


def _frames() -> dict[str, Any]:
    """Every frame with its envelope; a frame is one of them."""
    bodies = get_args(FrameBody)
    definitions = _definitions(bodies)
    envelope = {
        "topic": {"type": "string"},
        "seq": {"type": "integer", "minimum": 0},
        "at": {"type": "string", "format": "date-time"},
    }
    for body in bodies:
        _tag(definitions[body.__name__], body.type, envelope)
    return {
        "$schema": DIALECT,
        "title": "Frames of the WebSocket and of the durable log",
        "oneOf": [{"$ref": REF.format(name=body.__name__)} for body in bodies],
        "$defs": definitions,
    }


def _socket() -> dict[str, Any]:
    """What is said on the WebSocket beside frames."""
    both = {"ClientFrame": get_args(socket.ClientFrame), "ControlFrame": get_args(socket.ControlFrame)}
    definitions: dict[str, Any] = {}
    for name, classes in both.items():
        definitions |= _definitions(classes)
        for cls in classes:
            _tag(definitions[cls.__name__], cls.type, {})
        definitions[name] = {"oneOf": [{"$ref": REF.format(name=cls.__name__)} for cls in classes]}
    return {"$schema": DIALECT, "title": "WebSocket: subscriptions and their answers", "$defs": definitions}


def _tag(definition: dict[str, Any], type_: str, envelope: Mapping[str, Any]) -> None:
    definition["properties"] = {**envelope, "type": {"const": type_}, **definition["properties"]}
    definition["required"] = [*envelope, "type", *definition["required"]]
