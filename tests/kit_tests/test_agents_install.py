"""The locked versions of the real agents."""

import json
import re

from tools.agents import AGENTS, FOLDER
from tools.agents_install import LOCKED
from tools.node_packages import LOCK, NODE_LOCK, not_as_locked
from tools.ui import FOLDER as UI


def test_the_lock_holds_the_versions_that_we_name_and_a_hash_of_everything() -> None:
    lock = json.loads((LOCKED / "package-lock.json").read_text())["packages"]
    for agent in AGENTS.values():
        assert lock[f"node_modules/{agent.package}"]["version"] == agent.version
        assert lock[""]["dependencies"][agent.package] == agent.version
    unlocked = [path for path, package in lock.items() if path and not package.get("integrity")]
    assert unlocked == []


def test_no_lock_names_where_packages_come_from() -> None:
    for lock in (*LOCKED.iterdir(), NODE_LOCK, UI / LOCK):
        assert not re.search(r'"resolved"|registry', lock.read_text()), lock


def test_what_is_installed_is_kept_out_of_the_repository() -> None:
    ignored = (FOLDER.parent / ".gitignore").read_text().splitlines()
    assert f"{FOLDER.name}/" in ignored


def test_a_package_of_another_hash_or_no_lock_is_refused() -> None:
    locked = {"": {}, "a": {"integrity": "1"}, "b": {"integrity": "2"}, "unused": {"integrity": "3"}}
    installed = {
        "a": {"integrity": "1"},
        "b": {"integrity": "other"},
        "stranger": {"integrity": "4"},
        "platform": {"integrity": "5", "optional": True},
        "unhashed": {},
    }
    assert not_as_locked(locked, installed) == ["b", "stranger", "unhashed"]
