"""delete_file and move_file: one entry each, the one that was looked at, and nothing is lost by the way."""

import errno
import os
from typing import Any

import pytest

from boocode.adapters.native.files.content import stamp_of
from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import CallShown
from tests.adapters.native.files.bench import SECRET, Bench

MOVING = "boocode.adapters.native.files.moving"


async def test_what_is_lost_is_shown_before_a_file_is_deleted(bench: Bench) -> None:
    bench.write("a.txt", "one\n")
    shown = await bench.look("delete_file", path="a.txt")
    place = f"{bench.root}/a.txt"
    assert shown == CallShown("Delete a.txt", (place,), ToolDiff(place, "one\n", ""))
    assert (await bench.run("delete_file", path="a.txt")).text == "Deleted a.txt."
    assert not bench.has("a.txt")
    assert bench.changes == 1


async def test_a_binary_file_is_deleted_without_a_diff(bench: Bench) -> None:
    bench.write("a.bin", b"\0")
    assert (await bench.look("delete_file", path="a.bin")).diff is None
    assert not (await bench.run("delete_file", path="a.bin")).failed


async def test_a_link_is_deleted_and_not_what_it_leads_to(bench: Bench) -> None:
    os.symlink("../secret.txt", bench.path("link"))
    assert (await bench.call("delete_file", path="link")).text == "Deleted symbolic link link."
    assert (bench.folder / "secret.txt").read_text() == SECRET
    assert not bench.has("link")


@pytest.mark.parametrize("how", ["written", "replaced", "made a link"])
async def test_what_changed_after_the_look_is_not_deleted(bench: Bench, how: str) -> None:
    bench.write("a.txt", "one\n")
    await bench.look("delete_file", path="a.txt")
    if how == "written":
        bench.write("a.txt", "more than before\n")
    else:
        os.unlink(bench.path("a.txt"))
        bench.write("b.txt", "one\n")
        (os.rename if how == "replaced" else os.symlink)(bench.path("b.txt"), bench.path("a.txt"))
    assert "has changed since" in await bench.refused_now("delete_file", path="a.txt")


async def test_folders_missing_and_read_only_files_are_not_deleted(bench: Bench) -> None:
    bench.write("src/a.py", "x")
    bench.write("locked", "x", mode=0o400 & 0o444)
    assert "src is a folder; it is not deleted" in await bench.refused("delete_file", path="src")
    assert "src is a folder; it is not deleted" in await bench.refused("delete_file", path="src/")
    assert "There is no file b.py" in await bench.refused("delete_file", path="b.py")
    assert "is read-only" in await bench.refused("delete_file", path="locked")


# Moving


async def test_a_file_is_moved_with_its_mode_into_new_folders(bench: Bench) -> None:
    bench.write("a.sh", "one\n", mode=0o755)
    shown = await bench.look("move_file", path="a.sh", to="bin/tools/b.sh")
    assert shown == CallShown(
        "Move a.sh → bin/tools/b.sh", (f"{bench.root}/a.sh", f"{bench.root}/bin/tools/b.sh")
    )
    assert (
        await bench.run("move_file", path="a.sh", to="bin/tools/b.sh")
    ).text == "Moved a.sh → bin/tools/b.sh."
    assert bench.read("bin/tools/b.sh") == b"one\n"
    assert os.stat(bench.path("bin/tools/b.sh")).st_mode & 0o777 == 0o755
    assert os.stat(bench.path("bin/tools/b.sh")).st_nlink == 1
    assert not bench.has("a.sh")
    assert bench.changes == 1


async def test_a_folder_is_moved_with_all_that_is_in_it(bench: Bench) -> None:
    bench.write("src/deep/a.py", "x")
    assert (await bench.call("move_file", path="src", to="lib/src")).text == "Moved src (a folder) → lib/src."
    assert bench.read("lib/src/deep/a.py") == b"x"
    assert not bench.has("src")


async def test_a_link_is_moved_itself(bench: Bench) -> None:
    os.symlink("../secret.txt", bench.path("link"))
    await bench.call("move_file", path="link", to="other")
    assert os.readlink(bench.path("other")) == b"../secret.txt"
    assert (bench.folder / "secret.txt").exists()


@pytest.mark.parametrize("there", ["file", "folder", "link", "dangling"])
async def test_nothing_is_overwritten(bench: Bench, there: str) -> None:
    bench.write("a.txt", "one\n")
    match there:
        case "file":
            bench.write("b", "two\n")
        case "folder":
            os.mkdir(bench.path("b"))
        case "link":
            os.symlink("a.txt", bench.path("b"))
        case "dangling":
            os.symlink("nowhere", bench.path("b"))
    words = await bench.refused("move_file", path="a.txt", to="b")
    assert "nothing was moved" in words
    assert ("b/a.txt" in words) == (there == "folder")


@pytest.mark.parametrize("source", ["file", "folder"])
@pytest.mark.parametrize("there", ["file", "folder"])
async def test_what_appears_at_the_last_moment_is_not_overwritten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, source: str, there: str
) -> None:
    bench.write("src/a.txt" if source == "folder" else "src", "one\n")
    bench.write("b/x" if there == "folder" else "b", "two\n")
    monkeypatch.setattr(f"{MOVING}._taken", lambda *_: "not asked")
    monkeypatch.setattr(f"{MOVING}.stamp_of", lambda spot: None if spot.below == b"b" else stamp_of(spot))
    words = await bench.refused_now("move_file", path="src", to="b")
    assert words == "b was made by somebody else at this very moment; nothing was moved."


async def test_a_disk_without_hard_links_moves_as_well_and_overwrites_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(f"{MOVING}.os.link", none)
    bench.write("a.txt", "one\n", mode=0o640)
    await bench.call("move_file", path="a.txt", to="b.txt")
    assert bench.read("b.txt") == b"one\n"
    assert os.stat(bench.path("b.txt")).st_mode & 0o777 == 0o640
    bench.write("c.txt", "two\n")
    monkeypatch.setattr(f"{MOVING}.stamp_of", lambda spot: None if spot.below == b"c.txt" else stamp_of(spot))
    assert "made by somebody else" in await bench.refused_now("move_file", path="b.txt", to="c.txt")


async def test_what_was_written_after_the_look_is_not_moved(bench: Bench) -> None:
    bench.write("a.txt", "one\n")
    os.utime(bench.path("a.txt"), ns=(1, 1))
    await bench.look("move_file", path="a.txt", to="b.txt")
    bench.write("a.txt", "two\n")
    assert "has changed since" in await bench.refused_now("move_file", path="a.txt", to="b.txt")


async def test_a_name_that_differs_in_case_only_is_another_name(bench: Bench) -> None:
    bench.write("Read.me", "x")
    await bench.call("move_file", path="Read.me", to="README")
    await bench.call("move_file", path="README", to="readme")
    assert sorted(os.listdir(bench.root)) == [".git", "readme"]
    bench.write("README", "another")
    assert "README exists already" in await bench.refused("move_file", path="readme", to="README")


async def test_hard_links_that_differ_in_case_are_two_files(bench: Bench) -> None:
    bench.write("readme", "x")
    os.link(bench.path("readme"), bench.path("README"))
    assert "README exists already" in await bench.refused("move_file", path="readme", to="README")


async def test_a_case_only_name_is_taken_where_the_disk_knows_no_case(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a disk finds the one entry by both names, and lists it by the old one."""
    bench.write("readme", "x")

    def blind(spot: Any) -> Any:
        return stamp_of(type(spot)(spot.root, spot.below.lower(), spot.in_worktree))

    monkeypatch.setattr(f"{MOVING}.stamp_of", blind)
    await bench.call("move_file", path="readme", to="README")
    assert sorted(os.listdir(bench.root)) == [".git", "README"]


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ("a.txt", "a.txt", "is its name already"),
        ("a.txt", "./sub/../a.txt", "is its name already"),
        ("sub", "sub/inner", "cannot be moved into itself"),
        ("nothing", "b", "There is no file nothing"),
        ("a.txt", "a.txt/b", "a.txt is a file, not a folder"),
        ("nested", "other", "is a repository of its own"),
        ("a.txt", "x" * 300, "too long"),
    ],
)
async def test_what_cannot_be_moved_is_refused_in_words(bench: Bench, path: str, to: str, words: str) -> None:
    bench.write("a.txt", "one\n")
    bench.write("sub/x", "")
    bench.write("nested/.git/HEAD", "ref: refs/heads/main\n")
    assert words in await bench.refused("move_file", path=path, to=to)


async def test_a_move_that_fails_leaves_no_new_folders(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("a.txt", "one\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"{MOVING}.os.link", full)
    assert "The disk is full" in await bench.refused_now("move_file", path="a.txt", to="new/folder/a.txt")
