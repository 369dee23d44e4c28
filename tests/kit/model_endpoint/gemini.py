"""The Gemini dialect: `POST /v1beta/models/MODEL:generateContent`, `:streamGenerateContent`, `:countTokens`.

Its client asks on the side for answers of a JSON schema (which model to take, who speaks next): those are filled in.
"""

import json
import re
from collections.abc import Iterator, Mapping

from tests.kit.model_endpoint.openai import MODELS
from tests.kit.model_endpoint.script import Answer, Asked, Chunk, Offered, own_text, words

USAGE = {"promptTokenCount": 100, "candidatesTokenCount": 10, "totalTokenCount": 110}
"""The same for every call, so that a test can tell a sum from a last value."""
PATH = re.compile(
    r"/v1(?:beta)?/models/(?P<model>[^:]+):(?P<what>generateContent|streamGenerateContent|countTokens)$"
)
STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
CONTEXT = re.compile(r"<session_context>.*?</session_context>|^This is the Gemini CLI\..*", re.DOTALL)
"""What the client puts before the first user message on its own."""


def in_path(path: str) -> dict[str, object] | None:
    """What this API says in its path, as fields of a body: `model`, `stream`, and `count` for countTokens."""
    found = PATH.match(path)
    if found is None:
        return None
    what = found["what"]
    return {
        "model": found["model"],
        "stream": what == "streamGenerateContent",
        "count": what == "countTokens",
    }


def models() -> dict[str, object]:
    return {"models": [{"name": f"models/{name}", "displayName": name} for name in MODELS]}


def asked(body: Mapping[str, object]) -> Asked:
    """A request's body without its dialect. A user message of tool results alone is no user turn."""
    contents = [content for content in _list(body.get("contents")) if isinstance(content, dict)]
    texts = [own_text(CONTEXT.sub("", _text(content))) for content in contents]
    user = [index for index, c in enumerate(contents) if c.get("role") == "user" and texts[index]]
    after = contents[user[-1] + 1 :] if user else []
    system = body.get("systemInstruction")
    return Asked(
        model=str(body.get("model")),
        user_texts=tuple(texts[index] for index in user),
        rounds=sum(content.get("role") == "model" for content in after),
        offered=tuple(_offered(body)),
        system=_text(system) if isinstance(system, dict) else "",
    )


def side_answer(body: Mapping[str, object]) -> dict[str, object] | None:
    """The answer to a request for JSON of a schema; None for any other."""
    config = body.get("generationConfig")
    if not isinstance(config, dict) or config.get("responseMimeType") != "application/json":
        return None
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    return _response([{"text": json.dumps(_fitting(schema))}], str(body.get("model")), "STOP")


def whole(answer: Answer, model: str) -> dict[str, object]:
    """The answer to a request that does not stream."""
    parts = [*_texts(answer.reasoning, thought=True), *_texts(answer.text, thought=False), *_calls(answer)]
    return _response(parts, model, "STOP")


def stream(answer: Answer, model: str, *, usage: bool = True) -> Iterator[Chunk]:
    """Server-sent events: one a word, the tool calls, the end with the usage."""
    for text, thought in ((answer.reasoning, True), (answer.text, False)):
        for word in words(text):
            yield _event(_response(_texts(word, thought=thought), model), is_token=True)
    if answer.tools:
        yield _event(_response(_calls(answer), model))
    last = _response([{"text": ""}], model, "STOP")
    yield _event(last if usage else {name: value for name, value in last.items() if name != "usageMetadata"})


def error(status: int) -> dict[str, object]:
    name = STATUS.get(status, "INTERNAL")
    return {"error": {"code": status, "message": f"scripted failure {status}", "status": name}}


def count_tokens(body: Mapping[str, object]) -> dict[str, object]:
    """A token is four bytes of the request, as good a count as any."""
    return {"totalTokens": len(json.dumps(body)) // 4}


def _event(response: Mapping[str, object], *, is_token: bool = False) -> Chunk:
    return Chunk(b"data: " + json.dumps(response).encode() + b"\r\n\r\n", is_token)


def _response(parts: list[dict[str, object]], model: str, finish: str | None = None) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": model, "usageMetadata": USAGE}


def _texts(text: str, *, thought: bool) -> list[dict[str, object]]:
    if not text:
        return []
    return [{"text": text, "thought": True}] if thought else [{"text": text}]


def _calls(answer: Answer) -> list[dict[str, object]]:
    return [
        {
            "functionCall": {
                "id": f"call_{answer.place}_{index}",
                "name": use.name,
                "args": dict(use.arguments),
            }
        }
        for index, use in enumerate(answer.tools)
    ]


def _offered(body: Mapping[str, object]) -> Iterator[Offered]:
    for tool in _list(body.get("tools")):
        for declared in _list(tool.get("functionDeclarations")) if isinstance(tool, dict) else []:
            if isinstance(declared, dict):
                schema = declared.get("parametersJsonSchema") or declared.get("parameters")
                yield Offered(str(declared.get("name")), schema if isinstance(schema, dict) else {})


def _fitting(schema: object) -> object:
    """A value of that schema: of an enum the first, of a string the word scripted."""
    if not isinstance(schema, dict):
        return "scripted"
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    match str(schema.get("type")).lower():
        case "object":
            properties = schema.get("properties")
            fields = properties if isinstance(properties, dict) else {}
            return {name: _fitting(each) for name, each in fields.items()}
        case "array":
            return []
        case "boolean":
            return False
        case "number" | "integer":
            return 0
        case _:
            return "scripted"


def _text(content: Mapping[str, object]) -> str:
    parts = [part for part in _list(content.get("parts")) if isinstance(part, dict)]
    return "\n".join(str(part["text"]) for part in parts if "text" in part)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
