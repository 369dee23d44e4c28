"""The edit applier on large files: `python -m benchmarks patching`. A few seconds.

The speeds that its contract names, each beside the least that any applier does with such a file: decode it, look for a
text, replace it, encode it. In processor time: the applier waits for nothing, so other work on the machine would be
all that the clock adds.
"""

import random
import time
from collections.abc import Callable

import trio

from benchmarks.table import Row, Target, contest, show
from boocode.domain.patching import Refused, apply_edit

FILE_CHARS = 1_000_000
FILE_LINES = 56_000
BLOCK, TALL_BLOCK = 8, 400
ROUNDS = 9


def _lines() -> list[str]:
    """About FILE_CHARS characters in FILE_LINES lines of one to three words, indented like code."""
    source = random.Random(3)  # noqa: S311 - the same file at every run
    words = [f"name{number}" for number in range(4000)]
    return [
        "    " * source.randrange(4)
        + " ".join(source.choice(words)[: source.randrange(3, 9)] for _ in range(source.randrange(1, 4)))
        for _ in range(FILE_LINES)
    ]


def _drifted(lines: list[str]) -> list[str]:
    return [line[:-1] + "q" if number % 2 else line for number, line in enumerate(lines)]


def _timed(content: bytes, old: str, new: str, expected: str) -> Callable[[], float]:
    """`expected`: the tier, or the code of the refusal; a figure of something else would be a lie."""

    def run() -> float:
        began = time.thread_time()
        outcome = apply_edit(content, old, new)
        took = time.thread_time() - began
        assert expected == (outcome.code if isinstance(outcome, Refused) else outcome.tier), outcome
        return took

    return run


def _floor(content: bytes, old: str, new: str) -> Callable[[], float]:
    def run() -> float:
        began = time.thread_time()
        content.decode().replace(old, new, 1).encode()
        return time.thread_time() - began

    return run


async def rows() -> list[Row]:
    lines = _lines()
    content = "\n".join(lines).encode() + b"\n"
    middle = FILE_LINES // 2
    exact = "\n".join(lines[middle : middle + BLOCK])
    fuzzy = "\n".join(_drifted(lines[middle : middle + BLOCK]))
    tall = "\n".join(_drifted(lines[middle : middle + TALL_BLOCK]))
    absent = "\n".join("zz" + chr(97 + number) * 30 for number in range(BLOCK))
    line = (("word " * 10 + "x") * 20_000)[:FILE_CHARS].encode()
    measured = {
        "exact": _timed(content, exact, exact + "\nadded", "exact"),
        "fuzzy": _timed(content, fuzzy, fuzzy + "\nadded", "fuzzy"),
        "no hit": _timed(content, absent, "added", "not_found"),
        "one line": _timed(line, "not there at all, not here", "added", "not_found"),
        "tall": _timed(content, tall, tall + "\nadded", "fuzzy"),
        "floor": _floor(content, exact, exact + "\nadded"),
    }
    times = await contest(measured, rounds=ROUNDS)
    floor = ("str.replace", times["floor"])

    def row(number: int, measure: str, name: str, at_most: float) -> Row:
        return Row(f"E{number}", measure, times[name], "s", floor, Target("at most", at_most, "figure"))

    return [
        row(1, "edit in 1 MB, 56 000 lines: exact", "exact", 0.030),
        row(2, "the same, fuzzy", "fuzzy", 0.060),
        row(3, "the same, no hit", "no hit", 0.080),
        row(4, "one line of 1 MB, no hit", "one line", 0.250),
        row(5, "a drifted block of 400 lines", "tall", 0.100),
    ]


if __name__ == "__main__":
    show(trio.run(rows))
