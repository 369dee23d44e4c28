"""Asking a model: over real connections, of the scripted endpoint."""

import gc
import os
import subprocess
import sys

import attrs
import pytest
import trio

from boocode.domain.native.sampling import Sampling
from boocode.ports.model_endpoint import ModelFailed, ModelRequest, UsageTold
from tests.adapters.native.asking import CONFIG, PATIENT_S, hear, opened, request
from tests.domain.native.test_sampling import SET
from tests.kit.model_endpoint import ModelEndpoint, serve_model

TOOL = {
    "type": "function",
    "function": {
        "name": "read_file",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
OURS = {"model", "messages", "stream", "stream_options"}
"""What every request has."""


async def test_text_reasoning_usage_and_the_end_come_in_pieces():
    async with serve_model() as model, opened(model.url) as endpoint:
        heard = await hear(endpoint, request("reason why not then say one two three then usage 12 34"))
    assert heard.failure is None
    assert (heard.reasoning, heard.text) == ("why not", "one two three\nuser turns: 1")
    assert len(heard.pieces) > 6
    assert heard.end == (UsageTold(12, 34), "stop")


async def test_tool_calls_come_with_their_ids_and_arguments():
    asked = ModelRequest(
        "scripted-1", ({"role": "user", "content": "together read a.py & read b.py"},), (TOOL,)
    )
    async with serve_model() as model, opened(model.url) as endpoint:
        heard = await hear(endpoint, asked)
    assert [(name, arguments) for _, name, arguments in heard.calls.values()] == [
        ("read_file", '{"path": "a.py"}'),
        ("read_file", '{"path": "b.py"}'),
    ]
    assert len({id_ for id_, *_ in heard.calls.values()}) == 2
    assert heard.end[1] == "tool_calls"
    assert model.requests[0].body["tools"] == [TOOL]


async def test_the_end_tells_when_the_limit_of_tokens_was_reached():
    async with serve_model() as model, opened(model.url) as endpoint:
        assert (await hear(endpoint, request("say much then length"))).end[1] == "length"


async def test_the_address_may_hold_its_version_or_not_and_a_slash():
    async with serve_model() as model:
        for url in (model.url, f"{model.url}/", f"{model.url}/v1", f"{model.url}/v1/"):
            async with opened(url) as endpoint:
                assert (await hear(endpoint, request("say hello"))).failure is None
    assert {seen.path for seen in model.requests} == {"/v1/chat/completions"}


@pytest.mark.parametrize("knob", sorted(SET))
async def test_a_knob_is_on_the_wire_alone_when_it_is_set(knob: str):
    sampling = Sampling(**{knob: SET[knob]})  # type: ignore[arg-type]
    async with serve_model() as model, opened(model.url) as endpoint:
        await hear(endpoint, request("say a", **sampling.body()))
    body = model.requests[0].body
    value = list(SET[knob]) if isinstance(SET[knob], tuple) else SET[knob]  # type: ignore[call-overload]
    names = {"reasoning_budget": {"reasoning_budget_tokens", "thinking_budget_tokens"}}.get(knob, {knob})
    assert {name: body[name] for name in set(body) - OURS} == dict.fromkeys(names, value)


async def test_all_knobs_at_once_and_none_at_all():
    everything = Sampling(**SET)  # type: ignore[arg-type]
    async with serve_model() as model, opened(model.url) as endpoint:
        await hear(endpoint, request("say a", **everything.body()))
        await hear(endpoint, request("say a", **Sampling().body()))
    assert len(set(model.requests[0].body) - OURS) == len(attrs.fields(Sampling)) + 1
    assert set(model.requests[1].body) == OURS


async def test_the_key_is_sent_as_a_bearer_and_nothing_in_its_place_without_one():
    async with serve_model() as model:
        async with opened(model.url, "sekret") as endpoint:
            await hear(endpoint, request("say a"))
        async with opened(model.url) as endpoint:
            await hear(endpoint, request("say a"))
    assert model.requests[0].headers["authorization"] == "Bearer sekret"
    assert "authorization" not in model.requests[1].headers


async def test_nothing_of_it_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://127.0.0.1:1/environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Extra: environment\nAuthorization: Bearer environment")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serve_model() as model, opened(model.url) as endpoint:
        assert (await hear(endpoint, request("say a"))).failure is None
        assert await endpoint.models()
    assert "environment" not in str(model.requests[0].headers)


@pytest.mark.parametrize("text", ["count 1000 every 20 ms", "stall", "gate never"])
async def test_leaving_an_answer_ends_its_request_at_the_endpoint(text: str):
    async with serve_model() as model, opened(model.url) as endpoint:
        async with endpoint.answer(request(text)) as pieces:
            await anext(pieces)
        await _gone(model)
        assert (await hear(endpoint, request("say still here"))).failure is None
    gc.collect()  # a generator that was left open would be told now


@pytest.mark.parametrize("text", ["hang", "stall", "count 1000 every 20 ms"])
async def test_cancelling_an_answer_ends_its_request_at_the_endpoint(text: str):
    async with serve_model() as model, opened(model.url) as endpoint:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hear, endpoint, request(text))
            while not model.requests:
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
        await _gone(model)
    gc.collect()


async def _gone(model: ModelEndpoint) -> None:
    with trio.fail_after(PATIENT_S):
        while not model.requests[-1].client_gone:
            await trio.lowlevel.checkpoint()


async def test_an_error_of_whoever_reads_goes_through_and_ends_the_request():
    async with serve_model() as model, opened(model.url) as endpoint:

        async def read() -> None:
            async with endpoint.answer(request("count 1000 every 20 ms")) as pieces:
                async for _ in pieces:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await read()
        await _gone(model)


async def test_several_answers_at_once_do_not_mix():
    async with serve_model() as model, opened(model.url) as endpoint:
        texts: dict[int, str] = {}

        async def one(number: int) -> None:
            texts[number] = (
                await hear(endpoint, request(f"say number {number} then count 20 every 1 ms"))
            ).text

        async with trio.open_nursery() as nursery:
            for number in range(10):
                nursery.start_soon(one, number)
    assert all(text.startswith(f"number {number}\n") for number, text in texts.items())
    assert len(texts) == 10


async def test_an_answer_that_is_not_streamed_is_its_text():
    async with serve_model() as model, opened(model.url) as endpoint:
        assert (
            await endpoint.whole(request("reason hm then say hello", temperature=0), PATIENT_S)
            == "hello\nuser turns: 1"
        )
    assert not model.requests[0].body.get("stream")
    assert model.requests[0].body["temperature"] == 0


async def test_the_models_are_those_that_are_served():
    async with serve_model() as model, opened(model.url, "sekret") as endpoint:
        assert [each.id for each in await endpoint.models()] == ["scripted-1", "scripted-2"]
    assert model.requests[0].headers["authorization"] == "Bearer sekret"


async def test_without_an_address_every_question_says_where_to_put_one():
    async with opened(None) as endpoint:
        failures = [(await hear(endpoint, request("say a"))).failure]
        for ask in (endpoint.models, lambda: endpoint.whole(request("a"), 1)):
            with pytest.raises(ModelFailed) as failed:
                await ask()
            failures.append(failed.value.failure)
    for failure in failures:
        assert failure is not None
        assert (failure.kind, CONFIG in failure.message, "base_url" in failure.message) == (
            "connection",
            True,
            True,
        )


def test_the_client_is_not_imported_before_a_model_is_asked():
    code = (
        "import sys, trio\n"
        "from boocode.adapters.native.endpoint import OpenAiEndpoint\n"
        "endpoint = OpenAiEndpoint('http://127.0.0.1:1', None, 1.0, '')\n"
        "trio.run(endpoint.close)\n"
        "print([name for name in ('openai', 'pydantic') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ},
    )
    assert done.stdout == "[]\n"
