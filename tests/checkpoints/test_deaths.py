"""A SIGKILL in the middle of a capture or of a restore: what is left is whole, and the next one comes out right."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import cattrs
import pytest
import trio
from attrs import frozen

from boocode.ports.checkpoints import CHECKPOINT_REFS
from tests.checkpoints.conftest import MAX_FILE_BYTES, Ground, files_of
from tests.checkpoints.dying import REFUSED

REF = f"{CHECKPOINT_REFS}cht_1/dying"
ROOT = Path(__file__).parents[2]


@frozen
class Dying:
    """Has the work done in another process, and killed on the way."""

    process: subprocess.Popen[str]

    async def dies(self, ground: Ground, **asked: str) -> bool:
        """Dies at its `nth` crash point or `after_s` seconds; False: it got through before."""
        status = await self.status(ground, **asked)
        assert status in (0, -signal.SIGKILL)
        return status != 0

    async def status(self, ground: Ground, **asked: str) -> int:
        place = json.dumps(cattrs.unstructure(ground.place))
        return await trio.to_thread.run_sync(self._ask, json.dumps({"place": place, "ref": REF, **asked}))

    def _ask(self, line: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    command = [sys.executable, "-m", "tests.checkpoints.dying"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        yield Dying(process)


async def check_capture(ground: Ground) -> None:
    """A ref, if there is one, names all of the files; the next capture succeeds and holds them all."""
    held = set(files_of(ground.worktree.root))
    if REF in ground.refs():
        assert ground.held(REF) == held
    captured = await ground.capture()
    assert ground.held(captured.commit) == held
    ground.project.git("fsck", "--connectivity-only", captured.commit)


async def test_c20_a_death_at_every_point_of_a_capture(ground: Ground, dying: Dying) -> None:
    ground.worktree.write("new.txt", "new\n")
    nth = 1
    while await dying.dies(ground, what="capture", nth=str(nth)):
        await check_capture(ground)
        nth += 1
    assert nth > 2
    assert REF in ground.refs()


def change(ground: Ground) -> Mapping[bytes, tuple[str, bytes]]:
    """A change of every sort; returns what the files were before."""
    work = ground.worktree
    before = files_of(work.root)
    work.write("src/app.py", "changed\n", executable=True)
    os.unlink(work.path("src/deep/er/leaf.txt"))
    os.rmdir(work.path("src/deep/er"))
    os.rmdir(work.path("src/deep"))
    work.write("src/deep", "a file by now\n")
    os.unlink(work.path("README.md"))
    work.write("README.md/inside", "a directory by now\n")
    os.unlink(work.path("run.sh"))
    os.symlink("src", work.path("run.sh"))
    work.write("new/deep/one.txt", "new\n")
    return before


async def test_c20_a_death_at_every_point_of_a_restore(ground: Ground, dying: Dying) -> None:
    target = (await ground.capture()).commit
    before = change(ground)
    after = files_of(ground.worktree.root)
    now = (await ground.capture(also_like=target)).commit
    nth = 1
    while await dying.dies(ground, what="restore", nth=str(nth), now=now, target=target):
        if nth % 2:  # finished
            await ground.git.restore(ground.place, now, target)
            assert files_of(ground.worktree.root) == before
            assert not ground.worktree.exists("new")
        # or taken back; what is in between is met by the next round
        await ground.git.restore(ground.place, target, now)
        assert files_of(ground.worktree.root) == after
        nth += 1
    assert nth > 8
    assert files_of(ground.worktree.root) == before


async def test_c19_no_room_for_what_is_to_be_written(ground: Ground, dying: Dying) -> None:
    work = ground.worktree
    for number in range(9):
        work.write(f"large/{number}.bin", random.Random(number).randbytes(MAX_FILE_BYTES))
    target = (await ground.capture()).commit
    before = change(ground)
    shutil.rmtree(work.root / "large")
    after = files_of(work.root)
    now = (await ground.capture(also_like=target)).commit
    room = str(2 * MAX_FILE_BYTES)
    assert await dying.status(ground, what="restore", now=now, target=target, max_bytes=room) == REFUSED
    assert files_of(work.root) == after
    await ground.git.restore(ground.place, now, target)
    assert files_of(work.root) == before


@pytest.mark.parametrize("what", ["capture", "restore"])
async def test_c20_a_death_at_any_time(ground: Ground, dying: Dying, what: str) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    target = (await ground.capture()).commit
    original = files_of(ground.worktree.root)
    for _ in range(3):
        for number in range(300):
            ground.worktree.write(f"many/{number % 7}/{number}.txt", f"{chance.random()}\n")
        now = (await ground.capture(also_like=target)).commit if what == "restore" else ""
        await dying.dies(ground, after_s=str(chance.uniform(0, 0.25)), what=what, now=now, target=target)
        if what == "capture":
            await check_capture(ground)
        else:
            await ground.git.restore(ground.place, now, target)
            assert files_of(ground.worktree.root) == original
        ground.git_drop_all()


async def test_c27_commits_meanwhile_meet_no_lock(ground: Ground) -> None:
    """A person commits in the project and the agent in its worktree, as fast as they can, while captures run."""
    captures = 6
    made: list[str] = []

    async def commit_on(root: Path, cancelled: trio.Event) -> None:
        number = 0
        while not cancelled.is_set():
            number += 1
            beside = trio.Path(
                root.with_name(f"{root.name}.counted")
            )  # a whole file at any moment, as editors do it
            await beside.write_text(f"{number}\n")
            await beside.replace(root / "counted.txt")
            for command in (("add", "counted.txt"), ("commit", "-q", "-m", f"Number {number}")):
                identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
                done = await trio.run_process(
                    ["git", *identity, *command], cwd=root, check=False, capture_stderr=True
                )
                assert done.returncode == 0, done.stderr.decode()
        made.append(f"{number} commits")

    async with trio.open_nursery() as nursery:
        finished = trio.Event()
        nursery.start_soon(commit_on, ground.project.root, finished)
        nursery.start_soon(commit_on, ground.worktree.root, finished)
        for _ in range(captures):
            captured = await ground.capture()
            assert captured.head is not None
        finished.set()
    assert len(made) == 2
    assert len(ground.refs()) == captures
    ground.worktree.git("fsck", "--connectivity-only")
