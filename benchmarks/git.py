"""Worktrees and captures beside git itself: `python -m benchmarks.git`. About half a minute.

A worktree of 20 000 files is made, and captured after five of them changed, while a task measures how late the
event loop comes.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import trio

from benchmarks.table import Row, Target, contest, show
from boocode.adapters.git import GitProgram, GitWorkspaces
from boocode.ports.worktrees import WorktreePlace
from tests.kit.repositories import Repo, make_repository, scratch_in_memory

FILES = 20_000
CHANGED = 5
ROUNDS = 9
LAG_PERIOD_S = 0.005


async def seconds(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def watch_lag(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + LAG_PERIOD_S
        await trio.sleep(LAG_PERIOD_S)
        lags.append(time.perf_counter() - due)


async def rows() -> list[Row]:
    with scratch_in_memory() as scratch:
        return await _measure(scratch)


async def _measure(scratch: Path) -> list[Row]:
    project = make_repository(
        scratch / "project", {f"m{n % 200}/k{n % 7}/f{n}.py": f"x = {n}\n" * 20 for n in range(FILES)}
    )
    git, program = GitWorkspaces(), GitProgram()
    place = WorktreePlace(
        "ses_bench", str(project.root), str(scratch / "worktrees" / "bench"), "boocode/bench"
    )
    floor = await seconds(
        lambda: program.run(
            "worktree", "add", "-q", str(scratch / "plain"), "-b", "plain", cwd=str(project.root)
        )
    )
    lags: list[float] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch_lag, lags)
        made = await seconds(lambda: git.open_worktree(place))
        opened = await git.open_worktree(place)
        worktree = Repo(Path(place.path))
        numbers = count()

        async def capture() -> float:
            for n in range(CHANGED):
                worktree.write(f"m{n}/k{n}/f{n}.py", f"changed {next(numbers)}\n")
            return await seconds(lambda: git.changes(place, opened.base_commit))

        async def status() -> float:
            return await seconds(lambda: program.run("status", "--porcelain=v2", "-z", cwd=place.path))

        times = await contest({"capture": capture, "status": status}, rounds=ROUNDS)
        nursery.cancel_scope.cancel()
    p99 = statistics.quantiles(lags, n=100)[98]
    return [
        Row("G0", "worktree of 20 000 files", made, "s", ("git worktree add", floor), Target("at most", 1.1)),
        Row(
            "G2",
            "5 of 20 000 files → changes",
            times["capture"],
            "s",
            ("git status", times["status"]),
            Target("at most", 1.5),
        ),
        Row("G3", "loop lag meanwhile, p99", p99, "s", None, Target("at most", 0.02, "figure")),
    ]


if __name__ == "__main__":
    show(trio.run(rows))
