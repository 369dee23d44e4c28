"""An empty git repository for an agent that is only asked: made in the home, and gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import LaunchSpec, ProcessOwner

GIT_S = 10.0


@asynccontextmanager
async def empty_repository(
    processes: ProcessOwner, parent: str, environment: dict[str, str]
) -> AsyncIterator[str]:
    """The path of a fresh repository without a commit below `parent`. Raises ProbeFailed or OSError."""
    os.makedirs(parent, exist_ok=True)
    path = tempfile.mkdtemp(prefix="probe-", dir=parent)
    try:
        command = ("git", "init", "--quiet", "--template=", path)
        launch = LaunchSpec(command, path, environment, "git init", stdin=False)
        with trio.move_on_after(GIT_S):
            async with processes.launch(launch) as git:
                if (ended := await git.wait()).code != 0:
                    raise ProbeFailed(f"No folder to ask it in: git {ended.describe()}.")
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
