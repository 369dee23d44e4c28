"""`make mutants`: plants one fault at a time in a copy of the kernel and shows that a test notices it.

A mutant is an exact text replacement. It fails loudly when its text is gone: then the code has moved on and the mutant
must follow. Exit status 1 if a mutant survives, 2 if one cannot be planted or the tests fail without it.

    python tools/mutants.py            all of them
    python tools/mutants.py edge order only those whose name contains one of the words
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal

from attrs import frozen
from mutations import MUTANTS, Mutant

ROOT: Final = Path(__file__).resolve().parent.parent
KERNEL: Final = Path("boocode/kernel")
COPIED: Final = (
    "boocode/__init__.py",
    "boocode/kernel",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/kit",
    "tests/kernel",
)
LIMIT: Final = 180
"""Seconds for the tests of one mutant; one that hangs has been noticed as well."""

Verdict = Literal["killed", "survived", "broken"]


@frozen
class Outcome:
    mutant: Mutant
    verdict: Verdict
    by: str
    seconds: float


class Unplantable(Exception):
    """The text to replace is not there exactly once."""


def copy_to(place: Path) -> None:
    """Kernel, kit, kernel tests and pytest's settings; nothing else."""
    for name in COPIED:
        source, target = ROOT / name, place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    shutil.copy(ROOT / "pyproject.toml", place)


def plant(mutant: Mutant, place: Path) -> None:
    path = place / KERNEL / mutant.file
    text = path.read_text()
    found = text.count(mutant.before)
    if found != 1:
        raise Unplantable(
            f"{mutant.name}: its text stands {found} times in {mutant.file}, not once:\n{mutant.before}"
        )
    path.write_text(text.replace(mutant.before, mutant.after))


def run_tests(place: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """Exit status and output of pytest; (1, …) when it had to be ended."""
    nodes = [f"tests/kernel/{test}" for test in tests]
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", *nodes]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return 1, f"FAILED {tests[0]} - hung for {LIMIT} s"
    return done.returncode, done.stdout + done.stderr


def killer_in(output: str) -> str:
    failed = [line.split(" - ")[0] for line in output.splitlines() if line.startswith("FAILED ")]
    return failed[0].removeprefix("FAILED ").removeprefix("tests/kernel/") if failed else "?"


def judge(mutant: Mutant) -> Outcome:
    """Plant it in a fresh copy and run its tests."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="boocode-mutant-") as folder:
        place = Path(folder)
        copy_to(place)
        plant(mutant, place)
        status, output = run_tests(place, mutant.tests)
    seconds = time.monotonic() - start
    if status == 0:
        return Outcome(mutant, "survived", "", seconds)
    if status == 1:
        return Outcome(mutant, "killed", killer_in(output), seconds)
    return Outcome(mutant, "broken", output[-2000:], seconds)


def check_without_mutants(mutants: list[Mutant]) -> None:
    """The tests must be green on an unchanged copy, or their failing says nothing."""
    with tempfile.TemporaryDirectory(prefix="boocode-mutant-") as folder:
        place = Path(folder)
        copy_to(place)
        for mutant in mutants:
            text = (place / KERNEL / mutant.file).read_text()
            if text.count(mutant.before) != 1:
                plant(mutant, place)
        tests = tuple(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
        status, output = run_tests(place, tests)
    if status:
        raise Unplantable(f"the tests fail without any mutant:\n{output[-3000:]}")


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    try:
        check_without_mutants(chosen)
    except Unplantable as problem:
        print(problem, file=sys.stderr)
        return 2
    width = max(len(mutant.name) for mutant in chosen)
    outcomes = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(judge, chosen):
            print(
                f"{outcome.mutant.name:<{width}}  {outcome.verdict:<8}  {outcome.seconds:4.1f} s  {outcome.by}",
                flush=True,
            )
            outcomes.append(outcome)
    killed = sum(outcome.verdict == "killed" for outcome in outcomes)
    print(f"{killed} of {len(outcomes)} mutants killed")
    if any(outcome.verdict == "broken" for outcome in outcomes):
        return 2
    return 0 if killed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
