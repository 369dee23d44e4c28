"""Exact: the characters are the same, and stand there once."""

from tests.domain.patching.case import applies, refuses

CASES = [
    applies("a whole line", "a\nb\nc\n", "b\n", "B\n", "a\nB\nc\n", "exact", lines=(2, 2)),
    applies("a piece of a line", "x = foo(1)\n", "foo(1)", "bar(2)", "x = bar(2)\n", "exact", lines=(1, 1)),
    applies("several lines", "a\nb\nc\nd\n", "b\nc\n", "X\n", "a\nX\nd\n", "exact", lines=(2, 2)),
    applies("from the middle of a line to the middle of another", "ab\ncd\n", "b\nc", "-", "a-d\n", "exact"),
    applies(
        "one line becomes several", "a\nb\nc\n", "b", "x\ny\nz", "a\nx\ny\nz\nc\n", "exact", lines=(2, 4)
    ),
    applies("the first line", "a\nb\n", "a\n", "A\n", "A\nb\n", "exact", lines=(1, 1)),
    applies("the last line", "a\nb\n", "b\n", "B\n", "a\nB\n", "exact", lines=(2, 2)),
    applies("the last line without a newline", "a\nb", "b", "B", "a\nB", "exact", lines=(2, 2)),
    applies("the whole file", "a\nb\n", "a\nb\n", "c\n", "c\n", "exact", lines=(1, 1)),
    applies("a file of one line", "a", "a", "b", "b", "exact", lines=(1, 1)),
    applies("a deletion of a line", "a\nb\nc\n", "b\n", "", "a\nc\n", "exact", lines=(2, 2)),
    applies("a deletion of the last line", "a\nb\n", "b\n", "", "a\n", "exact", lines=(1, 1)),
    applies("a deletion of everything", "a\n", "a\n", "", "", "exact", lines=(1, 1)),
    applies(
        "a deletion without the newline leaves the line empty", "a\nb\nc\n", "b", "", "a\n\nc\n", "exact"
    ),
    applies(
        "an insertion before",
        "import os\n",
        "import os",
        "import io\nimport os",
        "import io\nimport os\n",
        "exact",
    ),
    applies("an insertion behind", "a\nb\n", "a\n", "a\nnew\n", "a\nnew\nb\n", "exact", lines=(1, 2)),
    applies("new without the newline joins the lines", "a\nb\nc\n", "b\n", "x", "a\nxc\n", "exact"),
    applies("a newline more", "a\nb\n", "a", "a\n", "a\n\nb\n", "exact"),
    applies("a final newline is added when asked for", "a\nb", "b", "b\n", "a\nb\n", "exact"),
    applies("a final newline is removed when asked for", "a\nb\n", "b\n", "b", "a\nb", "exact"),
    applies(
        "dollars and backslashes are only text", "x\n", "x", r"\1 $& \g<0>", r"\1 $& \g<0>" + "\n", "exact"
    ),
    applies(
        "an exact hit wins over a loose one",
        "foo \nbar\nfoo\n",
        "\nfoo\n",
        "\nx\n",
        "foo \nbar\nx\n",
        "exact",
    ),
    applies("blank lines between are told from none", "a\n\nb\na\nb\n", "a\n\nb", "x", "x\na\nb\n", "exact"),
    applies("a form feed ends no line", "a\x0cb\nc\n", "b\nc", "x", "a\x0cx\n", "exact", lines=(1, 1)),
    applies(
        "a line separator ends no line", "a\u2028b\nc\n", "c", "x", "a\u2028b\nx\n", "exact", lines=(2, 2)
    ),
    applies("next line ends no line", "a\x85b\nc\n", "c", "x", "a\x85b\nx\n", "exact", lines=(2, 2)),
    applies(
        "an own depth wins over a deeper one",
        "  x = 1\n    x = 1\n",
        "  x = 1",
        "  x = 2",
        "  x = 2\n    x = 1\n",
        "exact",
    ),
    applies(
        "deeper lines of the same indentation",
        "if a:\n    b\n    c\n",
        "    b\n    c",
        "    d",
        "if a:\n    d\n",
        "exact",
    ),
    applies(
        "old may begin in the middle of an indented line",
        "    return x\n",
        "return x",
        "return y",
        "    return y\n",
        "exact",
    ),
    refuses("two hits", "a\nb\na\n", "a", "x", "ambiguous", says="lines 1, 3"),
    refuses("two hits in one line", "foo(foo)\n", "foo", "x", "ambiguous"),
    refuses("two hits that overlap", "aaa\n", "aa", "x", "ambiguous"),
    refuses("two blocks that overlap", "a\nb\na\nb\na\n", "a\nb\na", "x", "ambiguous"),
    refuses("three hits are all named", "a\na\na\n", "a\n", "x\n", "ambiguous", says="lines 1, 2, 3"),
]
