"""read_file: lines with their numbers; what is no text, or too much of it, is said in words."""

import os
from typing import Any

import pytest

from boocode.adapters.native.files.content import MAX_FILE_BYTES
from boocode.adapters.native.files.reading import MAX_CHARS
from boocode.ports.native_tools import CallShown
from tests.adapters.native.files.bench import Bench


async def test_a_file_is_read_with_line_numbers(bench: Bench) -> None:
    bench.write("a.txt", "one\ntwö\n")
    assert await bench.look("read_file", path="a.txt") == CallShown("Read a.txt", (f"{bench.root}/a.txt",))
    assert (
        await bench.run("read_file", path="a.txt")
    ).text == "a.txt, lines 1–2 of 2\n     1\tone\n     2\ttwö"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"line": 2, "limit": 1}, "a.txt, lines 2–2 of 4\n     2\ttwo\n(2 more lines; read on with line=3)"),
        ({"line": 4}, "a.txt, lines 4–4 of 4\n     4\tfour"),
        ({"limit": 1}, "a.txt, lines 1–1 of 4\n     1\tone\n(3 more lines; read on with line=2)"),
        ({"line": 3, "limit": 99}, "a.txt, lines 3–4 of 4\n     3\tthree\n     4\tfour"),
    ],
)
async def test_a_range_says_how_to_read_on(bench: Bench, given: dict[str, int], shown: str) -> None:
    bench.write("a.txt", "one\ntwo\nthree\nfour")
    assert (await bench.call("read_file", path="a.txt", **given)).text == shown


async def test_people_are_shown_the_range(bench: Bench) -> None:
    assert (await bench.look("read_file", path="a.txt", line=5, limit=10)).title == "Read a.txt, lines 5–14"


async def test_a_line_behind_the_end_is_told_with_the_number_of_lines(bench: Bench) -> None:
    bench.write("a.txt", "one\n")
    words = await bench.refused("read_file", path="a.txt", line=7)
    assert words == "a.txt has 1 line; line 7 is behind its end."


@pytest.mark.parametrize(
    "given", [{"line": 0}, {"line": -1}, {"limit": 0}, {"line": True}, {"line": "2"}, {"path": 3}]
)
async def test_arguments_of_another_kind_are_refused_in_words(bench: Bench, given: dict[str, Any]) -> None:
    bench.write("a.txt", "one\n")
    assert "must be a" in await bench.refused("read_file", **{"path": "a.txt", **given})


async def test_an_empty_file_is_said_to_be_empty(bench: Bench) -> None:
    bench.write("a.txt", "")
    assert (await bench.call("read_file", path="a.txt")).text == "a.txt is empty."


async def test_line_endings_and_the_byte_order_mark_are_told_and_left_out(bench: Bench) -> None:
    bench.write("a.txt", b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert (await bench.call("read_file", path="a.txt")).text == (
        "a.txt, lines 1–2 of 2; its lines end in CR LF, which edits keep\n     1\tone\n     2\ttwo"
    )


async def test_other_breaks_than_line_ends_are_text(bench: Bench) -> None:
    bench.write("a.txt", "one\x0ctwo\u2028three\n")
    assert "     1\tone\x0ctwo\u2028three" in (await bench.call("read_file", path="a.txt")).text


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\0\0", b"text" * 5_000 + b"\0"])
async def test_a_binary_file_is_refused_in_words(bench: Bench, data: bytes) -> None:
    bench.write("image.png", data)
    await bench.look("read_file", path="image.png")
    words = await bench.refused_now("read_file", path="image.png")
    assert words.startswith(f"image.png is binary ({len(data):,} bytes)")


async def test_text_in_another_encoding_is_shown_with_a_warning(bench: Bench) -> None:
    bench.write("latin.txt", "café\n".encode("latin-1"))
    text = (await bench.call("read_file", path="latin.txt")).text
    assert "not UTF-8: � stands for what could not be read, and edit_file cannot edit it" in text
    assert text.endswith("     1\tcaf�")


async def test_a_folder_is_not_read(bench: Bench) -> None:
    bench.write("src/app.py", "")
    await bench.look("read_file", path="src")
    assert "src is a folder, not a file. list_files" in await bench.refused_now("read_file", path="src")


async def test_what_is_missing_is_told_with_names_near_to_it(bench: Bench) -> None:
    bench.write("src/application.py", "")
    bench.write("src/other.py", "")
    await bench.look("read_file", path="src/aplication.py")
    words = await bench.refused_now("read_file", path="src/aplication.py")
    assert words == "There is no file src/aplication.py. Did you mean src/application.py?"
    words = await bench.refused_now("read_file", path="nothing/like/it")
    assert words == "There is no file nothing/like/it. list_files and search_files show what there is."


async def test_much_comes_in_parts_that_fit(bench: Bench) -> None:
    bench.write("a.txt", "".join(f"line number {number}\n" for number in range(1, 5_001)))
    line, seen = 1, []
    while True:
        text = (await bench.call("read_file", path="a.txt", line=line)).text
        assert len(text) < MAX_CHARS + 200
        rows = [row.partition("\t")[2] for row in text.splitlines() if "\t" in row]
        seen += rows
        if "read on with line=" not in text:
            break
        line += len(rows)
        assert f"read on with line={line})" in text
    assert seen == [f"line number {number}" for number in range(1, 5_001)]


async def test_one_endless_line_is_cut(bench: Bench) -> None:
    bench.write("min.js", "x" * 1_000_000)
    text = (await bench.call("read_file", path="min.js")).text
    assert text.endswith("x… (the line has 1000000 characters)")
    assert len(text) < 3_000


async def test_of_a_huge_file_the_first_part_is_read(bench: Bench) -> None:
    bench.write("log", "ä\n" * 10)
    os.truncate(bench.path("log"), MAX_FILE_BYTES * 2)
    await bench.look("read_file", path="log")
    assert "is binary" in await bench.refused_now("read_file", path="log")  # a hole reads as NULs
    bench.write("log", "ä\n".encode() * (MAX_FILE_BYTES // 3 + 10))
    text = (await bench.call("read_file", path="log", line=7, limit=1)).text
    assert f"only its first {MAX_FILE_BYTES:,} of" in text
    assert "\n     7\tä\n" in text


async def test_odd_names_can_be_read_as_they_are_listed(bench: Bench) -> None:
    for raw, shown in (
        (b"caf\xe9", '"caf\\351"'),
        (b"a\nb", '"a\\012b"'),
        (b"-rf", "-rf"),
        (b' "q" ', ' "q" '),
    ):
        bench.write(raw, "here\n")
        text = (await bench.call("read_file", path=shown)).text
        assert text == f"{shown}, lines 1–1 of 1\n     1\there"


async def test_a_file_that_may_not_be_read_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("a.txt", "x")

    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("boocode.adapters.native.files.confines.os.open", denied)
    words = await bench.refused_now("read_file", path="a.txt")
    assert words == "Reading a.txt failed: BooCode may not do that (permission denied)."
