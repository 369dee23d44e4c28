"""The Anthropic dialect: `POST /v1/messages`, streamed or not, its `count_tokens`, and `GET /v1/models`."""

import json
from collections.abc import Iterator, Mapping

from tests.kit.model_endpoint.openai import MODELS
from tests.kit.model_endpoint.script import Answer, Asked, Chunk, Offered, own_text, words

USAGE = {"input_tokens": 100, "output_tokens": 10}
"""The same for every call, so that a test can tell a sum from a last value."""
ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    529: "overloaded_error",
}


def models() -> dict[str, object]:
    return {
        "data": [
            {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"}
            for name in MODELS
        ],
        "has_more": False,
        "first_id": MODELS[0],
        "last_id": MODELS[-1],
    }


def asked(body: Mapping[str, object]) -> Asked:
    """A request's body without its dialect. A user message of tool results alone is no user turn."""
    messages = [message for message in _list(body.get("messages")) if isinstance(message, dict)]
    texts = [own_text(_text(message.get("content"))) for message in messages]
    user = [index for index, m in enumerate(messages) if m.get("role") == "user" and texts[index]]
    after = messages[user[-1] + 1 :] if user else []
    return Asked(
        model=str(body.get("model")),
        user_texts=tuple(texts[index] for index in user),
        rounds=sum(message.get("role") == "assistant" for message in after),
        offered=tuple(_offered(tool) for tool in _list(body.get("tools")) if isinstance(tool, dict)),
        system=_text(body.get("system")),
    )


def whole(answer: Answer, model: str) -> dict[str, object]:
    """The answer to a request that does not stream."""
    blocks = [_filled(kind, text) for kind, text in _texts(answer) if text] + _tool_uses(answer)
    return _message(answer, model) | {
        "content": blocks,
        "stop_reason": _stop_reason(answer),
        "usage": USAGE,
    }


def stream(answer: Answer, model: str, *, usage: bool = True) -> Iterator[Chunk]:
    """Server-sent events: the message's start, its blocks one after another, its end; usage always."""
    began = USAGE | {"output_tokens": 1}
    yield _event("message_start", message=_message(answer, model) | {"usage": began})
    index = 0
    for kind, text in _texts(answer):
        if text:
            yield from _spoken_block(index, kind, text)
            index += 1
    for use in _tool_uses(answer):
        yield from _tool_block(index, use)
        index += 1
    ended = {"stop_reason": _stop_reason(answer), "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage=USAGE if usage else {})
    yield _event("message_stop")


def error(status: int) -> dict[str, object]:
    return {
        "type": "error",
        "error": {"type": ERRORS.get(status, "api_error"), "message": f"scripted failure {status}"},
    }


def count_tokens(body: Mapping[str, object]) -> dict[str, object]:
    """A token is four bytes of the request, as good a count as any."""
    return {"input_tokens": len(json.dumps(body)) // 4}


def _spoken_block(index: int, kind: str, text: str) -> Iterator[Chunk]:
    yield _event("content_block_start", index=index, content_block=_filled(kind, ""))
    for word in words(text):
        yield _event(
            "content_block_delta", index=index, delta={"type": f"{kind}_delta", kind: word}, is_token=True
        )
    if kind == "thinking":
        signed = {"type": "signature_delta", "signature": "scripted"}
        yield _event("content_block_delta", index=index, delta=signed)
    yield _event("content_block_stop", index=index)


def _tool_block(index: int, use: dict[str, object]) -> Iterator[Chunk]:
    arguments = {"type": "input_json_delta", "partial_json": json.dumps(use["input"])}
    yield _event("content_block_start", index=index, content_block=use | {"input": {}})
    yield _event("content_block_delta", index=index, delta=arguments)
    yield _event("content_block_stop", index=index)


def _event(kind: str, *, is_token: bool = False, **fields: object) -> Chunk:
    data = json.dumps({"type": kind, **fields})
    return Chunk(f"event: {kind}\ndata: {data}\n\n".encode(), is_token)


def _message(answer: Answer, model: str) -> dict[str, object]:
    return {
        "id": f"msg_scripted_{answer.place}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _texts(answer: Answer) -> tuple[tuple[str, str], ...]:
    return ("thinking", answer.reasoning), ("text", answer.text)


def _filled(kind: str, text: str) -> dict[str, object]:
    block: dict[str, object] = {"type": kind, kind: text}
    return block | {"signature": "scripted" if text else ""} if kind == "thinking" else block


def _tool_uses(answer: Answer) -> list[dict[str, object]]:
    return [
        {
            "type": "tool_use",
            "id": f"toolu_{answer.place}_{index}",
            "name": use.name,
            "input": dict(use.arguments),
        }
        for index, use in enumerate(answer.tools)
    ]


def _stop_reason(answer: Answer) -> str:
    return "tool_use" if answer.tools else "end_turn"


def _offered(tool: Mapping[str, object]) -> Offered:
    schema = tool.get("input_schema")
    return Offered(str(tool.get("name")), schema if isinstance(schema, dict) else {})


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(
        str(part["text"]) for part in _list(content) if isinstance(part, dict) and part.get("type") == "text"
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
