"""Bytes that survive: endings line by line, the mark at the beginning, the last newline."""

from tests.domain.patching.case import applies, refuses

BOM = b"\xef\xbb\xbf"

CASES = [
    applies("CR LF, a piece of a line", b"a\r\nb\r\n", "b", "c", b"a\r\nc\r\n", "exact", lines=(2, 2)),
    applies(
        "CR LF, old and new with LF",
        b"a\r\nb\r\nc\r\n",
        "a\nb\n",
        "a\nx\n",
        b"a\r\nx\r\nc\r\n",
        "trim",
        lines=(1, 2),
    ),
    applies(
        "CR LF, from the middle of a line",
        b"f(a,\r\n  b)\r\n",
        "(a,\n  b",
        "(c,\n  d",
        b"f(c,\r\n  d)\r\n",
        "trim",
    ),
    applies("CR LF, old and new with CR LF", b"a\r\nb\r\n", "a\r\nb", "a\r\nc", b"a\r\nc\r\n", "exact"),
    applies(
        "CR LF, one line becomes two", b"a\r\nb\r\n", "b", "x\ny", b"a\r\nx\r\ny\r\n", "exact", lines=(2, 3)
    ),
    applies("CR LF, a deletion", b"a\r\nb\r\nc\r\n", "b\n", "", b"a\r\nc\r\n", "trim"),
    applies("CR LF, no last newline", b"a\r\nb", "a\nb\n", "a\nb\nc\n", b"a\r\nb\r\nc", "trim"),
    applies("CR LF, old begins with the newline", b"a\r\nb\r\n", "\nb", "\nc", b"a\r\nc\r\n", "trim"),
    applies("CR LF, a trailing blank as well", b"a \r\nb\r\n", "a\nb\n", "a\nc\n", b"a \r\nc\r\n", "trim"),
    applies("LF, old and new with CR LF", b"a\nb\nc\n", "a\r\nb\r\n", "a\r\nx\r\n", b"a\nx\nc\n", "trim"),
    applies("LF, only new with CR LF", b"a\nb\n", "b", "x\r\ny", b"a\nx\ny\n", "exact"),
    applies("CR alone", b"a\rb\rc\r", "b", "x\ny", b"a\rx\ry\rc\r", "exact", lines=(2, 3)),
    applies("CR alone, old with LF", b"a\rb\rc\r", "a\nb", "a\nx", b"a\rx\rc\r", "trim"),
    applies(
        "mixed, shared lines keep theirs",
        b"a\r\nb\nc\r\nd\n",
        "a\nb\nc\n",
        "a\nb\nx\n",
        b"a\r\nb\nx\r\nd\n",
        "trim",
    ),
    applies(
        "mixed, an exact hit keeps them too", b"a\r\nb\nc\n", "a\r\nb\nc", "a\nb\nx", b"a\r\nb\nx\n", "exact"
    ),
    applies("mixed, far away", b"a\r\nb\nc\r\n", "b", "x\ny", b"a\r\nx\ny\nc\r\n", "exact"),
    applies(
        "mixed, a new line ends like its neighbour",
        b"a\nb\r\nc\r\nd\n",
        "b\nc",
        "b\nnew\nc",
        b"a\nb\r\nnew\r\nc\r\nd\n",
        "trim",
    ),
    applies("a file without any newline takes new's", b"a", "a", "b\r\nc", b"b\r\nc", "exact"),
    applies("the mark stays", BOM + b"a\nb\n", "a", "x", BOM + b"x\nb\n", "exact", lines=(1, 1)),
    applies("the mark in old is the file's", BOM + b"a\nb\n", "\ufeffa\n", "x\n", BOM + b"x\nb\n", "exact"),
    applies("the mark in new is not doubled", BOM + b"a\n", "a", "\ufeffb", BOM + b"b\n", "exact"),
    applies("a mark is not brought in", b"a\n", "a", "\ufeffb", b"b\n", "exact"),
    applies("mark and CR LF", BOM + b"a\r\nb\r\n", "a\nb\n", "a\nc\n", BOM + b"a\r\nc\r\n", "trim"),
    applies("the mark stays when all else goes", BOM + b"a\n", "a\n", "", BOM, "exact"),
    applies("no last newline stays so", b"a\n\tb", "  b\n", "  c\n", b"a\n\tc", "trim"),
    applies("the last newline stays", b"a\n\tb\n", "  b", "  c", b"a\n\tc\n", "trim"),
    applies("two last newlines stay", b"a\nb\n\n", "b", "c", b"a\nc\n\n", "exact"),
    applies(
        "vertical tab and separators stay",
        "a\x0bb\x1cc\x1d\ne\n",
        "e",
        "f",
        "a\x0bb\x1cc\x1d\nf\n",
        "exact",
        lines=(2, 2),
    ),
    applies("what is beyond the basic plane", "𝒳 = 1\n🎉\n", "🎉", "👩‍👩‍👧", "𝒳 = 1\n👩‍👩‍👧\n", "exact"),
    refuses("a CR LF is not cut in two", b"a\r\nb\r\nc\r\n", "\n", ";", "ambiguous"),
]
