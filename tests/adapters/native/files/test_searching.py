"""search_files: the same lines with ripgrep and without, and nobody waits for a pattern that never ends."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import evolve

from boocode.adapters.native.files import names_below, searching
from boocode.adapters.native.files.confines import Confines
from boocode.adapters.native.files.searching import MAX_MATCHES
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.native.search_pattern import Pattern
from boocode.ports.native_tools import CallShown, ToolRefused
from tests.adapters.native.files.bench import SECRET
from tests.adapters.native.files.places import Place, ripgrep
from tests.kit.repositories import make_repository, settle_git_environment

FILES: dict[str, str | bytes] = {
    ".gitignore": "*.log\nbuild/\n",
    ".ignore": "src\n",
    ".hidden/conf.txt": "alpha hidden\n",
    "README.md": "# A project\nalpha and beta\n",
    "src/app.py": "def alpha():\n    return 'beta'\n\n\ndef Alpha_two():\n    pass\n",
    "src/crlf.txt": b"alpha one\r\nbeta two\r\n",
    "src/bom.txt": b"\xef\xbb\xbfalpha first\n",
    "src/latin.txt": "caf\xe9 alpha\n".encode("latin-1"),
    "src/umlaut.txt": "Größe alpha\nGRÖSSE\n",
    "src/utf16.txt": "alpha wide\n".encode("utf-16"),
    "binary.bin": b"alpha\0alpha\n",
    "late.bin": b"alpha\n" + b"x" * 200_000 + b"\0\n",
    "tracked.log": "alpha though ignored\n",
    "form\x0cfeed.txt": "alpha\x0cbeta\u2028gamma\n",
    "no-newline.txt": "last alpha",
    "-dash.txt": "alpha dashed\n",
}


@pytest.fixture(params=["ripgrep", "none"])
async def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    """Searched with a real ripgrep, with none, and with a program that fails as one; no process is left behind."""
    found = ripgrep()
    if request.param == "ripgrep" and found is None:
        pytest.skip("no ripgrep on this machine")
    settle_git_environment(monkeypatch, tmp_path / "person")
    (tmp_path / "secret.txt").write_text(f"alpha {SECRET}\n")
    repo = make_repository(tmp_path / "worktree", FILES)
    repo.git("add", "-f", "tracked.log")
    repo.git("commit", "-qm", "A log")
    repo.write("new.txt", "alpha new\n")
    repo.write("noise.log", "alpha ignored\n")
    repo.write("build/out.txt", "alpha ignored\n")
    program = {"ripgrep": found, "none": None, "broken": "/bin/sh"}[request.param]
    owner = LocalProcesses()
    yield Place(repo, owner, find_ripgrep=lambda: program)
    assert owner.owned() == ()


async def test_every_file_that_git_would_show_is_searched(place: Place) -> None:
    shown = await place.look("search_files", pattern="alpha")
    assert shown == CallShown("Search alpha in .", (str(place.repo.root),))
    assert (await place.call("search_files", pattern="alpha")).splitlines() == [
        "12 lines in 12 files",
        "-dash.txt",
        "     1\talpha dashed",
        ".hidden/conf.txt",
        "     1\talpha hidden",
        "README.md",
        "     2\talpha and beta",
        '"form\\014feed.txt"',
        *"     1\talpha\x0cbeta\u2028gamma".splitlines(),
        "new.txt",
        "     1\talpha new",
        "no-newline.txt",
        "     1\tlast alpha",
        "src/app.py",
        "     1\tdef alpha():",
        "src/bom.txt",
        "     1\talpha first",
        "src/crlf.txt",
        "     1\talpha one",
        "src/latin.txt",
        "     1\tcaf\ufffd alpha",
        "src/umlaut.txt",
        "     1\tGröße alpha",
        "tracked.log",
        "     1\talpha though ignored",
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"pattern": "^alpha", "path": "src"}, ["src/bom.txt", "src/crlf.txt"]),
        ({"pattern": "(one|two)$", "path": "src"}, ["src/crlf.txt"]),
        ({"pattern": r"def \w+_two\(\)"}, ["src/app.py"]),
        ({"pattern": "ALPHA", "path": "README.md"}, []),
        ({"pattern": "ALPHA", "path": "README.md", "ignore_case": True}, ["README.md"]),
        ({"pattern": "größe|grösse", "ignore_case": True}, ["src/umlaut.txt"]),
        ({"pattern": r"\bGrö\w+"}, ["src/umlaut.txt"]),
        ({"pattern": "alpha", "glob": "*.{md,py}"}, ["README.md", "src/app.py"]),
        ({"pattern": "alpha", "glob": "src/*.py"}, ["src/app.py"]),
        ({"pattern": "alpha()", "plain": True}, ["src/app.py"]),
        ({"pattern": "def alpha(", "path": "src"}, ["src/app.py"]),
        ({"pattern": "a.c"}, []),
        ({"pattern": "-dash", "plain": True}, []),
        ({"pattern": "alpha", "path": "-dash.txt"}, ["-dash.txt"]),
        ({"pattern": "alpha", "path": "binary.bin"}, []),
    ],
)
async def test_it_finds_the_same_with_and_without_ripgrep(place: Place, given: Any, found: list[str]) -> None:
    lines = (await place.call("search_files", **given)).splitlines()
    assert [line for line in lines if "\t" not in line and (place.repo.root / line).is_file()] == found
    assert bool(found) != ("No line matches" in lines[-1])


@pytest.mark.parametrize("place", ["ripgrep", "broken"], indirect=True)
async def test_ripgrep_says_which_files_are_worth_looking_at(place: Place) -> None:
    tool = place.tool("search_files")
    assert isinstance(tool, searching.SearchFiles)
    folder = Confines(str(place.repo.root)).to_read(".")
    names = [b"README.md", b"-dash.txt", b".gitignore", b"src/umlaut.txt", b"link"]
    (place.repo.root / "link").symlink_to("README.md")
    program = place.find_ripgrep()
    assert program is not None
    for pattern, found in (
        ("alpha", {b"README.md", b"-dash.txt", b"src/umlaut.txt"}),
        ("größe", {b"src/umlaut.txt"}),
    ):
        asked = Pattern(pattern, is_plain=pattern == "größe", ignores_case=True)
        holding = await tool._holding(program, folder, names, asked)
        if program == ripgrep():
            assert holding is not None
            assert holding - {b""} == found
        else:
            assert holding is None
            assert "src/umlaut.txt\n" in await place.call("search_files", pattern="größe", ignore_case=True)


async def test_what_is_no_regular_expression_is_searched_for_as_text(place: Place) -> None:
    lines = (await place.call("search_files", pattern="def alpha(")).splitlines()
    assert lines[0].startswith("This is no regular expression (missing )")
    assert lines[0].endswith("it was searched for as plain text.")
    assert lines[2:] == ["src/app.py", "     1\tdef alpha():"]


async def test_many_matches_are_cut_and_said_to_be(place: Place) -> None:
    for number in range(20):
        place.repo.write(f"many/f{number:02}.txt", "needle\n" * 15)
    lines = (await place.call("search_files", pattern="needle")).splitlines()
    assert (
        lines[0]
        == f"These are only the first {MAX_MATCHES} matching lines; there are more. Search more narrowly."
    )
    assert sum("\tneedle" in line for line in lines) == MAX_MATCHES
    assert lines[1] == "many/f00.txt"


async def test_a_long_line_is_shown_around_its_match(place: Place) -> None:
    place.repo.write("min.js", "x" * 50_000 + "needle" + "y" * 50_000)
    text = await place.call("search_files", pattern="needle")
    assert "xneedley" in text
    assert len(text) < 600


async def test_more_files_than_one_command_line_holds(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "ARGUMENT_BYTES", 60)
    for number in range(12):
        place.repo.write(f"many/f{number}.txt", "needle\n")
    assert (await place.call("search_files", pattern="needle")).startswith("12 lines in 12 files\n")


async def test_a_file_that_is_called_like_its_folder_is_named_with_it(place: Place) -> None:
    place.repo.write("src/src", "only here\n")
    for path in ("src", "src/src", "."):
        assert "\nsrc/src\n" in await place.call("search_files", pattern="only here", path=path)


async def test_names_that_are_no_text_are_found_and_given_back(place: Place) -> None:
    place.repo.write(b"caf\xe9/a\nb.txt", "needle\n")
    lines = (await place.call("search_files", pattern="needle")).splitlines()
    assert lines[1:] == ['"caf\\351/a\\012b.txt"', "     1\tneedle"]


async def test_links_and_what_is_no_file_are_passed_over(place: Place) -> None:
    (place.repo.root / "link.txt").symlink_to("../secret.txt")
    (place.repo.root / "up").symlink_to("..")
    os.mkfifo(place.repo.path("pipe.txt"))
    text = await place.call("search_files", pattern=SECRET, plain=True)
    assert text.startswith("No line matches in .")
    with pytest.raises(ToolRefused, match="lies outside"):
        await place.call("search_files", pattern="alpha", path="up")


async def test_a_folder_that_becomes_a_link_is_not_entered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the listing and the finding."""
    place.repo.write("sub/secret.txt", "alpha harmless\n")
    files_below = names_below.files_below

    async def swapped(*arguments: Any, **more: Any) -> Any:
        found = await files_below(*arguments, **more)
        os.rename(place.repo.path("sub"), place.repo.path("aside"))
        os.symlink("..", place.repo.path("sub"))
        return found

    monkeypatch.setattr(searching, "files_below", swapped)
    text = await place.call("search_files", pattern="alpha")
    assert SECRET not in text
    assert "sub/secret.txt" not in text


async def test_a_folder_that_may_be_read_is_searched(place: Place, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.log").write_text("alpha noted\n")
    text = await evolve(place, allowed=(str(notes),)).call("search_files", pattern="alpha", path=str(notes))
    assert text == f"1 line in 1 file\n{notes}/a.log\n     1\talpha noted"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "pattern must be a text, found nothing"),
        ({"pattern": ""}, "The pattern is empty"),
        ({"pattern": "(?=x)"}, "looking ahead"),
        ({"pattern": "a\nb"}, "no line break"),
        ({"pattern": "x", "path": "missing.txt"}, "failed: No such file or directory"),
        ({"pattern": "x", "path": ".git"}, "belongs to git"),
        ({"pattern": "x", "glob": "{a"}, "cannot be read"),
        ({"pattern": "x", "plain": "yes"}, "plain must be true or false"),
    ],
)
async def test_what_cannot_be_searched_is_refused_in_words(place: Place, given: Any, words: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await place.call("search_files", **given)
    assert words in str(refused.value)


async def test_a_pattern_that_takes_for_ever_is_ended(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SEARCH_S", 2.0)
    place.repo.write("long.txt", "a" * 5_000 + "b")
    place.repo.write("other.txt", "a" * 40 + "c")
    begun = trio.current_time()
    with pytest.raises(ToolRefused, match="took longer than 2 s"):
        await place.call("search_files", pattern="(a+)+c$", path="long.txt")
    assert trio.current_time() - begun < 30


async def test_a_cancel_ends_it(place: Place) -> None:
    place.repo.write("long.txt", "a" * 5_000 + "b")
    with trio.move_on_after(1.0) as scope:
        await place.call("search_files", pattern="(a+)+c$", path="long.txt")
    assert scope.cancelled_caught
    assert place.owner.owned() == ()
