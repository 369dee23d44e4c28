"""How large the window of a model is, at the place where each kind of server tells it."""

from typing import Any

import pytest

from boocode.adapters.native import served as module
from boocode.adapters.native.served import served
from tests.kit.model_endpoint import ModelEndpoint, serve_model


def listing(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": list(entries)}


async def windows(pages: dict[str, object]) -> tuple[dict[str, int | None], ModelEndpoint]:
    async with serve_model() as endpoint:
        endpoint.pages |= pages
        return {each.id: each.context_tokens for each in await served(endpoint.url)}, endpoint


@pytest.mark.parametrize(
    ("server", "entry", "window"),
    [
        ("vLLM", {"id": "a", "owned_by": "vllm", "max_model_len": 32768}, 32768),
        (
            "llama.cpp",
            {"id": "a", "owned_by": "llamacpp", "meta": {"n_ctx": 8192, "n_ctx_train": 131072}},
            8192,
        ),
        (
            "llama-swap",
            {"id": "a", "owned_by": "llama-swap", "context_length": 65536, "meta": {"llamaswap": {}}},
            65536,
        ),
        ("OpenRouter", {"id": "a", "context_length": 200000}, 200000),
        ("Groq", {"id": "a", "context_window": 131072}, 131072),
        ("Mistral", {"id": "a", "max_context_length": 128000}, 128000),
        ("too much", {"id": "a", "max_model_len": 10**400}, None),
        ("nobody", {"id": "a"}, None),
        ("nonsense", {"id": "a", "max_model_len": "32k", "context_length": True, "meta": []}, None),
        ("nonsense", {"id": "a", "max_model_len": 0, "context_length": -1}, None),
    ],
)
async def test_in_the_list_of_models(server: str, entry: dict[str, Any], window: int | None):
    found, endpoint = await windows({"/v1/models": listing(entry)})
    assert found == {"a": window}, server
    assert [seen.path for seen in endpoint.requests] == ["/v1/models"]


async def test_llama_cpp_that_runs_one_model_is_asked_for_its_properties():
    pages = {
        "/v1/models": listing({"id": "a", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}),
        "/props": {"default_generation_settings": {"n_ctx": 4096}},
    }
    assert (await windows(pages))[0] == {"a": 4096}


async def test_properties_belong_to_no_one_of_several_models():
    entries = [{"id": name, "owned_by": "llamacpp"} for name in "ab"]
    found, endpoint = await windows({"/v1/models": listing(*entries)})
    assert found == {"a": None, "b": None}
    assert [seen.path for seen in endpoint.requests] == ["/v1/models"]


async def test_ollama_tells_of_the_models_that_are_loaded():
    pages = {
        "/v1/models": listing({"id": "a:8b", "owned_by": "library"}, {"id": "b", "owned_by": "library"}),
        "/api/ps": {
            "models": [{"name": "a:8b", "context_length": 4096}, {"name": "other", "context_length": 1}]
        },
    }
    assert (await windows(pages))[0] == {"a:8b": 4096, "b": None}


async def test_lm_studio_tells_of_the_models_that_are_loaded():
    pages = {
        "/v1/models": listing(
            {"id": "a", "owned_by": "organization_owner"}, {"id": "b", "owned_by": "organization_owner"}
        ),
        "/api/v0/models": {
            "data": [
                {"id": "a", "loaded_context_length": 8192, "max_context_length": 131072},
                {"id": "b", "max_context_length": 131072},
            ]
        },
    }
    assert (await windows(pages))[0] == {"a": 8192, "b": None}


@pytest.mark.parametrize("page", [[], {"models": 3}, {"models": [None]}, "x"])
async def test_a_page_of_another_shape_tells_nothing(page: object):
    pages = {"/v1/models": listing({"id": "a", "owned_by": "library"}), "/api/ps": page}
    assert (await windows(pages))[0] == {"a": None}


async def test_a_server_that_does_not_have_the_page_or_hangs_on_it_still_lists_its_models(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "ELSEWHERE_S", 0.2)
    models = listing({"id": "a", "owned_by": "llamacpp"})
    assert (await windows({"/v1/models": models}))[0] == {"a": None}
    assert (await windows({"/v1/models": models, "/props": None}))[0] == {"a": None}
