"""Fuzzy: only like what is there. It locates; what changes is the difference between old and new."""

from tests.domain.patching.case import applies, refuses

DISK = """def area(width, height):
    # the sides are in metres
    result = width * height
    log.info("area", result)
    return result
"""
OLD = """def area(width, height):
    result = width * height
    log.info("area", result)
    return result
"""

CASES = [
    applies(
        "a line on disk that old does not know stays",
        DISK,
        OLD,
        OLD.replace("return result", "return round(result)"),
        DISK.replace("return result", "return round(result)"),
        "fuzzy",
    ),
    applies(
        "shared lines keep what the disk has in them",
        DISK.replace("area(width, height)", "area(width: int, height: int)"),
        OLD,
        OLD.replace("return result", "return round(result)"),
        DISK.replace("area(width, height)", "area(width: int, height: int)").replace(
            "return result", "return round(result)"
        ),
        "fuzzy",
    ),
    applies(
        "a line of old that the disk has lost is not put back",
        "first_call(alpha)\nsecond_call(beta)\nthird_call(gamma)\nfourth_call(delta)\nfifth_call(epsilon)\n",
        "first_call(alpha)\nsecond_call(beta)\nlost()\nthird_call(gamma)\nfourth_call(delta)\nfifth_call(epsilon)\n",
        "first_call(alpha)\nsecond_call(beta)\nlost()\nthird_call(gamma)\nfourth_call(delta)\nlast_call(epsilon)\n",
        "first_call(alpha)\nsecond_call(beta)\nthird_call(gamma)\nfourth_call(delta)\nlast_call(epsilon)\n",
        "fuzzy",
        lines=(1, 5),
    ),
    applies(
        "one line, enough of it the same",
        "a = 1\nresult = compute_total(prices, taxes)\nb = 2\n",
        "result = compute_total(prices, taxs)",
        "result = compute_total(prices)",
        "a = 1\nresult = compute_total(prices)\nb = 2\n",
        "fuzzy",
        lines=(2, 2),
    ),
    applies(
        "sixteen characters are enough",
        "abcdefghijklmnop\n",
        "abcdefghijklmnoq",
        "something else",
        "something else\n",
        "fuzzy",
    ),
    applies(
        "a changed line that has drifted a little takes new's words",
        "alpha = load(first)\nbeta = load(second)\ngamma = load(third, strict=True)\ndelta = load(fourth)\n",
        "alpha = load(first)\nbeta = load(second)\ngamma = load(third, strict=1)\ndelta = load(fourth)\n",
        "alpha = load(first)\nbeta = load(second)\ngamma = load(fifth)\ndelta = load(fourth)\n",
        "alpha = load(first)\nbeta = load(second)\ngamma = load(fifth)\ndelta = load(fourth)\n",
        "fuzzy",
    ),
    applies(
        "an insertion goes right behind the line it follows",
        "one = prepare(1)\n# by hand\ntwo = prepare(2)\nthree = prepare(3)\nfour = prepare(4)\n",
        "one = prepare(1)\ntwo = prepare(2)\nthree = prepare(3)\nfour = prepare(4)\n",
        "one = prepare(1)\nhalf = prepare(1.5)\ntwo = prepare(2)\nthree = prepare(3)\nfour = prepare(4)\n",
        "one = prepare(1)\nhalf = prepare(1.5)\n# by hand\ntwo = prepare(2)\nthree = prepare(3)\nfour = prepare(4)\n",
        "fuzzy",
    ),
    applies(
        "a line by hand between two changed ones stays between them",
        "first = start(alpha)\n# by hand\nsecond = start(beta)\nthird = start(gamma)\nfourth = start(delta)\n",
        "first = start(alpha)\nsecond = start(beta)\nthird = start(gamma)\nfourth = start(delta)\n",
        "first = begin(alpha)\nsecond = begin(beta)\nthird = start(gamma)\nfourth = start(delta)\n",
        "first = begin(alpha)\n# by hand\nsecond = begin(beta)\nthird = start(gamma)\nfourth = start(delta)\n",
        "fuzzy",
    ),
    applies(
        "a deletion leaves the line by hand",
        "keep_this(alpha)\ndrop_this(beta)\n# by hand\ndrop_that(gamma)\nkeep_that(delta)\nkeep_more(epsilon)\n",
        "keep_this(alpha)\ndrop_this(beta)\ndrop_that(gamma)\nkeep_that(delta)\nkeep_more(epsilon)\n",
        "keep_this(alpha)\nkeep_that(delta)\nkeep_more(epsilon)\n",
        "keep_this(alpha)\n# by hand\nkeep_that(delta)\nkeep_more(epsilon)\n",
        "fuzzy",
    ),
    applies(
        "endings of drifted lines stay",
        DISK.replace("\n", "\r\n"),
        OLD,
        OLD.replace("return result", "return -result"),
        DISK.replace("return result", "return -result").replace("\n", "\r\n"),
        "fuzzy",
    ),
    applies(
        "at the end of a file without a last newline",
        DISK.rstrip("\n"),
        OLD,
        OLD + "    # end\n",
        DISK + "    # end",
        "fuzzy",
    ),
    applies(
        "deeper on disk and drifted",
        "class A:\n" + "".join(f"    {line}\n" for line in DISK.splitlines()),
        OLD,
        OLD.replace("return result", "return abs(result)"),
        "class A:\n"
        + "".join(f"    {line}\n" for line in DISK.splitlines()).replace(
            "return result", "return abs(result)"
        ),
        "fuzzy",
    ),
    applies(
        "typographic and drifted",
        'title = “Report of the year”\nauthor = "somebody"\npages = 12\n',
        'title = "Report of the year"\nauthor = "someone"\npages = 12\n',
        'title = "Report of the year"\nauthor = "someone"\npages = 13\n',
        'title = “Report of the year”\nauthor = "somebody"\npages = 13\n',
        "fuzzy",
    ),
    refuses("fifteen characters are not enough", "abcdefghijklmno\n", "abcdefghijklmnx", "y", "not_found"),
    refuses(
        "one line needs 0.85",
        "result = compute_total(prices, taxes)\n",
        "result = compute(prices, tax)",
        "result = None",
        "not_found",
        says="line 1",
    ),
    refuses(
        "two lines need 0.85",
        "result = compute_total(prices)\nreturn result\n",
        "result = compute(price)\nreturn results\n",
        "return compute(price)\n",
        "not_found",
    ),
    applies(
        "three lines need 0.66",
        "result = compute_total(prices)\nreturn result\n# the end\n",
        "result = compute(price)\nreturn results\n# the end\n",
        "result = compute(price)\nreturn results\n# the very end\n",
        "result = compute_total(prices)\nreturn result\n# the very end\n",
        "fuzzy",
    ),
    refuses(
        "less than 0.66",
        "alpha beta gamma\ndelta epsilon\nzeta eta theta\n",
        "alpha something\nquite different\nzeta eta theta\n",
        "x\n",
        "not_found",
    ),
    refuses("replace_all is never fuzzy", DISK, OLD, "x\n", "not_found", replace_all=True),
    refuses(
        "the first differing line is named",
        DISK,
        "def area(width, depth):\n    nothing of this\n    is there at all, or is it?\n    return other\n",
        "x\n",
        "not_found",
        says="'def area(width, height):'",
    ),
    applies(
        "other quotes",
        "a = 1\nreturn 'Bye, stranger';\n",
        'return "Bye, stranger";',
        'return "Bye, friend";',
        'a = 1\nreturn "Bye, friend";\n',
        "fuzzy",
    ),
    applies(
        "blank lines that old has not seen",
        "import os\nimport sys\n\n\nclass Store:\n",
        "import os\nimport sys\n\nclass Store:\n",
        "import os\nimport sys\nimport re\n\nclass Store:\n",
        "import os\nimport sys\nimport re\n\n\nclass Store:\n",
        "fuzzy",
    ),
    applies(
        "a blank line in old that is not there",
        "import os\nimport sys\nx = 1\n",
        "import os\n\nimport sys\nx = 1\n",
        "import os\n\nimport re\nimport sys\nx = 1\n",
        "import os\nimport re\nimport sys\nx = 1\n",
        "fuzzy",
    ),
    applies(
        "lines in another order on disk stay so",
        "import c\nimport a\nimport b\nfoo = 1\n",
        "import a\nimport b\nimport c\nfoo = 1\n",
        "import a\nimport b\nimport c\nfoo = 2\n",
        "import c\nimport a\nimport b\nfoo = 2\n",
        "fuzzy",
    ),
    applies(
        "a comment that somebody put behind a line",
        "x = compute(1)  # keep\ny = 2\nz = 3\nw = compute(4)\n",
        "x = compute(1)\ny = 2\nz = 3\nw = compute(4)\n",
        "x = compute(1)\ny = 2\nz = 3\nw = compute(5)\n",
        "x = compute(1)  # keep\ny = 2\nz = 3\nw = compute(5)\n",
        "fuzzy",
    ),
    refuses(
        "lines left out by the agent",
        "def load(self):\n    with self.open() as f:\n        for line in f:\n            add(line)\n    return self\n",
        "def load(self):\n    ...\n    return self\n",
        "def load(self):\n    ...\n    return self.items\n",
        "not_found",
    ),
    refuses(
        "a line break written as such", 'f.write("a\\n")\n', 'f.write("a\n")', 'f.write("b\n")', "not_found"
    ),
]
