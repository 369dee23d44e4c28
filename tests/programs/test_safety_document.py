"""Every command of docs/safety.md is run as it stands there, on a repository that BooCode has worked in, without it."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import boocode
from boocode.contracts.resources import Checkpoint
from boocode.ports.worktrees import StashWorktree, TakeCheckpoint
from tests.actors.worktree_kit import Desk
from tests.kit.repositories import IDENTITY, Repo

DOCUMENT = Path(boocode.__file__).parent.parent / "docs" / "safety.md"
BINARY = b"\0\x01\r\n\xff raw bytes\r\n"
_Test = TypeVar("_Test", bound=Callable[..., object])
_tried: set[tuple[str, int]] = set()


def tries(heading: str, *numbers: int) -> Callable[[_Test], _Test]:
    """Marks a test of these blocks (from 0) below a heading."""
    _tried.update((heading, number) for number in numbers or (0,))
    return lambda test: test


def _blocks() -> dict[tuple[str, int], str]:
    """(heading, number) → the commands."""
    blocks: dict[tuple[str, int], str] = {}
    text = DOCUMENT.read_text(encoding="utf-8")
    for part in re.split(r"^#+ ", text, flags=re.MULTILINE):
        heading = part.partition("\n")[0]
        for number, block in enumerate(re.findall(r"^```sh\n(.*?)^```", part, re.MULTILINE | re.DOTALL)):
            blocks[heading, number] = block
    return blocks


def shell(repo: Repo, heading: str, number: int = 0, **names: str | Path) -> str:
    """Runs a block in the repository with the names in capitals filled in; returns what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _blocks()[heading, number]],
        cwd=repo.root,
        env={
            **os.environ,
            **IDENTITY,
            "GIT_PAGER": "cat",
            **{name: str(value) for name, value in names.items()},
        },
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"{heading}: {done.stderr.decode()}"
    return done.stdout.decode()


async def checkpoint(desk: Desk) -> Checkpoint:
    taken: Checkpoint = await desk.ask(TakeCheckpoint(desk.session.id, desk.session.chats[0].id, None, None))
    return taken


async def a_checkpoint(desk: Desk) -> tuple[Repo, Checkpoint]:
    """With an edit, a new binary file and a program; then all of it is overwritten by the agent."""
    _, worktree = await desk.open()
    worktree.write("app.py", "by the agent\n")
    worktree.write("data.bin", BINARY)
    worktree.write("bin/run.sh", "#!/bin/sh\n", executable=True)
    taken = await checkpoint(desk)
    worktree.write("app.py", "overwritten\n")
    os.unlink(worktree.path("data.bin"))
    return worktree, taken


def test_every_command_of_the_document_is_tried():
    assert set(_blocks()) == _tried


@tries("See what there is")
async def test_the_list_names_every_ref(desk: Desk):
    _, taken = await a_checkpoint(desk)
    assert taken.ref in shell(desk.repo, "See what there is")


@tries("Look into a checkpoint, a stash or a salvaged worktree")
async def test_looking_shows_files_and_differences(desk: Desk):
    _, taken = await a_checkpoint(desk)
    shown = shell(desk.repo, "Look into a checkpoint, a stash or a salvaged worktree", REF=taken.ref)
    assert "bin/run.sh\n" in shown
    assert "+by the agent" in shown


@tries("Get one file, exactly as it was")
async def test_one_file_comes_back_byte_for_byte(desk: Desk, tmp_path: Path):
    _, taken = await a_checkpoint(desk)
    desk.repo.write(".gitattributes", "* text=auto eol=crlf\n")
    copy = tmp_path / "copy"
    shell(desk.repo, "Get one file, exactly as it was", REF=taken.ref, FILE="data.bin", COPY=copy)
    assert copy.read_bytes() == BINARY


@tries("Get all files, beside your own")
async def test_all_files_come_back_beside_ones_own(desk: Desk, tmp_path: Path):
    _, taken = await a_checkpoint(desk)
    place = Repo(tmp_path / "beside")
    shell(desk.repo, "Get all files, beside your own", REF=taken.ref, PLACE=place.root)
    assert place.read("data.bin") == BINARY
    assert place.read("app.py") == b"by the agent\n"
    assert os.access(place.path("bin/run.sh"), os.X_OK)
    assert desk.repo.read("app.py") == b"one\n"


@tries("Take files over into your checkout", 0, 1)
async def test_files_are_taken_over_into_the_checkout(desk: Desk):
    _, taken = await a_checkpoint(desk)
    heading, head = "Take files over into your checkout", desk.repo.head()
    shell(desk.repo, heading, REF=taken.ref, FILE="data.bin")
    assert desk.repo.read("data.bin") == BINARY
    assert desk.repo.read("app.py") == b"one\n"
    shell(desk.repo, heading, 1, REF=taken.ref)
    assert desk.repo.read("app.py") == b"by the agent\n"
    assert desk.repo.head() == head
    assert desk.repo.git("diff", "--cached") == b""


@tries("Take a worktree itself back to a checkpoint")
async def test_a_worktree_goes_back_and_keeps_what_was_there(desk: Desk):
    worktree, taken = await a_checkpoint(desk)
    worktree.write("newer.txt", "made since\n")
    heading = "Take a worktree itself back to a checkpoint"
    shell(desk.repo, heading, REF=taken.ref, WORKTREE_FOLDER=worktree.root)
    assert worktree.read("app.py") == b"by the agent\n"
    assert worktree.read("data.bin") == BINARY
    assert not worktree.exists("newer.txt")
    assert worktree.git("show", "stash@{0}:app.py") == b"overwritten\n"
    assert worktree.git("show", "stash@{0}^3:newer.txt") == b"made since\n"


@tries("Undo an apply, or see what it did", 0, 1)
async def test_what_an_apply_overwrote_comes_back(desk: Desk, tmp_path: Path):
    _, worktree = await desk.open()
    desk.repo.write("lib/util.py", "two\nmine\n")
    worktree.write("lib/util.py", "zero\ntwo\n")
    await desk.capture()
    await desk.apply()
    applied = desk.repo.read("lib/util.py")
    heading, names = "Undo an apply, or see what it did", {"SESSION": desk.session.id, "FILE": "lib/util.py"}
    copy = tmp_path / "copy"
    assert "zero" in shell(desk.repo, heading, COPY=copy, **names)
    assert copy.read_bytes() == b"two\nmine\n" != applied
    shell(desk.repo, heading, 1, **names)
    assert desk.repo.read("lib/util.py") == b"two\nmine\n"


@tries("Apply what waits, without BooCode")
async def test_what_waits_can_be_applied_by_git(desk: Desk):
    _, worktree = await desk.open()
    worktree.write("app.py", "by the agent\n")
    worktree.write("data.bin", BINARY)
    await desk.capture()
    shell(desk.repo, "Apply what waits, without BooCode", SESSION=desk.session.id)
    assert desk.repo.read("app.py") == b"by the agent\n"
    assert desk.repo.read("data.bin") == BINARY


async def stashed(desk: Desk) -> tuple[str, str]:
    """A stash with a commit, something staged and something new; (the ref's last part, the worktree's HEAD)."""
    _, worktree = await desk.open()
    worktree.write("app.py", "committed by the agent\n")
    head = worktree.commit("By the agent")
    worktree.write("lib/util.py", "staged\n")
    worktree.git("add", "lib/util.py")
    worktree.write("lib/util.py", "staged, then changed\n")
    worktree.write("data.bin", BINARY)
    info = await desk.ask(StashWorktree(desk.session.id))
    assert not worktree.exists("data.bin")
    return str(info.stashed).removeprefix("refs/boocode/salvage/"), head


@tries("Get a stash or a salvaged worktree back", 0, 1)
async def test_a_stash_comes_back_with_files_index_and_commits(desk: Desk, tmp_path: Path):
    name, head = await stashed(desk)
    heading, place = "Get a stash or a salvaged worktree back", Repo(tmp_path / "rescued")
    shell(desk.repo, heading, WORKTREE=name, BRANCH="rescued", PLACE=place.root)
    assert place.head() == head
    assert place.read("data.bin") == BINARY
    assert place.read("lib/util.py") == b"staged, then changed\n"
    assert place.git("show", ":lib/util.py") == b"staged\n"
    shown = shell(desk.repo, heading, 1, WORKTREE=name, BRANCH="by-the-agent")
    assert desk.repo.git("rev-parse", "by-the-agent").decode().strip() == head
    blob = place.git("rev-parse", ":lib/util.py").decode().strip()
    assert blob in shown


@tries("Keep something for good, or let it go", 0, 1)
@tries("Find what no ref keeps any more")
async def test_a_tag_keeps_it_and_even_a_dropped_ref_is_found_again(desk: Desk):
    _, taken = await a_checkpoint(desk)
    heading = "Keep something for good, or let it go"
    shell(desk.repo, heading, NAME="kept", REF=taken.ref)
    shell(desk.repo, heading, 1, REF=taken.ref)
    assert taken.ref not in shell(desk.repo, "See what there is")
    desk.repo.git("gc", "-q", "--prune=now")
    assert desk.repo.git("show", "kept:data.bin") == BINARY
    desk.repo.git("tag", "-d", "kept")
    assert taken.commit in shell(desk.repo, "Find what no ref keeps any more")


@tries("Take it all to another place")
async def test_a_push_takes_everything_along(desk: Desk, tmp_path: Path):
    _, taken = await a_checkpoint(desk)
    other = Repo(tmp_path / "other.git")
    other.root.mkdir()
    other.git("init", "-q", "--bare")
    shell(desk.repo, "Take it all to another place", REMOTE=other.root)
    assert other.git("show", f"{taken.ref}:data.bin") == BINARY
