"""One BooCode a home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from boocode.adapters.processes.home_lock import Holder, HomeBusy, HomeLock, running_on
from boocode.adapters.processes.owner import LocalProcesses

from .conftest import program

ROOT = Path(__file__).parents[3]
HOLD = """
import sys
from boocode.adapters.processes.home_lock import HomeLock
with HomeLock(sys.argv[1]) as lock:
    lock.publish("http://127.0.0.1:9502/?token=t")
    print(flush=True)
    sys.stdin.read()
"""


def holder_of(home: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_second_start_is_told_who_runs_and_where(home: Path) -> None:
    with holder_of(home) as other:
        with pytest.raises(HomeBusy) as raised, HomeLock(str(home)):
            pass
        assert raised.value.holder == Holder(other.pid, "http://127.0.0.1:9502/?token=t")
        assert f"pid {other.pid} at http://127.0.0.1:9502" in str(raised.value)
        assert "--home" in str(raised.value)
        assert running_on(str(home)) == raised.value.holder
        other.kill()


def test_a_lock_ends_with_its_holder_whatever_that_dies_of(home: Path) -> None:
    with holder_of(home) as other:
        other.kill()
    assert running_on(str(home)) is None
    with HomeLock(str(home)):
        assert running_on(str(home)) == Holder(os.getpid(), None)
    assert running_on(str(home)) is None


def test_one_that_is_still_starting_is_said_to(home: Path) -> None:
    with HomeLock(str(home)), pytest.raises(HomeBusy, match="still starting"), HomeLock(str(home)):
        pass


def test_the_same_home_by_another_name_is_the_same(home: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(home)
    with HomeLock(str(home)), pytest.raises(HomeBusy), HomeLock(str(tmp_path / "alias")):
        pass


def test_the_file_is_for_this_user_alone(home: Path) -> None:
    with HomeLock(str(home)):
        assert (home / "run" / "lock").stat().st_mode & 0o077 == 0


def test_a_home_nobody_ran_on_is_free(tmp_path: Path) -> None:
    assert running_on(str(tmp_path / "new")) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"pid": "x"}', json.dumps({"pid": 1, "start": 1, "boot": "b"})]
)
def test_a_damaged_file_names_nobody(home: Path, text: str) -> None:
    (home / "run").mkdir(parents=True)
    (home / "run" / "lock").write_text(text)
    assert running_on(str(home)) is None
    with HomeLock(str(home)):
        pass


async def test_a_child_does_not_hold_the_home(home: Path) -> None:
    processes = LocalProcesses()
    lock = HomeLock(str(home))
    lock.__enter__()
    async with processes.launch(program("cat")):
        lock.__exit__(None, None, None)
        with HomeLock(str(home)):
            pass
