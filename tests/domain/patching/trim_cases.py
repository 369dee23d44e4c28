"""Trim: the lines are the same but for their endings, then for trailing blanks, then for outer ones."""

from tests.domain.patching.case import applies, refuses

CASES = [
    applies("trailing blanks on disk", "foo  \nbar\n", "foo\nbar\n", "foo\nbaz\n", "foo  \nbaz\n", "trim"),
    applies("trailing blanks in old", "foo\nbar\n", "foo  \nbar\n", "foo  \nbaz\n", "foo\nbaz\n", "trim"),
    applies("a trailing tab", "foo\t\nbar\n", "foo\nbar", "foo\nbaz", "foo\t\nbaz\n", "trim", lines=(1, 2)),
    applies("blanks in an empty line", "a\n   \nb\n", "a\n\nb\n", "a\n\nc\n", "a\n   \nc\n", "trim"),
    applies(
        "trailing blanks decide before outer ones",
        "  x \n x\n",
        "  x\n",
        "  y\n",
        "  y\n x\n",
        "trim",
        lines=(1, 1),
    ),
    applies(
        "no indentation in old",
        "    foo(\n        a,\n    )\n",
        "foo(\n    a,\n)\n",
        "foo(\n    b,\n)\n",
        "    foo(\n        b,\n    )\n",
        "trim",
    ),
    applies("too much indentation in old", "a\nfoo\nb\n", "    foo\n", "    bar\n", "a\nbar\nb\n", "trim"),
    applies(
        "a piece of deeper indentation is no exact hit",
        "if a:\n    return x\n",
        "  return x\n",
        "  return y\n",
        "if a:\n    return y\n",
        "trim",
    ),
    applies("nor is a tab of two", "\t\tfoo\n", "\tfoo", "\tbar", "\t\tbar\n", "trim"),
    applies("nor a blank behind a tab", "\t foo\n", " foo", " bar", "\t bar\n", "trim"),
    applies("the last line has no newline", "a\nb", "b\n", "c\n", "a\nc", "trim", lines=(2, 2)),
    applies(
        "whole file but for the last newline", "a\nb", "a\nb\n", "a\nx\nb\n", "a\nx\nb", "trim", lines=(1, 3)
    ),
    applies("a line behind the last one", "a\nb", "b\n", "b\nc\n", "a\nb\nc", "trim", lines=(2, 3)),
    applies("a deletion", "one\ntwo  \nthree\n", "one\ntwo\nthree", "one\nthree", "one\nthree\n", "trim"),
    applies("a deletion of the window", "a\n  b \nc\n", "   b\n", "", "a\nc\n", "trim", lines=(2, 2)),
    applies("a deletion that leaves the line", "a\n\tb\nc\n", "    b", "", "a\n\nc\n", "trim"),
    applies(
        "inserted lines follow the indentation",
        "\tdef f():\n\t\treturn 1\n",
        "    def f():\n        return 1\n",
        "    def f():\n        x = 1\n        return x\n",
        "\tdef f():\n\t\tx = 1\n\t\treturn x\n",
        "trim",
    ),
    applies(
        "old joins trailing blanks and missing newline", "x \ny \nz", "y\nz\n", "y\nw\n", "x \ny \nw", "trim"
    ),
    refuses(
        "two hits but for trailing blanks",
        "foo \nbar\nfoo\t\nbar\n",
        "foo\nbar\n",
        "x\n",
        "ambiguous",
        says="lines 1, 3",
    ),
    refuses("two hits but for the indentation", "    foo\n\tfoo\n", "  foo\n", "  bar\n", "ambiguous"),
    refuses("hits of both depths", "    x = 1\n        x = 1\n", "  x = 1\n", "  x = 2\n", "ambiguous"),
    refuses("a piece of a line is not the line", "\tfoo(bar)\n", "    foo", "    fox", "not_found"),
    refuses("overlapping blocks count", "a \na \na \n", "a\na\n", "b\n", "ambiguous"),
    refuses("blank lines say nothing", "a\n\nb\n", "   \n", "x\n", "not_found"),
    refuses("deeper, and another one elsewhere", "    foobar\n\tfoo\n", "  foo", "  bar", "ambiguous"),
]
