"""Large modules are imported when they are wanted."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from boocode.later import Later, left_out

LARGE = ("pygit2", "rapidfuzz", "httpx2", "claude_agent_sdk", "openai", "mcp", "rich")


def test_a_server_begins_without_what_only_some_work_needs():
    code = f"import sys, boocode.cli.main, boocode.app; print(*{{*{LARGE}}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_it_is_prepared_before_anything_of_it_is_used():
    prepared: list[ModuleType] = []

    def prepare(module: ModuleType) -> None:
        prepared.append(module)

    later = Later("json", prepare)
    assert not prepared
    assert later.dumps([1]) == "[1]"  # type: ignore[operator]
    assert [module.__name__ for module in prepared] == ["json"]


def test_a_package_that_is_left_out_seems_not_to_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken_along.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with left_out("taken_along"), pytest.raises(ImportError):
        importlib.import_module("taken_along")
    with pytest.raises(RuntimeError), left_out("taken_along"):
        raise RuntimeError
    assert importlib.import_module("taken_along").__name__ == "taken_along"
    with left_out("taken_along"):
        assert importlib.import_module("taken_along"), "somebody uses it already"
    del sys.modules["taken_along"]
