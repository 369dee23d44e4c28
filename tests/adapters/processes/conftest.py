"""Real processes. Each test has an owner of its own and fails when anything that carries its cookie is left."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import trio

from boocode.adapters.processes.cookies import carried, home_key
from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import scan
from boocode.ports.processes import LaunchSpec

LONG_S = 30.0
"""Far beyond what anything here may take on a busy machine; nobody waits so long when all is well."""


def carriers(home: Path) -> dict[int, str]:
    """Living processes that carry a cookie of that home, zombies of ours included."""
    prefix = f"{home_key(str(home))}-"
    return {
        proc.pid: f"{proc.state} {Path(f'/proc/{proc.pid}/cmdline').read_text()!r}"
        for proc in scan().values()
        if proc.is_alive and carried(proc.pid, prefix) is not None
    }


def zombies() -> set[int]:
    """Our dead children that nobody collected."""
    return {proc.pid for proc in scan().values() if proc.ppid == os.getpid() and not proc.is_alive}


def eventually(claim: Callable[[], bool], seconds: float = LONG_S) -> bool:
    """Whether it comes true in time; for watching processes that do not tell us."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def shell(script: str, **options: object) -> LaunchSpec:
    """A `sh -c` child with short patience."""
    return program("sh", "-c", script, **options)


def program(*command: str, **options: object) -> LaunchSpec:
    settings: dict[str, object] = {"cwd": "/", "env": dict(os.environ), "label": "test", "term_grace_s": 0.3}
    return LaunchSpec(command, **{**settings, **options})  # type: ignore[arg-type]


async def line(child: object, buffer: bytearray) -> bytes:
    """The next line of its stdout."""
    while b"\n" not in buffer:
        chunk = await child.receive()  # type: ignore[attr-defined]
        if not chunk:
            raise EOFError(bytes(buffer))
        buffer += chunk
    found, _, rest = bytes(buffer).partition(b"\n")
    buffer[:] = rest
    return found


async def pids_from(child: object, count: int) -> list[int]:
    """Pids that a child prints, one a line."""
    buffer = bytearray()
    return [int(await line(child, buffer)) for _ in range(count)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def owner(home: Path) -> AsyncIterator[LocalProcesses]:
    before = zombies()
    processes = LocalProcesses(str(home))
    with trio.fail_after(LONG_S):
        yield processes
    left, dead = carriers(home), zombies() - before
    processes.close()
    assert not left
    assert not dead
    assert not list((home / "run").iterdir())
