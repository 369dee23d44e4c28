"""The OpenAI dialect: `GET /v1/models` and `POST /v1/chat/completions`, streamed or not."""

import json
from collections.abc import Iterator, Mapping

from tests.kit.model_endpoint.script import Answer, Asked, Chunk, Offered, own_text, words

MODELS = ("scripted-1", "scripted-2")
USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
"""The same for every call, so that a test can tell a sum from a last value."""


def models() -> dict[str, object]:
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in MODELS],
    }


def asked(body: Mapping[str, object]) -> Asked:
    """A request's body without its dialect."""
    messages = [message for message in _list(body.get("messages")) if isinstance(message, dict)]
    texts = [own_text(_text(message.get("content"))) for message in messages]
    user = [index for index, m in enumerate(messages) if m.get("role") == "user" and texts[index]]
    after = messages[user[-1] + 1 :] if user else []
    return Asked(
        model=str(body.get("model")),
        user_texts=tuple(texts[index] for index in user),
        rounds=sum(message.get("role") == "assistant" for message in after),
        offered=tuple(_offered(tool) for tool in _list(body.get("tools")) if isinstance(tool, dict)),
        system="\n".join(
            _text(message.get("content"))
            for message in messages
            if message.get("role") in ("system", "developer")
        ),
    )


def whole(answer: Answer, model: str) -> dict[str, object]:
    """The answer to a request that does not stream."""
    message: dict[str, object] = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.tools:
        message["tool_calls"] = _tool_calls(answer)
    choice = {"index": 0, "message": message, "finish_reason": _finish(answer)}
    return _envelope("chat.completion", model) | {"choices": [choice], "usage": _usage(answer)}


def stream(answer: Answer, model: str, *, usage: bool) -> Iterator[Chunk]:
    """Server-sent events: one a word, the tool calls, the end, with `usage` the usage, and DONE."""
    yield Chunk(_event(model, {"role": "assistant", "content": ""}))
    for word in words(answer.reasoning):
        yield Chunk(_event(model, {"reasoning_content": word}), is_token=True)
    for word in words(answer.text):
        yield Chunk(_event(model, {"content": word}), is_token=True)
    for call in _tool_calls(answer):
        yield Chunk(_event(model, {"tool_calls": [call]}))
    yield Chunk(_event(model, {}, _finish(answer)))
    if usage:
        yield Chunk(
            _sse(_envelope("chat.completion.chunk", model) | {"choices": [], "usage": _usage(answer)})
        )
    yield Chunk(b"data: [DONE]\n\n")


def error(status: int) -> dict[str, object]:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": f"scripted failure {status}", "type": kind, "code": str(status)}}


def _event(model: str, delta: Mapping[str, object], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _sse(_envelope("chat.completion.chunk", model) | {"choices": [choice]})


def _sse(value: Mapping[str, object]) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _envelope(kind: str, model: str) -> dict[str, object]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": model}


def _tool_calls(answer: Answer) -> list[dict[str, object]]:
    return [
        {
            "index": index,
            "id": f"call_{answer.place}_{index}",
            "type": "function",
            "function": {"name": use.name, "arguments": use.json},
        }
        for index, use in enumerate(answer.tools)
    ]


def _finish(answer: Answer) -> str:
    return answer.finish or ("tool_calls" if answer.tools else "stop")


def _usage(answer: Answer) -> dict[str, int]:
    if answer.usage is None:
        return USAGE
    told_in, told_out = answer.usage
    return {"prompt_tokens": told_in, "completion_tokens": told_out, "total_tokens": told_in + told_out}


def _offered(tool: Mapping[str, object]) -> Offered:
    function = tool.get("function")
    function = function if isinstance(function, dict) else {}
    schema = function.get("parameters")
    return Offered(str(function.get("name")), schema if isinstance(schema, dict) else {})


def _text(content: object) -> str:
    """Of a message's content; a part that an agent injects as its own is left out by the script."""
    if isinstance(content, str):
        return content
    return "\n".join(
        str(part["text"]) for part in _list(content) if isinstance(part, dict) and part.get("type") == "text"
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
