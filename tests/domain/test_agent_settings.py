"""Models from the agents' own settings files, which may hold anything."""

import json

import pytest

from boocode.contracts.resources import Model
from boocode.domain.agent_settings import (
    AgentSettings,
    agent_settings,
    endpoint_root,
    nearby_models,
    settings_paths,
)
from boocode.domain.probing import Nearby

OPENCODE = """{
  // a comment with "quotes" and // more
  "provider": {
    "local": {
      "options": {"baseURL": "http://127.0.0.1:8080/v1"}, /* an aside */
      "models": {"qwen3": {"name": "Qwen 3"}, "plain": {},},
    },
    "off": {"models": {"hidden": {}}},
  },
  "disabled_providers": ["off"],
}"""
QWEN = json.dumps(
    {
        "modelProviders": {
            "openai": [{"id": "m1", "name": "Model 1", "baseUrl": "http://box:1/v1"}, {"id": "m2"}, {}, 7],
            "odd": "text",
        }
    }
)
GOOSE = 'GOOSE_PROVIDER: openai\nGOOSE_MODEL: "my-model"   # chosen\nOPENAI_HOST: http://box:1\nextensions:\n  x: 1\n'


def shown(found: AgentSettings) -> list[tuple[str, str]]:
    return [(model.id, model.label) for model in found.models]


def test_opencode_names_a_model_after_its_provider_and_reads_comments():
    found = agent_settings("opencode", "opencode", (OPENCODE,), {})
    assert shown(found) == [("local/qwen3", "Qwen 3"), ("local/plain", "plain")]
    assert found.endpoints == (("http://127.0.0.1:8080/v1", "local/"),)


def test_opencodes_configuration_in_its_environment_counts_too():
    content = json.dumps({"provider": {"a": {"models": {"b": {}}}}, "enabled_providers": ["a"]})
    assert shown(agent_settings("opencode", "acp", (), {"OPENCODE_CONFIG_CONTENT": content})) == [
        ("a/b", "b")
    ]


def test_an_enabled_list_leaves_out_the_others():
    content = json.dumps({"provider": {"a": {"models": {"b": {}}}}, "enabled_providers": []})
    assert shown(agent_settings("opencode", "acp", (content,), {})) == []


@pytest.mark.parametrize(("transport", "id_"), [("acp", "m1(openai)"), ("stream-json", "m1")])
def test_qwen_has_two_names_for_a_model(transport: str, id_: str):
    found = agent_settings("qwen", transport, (QWEN,), {"OPENAI_MODEL": "not shown beside them"})
    assert shown(found)[0] == (id_, "Model 1")
    assert len(found.models) == 2
    assert found.endpoints == (("http://box:1/v1", ""),)


def test_goose_has_one_model_and_one_host():
    found = agent_settings("goose", "acp", (GOOSE,), {})
    assert (shown(found), found.endpoints) == ([("my-model", "my-model")], (("http://box:1", ""),))


def test_claude_has_one_model():
    assert shown(agent_settings("claude", "claude-sdk", ('{"model": "opus"}',), {})) == [("opus", "opus")]


def test_a_variable_stands_in_for_a_file():
    env = {"GOOSE_MODEL": "g", "OPENAI_HOST": "http://x"}
    found = agent_settings("goose", "acp", (), env)
    assert (shown(found), found.endpoints) == ([("g", "g")], (("http://x", ""),))


@pytest.mark.parametrize("program", ["opencode", "qwen", "goose", "claude", "nobody"])
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "\0\0", '{"provider": 1, "modelProviders": [], "model": {}}', "[" * 100_000],
)
def test_whatever_else_is_in_the_file_is_skipped(program: str, text: str):
    assert agent_settings(program, "acp", (text,), {}) == AgentSettings()


def test_the_endpoints_models_are_called_as_the_agent_calls_them():
    local = AgentSettings((Model("own", "own"),), endpoints=(("http://localhost:8080/v1/", "local/"),))
    nearby = nearby_models(local, "http://127.0.0.1:8080", ("a", "b"))
    assert [(model.id, model.label) for model in nearby.served] == [("local/a", "a"), ("local/b", "b")]
    assert [model.id for model in nearby.listed] == ["own"]
    plain = AgentSettings((Model("own", "own"),), endpoints=(("http://127.0.0.1:8080", ""),))
    nearby = nearby_models(plain, "http://127.0.0.1:8080/v1", ("a",))
    assert ([model.id for model in nearby.listed], nearby.served) == (["own", "a"], ())


def test_an_agent_that_does_not_use_the_endpoint_gets_none_of_its_models():
    settings = AgentSettings(endpoints=(("http://127.0.0.1:8080", "local/"),))
    assert nearby_models(settings, "http://127.0.0.1:9090", ("a",)) == Nearby()
    assert nearby_models(AgentSettings(), "", ()) == Nearby()


@pytest.mark.parametrize("url", ["http://h:1", "http://h:1/", "http://h:1/v1", " http://H:1/v1/ "])
def test_an_endpoint_is_the_same_however_it_is_written(url: str):
    assert endpoint_root(url) == "http://h:1"


def test_where_settings_are_follows_the_agents_own_environment():
    env = {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "OPENCODE_CONFIG": "/o.json", "CLAUDE_CONFIG_DIR": "/cl"}
    assert settings_paths("opencode", env)[-2:] == ("/c/opencode/opencode.jsonc", "/o.json")
    assert settings_paths("qwen", env) == ("/h/.qwen/settings.json",)
    assert settings_paths("goose", {"HOME": "/h"}) == ("/h/.config/goose/config.yaml",)
    assert settings_paths("claude", env) == ("/cl/settings.json",)
    assert settings_paths("nobody", env) == ()
