"""One server for the whole matrix: a row must leave it as it found it."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trio

from tests.kit.repositories import make_repository
from tests.kit.server import READY_S, STOP_S, nothing_left_of
from tests.whole.matrix.stage import Place, Stage, config, environment, stage_at

PLAIN = (
    *("none", "exit-mid-turn", "deaf", "stall", "garbage", "half-line", "ask", "ask-then-die", "ask-twice"),
    *("duplicate-reply", "unknown-reply", "foreign-update", "early-commands", "late-update", "replay"),
    *("error-on-cancel", "refuse-session"),
)
"""Faults without an argument."""


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("matrix")
    home = folder / "home"
    home.mkdir()
    faults = {
        **{name: (name,) for name in PLAIN},
        "mute-initialize-first": ("mute-initialize",),
        "mute-session-first": ("mute-session",),
        "refuse-initialize-first": ("refuse-initialize",),
        "refuse-session-first": ("refuse-session",),
        "exit-initialize-first": ("exit-initialize",),
        "exit-idle-first": ("exit-idle",),
        "pause": ("pause", "4"),
        "stderr": ("stderr", "50"),
        "long-line": ("long-line", "20"),
        "tool-output": ("tool-output", "200"),
        "flood": ("flood", "200000"),
        "grandchild": ("grandchild", str(folder / "grandchildren")),
        "respawn": ("respawn", str(folder / "respawned")),
    }
    (home / "config.toml").write_text(config(folder, faults))
    repository = make_repository(folder / "repository", {"README.md": "# Example\n"}).root
    command = [sys.executable, "-m", "boocode", "serve", "--port", "0", "--json"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(home),
            start_new_session=True,
        )
    try:
        ready = _first_line(server, folder / "server.log")
        url = str(ready["url"]).split("?", maxsplit=1)[0].rstrip("/")
        yield Place(home, folder, repository, url, str(ready["token"]), server.pid)
        server.terminate()
        assert server.wait(STOP_S) == 0
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
    trio.run(nothing_left_of, home)


def _first_line(server: "subprocess.Popen[bytes]", log: Path) -> dict[str, object]:
    assert server.stdout is not None
    line: list[bytes] = []

    async def read() -> None:
        assert server.stdout is not None
        with trio.fail_after(READY_S):
            line.append(await trio.to_thread.run_sync(server.stdout.readline, abandon_on_cancel=True))

    trio.run(read)
    assert line[0], log.read_text(errors="replace")[-4000:]
    ready: dict[str, object] = json.loads(line[0])
    return ready


@pytest.fixture
async def stage(place: Place) -> AsyncIterator[Stage]:
    async with stage_at(place) as stage:
        yield stage
