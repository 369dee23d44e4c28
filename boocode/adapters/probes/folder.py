"""An empty git repository for an agent that is only asked: made in the home, and gone afterwards."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import LaunchSpec, ProcessOwner

GIT_S = 10.0


@asynccontextmanager
async def empty_repository(
    processes: ProcessOwner, parent: str, environment: dict[str, str], name: str
) -> AsyncIterator[str]:
    """The path of a fresh repository without a commit below `parent`. The same name is the same path each time:
    agents keep notes of every folder that they were ever in. Raises ProbeFailed or OSError."""
    path = os.path.join(parent, name)
    shutil.rmtree(path, ignore_errors=True)  # a former run may have been killed
    os.makedirs(path)
    try:
        command = ("git", "init", "--quiet", "--template=", path)
        launch = LaunchSpec(command, path, environment, "git init", stdin=False)
        with trio.fail_after(GIT_S):
            async with processes.launch(launch) as git:
                if (ended := await git.wait()).code != 0:
                    raise ProbeFailed(f"No folder to ask it in: git {ended.describe()}.")
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
