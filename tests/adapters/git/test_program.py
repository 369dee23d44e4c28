"""The git program as a child: its environment, its end, and nothing of it left behind."""

import os
import time
from pathlib import Path

import pytest
import trio

from boocode.adapters.git import GitProgram
from boocode.adapters.git.program import GitFailed
from boocode.ports.worktrees import WorkspaceError
from tests.kit.repositories import Repo


@pytest.fixture
def program() -> GitProgram:
    return GitProgram()


def script(path: Path, text: str) -> str:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def numbers_in(path: Path) -> list[int]:
    return [int(word) for word in path.read_text().split()] if path.exists() else []


async def pids_in(path: Path, count: int) -> list[int]:
    with trio.fail_after(20):
        while len(numbers_in(path)) < count:
            await trio.sleep(0.01)
    return numbers_in(path)


async def gone(pids: list[int]) -> None:
    with trio.fail_after(20):
        while any(is_running(pid) for pid in pids):
            await trio.sleep(0.01)


async def test_a_failure_carries_what_was_asked_and_gits_own_words(
    program: GitProgram, project: Repo
) -> None:
    with pytest.raises(GitFailed, match=r"git cat-file -t nothing-like-it failed.*Not a valid object name"):
        await program.run("cat-file", "-t", "nothing-like-it", cwd=str(project.root))


async def test_variables_that_name_another_repository_are_not_passed_on(
    program: GitProgram, project: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    output = await program.run("rev-parse", "--show-toplevel", cwd=str(project.root))
    assert output.decode().strip() == str(project.root)


async def test_a_missing_directory_is_not_taken_for_a_missing_program(
    program: GitProgram, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceError, match="no such directory"):
        await program.run("version", cwd=str(tmp_path / "nowhere"))


@pytest.mark.parametrize("how", ["cancelled", "overdue"])
async def test_a_child_that_is_cancelled_or_overdue_ends_with_its_whole_group(
    tmp_path: Path, how: str
) -> None:
    pids = tmp_path / "pids"
    deaf = script(tmp_path / "git", f"trap '' TERM\n(trap '' TERM; sleep 1000) &\necho $$ $! >{pids}\nwait\n")
    program = GitProgram(deaf)
    started = time.monotonic()
    if how == "overdue":
        with pytest.raises(WorkspaceError, match="took longer") as caught:
            await program.output("version", cwd=str(tmp_path), timeout=0.5)
        assert caught.value.code == "git_timeout"
    else:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: program.run("version", cwd=str(tmp_path)))
            await pids_in(pids, 2)
            nursery.cancel_scope.cancel()
    await gone(await pids_in(pids, 2))
    assert time.monotonic() - started < 30


async def test_git_that_is_ended_removes_its_locks(tmp_path: Path) -> None:
    lock = tmp_path / "index.lock"
    # Its standard error goes nowhere: nobody reads it any more, and the shell says that its `sleep` was ended.
    text = f"exec 2>/dev/null\ntrap 'rm {lock}; exit 1' TERM\ntouch {lock}\nwhile :; do sleep 0.05; done\n"
    polite = script(tmp_path / "git", text)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: GitProgram(polite).run("version", cwd=str(tmp_path)))
        with trio.fail_after(20):
            while not lock.exists():
                await trio.sleep(0.01)
        nursery.cancel_scope.cancel()
    assert not lock.exists()


async def test_output_past_the_bound_ends_git_and_keeps_what_came(tmp_path: Path) -> None:
    endless = script(tmp_path / "git", "exec yes")
    output = await GitProgram(endless).output("log", cwd=str(tmp_path), max_output=1_000_000)
    assert output.truncated
    assert 1_000_000 < len(output.stdout) < 2_000_000
    assert set(output.stdout.split()) <= {b"y", b""}


async def test_no_more_children_at_once_than_allowed(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    counting = script(tmp_path / "git", f"touch {marks}/$$\nls {marks} | wc -l\nsleep 0.1\nrm {marks}/$$\n")
    program = GitProgram(counting, parallel=2)
    seen: list[int] = []

    async def run() -> None:
        seen.append(int(await program.run("x", cwd=str(tmp_path))))

    async with trio.open_nursery() as nursery:
        for _ in range(6):
            nursery.start_soon(run)
    assert len(seen) == 6
    assert max(seen) <= 2


async def test_children_are_not_in_our_process_group(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    quiet = script(tmp_path / "git", f"ps -o pgid= -p $$ >{pids}\n")
    await GitProgram(quiet).run("x", cwd=str(tmp_path))
    [group] = await pids_in(pids, 1)
    assert group != os.getpgid(0)
