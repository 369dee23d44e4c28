"""An agent's death, seen from a client: until the chat says so, in a turn and between two, and until the next prompt
is served by the next process. The agent's own start, measured bare in the same run, is taken off the last figure."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tests.kit.fault_agent
from benchmarks.table import Row, Target
from tests.kit.acp_pipe import acp_pipe
from tests.kit.deaths import is_end, is_error, is_idle, is_text, seconds_until_told
from tests.kit.driving import Json, follow, new_chat, post
from tests.kit.repositories import make_repository
from tests.kit.server import RunningServer, running_server

ROUNDS = 7
COMMAND = [sys.executable, str(tests.kit.fault_agent.__file__), "stall"]
GOOD = "be good"


async def rows() -> list[Row]:
    """All rows; takes about twenty seconds."""
    with tempfile.TemporaryDirectory(prefix="boocode-bench-") as folder:
        home, repository = Path(folder) / "home", Path(folder) / "repository"
        home.mkdir()
        command = str(COMMAND).replace("'", '"')
        (home / "config.toml").write_text(f"[providers.stall]\ncommand = {command}\n")
        make_repository(repository, {"a.txt": "a\n"})
        async with running_server(home) as server:
            told: list[float] = []
            served: list[float] = []
            idle: list[float] = []
            own: list[float] = []
            for _ in range(ROUNDS):
                # One chat a round: an agent that dies too often in one is not started again for a while.
                chat = await new_chat(server.client, repository)
                await _post(server, chat, "go on")
                told.append(await seconds_until_told(server.client, chat, is_text, is_end))
                served.append(await _served(server, chat))
                idle.append(await seconds_until_told(server.client, chat, is_idle, is_error))
                own.append(await _own_start())
    bare = statistics.median(own)
    return [
        Row("F1", "agent's death in a turn → terminal frame, p50", statistics.median(told), "s", None,
            Target("at most", 0.1, "figure")),
        Row("F1", "agent's death while idle → status frame, p50", statistics.median(idle), "s", None,
            Target("at most", 0.1, "figure")),
        Row("F1", "next prompt → first words of the next process, less its own start",
            max(0.0, statistics.median(served) - bare), "s", ("its own start", bare),
            Target("at most", 1.0, "figure")),
    ]  # fmt: skip


async def _served(server: RunningServer, chat: str) -> float:
    """A prompt to a chat whose agent has died: seconds to the first words of the next process."""
    asked = time.monotonic()
    task = await _post(server, chat, GOOD)
    words = 0.0

    def note(frame: Json) -> None:
        nonlocal words
        words = words or (time.monotonic() if is_text(frame) else 0.0)

    await follow(server.client, chat, task, on_frame=note)
    return words - asked


async def _post(server: RunningServer, chat: str, text: str) -> str:
    posted = await post(server.client, chat, text, "stall")
    return str(posted["task"]["id"])


async def _own_start() -> float:
    """From the spawn of the same agent to its first words, over a bare pipe."""
    began = time.monotonic()
    async with acp_pipe(COMMAND, stderr=subprocess.DEVNULL) as pipe:
        await pipe.start("/")
        await pipe.prompt(tests.kit.fault_agent.SESSION, GOOD)
        return time.monotonic() - began
