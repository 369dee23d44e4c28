"""Checks every answer of the API against its own description."""

import re
from collections.abc import Mapping
from typing import Any

import httpx2
from jsonschema import Draft202012Validator

from boocode.contracts.json_schema import documents
from web.openapi import description

DOCUMENT: Any = description("1.2.3")
SCHEMAS: Any = documents()
FRAMES = Draft202012Validator(SCHEMAS["frames"])
CONTROL = Draft202012Validator({"$ref": "#/$defs/ControlFrame", "$defs": SCHEMAS["socket"]["$defs"]})
NOT_OURS = {401, 403, 404, 405}
"""What a path or method may be answered with that is not described."""


async def check_answer(response: httpx2.Response) -> None:
    """AssertionError when the answer is not what /openapi.json says of its route and status."""
    path, method, status = response.request.url.path, response.request.method, str(response.status_code)
    if not path.startswith("/api/") or path == "/api/ws" or method == "HEAD":
        return
    await response.aread()
    operation = _operation(method, path)
    if operation is None:
        assert response.status_code in NOT_OURS, f"{method} {path} is not described: {status}"
        operation = {"responses": {status: DOCUMENT["paths"]["/api/inbox"]["get"]["responses"]["500"]}}
    assert status in operation["responses"], f"{method} {path}: {status} is not described: {response.text}"
    content: Mapping[str, Any] = operation["responses"][status].get("content", {})
    if not content:
        assert response.content == b""
        return
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in content, f"{method} {path}: {media_type} is not described"
    if media_type.startswith("text/"):
        return
    entry = content[media_type]
    schema = {**entry["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(response.json())


def check_frame(frame: Any) -> None:
    """ValidationError when a frame of the WebSocket is not what schema/wire says."""
    (FRAMES if "seq" in frame else CONTROL).validate(frame)


def _operation(method: str, path: str) -> Any:
    for template, operations in DOCUMENT["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template.replace("{path}", "(?:.+)"))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            return operations[method.lower()]
    return None
