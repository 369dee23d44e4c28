"""Where the database's socket is: a killed server's place goes with a later start of another one."""

import os
import time
from pathlib import Path

import pytest

from boocode.adapters.postgres.socket_place import UNTOUCHED_S, SocketPlace
from tests.kit.server import nothing_left_of, running_server


async def test_a_start_removes_the_place_of_a_killed_server_and_leaves_that_of_a_living_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    killed_home = tmp_path / "killed"
    killed_home.mkdir()
    killed, living = SocketPlace(killed_home).path, SocketPlace(home).path
    async with running_server(killed_home) as server:
        assert killed.is_dir()
        await server.kill()
    await nothing_left_of(killed_home)
    async with running_server(home) as server:
        assert killed.is_dir(), "it is too young: it could be of another version's start"
        for place in (killed, living):
            os.utime(place, (time.time() - 2 * UNTOUCHED_S,) * 2)
        another_home = tmp_path / "another"
        another_home.mkdir()
        async with running_server(another_home):
            assert not killed.exists()
        assert (await server.client.get("/api/health"))["database"] == "up"
        assert living.is_dir()
    assert not living.exists()
