"""Finding the server to speak to, and starting one for a single command when none runs."""

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE

import httpx2
import trio
from attrs import frozen

from boocode.adapters.processes.home_lock import running_on
from boocode.cli.errors import Unreachable
from boocode.settings import default_home

START_S = 60.0
STOP_S = 30.0


@frozen
class Server:
    """A server's address; `url` without a trailing slash, as `http://127.0.0.1:9502`."""

    url: str
    token: str


def known_server(environ: Mapping[str, str] = os.environ) -> Server | None:
    """BOOCODE_URL and BOOCODE_TOKEN, else what the local server of BOOCODE_HOME wrote down; None = neither."""
    home = default_home(environ)
    written = _written(home)
    token = environ.get("BOOCODE_TOKEN") or (written.token if written else "") or _home_token(home)
    if url := environ.get("BOOCODE_URL"):
        return Server(url.split("?")[0].rstrip("/"), token)
    return None if written is None else Server(written.url, token)


@asynccontextmanager
async def reached_server(*, start: bool = False) -> AsyncIterator[Server]:
    """The running server; with `start`, one of this command's own if none answers (stopped at the end)."""
    server = known_server()
    if server is not None and await answers(server):
        yield server
    elif start and "BOOCODE_URL" not in os.environ:
        async with _own_server() as own:
            yield own
    else:
        where = f"at {server.url} " if server else ""
        raise Unreachable(
            f"No BooCode server answers {where}for the home {default_home(os.environ)}. "
            "Start one with: boocode serve (or name another one in BOOCODE_URL and BOOCODE_TOKEN)",
        )


async def answers(server: Server) -> bool:
    """Whether something that says it is BooCode answers there."""
    try:
        async with httpx2.AsyncClient(timeout=5.0) as client:
            reply = await client.get(f"{server.url}/api/health")
            return "version" in reply.json()
    except (httpx2.HTTPError, ValueError):
        return False


@asynccontextmanager
async def _own_server() -> AsyncIterator[Server]:
    print("Starting BooCode for this command …", file=sys.stderr)
    command = [sys.executable, "-m", "boocode", "serve", "--port", "0", "--json"]
    process = await trio.lowlevel.open_process(command, stdout=PIPE, start_new_session=True)
    try:
        yield await _ready(process)
    finally:
        with trio.CancelScope(shield=True):
            process.terminate()
            with trio.move_on_after(STOP_S):
                await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _ready(process: trio.Process) -> Server:
    assert process.stdout is not None
    seen = b""
    with trio.move_on_after(START_S):
        while b"\n" not in seen and (some := await process.stdout.receive_some()):
            seen += some
    try:
        first = json.loads(seen.split(b"\n")[0])
        return Server(first["url"].split("?")[0].rstrip("/"), first["token"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable("BooCode could not be started for this command; what it said is above.") from error


def _written(home: Path) -> Server | None:
    holder = running_on(str(home))
    if holder is None or holder.url is None:
        return None
    url, _, token = holder.url.partition("/?token=")
    return Server(url.rstrip("/"), token)


def _home_token(home: Path) -> str:
    try:
        return (home / "token").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
