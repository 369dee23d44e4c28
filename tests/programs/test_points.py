"""The list of crash points is the truth about the source, and each of them is met by a death that is ordered."""

import re
from pathlib import Path

import boocode
from boocode.adapters.crashing import VARIABLE, Crashing, crashing_from
from boocode.ports.crash_points import CRASH_POINTS, pass_by

SOURCES = ("boocode", "actors", "supervisors", "web")
_CALLED = re.compile(r"\breached\(\s*f?[\"']([^\"']+)[\"']\s*\)|_reached\(\s*[\"']([^\"']+)[\"']\s*\)")


def _in_source() -> dict[str, str]:
    """Name → a file that passes it to `reached`."""
    root = Path(boocode.__file__).parent.parent
    found: dict[str, str] = {}
    for folder in SOURCES:
        for path in (root / folder).rglob("*.py"):
            for match in _CALLED.finditer(path.read_text(encoding="utf-8")):
                found[match[1] or match[2]] = str(path.relative_to(root))
    return found


def test_every_name_in_the_source_is_in_the_list_and_the_reverse():
    assert set(_in_source()) == set(CRASH_POINTS)


def test_every_point_says_what_is_true_there():
    assert [name for name, words in CRASH_POINTS.items() if len(words) < 20] == []
    assert len(set(CRASH_POINTS.values())) == len(CRASH_POINTS)


def test_nothing_is_wired_without_the_variable():
    assert crashing_from({}) is pass_by
    assert crashing_from({VARIABLE: ""}) is pass_by
    assert isinstance(crashing_from({VARIABLE: "swap.written:3"}), Crashing)
