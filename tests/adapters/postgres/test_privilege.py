"""As whom an ordinary user's PostgreSQL runs."""

import os
import pwd
from pathlib import Path

import pytest

from boocode.adapters.postgres import privilege
from boocode.adapters.postgres.privilege import Privilege, choose_privilege

PROGRAM = "/bin/true"
NOBODY = pwd.getpwnam("nobody").pw_uid


def test_an_ordinary_user_needs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    assert choose_privilege(tmp_path / "postgres", PROGRAM) == Privilege()


def test_a_user_without_a_name_gets_one_in_a_namespace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    assert choose_privilege(tmp_path / "postgres", PROGRAM).prefix == (
        "unshare",
        "--user",
        f"--map-user={privilege.NOBODY}",
        "--",
    )
