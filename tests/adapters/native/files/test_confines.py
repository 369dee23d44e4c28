"""No path leads out of the worktree, whatever it says and whatever is planted on its way."""

import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from boocode.adapters.native.files.confines import Confines
from boocode.adapters.native.files.content import read_content
from boocode.ports.native_tools import ToolRefused
from tests.adapters.native.files.bench import SECRET, Bench

AT_FDCWD = -100
RENAME_EXCHANGE = 2
WRITERS: dict[str, dict[str, Any]] = {
    "edit_file": {"old": SECRET, "new": "gone"},
    "create_file": {"content": "planted", "overwrite": True},
    "delete_file": {},
    "move_file": {"to": "mine.txt"},
}
CALLS: dict[str, dict[str, Any]] = {"read_file": {}, **WRITERS}
OUTSIDE = [
    "../secret.txt",
    "sub/../../secret.txt",
    "./.././secret.txt",
    "{}/secret.txt",
    "{}/outside/secret.txt",
    "to_outside/secret.txt",
    "to_above/secret.txt",
    "through/to_outside/secret.txt",
    "{}/worktree/../secret.txt",
    "{}/worktree-2/secret.txt",
    "/etc/passwd",
    "/proc/self/environ",
    "~/secret.txt",
]


@pytest.fixture
def planted(bench: Bench) -> Bench:
    (bench.root / "sub").mkdir()
    (bench.root / "to_outside").symlink_to("../outside")
    (bench.root / "to_above").symlink_to("..")
    (bench.root / "through").symlink_to(".")
    (bench.folder / "worktree-2").mkdir()
    (bench.folder / "worktree-2" / "secret.txt").write_text(SECRET)
    return bench


@pytest.mark.parametrize("tool", CALLS)
@pytest.mark.parametrize("path", OUTSIDE)
async def test_nothing_outside_is_reached(planted: Bench, tool: str, path: str) -> None:
    words = await planted.refused(tool, path=path.format(planted.folder), **CALLS[tool])
    assert "lies outside the worktree" in words
    assert "relative to the worktree's root" in words
    assert SECRET not in words


@pytest.mark.parametrize("tool", [name for name in CALLS if name not in ("delete_file", "move_file")])
async def test_a_link_to_a_file_outside_is_not_followed(planted: Bench, tool: str) -> None:
    (planted.root / "link").symlink_to("../secret.txt")
    words = await planted.refused(tool, path="link", **CALLS[tool])
    assert f"(it leads to {planted.folder}/secret.txt)" in words


@pytest.mark.parametrize("tool", CALLS)
@pytest.mark.parametrize(
    "path", [".git/config", "sub/../.git/config", ".GIT/config", "to_git/config", "sub/.git/x", ".git"]
)
async def test_gits_own_files_are_out_of_bounds(planted: Bench, tool: str, path: str) -> None:
    (planted.root / "to_git").symlink_to(".git")
    words = await planted.refused(tool, path=path, **CALLS[tool])
    assert "belongs to git and is out of bounds" in words


@pytest.mark.parametrize("to", ["../out.txt", ".git/hooks/pre-commit", "to_outside/x", "{}/outside/x", "."])
async def test_nothing_is_moved_out(planted: Bench, to: str) -> None:
    planted.write("mine.txt", "mine")
    assert await planted.refused("move_file", path="mine.txt", to=to.format(planted.folder))


@pytest.mark.parametrize("tool", CALLS)
@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5_000, "half \ud800"])
async def test_a_path_that_is_none_is_refused_in_words(bench: Bench, tool: str, path: str) -> None:
    words = await bench.refused(tool, path=path, **CALLS[tool])
    assert "path" in words or "no name that a file can have" in words


@pytest.mark.parametrize("tool", CALLS)
async def test_a_name_that_is_too_long_for_the_disk_is_refused_in_words(bench: Bench, tool: str) -> None:
    assert "too long" in await bench.refused(tool, path="x" * 300, **CALLS[tool])


@pytest.mark.parametrize("tool", WRITERS)
@pytest.mark.parametrize("path", [".", "./", "{}/worktree", "sub/.."])
async def test_the_worktree_itself_is_nothing_to_be_changed(planted: Bench, tool: str, path: str) -> None:
    words = await planted.refused(tool, path=path.format(planted.folder), **CALLS[tool])
    assert "is the worktree itself" in words


async def test_an_absolute_path_that_means_the_root_is_recognised(bench: Bench) -> None:
    bench.write("src/app.py", "x = 1\n")
    words = await bench.refused("read_file", path="/src/app.py")
    assert "Did you mean src/app.py?" in words


async def test_an_absolute_path_inside_is_as_good_as_a_relative_one(bench: Bench) -> None:
    bench.write("src/app.py", "x = 1\n")
    assert "x = 1" in (await bench.call("read_file", path=f"{bench.root}/src/app.py")).text


async def test_links_inside_the_worktree_are_followed(bench: Bench) -> None:
    bench.write("src/app.py", "x = 1\n")
    (bench.root / "lib").symlink_to("src")
    result = await bench.call("edit_file", path="lib/app.py", old="x = 1", new="x = 2")
    assert result.text == "Edited src/app.py, line 1."
    assert bench.read("src/app.py") == b"x = 2\n"
    assert (bench.root / "lib").is_symlink()


async def test_a_circle_of_links_is_refused_in_words(bench: Bench) -> None:
    (bench.root / "a").symlink_to("b")
    (bench.root / "b").symlink_to("a")
    for tool in ("read_file", "edit_file", "create_file"):
        assert "symbolic link" in await bench.refused(tool, path="a", **CALLS[tool])


@pytest.mark.parametrize("tool", CALLS)
async def test_a_file_on_the_way_is_named(bench: Bench, tool: str) -> None:
    bench.write("plain", "x")
    words = await bench.refused(tool, path="plain/inner", **CALLS[tool])
    assert "plain is a file, not a folder" in words


@pytest.mark.parametrize("tool", CALLS)
async def test_what_is_no_regular_file_is_neither_read_nor_waited_for(bench: Bench, tool: str) -> None:
    os.mkfifo(bench.path("pipe"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(bench.root / "sock")[-100:] if len(str(bench.root)) < 90 else bench.path("sock"))
        assert "is a pipe, not a regular file" in await bench.refused(tool, path="pipe", **CALLS[tool])
        assert "is a socket, not a regular file" in await bench.refused(tool, path="sock", **CALLS[tool])


async def test_a_device_is_not_read(bench: Bench) -> None:
    bench.allowed = ("/dev",)
    assert "is a device, not a regular file" in await bench.refused("read_file", path="/dev/zero")


# Reading beyond the worktree


@pytest.mark.parametrize("allowed", ["{}/outside", "{}/outside/", "{}/outside/secret.txt", "{}/link"])
async def test_what_a_person_allows_can_be_read_and_not_changed(bench: Bench, allowed: str) -> None:
    (bench.folder / "link").symlink_to("outside")
    bench.allowed = (allowed.format(bench.folder),)
    path = f"{bench.folder}/outside/secret.txt"
    result = await bench.call("read_file", path=path)
    assert result.text == f"{path}, lines 1–1 of 1\n     1\t{SECRET}"
    for tool, arguments in WRITERS.items():
        assert "lies outside the worktree" in await bench.refused(tool, path=path, **arguments)


async def test_nothing_beside_an_allowed_file_is_read(bench: Bench) -> None:
    bench.allowed = (f"{bench.folder}/outside/secret.txt", f"{bench.folder}/out")
    (bench.folder / "outside" / "other").write_text(SECRET)
    (bench.folder / "outer").write_text(SECRET)
    for name in ("outside/other", "outer", "secret.txt"):
        words = await bench.refused("read_file", path=f"{bench.folder}/{name}")
        assert f"only these may be read: {bench.folder}/outside/secret.txt" in words


async def test_an_allowed_folder_is_no_way_further(bench: Bench) -> None:
    bench.allowed = (f"{bench.folder}/outside",)
    (bench.folder / "outside" / "up").symlink_to("..")
    assert "lies outside" in await bench.refused("read_file", path=f"{bench.folder}/outside/up/secret.txt")
    assert "lies outside" in await bench.refused("read_file", path=f"{bench.folder}/outside/../secret.txt")


async def test_an_allowed_path_may_begin_at_home(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(bench.folder))
    bench.allowed = ("~/outside",)
    assert SECRET in (await bench.call("read_file", path="~/outside/secret.txt")).text


# What is swapped between the look and the opening


def test_a_folder_that_becomes_a_link_is_not_entered(bench: Bench) -> None:
    bench.write("sub/secret.txt", "harmless")
    spot = Confines(str(bench.root)).to_read("sub/secret.txt")
    os.rename(bench.root / "sub", bench.root / "aside")
    (bench.root / "sub").symlink_to("../outside")
    with pytest.raises(ToolRefused, match="sub became a symbolic link while it was looked at"):
        read_content(spot)


def test_a_file_that_becomes_a_link_is_not_opened(bench: Bench) -> None:
    bench.write("file", "harmless")
    spot = Confines(str(bench.root)).to_read("file")
    (bench.root / "file").unlink()
    (bench.root / "file").symlink_to("../secret.txt")
    with pytest.raises(ToolRefused, match="symbolic link"):
        read_content(spot)


@contextmanager
def swapping(here: Path, other: Path) -> Iterator[None]:
    """Somebody exchanges a folder and a link to elsewhere, again and again, as fast as it goes."""
    link = here.with_name("aside")
    link.symlink_to(other)
    exchange = ctypes.CDLL(None, use_errno=True).renameat2
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            exchange(AT_FDCWD, bytes(here), AT_FDCWD, bytes(link), RENAME_EXCHANGE)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def test_no_race_leads_out(bench: Bench) -> None:
    bench.write("sub/secret.txt", "harmless")
    outside = bench.folder / "outside"
    before = sorted(os.listdir(outside))
    outcomes = set[str]()
    with swapping(bench.root / "sub", outside):
        for number in range(150):
            for tool, arguments in (
                ("read_file", {"path": "sub/secret.txt"}),
                ("create_file", {"path": f"sub/new{number}", "content": "x"}),
                ("edit_file", {"path": "sub/secret.txt", "old": SECRET, "new": "changed"}),
                ("move_file", {"path": "sub/secret.txt", "to": f"sub/moved{number}"}),
                ("move_file", {"path": f"sub/moved{number}", "to": "sub/secret.txt"}),
                ("delete_file", {"path": f"sub/new{number}"}),
            ):
                try:
                    said = (await bench.call(tool, **arguments)).text
                except ToolRefused as refused:
                    said = str(refused)
                outcomes.add(said.partition("\n")[0][:20])
                assert SECRET not in said
    assert sorted(os.listdir(outside)) == before
    assert (outside / "secret.txt").read_text() == SECRET
    assert len(outcomes) > 3
