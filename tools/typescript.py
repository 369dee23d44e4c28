"""TypeScript of the wire types, from their JSON Schemas: what `web/ui` is compiled against.

What the server sends has all its fields, so they are never optional; what a client sends may leave out those with a
default.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
HEAD = "// Made from schema/wire by `python -m tools.wire`. Do not edit.\n"
SENT_BY_CLIENTS = frozenset({"requests"})
CLIENT_FRAMES = "ClientFrame"


def types(documents: Mapping[str, Schema]) -> str:
    """All definitions of all documents, one each, in the order of their names, and the union of frames."""
    optional = {name for document in SENT_BY_CLIENTS for name in documents[document]["$defs"]}
    optional |= {_name(one) for one in documents["socket"]["$defs"][CLIENT_FRAMES]["oneOf"]}
    # A frame's definition has the envelope; a resource of the same name has not, and there is none.
    definitions: dict[str, Schema] = {}
    for document in documents.values():
        for name, schema in document["$defs"].items():
            definitions.setdefault(name, schema)
    parts = [_definition(name, schema, name in optional) for name, schema in sorted(definitions.items())]
    frames = [_name(one) for one in documents["frames"]["oneOf"]]
    parts.append(
        "/** A frame of a topic. */\nexport type Frame ="
        + "".join(f"\n  | {name}" for name in frames)
        + ";\n"
    )
    return HEAD + "\n" + "\n".join(parts)


def golden(frames: list[object]) -> str:
    """The frames as literals: the compiler then sees what is missing, too many or of another type."""
    text = json.dumps(frames, indent=2, ensure_ascii=False)
    return f'{HEAD}\nimport type {{ Frame }} from "../src/wire/types";\n\nexport const golden: Frame[] = {text};\n'


def _definition(name: str, schema: Schema, optional: bool) -> str:
    comment = _comment(schema.get("description"), "")
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{comment}export type {name} = {_type(schema)};\n"
    required = schema.get("required", [])
    lines = []
    for key, field in schema["properties"].items():
        mark = "?" if optional and key not in required else ""
        lines.append(f"{_comment(field.get('description'), '  ')}  {key}{mark}: {_type(field)};\n")
    return f"{comment}export interface {name} {{\n{''.join(lines)}}}\n"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return _name(schema)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(_type(each) for each in schema[union])
    match schema.get("type"):
        case "array":
            item = _type(schema.get("items", {}))
            return f"({item})[]" if " | " in item else f"{item}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as plain:
            return str(plain)
    return "unknown"


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _comment(text: str | None, indent: str) -> str:
    if not text:
        return ""
    safe = " ".join(text.replace("*/", "* /").split())
    return f"{indent}/** {safe} */\n"
