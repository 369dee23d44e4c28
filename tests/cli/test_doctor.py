"""What `boocode doctor` says of the model endpoint and of the agent that lives by it."""

from pathlib import Path

import pytest
import trio

from boocode.cli.doctor import Finding, examine
from tests.kit.model_endpoint import serve_model


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOOCODE_HOME", str(tmp_path))
    return tmp_path


async def found(home: Path, config: str) -> dict[str, Finding]:
    (home / "config.toml").write_text(config)
    return {each.about: each for each in await trio.to_thread.run_sync(lambda: list(examine()))}


async def test_without_an_endpoint_it_says_what_to_put_where(home: Path):
    findings = await found(home, "")
    agent = findings["agent boocode"]
    assert (agent.grade, str(home / "config.toml") in agent.advice, "base_url" in agent.advice) == (
        "note",
        True,
        True,
    )
    assert "model endpoint" not in findings


async def test_an_endpoint_that_answers_is_told_with_its_models_and_the_window(home: Path):
    async with serve_model() as model:
        model.pages["/v1/models"] = {"data": [{"id": "a", "max_model_len": 32768}, {"id": "b"}]}
        findings = await found(home, f'[model]\nbase_url = "{model.url}"\n')
        assert findings["agent boocode"].grade == "ok"
        endpoint = findings["model endpoint"]
        assert (endpoint.grade, "2 models" in endpoint.found, "32768 tokens" in endpoint.found) == (
            "ok",
            True,
            True,
        )
        unknown = (await found(home, f'[model]\nbase_url = "{model.url}"\ndefault = "b"\n'))["model endpoint"]
        assert "context_tokens in [native]" in unknown.found
        told = f'[model]\nbase_url = "{model.url}"\ndefault = "b"\n[native]\ncontext_tokens = 4096\n'
        assert "b has 4096 tokens" in (await found(home, told))["model endpoint"].found


async def test_a_model_that_is_not_served_is_noted(home: Path):
    async with serve_model() as model:
        config = f'[model]\nbase_url = "{model.url}"\ndefault = "scripted-1"\nfast = "tiny"\n'
        endpoint = (await found(home, config))["model endpoint"]
        assert (endpoint.grade, "'tiny'" in endpoint.found, "[model]" in endpoint.advice) == (
            "note",
            True,
            True,
        )
        model.pages["/v1/models"] = {"data": []}
        assert (
            "any model" in (await found(home, f'[model]\nbase_url = "{model.url}"\n'))["model endpoint"].found
        )


async def test_an_endpoint_that_is_away_is_told_in_words_without_secrets(home: Path):
    away = (await found(home, '[model]\nbase_url = "http://user:hunter2@127.0.0.1:1/v1"\n'))["model endpoint"]
    assert (away.grade, "could not be reached" in away.found) == ("note", True)
    assert "hunter2" not in away.found + away.advice


async def test_a_second_agent_is_told_with_the_model_of_its_own(home: Path):
    own = '[providers.quick]\nlabel = "Quick"\ntransport = "native"\nmodels = ["small"]\n'
    config = f'[model]\nbase_url = "http://127.0.0.1:1/v1"\ndefault = "large"\n{own}'
    findings = await found(home, config)
    assert findings["agent boocode"].found.endswith("with large")
    assert findings["agent quick"].found.endswith("with small")
