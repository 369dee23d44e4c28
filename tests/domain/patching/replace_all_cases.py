"""At every place where it stands, by the strictest tier that has one."""

from tests.domain.patching.case import applies, refuses

CASES = [
    applies("three places", "a b a\na\n", "a", "x", "x b x\nx\n", "exact", replace_all=True, lines=(1, 2)),
    applies("one place", "a\nb\n", "b", "x", "a\nx\n", "exact", replace_all=True, lines=(2, 2)),
    applies("new holds old", "a a\n", "a", "aa", "aa aa\n", "exact", replace_all=True),
    applies("overlapping places from the left", "aaaaa\n", "aa", "b", "bba\n", "exact", replace_all=True),
    applies("all deleted", "x\ny\nx\n", "x\n", "", "y\n", "exact", replace_all=True),
    applies(
        "longer and shorter",
        "foo = 1\nbar\nfoo = 2\n",
        "foo",
        "f",
        "f = 1\nbar\nf = 2\n",
        "exact",
        replace_all=True,
        lines=(1, 3),
    ),
    applies("with CR LF", b"a\r\nb\r\na\r\nb\r\n", "a\nb\n", "c\n", b"c\r\nc\r\n", "trim", replace_all=True),
    applies(
        "but for trailing blanks",
        "a \nx\na\t\nx\n",
        "a\nx\n",
        "b\nx\n",
        "b\nx\nb\nx\n",
        "trim",
        replace_all=True,
    ),
    applies(
        "each at its own depth",
        "\tfoo()\n\t\tfoo()\n",
        "    foo()\n",
        "    bar()\n",
        "\tbar()\n\t\tbar()\n",
        "trim",
        replace_all=True,
    ),
    applies(
        "but for quotes", "“a”\n'x'\n„a”\n", '"a"', '"b"', '"b"\n\'x\'\n"b"\n', "canon", replace_all=True
    ),
    applies(
        "the strictest tier decides for all",
        "foo\n  foo \n",
        "foo\n",
        "bar\n",
        "bar\n  foo \n",
        "exact",
        replace_all=True,
    ),
    applies(
        "not inside deeper indentation",
        "  a\n    a\n",
        "  a",
        "  b",
        "  b\n    a\n",
        "exact",
        replace_all=True,
    ),
    refuses("nowhere", "a\n", "b", "c", "not_found", replace_all=True),
    refuses("nothing to change", "a\na\n", "a", "a", "no_change", replace_all=True),
    refuses(
        "already everywhere", "color = 1\ncolor = 2\n", "colour", "color", "already_applied", replace_all=True
    ),
]
