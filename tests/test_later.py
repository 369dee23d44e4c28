"""Large modules are imported when they are wanted."""

import subprocess
import sys
from types import ModuleType

from boocode.later import Later

LARGE = ("pygit2", "rapidfuzz", "httpx2", "claude_agent_sdk", "openai", "mcp")


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
