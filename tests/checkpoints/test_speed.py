"""Thousands of files: it is done, and the event loop goes on meanwhile. The figures are in the benchmarks."""

import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import trio

from boocode.adapters.git import GitCheckpoints, GitWorkspaces
from boocode.ports.worktrees import WorktreePlace
from tests.checkpoints.conftest import Ground
from tests.kit.repositories import make_repository, scratch_in_memory

FILES = 4_000
CHANGED = 1_000
OWN_WORK_S = 0.5
"""Ten times what is aimed at, of processor time: a machine may be busy with other things."""

_Result = TypeVar("_Result")


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    with scratch_in_memory() as path:
        yield path


async def test_c26_thousands_of_files_are_captured_and_restored_beside_a_living_loop(memory: Path) -> None:
    project = make_repository(
        memory / "project", {f"m{n % 40}/k{n % 7}/f{n}.py": f"x = {n}\n" for n in range(FILES)}
    )
    place = WorktreePlace("ses_1", str(project.root), str(memory / "home/worktrees/one"), "boocode/1")
    await GitWorkspaces().open_worktree(place)
    ground = Ground(GitCheckpoints(), project, place)
    first = await beside_the_loop(ground.capture())
    assert len(ground.held(first.commit)) == FILES
    again = await beside_the_loop(ground.capture(previous=first.commit))
    assert not again.is_new
    for n in range(CHANGED):
        ground.worktree.write(f"m{n % 40}/k{n % 7}/f{n}.py", "changed\n")
    plan = await beside_the_loop(ground.restore(first.commit))
    assert len(plan.written) == CHANGED
    assert (await ground.plan(first.commit)).is_empty


async def beside_the_loop(work: Awaitable[_Result]) -> _Result:
    """The work's result, after a look at what the event loop's own thread did at most between two of its turns."""
    longest = 0.0
    turns = 0

    async def watch() -> None:
        nonlocal longest, turns
        while True:
            before = time.thread_time()
            await trio.sleep(0.005)
            longest = max(longest, time.thread_time() - before)
            turns += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        result = await work
        nursery.cancel_scope.cancel()
    assert longest < OWN_WORK_S
    assert turns > 1  # it did not wait for anything but its turns
    return result
