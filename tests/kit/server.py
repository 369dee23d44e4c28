"""A real BooCode server as a child process, for tests and benchmarks of the whole."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx2
import psutil
import trio
from attrs import define

from boocode.adapters.processes.cookies import home_key
from boocode.cli.client import Client
from boocode.cli.server import Server

READY_S = 60.0
STOP_S = 30.0


@define
class RunningServer:
    """`process` is the server itself: its pid is the one in the ready line."""

    process: trio.Process
    home: Path
    url: str
    token: str
    client: Client

    @property
    def pid(self) -> int:
        return self.process.pid

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        with trio.fail_after(STOP_S):
            return await self.process.wait()

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def family(self) -> list[psutil.Process]:
        """Every process that descends from this server or that names its home, the server itself excepted."""
        return family_of(self.pid, self.home)


def family_of(pid: int, home: Path) -> list[psutil.Process]:
    """Every living process that descends from the server `pid` or names its home, the server itself excepted."""
    found = {process.pid: process for process in _of_home(home)}
    found.update({p.pid: p for p in psutil.Process(pid).children(recursive=True) if not _is_zombie(p)})
    return [process for each, process in found.items() if each != pid]


def command_of(process: psutil.Process) -> str:
    """Its command line; empty for one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _of_home(home: Path) -> list[psutil.Process]:
    """Processes that have the home in their arguments, environment or folder, or its key in their cookie."""
    return [process for process in psutil.process_iter() if not _is_zombie(process) and _names(process, home)]


def _names(process: psutil.Process, home: Path) -> bool:
    try:
        environ = process.environ()
        marks = [*process.cmdline(), environ.get("BOOCODE_HOME", ""), process.cwd()]
    except (psutil.Error, OSError):
        return False
    if environ.get("BOOCODE_OWNER", "").startswith(home_key(str(home))):
        return True
    return any(str(home) in mark for mark in marks)


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


async def nothing_left_of(home: Path, within_s: float = 15.0) -> None:
    """Waits until no process of this home lives; fails with their names otherwise."""
    with trio.move_on_after(within_s):
        while _of_home(home):
            await trio.sleep(0.05)
    left = [(process.pid, process.cmdline()) for process in _of_home(home)]
    assert not left, f"these processes are left: {left}"


@asynccontextmanager
async def running_server(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None, stop: bool = True
) -> AsyncIterator[RunningServer]:
    """Starts `boocode serve` on a free port and waits for its ready line; stopped, and checked, at the end."""
    command = [sys.executable, "-m", "boocode", "serve", "--port", "0", "--json", *arguments]
    environ = {**os.environ, "BOOCODE_HOME": str(home), **(env or {})}
    environ.pop("DATABASE_URL", None) if "DATABASE_URL" not in (env or {}) else None
    log = (home.parent / f"{home.name}.log").open("ab")
    process = await trio.lowlevel.open_process(
        command, stdout=PIPE, stderr=log, env=environ, start_new_session=True
    )
    log.close()
    try:
        ready = await _ready(process, home)
        url = ready["url"].split("?")[0].rstrip("/")
        async with httpx2.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {ready['token']}"}, timeout=60.0
        ) as http:
            client = Client(Server(url, ready["token"]), http)
            yield RunningServer(process, home, url, ready["token"], client)
    finally:
        with trio.CancelScope(shield=True):
            if process.returncode is None:
                process.terminate() if stop else process.kill()
                with trio.move_on_after(STOP_S):
                    await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _ready(process: trio.Process, home: Path) -> dict[str, Any]:
    assert process.stdout is not None
    seen = b""
    with trio.move_on_after(READY_S):
        while b"\n" not in seen and (some := await process.stdout.receive_some()):
            seen += some
    if b"\n" not in seen:
        log = (home.parent / f"{home.name}.log").read_text(errors="replace")
        raise AssertionError(f"the server did not become ready; it said:\n{log[-4000:]}")
    line: dict[str, Any] = json.loads(seen.split(b"\n")[0])
    assert line["event"] == "ready"
    return line
