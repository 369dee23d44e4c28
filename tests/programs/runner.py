"""Programs one after the other, each in a repository of its own, and what came of them all."""

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field, frozen

from tests.kit.scratch import in_memory
from tests.programs.desk import Broken, Desk
from tests.programs.operations import Program, write_down
from tests.programs.oracle import Loss
from tests.programs.performing import Tally, perform
from tests.programs.shortening import shorten
from tests.programs.workplace import Workplace, make_templates, settle_environment


@frozen
class Failure:
    seed: int
    what: str
    program: str
    shortened: str


@define
class Report:
    programs: int = 0
    operations: int = 0
    deaths: int = 0
    seconds: float = 0.0
    tally: dict[str, int] = field(factory=dict)
    first: int = 0
    last: int = 0
    failures: list[Failure] = field(factory=list)

    @property
    def seeds(self) -> str:
        return f"seeds {self.first} to {self.last}"

    def add(self, other: "Report") -> None:
        """What another process did at the same time."""
        self.first = min(self.first, other.first) if self.programs else other.first
        self.last = max(self.last, other.last)
        self.programs += other.programs
        self.operations += other.operations
        self.deaths += other.deaths
        self.seconds = max(self.seconds, other.seconds)
        self.failures += other.failures
        for what, count in other.tally.items():
            self.tally[what] = self.tally.get(what, 0) + count


@contextmanager
def scratch() -> Iterator[Path]:
    """In memory where there is one: thousands of small repositories are made and removed."""
    folder = Path(tempfile.mkdtemp(prefix="boocode-programs-", dir=in_memory()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@define
class Stage:
    """A warm worker and a folder for one program after the other."""

    folder: Path
    url: str
    tell: Callable[[str], None]
    tally: Tally = field(factory=Tally)
    deaths: int = 0
    count: int = 0

    def prepare(self) -> None:
        settle_environment(self.folder / "person")
        (self.folder / "templates").mkdir()
        make_templates(self.folder / "templates")

    def run(self, program: Program, seed: int) -> str | None:
        """What went wrong; None when nothing did."""
        self.count += 1
        folder = self.folder / f"{self.count}"
        worktrees = folder / "home" / "worktrees"
        desk = Desk(self.url, str(worktrees), str(self.folder / "words"))
        place = Workplace(folder, desk)
        desk.start()
        try:
            place.open(self.folder / "templates", seed)
            perform(program, place, self.tally, self.tell)
            place.forget()
        except (Loss, Broken) as error:
            desk.abandon()
            return str(error)
        except Exception:
            desk.abandon()
            return traceback.format_exc()
        else:
            desk.stop()
            return None
        finally:
            self.deaths += desk.deaths
            place.close()

    def quietly(self, program: Program, seed: int) -> str | None:
        """Like `run`, counting and telling nothing."""
        return Stage(self.folder, self.url, lambda _: None, count=self._next()).run(program, seed)

    def _next(self) -> int:
        self.count += 1000
        return self.count


def run_programs(
    programs: Mapping[int, Program], stage: Stage, on_failure: Callable[[Failure], None]
) -> Report:
    """By seed. A program that fails is shortened at once."""
    report = Report()
    began = time.monotonic()
    for seed, program in programs.items():
        wrong = stage.run(program, seed)
        report.programs += 1
        report.operations += len(program)
        if wrong is not None:
            shorter = shorten(program, wrong, lambda each, seed=seed: stage.quietly(each, seed))  # type: ignore[misc]
            failure = Failure(seed, wrong, write_down(program), write_down(shorter))
            report.failures.append(failure)
            on_failure(failure)
    report.seconds = time.monotonic() - began
    report.deaths, report.tally = stage.deaths, stage.tally.done
    report.first, report.last = min(programs, default=0), max(programs, default=0)
    return report
