"""edit_file: what people were shown is what is done; the rest of the file stays as it was."""

import os
from typing import Any

import pytest

from boocode.adapters.native.files.content import MAX_FILE_BYTES
from boocode.adapters.native.files.editing import MAX_EDITED_BYTES
from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import CallShown
from tests.adapters.native.files.bench import Bench

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"


async def test_people_see_the_diff_before_anything_is_changed(bench: Bench) -> None:
    bench.write("src/a.py", TEXT)
    shown = await bench.look("edit_file", path="src/a.py", old="return 1", new="return 11")
    place = f"{bench.root}/src/a.py"
    assert shown == CallShown(
        "Edit src/a.py", (place,), ToolDiff(place, TEXT, TEXT.replace("return 1", "return 11"))
    )
    assert bench.read("src/a.py") == TEXT.encode()
    assert not bench.changes


async def test_the_call_does_what_was_shown(bench: Bench) -> None:
    bench.write("src/a.py", TEXT)
    asked = {"path": "src/a.py", "old": "return 1", "new": "return 11"}
    shown = await bench.look("edit_file", **asked)
    result = await bench.run("edit_file", **asked)
    assert result.text == "Edited src/a.py, line 2."
    assert result.diff == shown.diff
    assert bench.read("src/a.py") == TEXT.replace("return 1", "return 11").encode()
    assert bench.changes == 1


@pytest.mark.parametrize("meanwhile", [TEXT + "# more\n", TEXT.replace("return 1", "return  1"), ""])
async def test_a_file_that_changed_after_the_look_is_left_alone(bench: Bench, meanwhile: str) -> None:
    bench.write("a.py", TEXT)
    asked = {"path": "a.py", "old": "return 1", "new": "return 11"}
    await bench.look("edit_file", **asked)
    bench.write("a.py", meanwhile)
    words = await bench.refused_now("edit_file", **asked)
    assert words.startswith("a.py has changed since this call was looked at")
    assert "Read the file again" in words
    assert not bench.changes


async def test_the_same_bytes_written_again_are_what_was_shown(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    asked = {"path": "a.py", "old": "return 1", "new": "return 11"}
    await bench.look("edit_file", **asked)
    bench.write("a.py", TEXT)
    assert not (await bench.run("edit_file", **asked)).failed


async def test_a_file_that_is_gone_after_the_look_is_told(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    asked = {"path": "a.py", "old": "return 1", "new": "return 11"}
    await bench.look("edit_file", **asked)
    os.unlink(bench.path("a.py"))
    assert await bench.refused_now("edit_file", **asked) == (
        "There is no file a.py. list_files and search_files show what there is."
    )


async def test_a_link_that_leads_elsewhere_after_the_look_is_not_followed_there(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    bench.write("b.py", TEXT + "# another\n")
    os.symlink("a.py", bench.path("link"))
    asked = {"path": "link", "old": "return 1", "new": "return 11"}
    await bench.look("edit_file", **asked)
    os.unlink(bench.path("link"))
    os.symlink("b.py", bench.path("link"))
    assert "has changed since" in await bench.refused_now("edit_file", **asked)


async def test_the_same_edit_twice_is_told_to_be_made(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    asked = {"path": "a.py", "old": "return 1\n", "new": "return 11\n"}
    await bench.call("edit_file", **asked)
    words = await bench.refused("edit_file", **asked)
    assert words == "a.py was not changed. The new text stands there already: the edit has been made."


async def test_a_look_of_another_call_does_not_bind_this_one(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    first = {"path": "a.py", "old": "return 1", "new": "return 11"}
    second = {"path": "a.py", "old": "return 2", "new": "return 22"}
    await bench.look("edit_file", **first)
    await bench.look("edit_file", **second)
    await bench.run("edit_file", **second)
    assert "has changed since" in await bench.refused_now("edit_file", **first)
    await bench.call("edit_file", **first)  # looked at anew it can be made
    assert (
        bench.read("a.py") == TEXT.replace("return 1", "return 11").replace("return 2", "return 22").encode()
    )


async def test_several_edits_are_all_made(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    edits = [{"old": "return 1", "new": "return 11"}, {"old": "return 2", "new": "return 22"}]
    result = await bench.call("edit_file", path="a.py", edits=edits)
    assert result.text == "Edited 2 edits in a.py, lines 2–6."
    assert bench.changes == 1


async def test_of_several_edits_none_is_made_when_one_cannot_be(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    edits = [{"old": "return 1", "new": "return 11"}, {"old": "return 3", "new": "return 33"}]
    words = await bench.refused("edit_file", path="a.py", edits=edits)
    assert words.startswith("a.py was not changed. Edit 2: The old text is not in the file.")
    assert bench.read("a.py") == TEXT.encode()


async def test_replace_all_replaces_wherever_it_stands(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    await bench.call("edit_file", path="a.py", old="return", new="yield", replace_all=True)
    assert bench.read("a.py").count(b"yield") == 2


async def test_an_ambiguous_edit_is_answered_with_the_places(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    words = await bench.refused("edit_file", path="a.py", old="    return", new="    yield")
    assert "fits at more than one place (lines 2, 6)" in words
    assert "     2\t    return 1" in words
    assert "     6\t    return 2" in words


async def test_what_is_not_found_is_answered_with_what_is_near(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    words = await bench.refused("edit_file", path="a.py", old="def two(x, y, z):\n    return None", new="x")
    assert "The old text is not in the file. Read the file again" in words


async def test_line_numbers_that_were_copied_along_are_left_out(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    read = (await bench.call("read_file", path="a.py")).text.partition("\n")[2]
    result = await bench.call("edit_file", path="a.py", old=read, new=read.replace("return 2", "return 22"))
    assert result.text.startswith("Edited a.py")
    assert bench.read("a.py") == TEXT.replace("return 2", "return 22").encode()
    await bench.call("edit_file", path="a.py", old="     2\t    return 1", new="    return 11")
    assert b"\n    return 11\n" in bench.read("a.py")


async def test_line_numbers_on_some_lines_only_are_refused(bench: Bench) -> None:
    bench.write("a.py", TEXT)
    words = await bench.refused(
        "edit_file", path="a.py", old="     2\t    return 1", new="     2\t    x\n    y"
    )
    assert "Old holds the line numbers of read_file, and so do some lines of new." in words


async def test_numbers_that_are_the_files_own_are_text(bench: Bench) -> None:
    bench.write("table.tsv", "1\tone\n2\ttwo\n")
    await bench.call("edit_file", path="table.tsv", old="1\tone\n2\ttwo\n", new="1\tONE\n2\ttwo\n")
    assert bench.read("table.tsv") == b"1\tONE\n2\ttwo\n"


async def test_a_lenient_match_is_told_with_what_is_there_now(bench: Bench) -> None:
    bench.write("a.py", "if x:\n\tprint(“hello”)   \n")
    result = await bench.call("edit_file", path="a.py", old='print("hello")', new='print("bye")')
    assert "(found apart from quotes, dashes and blanks)" in result.text
    assert "check that this is what you meant:\n     1\tif x:\n     2\t\tprint" in result.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfone\r\ntwo\r\nthree", b"\xef\xbb\xbfone\r\nTWO\r\nZWEI\r\nthree"),
        (b"one\r\ntwo\nthree\r\n", b"one\r\nTWO\nZWEI\nthree\r\n"),
        (b"one\ntwo\nthree", b"one\nTWO\nZWEI\nthree"),
    ],
)
async def test_line_endings_and_the_byte_order_mark_stay(bench: Bench, before: bytes, after: bytes) -> None:
    bench.write("a.txt", before)
    await bench.call("edit_file", path="a.txt", old="two\n", new="TWO\nZWEI\n")
    assert bench.read("a.txt") == after


async def test_mode_and_owner_stay_and_nothing_else_appears(bench: Bench) -> None:
    bench.write("run.sh", "echo one\n", mode=0o750)
    before = os.stat(bench.path("run.sh"))
    await bench.call("edit_file", path="run.sh", old="one", new="two")
    after = os.stat(bench.path("run.sh"))
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert sorted(os.listdir(bench.root)) == [".git", "run.sh"]


async def test_a_hard_link_elsewhere_keeps_its_bytes(bench: Bench) -> None:
    bench.write("a.txt", "one\n")
    os.link(bench.path("a.txt"), bench.folder / "outside" / "same")
    await bench.call("edit_file", path="a.txt", old="one", new="two")
    assert (bench.folder / "outside" / "same").read_text() == "one\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"one\0two", "The file is binary"),
        ("café one".encode("latin-1"), "The file is not UTF-8"),
    ],
)
async def test_what_is_no_text_is_left_alone(bench: Bench, data: bytes, words: str) -> None:
    bench.write("a.bin", data)
    assert words in await bench.refused("edit_file", path="a.bin", old="one", new="two")


async def test_a_read_only_file_is_left_alone(bench: Bench) -> None:
    bench.write("a.txt", "one\n", mode=0o444)
    words = await bench.refused("edit_file", path="a.txt", old="one", new="two")
    assert words.startswith("a.txt is read-only (mode 0444). It is not changed.")
    assert "chmod u+w" in words


async def test_a_file_that_is_too_large_is_left_alone(bench: Bench) -> None:
    for size in (MAX_EDITED_BYTES + 1, MAX_FILE_BYTES + 1):
        bench.write("big", b"x" * size)
        words = await bench.refused("edit_file", path="big", old="x", new="y")
        assert words.startswith(
            f"big has {size:,} bytes; files of more than 2,097,152 are not changed by this tool."
        )


async def test_more_than_people_can_be_shown_is_not_done(bench: Bench) -> None:
    bench.write("log", "one\n" * 150_000)
    words = await bench.refused("edit_file", path="log", old="one\n", new="three\n", replace_all=True)
    assert words.startswith(
        "This changes more of log at once than can be shown to a person (1,000,000 characters)."
    )
    words = await bench.refused("create_file", path="new", content="x" * 1_000_001)
    assert "at once than can be shown" in words
    words = await bench.refused("create_file", path="log", content="x" * 900_000, overwrite=True)
    assert "at once than can be shown" in words


async def test_of_a_large_file_people_see_the_part_that_changes(bench: Bench) -> None:
    lines = [f"line {number}\n" for number in range(100_000)]
    bench.write("big", "".join(lines))
    shown = await bench.look("edit_file", path="big", old="line 50000\n", new="changed\n")
    assert shown.diff is not None
    assert shown.diff.old_text == "".join(lines[49_980:50_021])
    assert shown.diff.new_text == shown.diff.old_text.replace("line 50000\n", "changed\n")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "old must be a text, found nothing"),
        ({"old": "x"}, "new must be a text, found nothing"),
        ({"old": 3, "new": "x"}, "old must be a text, found int"),
        ({"old": "", "new": "x"}, "The text to be replaced is empty"),
        ({"old": "one", "new": "one"}, "the same"),
        ({"old": "one", "new": "a\0b"}, "NUL"),
        ({"old": "one", "new": "\ud800"}, "surrogate"),
        ({"old": "one", "new": "x", "replace_all": "yes"}, "replace_all must be true or false"),
        ({"edits": []}, "edits must be a list of 1 to 100"),
        ({"edits": "old"}, "edits must be a list of 1 to 100"),
        ({"edits": ["old"]}, "edits[0]: an object with old and new"),
        ({"edits": [{"old": "one", "new": "two"}, {"old": "x"}]}, "edits[1]: new must be a text"),
        ({"old": "one", "new": "two", "edits": [{"old": "a", "new": "b"}]}, "Give the one or the other"),
        ({"edits": [{"old": "a", "new": "b"}] * 101}, "edits must be a list of 1 to 100"),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_in_words(bench: Bench, given: Any, words: str) -> None:
    bench.write("a.txt", "one\n")
    assert words in await bench.refused("edit_file", path="a.txt", **given)


async def test_a_file_that_is_not_there_is_not_made(bench: Bench) -> None:
    words = await bench.refused("edit_file", path="new.txt", old="a", new="b")
    assert words.startswith("There is no file new.txt.")


async def test_a_write_that_fails_leaves_the_file_and_nothing_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.txt", "one\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boocode.adapters.native.files.writing.os.fsync", full)
    words = await bench.refused_now("edit_file", path="a.txt", old="one", new="two")
    assert words == "Editing a.txt failed: The disk is full. Nothing was changed."
    assert not bench.changes


async def test_new_bytes_wait_out_of_gits_sight_where_that_is_possible(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = bench.folder / ".state" / "worktree"
    state.mkdir(parents=True)
    bench.write("a.txt", "one\n")
    seen = list[tuple[list[str], list[str]]]()
    rename = os.rename

    def watched(source: str, target: bytes, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        seen.append((os.listdir(state), sorted(os.listdir(bench.root))))
        rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr("boocode.adapters.native.files.writing.os.rename", watched)
    await bench.call("edit_file", path="a.txt", old="one", new="two")
    [(staged, in_worktree)] = seen
    assert len(staged) == 1
    assert in_worktree == [".git", "a.txt"]
    assert os.listdir(state) == []
