"""The scripted model endpoint's Anthropic dialect: messages, blocks, tools, usage, failures, counted tokens."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import trio

from tests.kit.model_endpoint import ModelEndpoint, serve_model

WRITE = {
    "name": "Write",
    "input_schema": {
        "properties": {"file_path": {"type": "string"}, "content": {"type": "string"}},
        "required": ["file_path", "content"],
    },
}
BASH = {"name": "Bash", "input_schema": {"properties": {"command": {"type": "string"}}}}
VERSION = {"anthropic-version": "2023-06-01"}


@pytest.fixture
async def model() -> AsyncIterator[ModelEndpoint]:
    async with serve_model() as endpoint:
        yield endpoint


def body(*texts: str, **more: Any) -> dict[str, Any]:
    messages: list[dict[str, object]] = []
    for text in texts[:-1]:
        messages += [{"role": "user", "content": text}, {"role": "assistant", "content": "done"}]
    return {"model": "scripted-1", "messages": [*messages, {"role": "user", "content": texts[-1]}], **more}


async def post(model: ModelEndpoint, request: dict[str, Any], path: str = "/v1/messages") -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=model.url, trust_env=False, headers=VERSION) as client:
        return await client.post(path, json=request, timeout=30)


def events(text: str) -> list[dict[str, Any]]:
    """Each event's data; its name is the data's type."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {found[-1]['type']}"
    return found


def results(*ids: str) -> dict[str, object]:
    blocks = [{"type": "tool_result", "tool_use_id": id_, "content": "ok"} for id_ in ids]
    return {"role": "user", "content": blocks}


async def test_a_whole_answer_holds_thinking_text_a_reason_to_stop_and_usage(model: ModelEndpoint) -> None:
    answer = (await post(model, body("one", "reason hm then say hello"))).json()
    thinking, text = answer["content"]
    assert (thinking["type"], thinking["thinking"]) == ("thinking", "hm")
    assert text == {"type": "text", "text": "hello\nuser turns: 2"}
    assert answer["stop_reason"] == "end_turn"
    assert answer["usage"] == {"input_tokens": 100, "output_tokens": 10}


async def test_a_stream_opens_and_closes_each_block_in_order(model: ModelEndpoint) -> None:
    told = events((await post(model, body("reason hm then say a b", stream=True))).text)
    assert [event["type"] for event in told if event["type"] != "content_block_delta"] == [
        "message_start",
        "content_block_start",
        "content_block_stop",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    deltas = [event for event in told if event["type"] == "content_block_delta"]
    text = "".join(event["delta"].get("text", "") for event in deltas if event["index"] == 1)
    assert text == "a b\nuser turns: 1"
    assert [event["delta"]["type"] for event in deltas if event["index"] == 0] == [
        "thinking_delta",
        "signature_delta",
    ]
    assert told[-2]["usage"]["output_tokens"] == 10
    assert told[-2]["delta"]["stop_reason"] == "end_turn"


async def test_a_tool_call_is_streamed_as_pieces_of_json(model: ModelEndpoint) -> None:
    told = events((await post(model, body("write /r/a: x", tools=[BASH, WRITE], stream=True))).text)
    start = next(event["content_block"] for event in told if event["type"] == "content_block_start")
    pieces = [event["delta"].get("partial_json", "") for event in told if "delta" in event]
    assert (start["type"], start["name"], start["input"]) == ("tool_use", "Write", {})
    assert json.loads("".join(pieces)) == {"file_path": "/r/a", "content": "x\n"}
    assert told[-2]["delta"]["stop_reason"] == "tool_use"


async def test_tool_results_are_no_user_turn(model: ModelEndpoint) -> None:
    request = body("together shell a & shell b then say done", tools=[BASH])
    first = (await post(model, request)).json()
    ids = [block["id"] for block in first["content"]]
    request["messages"] += [{"role": "assistant", "content": first["content"]}, results(*ids)]
    second = (await post(model, request)).json()
    assert [block["input"]["command"] for block in first["content"]] == ["a", "b"]
    assert len(set(ids)) == 2
    assert second["content"] == [{"type": "text", "text": "done\nuser turns: 1"}]


async def test_a_side_request_is_known_by_its_system_text(model: ModelEndpoint) -> None:
    system = [{"type": "text", "text": "Write a short title."}]
    answer = (await post(model, body("write a: b", system=system))).json()
    assert answer["content"][0]["text"] == "Scripted side answer"


@pytest.mark.parametrize(("status", "kind"), [(400, "invalid_request_error"), (500, "api_error")])
async def test_an_error_is_in_the_dialect(model: ModelEndpoint, status: int, kind: str) -> None:
    answer = await post(model, body(f"http {status}"))
    assert answer.status_code == status
    assert answer.json() == {
        "type": "error",
        "error": {"type": kind, "message": f"scripted failure {status}"},
    }


async def test_tokens_are_counted(model: ModelEndpoint) -> None:
    counts = [
        (await post(model, body(text), "/v1/messages/count_tokens")).json()["input_tokens"]
        for text in ("say a", "say a" * 100)
    ]
    assert 0 < counts[0] < counts[1]


async def test_models_are_listed_for_who_says_that_he_speaks_it(model: ModelEndpoint) -> None:
    async with httpx2.AsyncClient(base_url=model.url, trust_env=False, headers=VERSION) as client:
        answer = (await client.get("/v1/models")).json()
    assert [(entry["type"], entry["id"]) for entry in answer["data"]] == [
        ("model", "scripted-1"),
        ("model", "scripted-2"),
    ]


async def test_a_stalled_stream_stops_after_its_first_word_and_notices_who_leaves(
    model: ModelEndpoint,
) -> None:
    seen = ""
    request = body("stall", stream=True)
    with trio.fail_after(30):
        with trio.CancelScope() as scope:
            async with (
                httpx2.AsyncClient(base_url=model.url, trust_env=False) as client,
                client.stream("POST", "/v1/messages", json=request) as answer,
            ):
                async for text in answer.aiter_text():
                    seen += text
                    if "content_block_delta" in seen:
                        scope.cancel()
        while not model.requests[0].client_gone:
            await trio.lowlevel.checkpoint()
    assert "message_stop" not in seen
