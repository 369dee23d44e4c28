"""Generated files of a megabyte: the same rules where not every window is compared."""

import random

from tests.domain.patching.case import applies, refuses

_RANDOM = random.Random(20)
_WORDS = [
    "".join(_RANDOM.choices("abcdefghijklmnopqrstuvwxyz", k=_RANDOM.randrange(3, 9))) for _ in range(3000)
]
_LINES = [
    "    " * _RANDOM.randrange(4) + " ".join(_RANDOM.choices(_WORDS, k=_RANDOM.randrange(1, 5)))
    for _ in range(40_000)
]
_HERE = 20_000


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _with(start: int, height: int, lines: list[str]) -> str:
    """The file with these lines in the place of `height` others."""
    return _text([*_LINES[:start], *lines, *_LINES[start + height :]])


def _drifted(lines: list[str], every: int) -> list[str]:
    return [line[:-1] + "#" if number % every == 0 else line for number, line in enumerate(lines)]


_FILE = _text(_LINES)
_BLOCK = _LINES[_HERE : _HERE + 8]
_TALL = _LINES[_HERE : _HERE + 400]
_SEEN = _drifted(_BLOCK, 2)
_SEEN_TALL = _drifted(_TALL, 3)
_TWIN = [f"def twin_{_RANDOM.randrange(10**6)}(value):", *(f"    step_{n}(value)" for n in range(6))]
_ONE = "word " * 200_000

CASES = [
    applies(
        "an exact block",
        _FILE,
        _text(_BLOCK),
        _text([*_BLOCK, "one more"]),
        _with(_HERE, 8, [*_BLOCK, "one more"]),
        "exact",
        lines=(_HERE + 1, _HERE + 9),
    ),
    applies(
        "a block without its indentation",
        _FILE,
        _text([line.strip() for line in _BLOCK]),
        _text([line.strip() for line in _BLOCK[:-1]]),
        _with(_HERE, 8, _BLOCK[:-1]),
        "trim",
    ),
    applies(
        "a drifted block",
        _FILE,
        _text(_SEEN),
        _text([*_SEEN[:4], "added = 1", *_SEEN[4:]]),
        _with(_HERE, 8, [*_BLOCK[:4], "added = 1", *_BLOCK[4:]]),
        "fuzzy",
        lines=(_HERE + 1, _HERE + 9),
    ),
    applies(
        "a drifted block of which every line is a little other",
        _FILE,
        _text(_drifted(_BLOCK, 1)),
        _text([*_drifted(_BLOCK, 1), "added = 1"]),
        _with(_HERE, 8, [*_BLOCK, "added = 1"]),
        "fuzzy",
    ),
    applies(
        "a drifted block of four hundred lines",
        _FILE,
        _text(_SEEN_TALL),
        _text([*_SEEN_TALL[:200], "added = 1", *_SEEN_TALL[201:]]),
        _with(_HERE, 400, [*_TALL[:200], "added = 1", *_TALL[201:]]),
        "fuzzy",
        lines=(_HERE + 1, _HERE + 400),
    ),
    applies(
        "a drifted block of four hundred lines, some of them by hand",
        _with(_HERE, 400, [*_TALL[:100], *(f"by hand {n}" for n in range(20)), *_TALL[100:]]),
        _text(_SEEN_TALL),
        _text([*_SEEN_TALL[:-1], "the end"]),
        _with(_HERE, 400, [*_TALL[:100], *(f"by hand {n}" for n in range(20)), *_TALL[100:-1], "the end"]),
        "fuzzy",
    ),
    applies(
        "a drifted block at the end",
        _FILE,
        _text(_drifted(_LINES[-8:], 2)),
        _text([*_drifted(_LINES[-8:], 2), "added = 1"]),
        _FILE + "added = 1\n",
        "fuzzy",
    ),
    applies(
        "a drifted block at the beginning",
        _FILE,
        _text(_drifted(_LINES[:8], 2)),
        _text(["added = 1", *_drifted(_LINES[:8], 2)]),
        "added = 1\n" + _FILE,
        "fuzzy",
    ),
    refuses(
        "twins far apart",
        _text([*_TWIN, *_LINES, *_TWIN]),
        _text([*_TWIN[:-1], "    step_5(values)"]),
        "x\n",
        "ambiguous",
        says="lines 1, 40008",
    ),
    refuses(
        "a hundred twins",
        _text([*_LINES, *(line for _ in range(100) for line in _TWIN)]),
        _text([*_TWIN[:-1], "    step_5(values)"]),
        "x\n",
        "ambiguous",
    ),
    refuses("nothing like it", _FILE, _text(["0123456789" * 3, "9876543210" * 3] * 4), "x\n", "not_found"),
    refuses("made before", _with(_HERE, 8, _SEEN), _text(_BLOCK), _text(_SEEN), "already_applied"),
    applies(
        "the end of one long line",
        _ONE + "END",
        "word END",
        "word STOP",
        _ONE + "STOP",
        "exact",
        lines=(1, 1),
    ),
    refuses("not in one long line", _ONE, "something else altogether", "x", "not_found"),
    refuses("all over one long line", _ONE, "word word", "x", "ambiguous"),
    applies("all of one long line", _ONE, "word", "w", "w " * 200_000, "exact", replace_all=True),
]
