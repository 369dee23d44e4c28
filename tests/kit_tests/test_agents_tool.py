"""Launching real agents: the printed configuration, the documented one, the recorded samples."""

import json
import re
from pathlib import Path

import pytest

from boocode.settings import load_settings
from tools.agent_samples import SAMPLES, scrubbed
from tools.agents import AGENTS, ROOT, config

DOCUMENTED = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "agents.md").read_text(), re.DOTALL)
"""Each stands for itself: two may speak of the same agent."""
LOCAL = "http://127.0.0.1:9999"


def test_the_printed_configuration_for_real_agents_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(config(LOCAL))
    providers = {spec.id: spec for spec in load_settings(home=tmp_path, environ={}).providers}
    for name, agent in AGENTS.items():
        assert providers[name].command[1:] == agent.arguments
        assert LOCAL in " ".join(providers[name].env.values())


@pytest.mark.parametrize("text", DOCUMENTED, ids=[text.splitlines()[0] for text in DOCUMENTED])
def test_each_documented_configuration_is_accepted(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    assert load_settings(home=tmp_path, environ={}).providers


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_an_agent_at_a_local_endpoint_is_documented_as_we_launch_it(tmp_path: Path, name: str) -> None:
    (text,) = [text for text in DOCUMENTED if f"[providers.{name}]" in text and LOCAL in text]
    (tmp_path / "config.toml").write_text(text)
    providers = {spec.id: spec for spec in load_settings(home=tmp_path, environ={}).providers}
    assert providers[name].command[1:] == AGENTS[name].arguments


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_a_sample_holds_a_turn_a_question_a_refusal_and_a_cancel(name: str) -> None:
    text = (SAMPLES / f"{name}-{AGENTS[name].version_said}.ndjson").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    sent = [line["msg"].get("method") for line in lines if line["dir"] == "out"]
    assert sent.count("session/prompt") == 4
    assert sent.count("session/cancel") == 1
    assert [line["msg"].get("method") for line in lines].count("session/request_permission") == 2
    kinds = {
        line["msg"]["params"]["update"]["sessionUpdate"] for line in lines if "session/update" in str(line)
    }
    assert {"agent_message_chunk", "agent_thought_chunk", "tool_call_update"} <= kinds
    assert not re.search(r"/tmp/|/root|/home/(?!user)|127\.0\.0\.1", text)


def test_scrubbing_takes_paths_out_of_keys_and_values_and_cuts() -> None:
    value = {"/tmp/x/a": ["/tmp/x", 1, None, True, "cut"], "long": "y" * 1000}
    assert scrubbed(value, {"/tmp/x": "/repo"}) == {
        "/repo/a": ["/repo", 1, None, True],
        "long": "y" * 400 + "…",
    }
