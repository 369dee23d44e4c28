"""What an MCP tool answered, in words for a model: text as it is, everything else named. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

MOST = 100_000
"""Characters of one result; the session bounds it again."""
_TAIL = 20_000
NOTHING = "(The tool answered without any content.)"


def words_of(content: Sequence[Mapping[str, Any]], structured: object = None) -> str:
    """`content` as on the wire (blocks of MCP); `structured` counts when there are no blocks."""
    parts = [part for block in content if (part := _block(block))]
    if not parts and structured is not None:
        parts = [json.dumps(structured, ensure_ascii=False, indent=1)]
    return shortened("\n".join(parts) or NOTHING)


def shortened(text: str, most: int = MOST, tail: int = _TAIL) -> str:
    """At most about `most` characters: the beginning and the end, and how much was between them."""
    if len(text) <= most:
        return text
    left_out = len(text) - most
    return f"{text[: most - tail]}\n[… {left_out} characters were left out …]\n{text[-tail:]}"


def _block(block: Mapping[str, Any]) -> str:
    match block.get("type"):
        case "text":
            return _text(block, "text")
        case "image":
            return f"[An image ({_size(block, 'data')}), which cannot be given to the model.]"
        case "audio":
            return f"[A sound ({_size(block, 'data')}), which cannot be given to the model.]"
        case "resource_link":
            name = _text(block, "title") or _text(block, "name")
            about = _text(block, "description")
            return f"[Resource {name}: {_text(block, 'uri')}]{f' {about}' if about else ''}"
        case "resource" if isinstance(inner := block.get("resource"), Mapping):
            return _resource(inner)
        case kind:
            return f"[A piece of the kind {kind}, which BooCode does not know.]"


def _resource(inner: Mapping[str, Any]) -> str:
    uri = _text(inner, "uri")
    if "text" in inner:
        return f"[Resource {uri}]\n{_text(inner, 'text')}"
    return f"[Resource {uri} ({_size(inner, 'blob')}), which is no text.]"


def _size(block: Mapping[str, Any], key: str) -> str:
    """Kind and size of something in base64."""
    size = len(_text(block, key)) * 3 // 4
    return f"{_text(block, 'mimeType') or 'of unknown kind'}, {size} bytes"


def _text(block: Mapping[str, Any], key: str) -> str:
    value = block.get(key)
    return value if isinstance(value, str) else ""
