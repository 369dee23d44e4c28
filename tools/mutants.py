"""`make mutants`: plants one fault at a time in a copy of the kernel and shows that a test notices it.

A mutant is an exact text replacement. It fails loudly when its text is gone: then the code has moved on and the mutant
must follow. Exit status 1 if a mutant survives, 2 if one cannot be planted or the tests fail without it.

    python -m tools.mutants            all of them
    python -m tools.mutants edge order only those whose name contains one of the words
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, Literal

from attrs import frozen

from tools.mutations import MUTANTS, Mutant

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
LIMIT: Final = 120
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
    """Replace the text, which `check` has found exactly once."""
    path = place / KERNEL / mutant.file
    path.write_text(path.read_text().replace(mutant.before, mutant.after))


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


def judge(mutant: Mutant, original: Path) -> Outcome:
    """Plant it in a copy of the original and run its tests there."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="boocode-mutant-") as folder:
        place = Path(folder) / "copy"
        shutil.copytree(original, place, ignore=shutil.ignore_patterns("__pycache__"))
        plant(mutant, place)
        status, output = run_tests(place, mutant.tests)
    seconds = time.monotonic() - start
    if status == 0:
        return Outcome(mutant, "survived", "", seconds)
    if status == 1:
        return Outcome(mutant, "killed", killer_in(output), seconds)
    return Outcome(mutant, "broken", output[-2000:], seconds)


def check(original: Path, mutants: Sequence[Mutant]) -> None:
    """Unplantable if a text is gone, or if the tests fail without a mutant: then their failing says nothing."""
    for mutant in mutants:
        text = (original / KERNEL / mutant.file).read_text()
        found = text.count(mutant.before)
        if found != 1:
            raise Unplantable(
                f"{mutant.name}: its text stands {found} times in {mutant.file}, not once:\n{mutant.before}"
            )
    tests = tuple(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
    status, output = run_tests(original, tests)
    if status:
        raise Unplantable(f"the tests fail without any mutant:\n{output[-3000:]}")


def judge_all(original: Path, mutants: Sequence[Mutant]) -> list[Outcome]:
    """Two at a time; each printed as soon as it is known."""
    width = max(len(mutant.name) for mutant in mutants)
    outcomes = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(partial(judge, original=original), mutants):
            name = outcome.mutant.name.ljust(width)
            print(f"{name}  {outcome.verdict:<8}  {outcome.seconds:4.1f} s  {outcome.by}", flush=True)
            outcomes.append(outcome)
    return outcomes


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    if not chosen:
        print(f"no mutant's name contains any of {words}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="boocode-mutants-") as folder:
        original = Path(folder)
        copy_to(original)
        try:
            check(original, chosen)
        except Unplantable as problem:
            print(problem, file=sys.stderr)
            return 2
        outcomes = judge_all(original, chosen)
    killed = sum(outcome.verdict == "killed" for outcome in outcomes)
    print(f"{killed} of {len(outcomes)} mutants killed")
    if any(outcome.verdict == "broken" for outcome in outcomes):
        return 2
    return 0 if killed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
