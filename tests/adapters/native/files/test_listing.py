"""list_files: what git knows or would add, as deep as it fits."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from boocode.adapters.native.files.listing import MAX_LINES
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.native_tools import CallShown, ToolRefused
from tests.adapters.native.files.places import Place
from tests.kit.repositories import make_repository, settle_git_environment

FILES: Mapping[str, str | bytes] = {
    ".gitignore": "*.log\nbuild/\n!keep.log\n",
    "README.md": "# A project\n",
    "src/app.py": "x = 1\n",
    "src/deep/leaf.txt": "leaf\n",
    "old.log": "tracked\n",
}


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    settle_git_environment(monkeypatch, tmp_path / "person")
    repo = make_repository(tmp_path / "worktree", FILES)
    repo.git("add", "-f", "old.log")
    repo.git("commit", "-qm", "A log")
    repo.write("new.txt", "new\n")
    repo.write("noise.log", "ignored\n")
    repo.write("keep.log", "kept\n")
    repo.write("build/out.bin", "ignored\n")
    return Place(repo, LocalProcesses())


async def test_tracked_and_new_files_are_listed_and_ignored_ones_are_not(place: Place) -> None:
    assert await place.look("list_files") == CallShown("List .", (str(place.repo.root),))
    assert (await place.call("list_files")).splitlines() == [
        ".: 7 files",
        ".gitignore",
        "README.md",
        "keep.log",
        "new.txt",
        "old.log",
        "src/app.py",
        "src/deep/leaf.txt",
    ]


async def test_what_is_gone_is_not_listed_though_git_still_knows_it(place: Place) -> None:
    os.unlink(place.repo.path("README.md"))
    assert "README.md" not in await place.call("list_files")


async def test_ignored_files_are_listed_when_asked_for_and_gits_own_never(place: Place) -> None:
    listed = (await place.call("list_files", ignored=True)).splitlines()
    assert "noise.log" in listed
    assert "build/out.bin" in listed
    assert not [line for line in listed if line.startswith(".git/")]


async def test_a_folder_is_listed_from_itself_on(place: Place) -> None:
    assert await place.call("list_files", path="src") == "src: 2 files\napp.py\ndeep/leaf.txt"
    assert await place.call("list_files", path="src/") == "src: 2 files\napp.py\ndeep/leaf.txt"
    assert await place.call("list_files", path="src/../src/deep") == "src/deep: 1 file\nleaf.txt"


async def test_levels_can_be_limited(place: Place) -> None:
    listed = await place.call("list_files", depth=1, glob="*.*")
    assert listed.splitlines()[-2:] == ["old.log", "src/ (2 files)"]


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("*.py", ["src/app.py"]),
        ("src/*", ["src/app.py"]),
        ("src/**", ["src/app.py", "src/deep/leaf.txt"]),
        ("**/*.txt", ["new.txt", "src/deep/leaf.txt"]),
        ("*.{md,py}", ["README.md", "src/app.py"]),
    ],
)
async def test_a_glob_chooses(place: Place, glob: str, found: list[str]) -> None:
    count = f"{len(found)} file{'s' if len(found) > 1 else ''}"
    assert (await place.call("list_files", glob=glob)).splitlines() == [f".: {count} like {glob}", *found]


async def test_nothing_is_said_to_be_nothing(place: Place) -> None:
    assert await place.call("list_files", glob="*.rs") == (
        ". has no file like *.rs. What git ignores is not counted; ignored=true lists it too."
    )
    (place.repo.root / "empty").mkdir()
    assert "empty has no file." in await place.call("list_files", path="empty")


async def test_what_is_too_much_is_shown_by_folder(place: Place) -> None:
    for number in range(MAX_LINES + 50):
        place.repo.write(f"many/in/file{number}.txt", "")
    lines = (await place.call("list_files")).splitlines()
    assert "many/in/ (350 files)" in lines
    assert "src/app.py" in lines
    lines = (await place.call("list_files", path="many/in")).splitlines()
    assert len(lines) == MAX_LINES + 2
    assert lines[-1] == "(50 more; list a folder, or give a glob)"


async def test_odd_names_are_one_line_each_and_can_be_given_back(place: Place) -> None:
    for raw in (b"caf\xe9.txt", b"a\nREADME.md", "ümlaut".encode(), b"-rf"):
        place.repo.write(raw, "x")
    lines = (await place.call("list_files")).splitlines()
    assert {'"caf\\351.txt"', '"a\\012README.md"', "ümlaut", "-rf"} < set(lines)
    for shown in ('"caf\\351.txt"', '"a\\012README.md"', "-rf"):
        assert (
            await place.call("list_files", path=shown)
            == f"{shown} is a file, not a folder. read_file reads it."
        )


async def test_links_are_listed_and_never_entered(place: Place) -> None:
    (place.repo.root / "up").symlink_to("..")
    (place.repo.root / "src" / "loop").symlink_to(".")
    for more in ({}, {"ignored": True}):
        lines = (await place.call("list_files", **more)).splitlines()
        assert "up" in lines
        assert "src/loop" in lines
        assert not [line for line in lines if line.startswith(("up/", "src/loop/"))]


async def test_a_repository_inside_is_named_and_not_entered(place: Place) -> None:
    make_repository(place.repo.root / "nested", {"inner.txt": "x"})
    assert "nested/" in (await place.call("list_files")).splitlines()


async def test_a_glob_is_no_pathspec_and_a_folder_no_option(place: Place) -> None:
    place.repo.write("-o/x.txt", "x")
    place.repo.write(":(top)/y.txt", "y")
    assert await place.call("list_files", path="-o") == "-o: 1 file\nx.txt"
    assert await place.call("list_files", path=":(top)") == ":(top): 1 file\ny.txt"


async def test_a_worktree_that_is_no_repository_any_more_is_listed_all_the_same(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    (plain / "src").mkdir(parents=True)
    (plain / "src" / "a.py").write_text("")
    place = Place(make_repository(tmp_path / "other", {}), LocalProcesses())
    place = evolve(place, repo=evolve(place.repo, root=plain))
    assert await place.call("list_files") == ".: 1 file\nsrc/a.py"


async def test_a_folder_that_may_be_read_is_listed_with_all_that_is_in_it(
    place: Place, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "deep" / "a.log").write_text("")
    allowed = evolve(place, allowed=(str(notes),))
    assert await allowed.call("list_files", path=str(notes)) == f"{notes}: 1 file\ndeep/a.log"
    with pytest.raises(ToolRefused, match="lies outside"):
        await place.call("list_files", path=str(notes))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": ".."}, "lies outside the worktree"),
        ({"path": ".git"}, "belongs to git"),
        ({"path": "missing"}, "failed: No such file or directory"),
        ({"path": 3}, "path must be a text"),
        ({"depth": 0}, "depth must be a whole number of 1 or more"),
        ({"ignored": "yes"}, "ignored must be true or false"),
        ({"glob": "{a"}, "cannot be read: a { is never closed"),
    ],
)
async def test_what_cannot_be_listed_is_refused_in_words(place: Place, given: Any, words: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await place.call("list_files", **given)
    assert words in str(refused.value)
