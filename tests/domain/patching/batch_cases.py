"""Several edits: in order, each on what the one before left; all or nothing; none touches what another wrote."""

from boocode.domain.patching import Edit
from tests.domain.patching.case import batch

CASES = [
    batch("two places", "a\nb\nc\n", [Edit("a", "x"), Edit("c", "y")], "x\nb\ny\n", "exact", lines=(1, 3)),
    batch(
        "the later one first",
        "a\nb\nc\n",
        [Edit("c", "y"), Edit("a", "x\nx")],
        "x\nx\nb\ny\n",
        "exact",
        lines=(1, 4),
    ),
    batch("neighbours", "a\nb\n", [Edit("a\n", "x\n"), Edit("b\n", "y\n")], "x\ny\n", "exact"),
    batch(
        "the least strict tier is told",
        "a\nb \nc\n",
        [Edit("a", "x"), Edit("b\nc\n", "b\ny\n")],
        "x\nb \ny\n",
        "trim",
    ),
    batch(
        "all of one and one of another",
        "a b\na c\n",
        [Edit("a", "x", replace_all=True), Edit("b", "y")],
        "x y\nx c\n",
        "exact",
    ),
    batch(
        "in between of what all of one wrote",
        "a\nb\na\n",
        [Edit("a", "x", replace_all=True), Edit("b", "y")],
        "x\ny\nx\n",
        "exact",
        lines=(1, 3),
    ),
    batch(
        "the first makes the second unique",
        "a\nb\na\nc\n",
        [Edit("a\nb", "x\nb"), Edit("a", "y")],
        "x\nb\ny\nc\n",
        "exact",
    ),
    batch(
        "a deletion and an insertion",
        "a\nb\nc\n",
        [Edit("a\n", ""), Edit("c\n", "c\nd\n")],
        "b\nc\nd\n",
        "exact",
    ),
    batch(
        "with mark and CR LF",
        b"\xef\xbb\xbfa\r\nb\r\n",
        [Edit("a\n", "x\n"), Edit("b\n", "y\nz\n")],
        b"\xef\xbb\xbfx\r\ny\r\nz\r\n",
        "trim",
    ),
    batch("none at all", "a\n", [], code="no_change"),
    batch(
        "the second is not there", "a\nb\n", [Edit("a", "x"), Edit("q", "y")], code="not_found", says="Edit 2"
    ),
    batch(
        "the first is not there", "a\nb\n", [Edit("q", "y"), Edit("a", "x")], code="not_found", says="Edit 1"
    ),
    batch(
        "the second is ambiguous",
        "a\nb\nb\n",
        [Edit("a", "x"), Edit("b", "y")],
        code="ambiguous",
        says="Edit 2",
    ),
    batch(
        "the first makes the second ambiguous", "a\nb\n", [Edit("a", "b"), Edit("b", "c")], code="ambiguous"
    ),
    batch("on top of the first", "a\n", [Edit("a", "b"), Edit("b", "c")], code="overlap", says="Edit 2"),
    batch(
        "a piece of what the first wrote",
        "one\n",
        [Edit("one", "two three"), Edit("three", "four")],
        code="overlap",
    ),
    batch("what the first took away", "a b c\n", [Edit("a b", "x"), Edit("b c", "y")], code="overlap"),
    batch(
        "lines that the first took away",
        "a\nb\nc\n",
        [Edit("a\nb\n", "x\n"), Edit("b\nc\n", "y\n")],
        code="overlap",
    ),
    batch(
        "around what the first wrote", "a\nb\nc\n", [Edit("b", "x"), Edit("a\nx\nc\n", "y\n")], code="overlap"
    ),
    batch(
        "all of what the first wrote too",
        "a b\n",
        [Edit("a", "b"), Edit("b", "c", replace_all=True)],
        code="overlap",
    ),
    batch(
        "the same edit twice",
        "x = 1\n",
        [Edit("x = 1", "x = 2"), Edit("x = 1", "x = 2")],
        code="already_applied",
    ),
    batch("an empty one among them", "a\n", [Edit("a", "b"), Edit("", "c")], code="empty_old", says="Edit 2"),
    batch(
        "one that changes nothing among them", "a\nb\n", [Edit("a", "x"), Edit("b", "b")], code="no_change"
    ),
]
