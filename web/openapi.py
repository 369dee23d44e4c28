"""The description of the API (OpenAPI 3.1), made from the route table and the wire classes."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_type_hints

import attrs
import msgspec

from boocode.contracts.answers import Problem
from boocode.contracts.json_schema import any_json
from web.problems import TITLES
from web.routes import ROUTES
from web.routing import Route

REF = "#/components/schemas/{name}"
NO_CONTENT = 204
ALWAYS = (401, 403, 500, 503, 504)
ABOUT = """The HTTP API of BooCode. Every route but `GET /api/health` needs the token, as `Authorization: Bearer`
or as the cookie that `/?token=…` sets. Errors are `application/problem+json`; `code` is stable. Ids are opaque.
Lists are paged: pass `next` of one page as `after` (messages: `before`) of the following one.

`GET /api/ws` is a WebSocket. Send `{"type":"subscribe","topic":"chat:ID","since":0}`; topics are `chat:ID`,
`user` and `supervision`. Each message of the server is one frame or an array of frames."""


@cache
def description(version: str) -> dict[str, object]:
    types = list(_types())
    schemas, components = msgspec.json.schema_components(types, schema_hook=any_json, ref_template=REF)
    by_type = {_key(type_): schema for type_, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_type)
    document: dict[str, object] = {
        "openapi": "3.1.0",
        "info": {"title": "BooCode", "version": version, "description": ABOUT},
        "security": [{"token": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "boocode_token_PORT"},
            },
        },
    }
    plain: dict[str, object] = msgspec.json.decode(msgspec.json.encode(document))  # no tuples
    return plain


def _types() -> Iterator[Any]:
    yield Problem
    for route in ROUTES:
        for type_ in (route.answer, route.body):
            if type_ is not None:
                yield type_


def _key(type_: object) -> str:
    return repr(type_)


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, object]:
    operation: dict[str, object] = {
        "summary": route.summary,
        "operationId": _operation_id(route),
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": _responses(route, schemas),
    }
    if route.body is not None:
        content = {"application/json": {"schema": schemas[_key(route.body)]}}
        operation["requestBody"] = {"required": _has_required(route.body), "content": content}
    if route.path == "/api/health":
        operation["security"] = []
    return operation


def _has_required(body: type[Any]) -> bool:
    """An empty body is `{}`: fine where every field may be left out."""
    return any(field.default is attrs.NOTHING for field in attrs.fields(body))


def _operation_id(route: Route) -> str:
    return f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}"


def _path_parameters(route: Route) -> Iterator[dict[str, object]]:
    for name in route.parameters:
        parameter: dict[str, object] = {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
        }
        if name == "path":
            parameter["description"] = "The actor's path, slashes included, such as root/surface/edge."
        yield parameter


def _query_parameters(route: Route) -> Iterator[dict[str, object]]:
    if route.query is None:
        return
    hints = get_type_hints(route.query)
    for field in attrs.fields(route.query):
        schema = msgspec.json.schema(hints[field.name], schema_hook=any_json)
        yield {"name": field.name, "in": "query", "required": False, "schema": schema}


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, object]:
    responses: dict[str, object] = {}
    for status in (route.status, *route.other_statuses):
        answer: dict[str, object] = {"description": "Done" if status < 300 else "Not ready"}
        if route.answer is not None and status != NO_CONTENT:
            texts = {media_type: {"schema": {"type": "string"}} for media_type in route.texts}
            answer["content"] = {"application/json": {"schema": schemas[_key(route.answer)]}, **texts}
        responses[str(status)] = answer
    problem = {"application/problem+json": {"schema": schemas[_key(Problem)]}}
    with_body = () if route.body is None else (400, 413)
    for status in sorted({*ALWAYS, *with_body, *route.errors} - {route.status, *route.other_statuses}):
        responses[str(status)] = {"description": TITLES[status], "content": problem}
    return responses
