"""create_file: new files, and whole ones written anew only on purpose."""

import os
from typing import Any

import pytest

from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import CallShown
from tests.adapters.native.files.bench import Bench


async def test_a_new_file_is_shown_and_then_made_with_its_folders(bench: Bench) -> None:
    asked = {"path": "src/deep/a.py", "content": "one\ntwo\n"}
    place = f"{bench.root}/src/deep/a.py"
    shown = await bench.look("create_file", **asked)
    assert shown == CallShown("Create src/deep/a.py", (place,), ToolDiff(place, None, "one\ntwo\n"))
    assert not (bench.root / "src").exists()
    result = await bench.run("create_file", **asked)
    assert result.text == "Made src/deep/a.py: 2 lines, 8 bytes."
    assert result.diff == shown.diff
    assert bench.read("src/deep/a.py") == b"one\ntwo\n"
    assert bench.changes == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "0 lines, 0 bytes"),
        ("x", "1 line, 1 bytes"),
        ("ä\nb", "2 lines, 4 bytes"),
        ("\r\n", "1 line, 2 bytes"),
    ],
)
async def test_the_content_is_written_as_it_is(bench: Bench, content: str, words: str) -> None:
    assert (await bench.call("create_file", path="a", content=content)).text == f"Made a: {words}."
    assert bench.read("a") == content.encode()


async def test_a_file_that_is_there_is_not_written_over_by_mistake(bench: Bench) -> None:
    bench.write("a.txt", "precious\n")
    words = await bench.refused("create_file", path="a.txt", content="new\n")
    assert words.startswith("a.txt exists already (9 bytes); it was not changed.")
    assert "edit_file" in words
    assert "overwrite=true" in words


async def test_a_file_is_written_anew_on_purpose(bench: Bench) -> None:
    bench.write("a.sh", "old\n", mode=0o755)
    asked = {"path": "a.sh", "content": "new\n", "overwrite": True}
    shown = await bench.look("create_file", **asked)
    assert (shown.title, shown.diff) == ("Overwrite a.sh", ToolDiff(f"{bench.root}/a.sh", "old\n", "new\n"))
    assert (await bench.run("create_file", **asked)).text == "Overwrote a.sh: 1 line, 4 bytes."
    assert bench.read("a.sh") == b"new\n"
    assert os.stat(bench.path("a.sh")).st_mode & 0o777 == 0o755


async def test_people_see_what_comes_in_place_of_what_is_no_text(bench: Bench) -> None:
    bench.write("a.bin", b"\0\xff")
    shown = await bench.look("create_file", path="a.bin", content="text\n", overwrite=True)
    assert shown.diff == ToolDiff(f"{bench.root}/a.bin", "(2 bytes that are no text)\n", "text\n")


async def test_line_endings_and_the_mark_of_the_old_file_stay(bench: Bench) -> None:
    bench.write("a.txt", b"\xef\xbb\xbfone\r\ntwo\r\n")
    await bench.call("create_file", path="a.txt", content="three\nfour\n", overwrite=True)
    assert bench.read("a.txt") == b"\xef\xbb\xbfthree\r\nfour\r\n"


async def test_overwrite_of_nothing_is_a_new_file(bench: Bench) -> None:
    assert (await bench.call("create_file", path="a", content="x", overwrite=True)).text.startswith("Made a")


async def test_a_file_that_appeared_after_the_look_is_left_alone(bench: Bench) -> None:
    asked: dict[str, Any] = {"path": "a.txt", "content": "mine\n"}
    await bench.look("create_file", **asked)
    bench.write("a.txt", "somebody's\n")
    assert "exists already" in await bench.refused_now("create_file", **asked)
    asked["overwrite"] = True
    os.unlink(bench.path("a.txt"))
    await bench.look("create_file", **asked)
    bench.write("a.txt", "somebody's\n")
    assert "has changed since" in await bench.refused_now("create_file", **asked)


async def test_a_file_that_changed_after_the_look_is_not_written_over(bench: Bench) -> None:
    bench.write("a.txt", "one\n")
    asked = {"path": "a.txt", "content": "mine\n", "overwrite": True}
    await bench.look("create_file", **asked)
    bench.write("a.txt", "two\n")
    assert "has changed since" in await bench.refused_now("create_file", **asked)


async def test_a_file_that_appears_at_the_last_moment_is_left_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boocode.adapters.native.files.creating.content_if_any", lambda _: None)
    bench.write("sub/a.txt", "somebody's\n")
    words = await bench.refused_now("create_file", path="sub/a.txt", content="mine\n")
    assert words == "sub/a.txt was made by somebody else at this very moment. Look at it."


async def test_a_write_that_fails_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boocode.adapters.native.files.writing.os.fsync", full)
    words = await bench.refused_now("create_file", path="new/folder/a.txt", content="x")
    assert words == "Creating new/folder/a.txt failed: The disk is full. Nothing was changed."
    assert not (bench.root / "new").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": "a"}, "content must be a text, found nothing"),
        ({"path": "a", "content": {"a": 1}}, "content must be a text, found dict"),
        ({"path": "a", "content": "x\0y"}, "holds a NUL"),
        ({"path": "a", "content": "\udfff"}, "surrogate"),
        ({"path": "a", "content": "x" * 9_000_000}, "at most 8,388,608 are written"),
        ({"path": "folder/", "content": ""}, "names a folder"),
        ({"path": "folder", "content": "x", "overwrite": True}, "is a folder, not a file"),
        ({"path": "plain/inner", "content": "x"}, "plain is a file, not a folder"),
        ({"path": "plain", "content": "plain", "overwrite": True}, "this very content already"),
        ({"path": "locked", "content": "x", "overwrite": True}, "is read-only"),
    ],
)
async def test_what_cannot_be_made_is_refused_in_words(bench: Bench, given: Any, words: str) -> None:
    (bench.root / "folder").mkdir()
    bench.write("plain", "plain")
    bench.write("locked", "locked", mode=0o444)
    assert words in await bench.refused("create_file", **given)


async def test_a_link_that_leads_nowhere_yet_makes_what_it_leads_to(bench: Bench) -> None:
    os.symlink("later.txt", bench.path("link"))
    assert (await bench.call("create_file", path="link", content="x")).text.startswith("Made later.txt")
    assert bench.read("later.txt") == b"x"
    assert os.readlink(bench.path("link")) == b"later.txt"
