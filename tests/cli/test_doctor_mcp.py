"""`boocode doctor` on MCP servers: looked at without being started, and without their secrets."""

import json
import sys
from pathlib import Path

import pytest

from boocode.cli.doctor import Finding, examine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOOCODE_HOME", str(tmp_path))
    monkeypatch.setenv("A_KEY_4711", "very-secret")
    return tmp_path


def found() -> dict[str, Finding]:
    return {finding.about: finding for finding in examine() if finding.about.startswith("MCP")}


def test_without_a_file_nothing_is_said(home: Path):
    assert found() == {}


def test_each_server_is_told_of_by_name(home: Path):
    servers = {
        "here": {"command": sys.executable, "args": ["{env:A_KEY_4711}", "{env:NOT_SET_4711}"]},
        "elsewhere": {"url": "https://x.test/mcp", "headers": {"Authorization": "Bearer {env:A_KEY_4711}"}},
        "missing": {"command": "no-such-program-4711"},
        "bad": {},
    }
    (home / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    told = found()
    assert {about.removeprefix("MCP server "): finding.grade for about, finding in told.items()} == {
        "here": "ok",
        "elsewhere": "ok",
        "missing": "note",
        "bad": "note",
        "MCP servers": "note",
    }
    assert "NOT_SET_4711" in told["MCP servers"].found
    assert told["MCP server elsewhere"].found == "https://x.test/mcp"
    assert "very-secret" not in str(told)


def test_a_file_that_is_none_is_said(home: Path):
    (home / "mcp.json").write_text("{")
    assert "is not JSON" in found()["MCP servers"].found
