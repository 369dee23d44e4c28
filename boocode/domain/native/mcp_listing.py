"""A server's list of tools as it came, mended: one odd tool costs neither the others nor the turns that they are
offered to. Pure."""

import json
from collections.abc import Mapping
from typing import Any

LONGEST_NAME = 256
"""Characters; a tool with a longer name is left out."""
MOST_SCHEMA = 32_000
"""Characters of a tool's schema: it is sent with every request to the model. A larger one is left out."""
_OPEN: Mapping[str, Any] = {"type": "object"}


def mended(tools: list[Any]) -> list[dict[str, Any]]:
    """Of each tool what BooCode uses: its name, words and schema; those without a usable name are left out."""
    return [_mended(tool) for tool in tools if isinstance(tool, dict) and _is_name(tool.get("name"))]


def _mended(tool: Mapping[str, Any]) -> dict[str, Any]:
    words = {key: tool[key] for key in ("description", "title") if isinstance(tool.get(key), str)}
    return {"name": tool["name"], **words, "inputSchema": _schema(tool.get("inputSchema"))}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME


def _schema(schema: object) -> dict[str, Any]:
    """Some servers leave out the type, or write an empty list where an empty object is meant."""
    if not isinstance(schema, dict) or len(json.dumps(schema)) > MOST_SCHEMA:
        return dict(_OPEN)
    properties, required = schema.get("properties"), schema.get("required")
    rest = {key: value for key, value in schema.items() if key not in ("properties", "required")}
    told: dict[str, Any] = {**rest, **_OPEN}
    if isinstance(properties, dict):
        told["properties"] = {
            name: each if isinstance(each, dict | bool) else {} for name, each in properties.items()
        }
    if isinstance(required, list) and all(isinstance(name, str) for name in required):
        told["required"] = required
    return told
