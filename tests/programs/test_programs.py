"""A few random programs at every test run, and a death at each named point on purpose. `make safety` runs thousands.

One process runs them all, for a fork is only cheap and safe in a program without threads and loops.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from boocode.ports.crash_points import CRASH_POINTS
from tests.programs.operations import BOOCODE, read_program, write_down
from tests.programs.shortening import shorten
from tests.programs.writing import program_of, program_through

COUNT = 12


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("programs") / "report.json"
    command = [
        sys.executable,
        "-m",
        "tests.programs",
        "--count",
        str(COUNT),
        "--points",
        "--report",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_no_program_loses_anything(report: dict[str, Any]):
    assert report["failures"] == []
    assert report["programs"] == COUNT + len(CRASH_POINTS)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_death_at_every_point_is_met_and_recovered_from(point: str, report: dict[str, Any]):
    assert report["tally"].get(f"died at {point}", 0) >= 1


def test_programs_do_all_that_there_is_to_do(report: dict[str, Any]):
    """A run in which nothing is ever rewound proves nothing about rewinding."""
    assert [name for name in BOOCODE if not report["tally"].get(name)] == []


def test_a_seed_is_the_same_program_every_time_and_can_be_written_down():
    points = tuple(CRASH_POINTS)
    for seed in range(50):
        program = program_of(seed, points)
        assert program == program_of(seed, points)
        assert read_program(write_down(program)) == program


def test_a_failing_program_is_shortened_to_what_it_fails_by():
    program = program_through("swap.written")
    guilty = {str(each) for each in program if each.name in ("capture", "stash")}

    def fails(candidate: Any) -> str | None:
        words = {str(each).partition("!")[0] for each in candidate}
        return "in 3 it: is gone" if {"capture(2)", "stash(1)"} <= words else None

    shorter = shorten(program, "in 7 it: is gone", fails)
    assert write_down(shorter) == "capture(2) stash(1)"
    assert len(guilty) > 2
