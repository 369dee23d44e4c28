"""Worktrees, captures and checkpoints beside git itself: `python -m benchmarks.git`. About a minute.

A worktree of 20 000 files is made, captured after five of them changed, kept as checkpoints and taken back to
one, while a task measures how late the event loop comes.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import trio

from benchmarks.table import Row, Target, contest, show
from boocode.adapters.git import GitCheckpoints, GitProgram, GitWorkspaces
from boocode.ports.worktrees import WorktreePlace
from tests.kit.repositories import Repo, make_repository, scratch_in_memory

FILES = 20_000
CHANGED = 5
ROUNDS = 9
RESTORED = 1_000
LAG_PERIOD_S = 0.005
REF = "refs/boocode/checkpoints/cht_bench/"


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
    return [
        Row("G0", "worktree of 20 000 files", made, "s", ("git worktree add", floor), Target("at most", 1.1)),
        *await _checkpoints(place, program, scratch),
        Row(
            "G2",
            "5 of 20 000 files → changes",
            times["capture"],
            "s",
            ("git status", times["status"]),
            Target("at most", 1.5),
        ),
        Row("G3", "loop lag meanwhile, p99", p99(lags), "s", None, Target("at most", 0.02, "figure")),
    ]


async def _checkpoints(place: WorktreePlace, program: GitProgram, scratch: Path) -> list[Row]:
    """Beside git doing the same by hand: all files into an index of its own, and a tree of that."""
    git, worktree = GitCheckpoints(), Repo(Path(place.path))
    environment = {"GIT_INDEX_FILE": str(scratch / "floor-index")}
    numbers = count()
    lags: list[float] = []

    async def tree_by_git() -> None:
        await program.run("add", "-A", cwd=place.path, env=environment)
        await program.run("write-tree", cwd=place.path, env=environment)

    async def later(capture: Callable[[], Awaitable[Any]]) -> float:
        for n in range(CHANGED):
            worktree.write(f"m{n}/k{n}/f{n}.py", f"changed again {next(numbers)}\n")
        return await seconds(capture)

    async def restored() -> float:
        target = await git.capture(place, REF + "target", "Before")
        for n in range(RESTORED):
            worktree.write(f"m{n % 200}/k{n % 7}/f{n}.py", f"much changed {next(numbers)}\n")
        now = await git.capture(place, REF + "now", "After", also_like=target.commit)
        return await seconds(lambda: git.restore(place, now.commit, target.commit))

    floor = await seconds(tree_by_git)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch_lag, lags)
        first = await seconds(lambda: git.capture(place, REF + "first", "First"))
        times = await contest(
            {
                "later": lambda: later(lambda: git.capture(place, REF + "later", "Later")),
                "floor": lambda: later(tree_by_git),
            },
            rounds=ROUNDS,
        )
        restore = statistics.median([await restored() for _ in range(3)])
        nursery.cancel_scope.cancel()
    return [
        Row(
            "G1",
            "checkpoint, first",
            first,
            "s",
            ("git add, write-tree", floor),
            Target("at most", 1.0, "figure"),
        ),
        Row(
            "G1",
            "checkpoint, later",
            times["later"],
            "s",
            ("git add, write-tree", times["floor"]),
            Target("at most", 0.3, "figure"),
        ),
        Row("G1", f"restore of {RESTORED} files", restore, "s"),
        Row("G1", "loop lag meanwhile, p99", p99(lags), "s", None, Target("at most", 0.05, "figure")),
    ]


def p99(lags: list[float]) -> float:
    return statistics.quantiles(lags, n=100)[98]


if __name__ == "__main__":
    show(trio.run(rows))
