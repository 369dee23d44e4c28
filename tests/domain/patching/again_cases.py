"""Already applied: the new text stands where the window would be. And what only looks like it."""

from tests.domain.patching.case import applies, refuses

F = "def f(a):\n    check(a)\n    b = a + 1\n    return b\n"
G = F.replace("b = a + 1", "b = a + 2")

CASES = [
    refuses("a small change", "x = 2\n", "x = 1\n", "x = 2\n", "already_applied"),
    refuses("a small change without its newline", "x = 2\ny = 3\n", "x = 1", "x = 2", "already_applied"),
    refuses("lines of a letter", "a\nB\nc\n", "b\n", "B\n", "already_applied"),
    refuses(
        "a line that is like nothing before",
        "import os\nconnect(host)\n",
        "fetch()\n",
        "connect(host)\n",
        "already_applied",
    ),
    refuses("a block", G, F, G, "already_applied"),
    refuses("a block that is indented otherwise", G.replace("    ", "\t"), F, G, "already_applied"),
    refuses("a block with other endings", G.replace("\n", "\r\n"), F, G, "already_applied"),
    refuses(
        "an import that was added",
        "import os\nimport sys\n",
        "import os\n",
        "import os\nimport sys\n",
        "already_applied",
    ),
    refuses(
        "lines that were added in front",
        "import io\nimport os\n",
        "import os\n",
        "import io\nimport os\n",
        "already_applied",
    ),
    refuses(
        "added with CR LF",
        b"import os\r\nimport sys\r\n",
        "import os",
        "import os\nimport sys",
        "already_applied",
    ),
    refuses("an argument that was added", "foo(a, b)\n", "foo(a", "foo(a, b", "already_applied"),
    refuses(
        "added lines that are indented otherwise",
        "\tif a:\n\t\tb()\n\t\tc()\n",
        "    if a:\n        b()\n",
        "    if a:\n        b()\n        c()\n",
        "already_applied",
    ),
    refuses(
        "a line that was removed",
        F.replace("    check(a)\n", ""),
        F,
        F.replace("    check(a)\n", ""),
        "already_applied",
    ),
    refuses(
        "trailing blanks that were removed", "foo\nbar\n", "foo  \nbar\n", "foo\nbar\n", "already_applied"
    ),
    refuses("an indentation that was made", "    foo\n", "  foo\n", "    foo\n", "already_applied"),
    refuses(
        "added, and something else has drifted",
        G.replace("check(a)", "check_all(a)").replace("    return b\n", "    log(b)\n    return b\n"),
        G,
        G.replace("    return b\n", "    log(b)\n    return b\n"),
        "already_applied",
    ),
    refuses(
        "a piece of a line",
        "print('hello new world')\n",
        "hello old world",
        "hello new world",
        "already_applied",
    ),
    refuses("a renamed name", "color = red\n", "colour", "color", "already_applied"),
    applies(
        "the addition is not there yet",
        "import os\nimport re\n",
        "import os\n",
        "import os\nimport sys\n",
        "import os\nimport sys\nimport re\n",
        "exact",
    ),
    applies("a line that begins like the addition", "a\nbc\n", "a\n", "a\nb\n", "a\nb\nbc\n", "exact"),
    applies("a newline more is asked for each time", "foo\nbar\n", "foo", "foo\n", "foo\n\nbar\n", "exact"),
    applies(
        "what is to be removed still stands",
        F + "    # old notes\n",
        F + "    # old note\n",
        F,
        F,
        "fuzzy",
    ),
    refuses("the new text is only brackets", "f(\n)\n", "missing", ")", "not_found"),
    refuses("the new text is a piece of a word", "foobarbaz\n", "foobaz", "foobar", "not_found"),
    refuses("a deletion leaves nothing to be seen", "a\n", "gone\n", "", "not_found"),
    refuses("short text that stands all over", "x\nend\ny\nend\n", "start", "end", "not_found"),
    refuses(
        "line numbers copied with the text are not the text",
        "import os\nimport sys\n",
        "     1\timport os\n     2\timport sys\n",
        "import os\n",
        "not_found",
    ),
    applies(
        "two blanks deeper, asked of a piece of the line",
        "a\n    b\nc\n",
        "b",
        "  b",
        "a\n      b\nc\n",
        "exact",
    ),
    applies(
        "the new text stands elsewhere, the old one is there",
        "x = 1\ny\nx = 2\n",
        "x = 1",
        "x = 2",
        "x = 2\ny\nx = 2\n",
        "exact",
    ),
    refuses(
        "many lines that became few",
        "import os\n\n\ndef total(items):\n    return sum(items)\n",
        "def total(items):\n    total = 0\n    for item in items:\n        total += item\n    return total\n",
        "def total(items):\n    return sum(items)\n",
        "already_applied",
    ),
]
