"""The scripted model endpoint: what it says, how it streams, how it fails, and what it notices."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import trio

from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tests.kit.model_endpoint.failures import REFUSALS

WRITE = {
    "type": "function",
    "function": {
        "name": "write_file",
        "parameters": {
            "properties": {
                "file_path": {"type": "string"},
                "content": {"type": "string"},
                "is_new": {"type": "boolean"},
            },
            "required": ["file_path", "content", "is_new"],
        },
    },
}
SHELL = {"type": "function", "function": {"name": "developer__shell", "parameters": {}}}


@pytest.fixture
async def model() -> AsyncIterator[ModelEndpoint]:
    async with serve_model() as endpoint:
        yield endpoint


def body(*texts: str, **more: Any) -> dict[str, Any]:
    messages: list[dict[str, object]] = []
    for text in texts[:-1]:
        messages += [{"role": "user", "content": text}, {"role": "assistant", "content": "done"}]
    return {"model": "scripted-1", "messages": [*messages, {"role": "user", "content": texts[-1]}], **more}


async def post(model: ModelEndpoint, request: dict[str, Any]) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=model.url, trust_env=False) as client:
        return await client.post("/v1/chat/completions", json=request, timeout=30)


async def said(model: ModelEndpoint, request: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = (await post(model, request)).json()["choices"][0]["message"]
    return message


def events(text: str) -> list[Any]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


async def test_models_are_listed(model: ModelEndpoint) -> None:
    async with httpx2.AsyncClient(base_url=model.url, trust_env=False) as client:
        answer = await client.get("/v1/models")
    assert [entry["id"] for entry in answer.json()["data"]] == ["scripted-1", "scripted-2"]


async def test_an_answer_says_how_many_user_turns_it_saw(model: ModelEndpoint) -> None:
    message = await said(model, body("one", "two", "say hello"))
    assert message["content"] == "hello\nuser turns: 3"


async def test_a_stream_is_words_then_the_end_then_usage_then_done(model: ModelEndpoint) -> None:
    request = body("reason hm then say a b", stream=True, stream_options={"include_usage": True})
    answer = await post(model, request)
    deltas = [event["choices"][0]["delta"] for event in events(answer.text) if event["choices"]]
    assert "".join(delta.get("content", "") for delta in deltas) == "a b\nuser turns: 1"
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == "hm"
    assert events(answer.text)[-2]["choices"][0]["finish_reason"] == "stop"
    assert events(answer.text)[-1]["usage"]["prompt_tokens"] == 100
    assert answer.text.endswith("data: [DONE]\n\n")


async def test_usage_is_streamed_only_when_asked_for(model: ModelEndpoint) -> None:
    answer = await post(model, body("say a", stream=True))
    assert all("usage" not in event for event in events(answer.text))


async def test_a_tool_is_called_with_the_argument_names_that_it_offers(model: ModelEndpoint) -> None:
    message = await said(model, body("write /r/a.txt: hello", tools=[SHELL, WRITE]))
    call = message["tool_calls"][0]["function"]
    assert call["name"] == "write_file"
    assert json.loads(call["arguments"]) == {"file_path": "/r/a.txt", "content": "hello\n", "is_new": False}


async def test_one_tool_call_a_round_then_plain_text(model: ModelEndpoint) -> None:
    request = body("write /r/a.txt: x then shell ls then say done", tools=[WRITE, SHELL])
    first = await said(model, request)
    request["messages"] += [first, {"role": "tool", "tool_call_id": "1", "content": "ok"}]
    second = await said(model, request)
    request["messages"] += [second, {"role": "tool", "tool_call_id": "2", "content": "ok"}]
    third = await said(model, request)
    assert [call["function"]["name"] for call in second["tool_calls"]] == ["developer__shell"]
    assert first["tool_calls"][0]["id"] != second["tool_calls"][0]["id"]
    assert third["content"] == "done\nuser turns: 1"


async def test_two_tool_calls_in_one_round(model: ModelEndpoint) -> None:
    message = await said(model, body("together shell a & shell b", tools=[SHELL]))
    assert [json.loads(c["function"]["arguments"])["command"] for c in message["tool_calls"]] == ["a", "b"]


async def test_a_tool_that_was_not_offered_can_be_forced(model: ModelEndpoint) -> None:
    message = await said(model, body('call bash {"command": "touch x"}'))
    assert message["tool_calls"][0]["function"] == {"name": "bash", "arguments": '{"command": "touch x"}'}


async def test_text_that_agents_inject_is_no_user_turn(model: ModelEndpoint) -> None:
    injected = {"role": "user", "content": "<info-msg>\nIt is late\n</info-msg>"}
    request = body("say hi <system-reminder>obey</system-reminder>")
    request["messages"].append(injected)
    assert (await said(model, request))["content"] == "hi\nuser turns: 1"


async def test_a_message_glued_to_an_unanswered_one_is_read_alone(model: ModelEndpoint) -> None:
    await said(model, body("say first"))
    assert (await said(model, body("say first\nsay second")))["content"] == "second\nuser turns: 1"


async def test_a_side_request_gets_a_canned_answer(model: ModelEndpoint) -> None:
    request = body("write x: y")
    request["messages"].insert(0, {"role": "system", "content": "Write a short title."})
    assert (await said(model, request))["content"] == "Scripted side answer"


async def test_an_http_failure_once_and_for_ever(model: ModelEndpoint) -> None:
    assert [(await post(model, body("http 500 once"))).status_code for _ in range(2)] == [500, 200]
    assert [(await post(model, body("http 400"))).status_code for _ in range(2)] == [400, 400]


async def test_a_dropped_connection_is_no_whole_answer(model: ModelEndpoint) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await post(model, body("drop", stream=True))


async def test_a_gate_holds_the_rest_until_it_is_opened(model: ModelEndpoint) -> None:
    with trio.fail_after(30):
        async with httpx2.AsyncClient(base_url=model.url, trust_env=False) as client:
            request = body("gate a then say on", stream=True)
            async with client.stream("POST", "/v1/chat/completions", json=request) as answer:
                seen = ""
                async for text in answer.aiter_text():
                    seen += text
                    if "started" in seen:
                        model.gates["a"].set()
    assert "started" in seen
    assert seen.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("directive", ["hang", "stall", "count 1000 every 50 ms"])
async def test_a_client_that_leaves_is_noticed(model: ModelEndpoint, directive: str) -> None:
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(post, model, body(directive, stream=True))
            while not model.requests:
                await trio.testing.wait_all_tasks_blocked()
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
        while not model.requests[0].client_gone:
            await trio.lowlevel.checkpoint()
    assert not model.requests[0].finished


@pytest.mark.parametrize("kind", sorted(REFUSALS))
async def test_a_failure_is_said_as_a_real_server_says_it(model: ModelEndpoint, kind: str) -> None:
    answer = await post(model, body(f"fail {kind}"))
    assert (answer.status_code, answer.json()) == (REFUSALS[kind].status, REFUSALS[kind].body)


async def test_a_failure_once_is_over_the_next_time(model: ModelEndpoint) -> None:
    assert [(await post(model, body("fail server once"))).status_code for _ in range(2)] == [500, 200]


async def test_an_answer_breaks_into_a_failure(model: ModelEndpoint) -> None:
    answer = await post(model, body("break server", stream=True))
    assert answer.status_code == 200
    assert events(answer.text)[-1] == REFUSALS["server"].body
    assert "[DONE]" not in answer.text


async def test_raw_text_is_a_round_of_its_own_and_nothing_is_added(model: ModelEndpoint) -> None:
    request = body('raw "<tool_call>\\n{}" then say done')
    first = await said(model, request)
    assert first == {"role": "assistant", "content": "<tool_call>\n{}"}
    request["messages"] += [first, {"role": "tool", "tool_call_id": "1", "content": "ok"}]
    assert (await said(model, request))["content"] == "done\nuser turns: 1"


async def test_arguments_can_be_mangled(model: ModelEndpoint) -> None:
    message = await said(model, body("mangle write_file {'path': 'a',}"))
    assert message["tool_calls"][0]["function"] == {"name": "write_file", "arguments": "{'path': 'a',}"}


async def test_a_thought_stands_in_the_text(model: ModelEndpoint) -> None:
    assert (await said(model, body("think hm then say a")))["content"].startswith("<think>hm</think>")


async def test_an_answer_can_be_without_a_word_cut_short_and_of_any_size(model: ModelEndpoint) -> None:
    assert (await said(model, body("nothing")))["content"] is None
    told = (await post(model, body("length then usage 7 8"))).json()
    assert told["choices"][0]["finish_reason"] == "length"
    assert (told["usage"]["prompt_tokens"], told["usage"]["completion_tokens"]) == (7, 8)


async def test_a_key_and_a_window_are_insisted_on(model: ModelEndpoint) -> None:
    model.key = "another"
    assert (await post(model, body("say a"))).status_code == 401
    model.key, model.window = None, 1_000
    assert (await post(model, body("say a"))).status_code == 200
    assert (await post(model, body("say " + "long " * 1_000))).status_code == 400


async def test_a_page_can_be_put_in_place_of_another(model: ModelEndpoint) -> None:
    model.pages["/v1/models"] = {"data": []}
    async with httpx2.AsyncClient(base_url=model.url, trust_env=False) as client:
        assert (await client.get("/v1/models")).json() == {"data": []}
