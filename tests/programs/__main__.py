"""Runs random programs and says what came of them. Exit status 1 when anything was lost."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from attrs import asdict

from boocode.ports.crash_points import CRASH_POINTS
from tests.programs.operations import Program, read_program
from tests.programs.runner import Failure, Report, Stage, run_programs, scratch
from tests.programs.writing import program_of, program_through


def main() -> int:
    asked = _arguments()
    # Also when it is asked to end, the server and the scratch directory go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if asked.url:
        return _stage(asked)
    return _whole(asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.programs", description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="how many programs (50)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--seed", type=int, help="only this one, step by step")
    parser.add_argument(
        "--program", help="a program as it was printed, step by step; --seed chooses its repository"
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="as many as there are cores"
    )
    parser.add_argument("--report", type=Path, help="keep what came of it in this file, as JSON")
    parser.add_argument(
        "--points", action="store_true", help="also die at every named crash point on purpose"
    )
    parser.add_argument("--without", default="", help="operations to leave out, with commas between them")
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--share", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--every", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args()


def _whole(asked: argparse.Namespace) -> int:
    """A PostgreSQL, and a process beside each other for each share of the seeds."""
    from tests.kit.postgres import PostgresServer
    from tests.kit.scratch import in_memory

    single = asked.seed is not None or asked.program is not None
    processes = 1 if single else asked.processes
    with tempfile.TemporaryDirectory(prefix="boocode-pg-", dir=in_memory()) as home:
        os.chmod(home, 0o711)
        server = PostgresServer(Path(home))
        try:
            report = _all_shares(
                asked, [server.url(server.new_database()) for _ in range(processes)], Path(home)
            )
        finally:
            server.stop()
    _tell(report)
    if asked.report:
        asked.report.write_text(json.dumps(asdict(report), indent=1))
    return 1 if report.failures else 0


def _all_shares(asked: argparse.Namespace, urls: list[str], home: Path) -> Report:
    """Each process takes every n-th seed."""
    running = []
    for number, url in enumerate(urls):
        command = [sys.executable, "-m", "tests.programs", "--url", url, "--every", str(len(urls))]
        command += ["--first", str(asked.first + number), "--count", str(asked.count - number)]
        command += ["--seed", str(asked.seed)] if asked.seed is not None else []
        command += ["--without", asked.without, *(["--points"] if asked.points else [])]
        command += ["--share", str(number)]
        command += ["--program", asked.program] if asked.program is not None else []
        share = home / f"share-{number}.json"
        running.append((share, subprocess.Popen([*command, "--report", str(share)])))
    report = Report()
    try:
        for share, process in running:
            if process.wait() not in (0, 1):
                raise SystemExit(f"a process of programs ended with {process.returncode}")
            report.add(_read(share))
    finally:
        for _, process in running:
            process.terminate()
            process.wait()
    return report


def _read(share: Path) -> Report:
    data = json.loads(share.read_text())
    return Report(**{**data, "failures": [Failure(**each) for each in data["failures"]]})


def _stage(asked: argparse.Namespace) -> int:
    aloud = asked.seed is not None or asked.program is not None
    programs = _programs(asked)
    with scratch() as folder:
        stage = Stage(folder, asked.url, tell=_say if aloud else _be_quiet)
        stage.prepare()
        report = run_programs(programs, stage, on_failure=_tell_failure)
    asked.report.write_text(json.dumps(asdict(report)))
    return 1 if report.failures else 0


def _programs(asked: argparse.Namespace) -> dict[int, Program]:
    if asked.program is not None:
        return {asked.seed or 0: read_program(asked.program)}
    seeds = (
        [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.count, asked.every)
    )
    without = asked.without.split(",")
    programs = {seed: program_of(seed, tuple(CRASH_POINTS)) for seed in seeds}
    if asked.points:
        share = tuple(CRASH_POINTS)[asked.share :: asked.every]
        programs |= {-1 - number: program_through(point) for number, point in enumerate(share)}
    return {
        seed: tuple(each for each in program if each.name not in without)
        for seed, program in programs.items()
    }


def _say(words: str) -> None:
    print(words, flush=True)


def _be_quiet(words: str) -> None:
    """Nobody reads along when there are thousands."""


def _tell_failure(failure: Failure) -> None:
    _say(f"\nseed {failure.seed}: {failure.what}")
    _say(f"  the program: {failure.program}")
    _say(f"  shortened:   {failure.shortened}")
    _say(f'  once more:   python -m tests.programs --seed {failure.seed} --program "{failure.shortened}"\n')


def _tell(report: Report) -> None:
    _say(
        f"{report.programs} programs ({report.seeds}), {report.operations} operations, {report.deaths} deaths, "
        f"{len(report.failures)} failures in {report.seconds:.0f} s"
    )
    for what, count in sorted(report.tally.items()):
        _say(f"  {count:6} {what}")


if __name__ == "__main__":
    sys.exit(main())
