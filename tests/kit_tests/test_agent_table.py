"""The table of docs/agents.md: every row of the contract, every backend, and a reason for each no."""

from pathlib import Path

from tests.contract.backends import BACKENDS
from tests.contract.results import Recorder, read
from tests.contract.rows import Row
from tools.agent_table import BEGIN, END, FAILS, NOT_RUN, PAGE, declared, main, measured, rendered, written

ALL = {backend.name: {row.name: "passed" for row in Row} for backend in BACKENDS}


def test_the_page_says_of_every_backend_and_row_what_the_suite_says() -> None:
    assert written(PAGE.read_text()) == rendered(declared)


def test_when_all_passed_the_table_is_what_was_declared() -> None:
    assert rendered(measured(ALL)) == rendered(declared)  # type: ignore[arg-type]


def test_what_failed_or_was_not_run_is_not_told_as_had() -> None:
    one = BACKENDS[0].name
    failed = ALL | {one: {**ALL[one], Row.TOOL.name: "failed"}}
    assert FAILS in rendered(measured(failed))  # type: ignore[arg-type]
    assert NOT_RUN in rendered(measured({}))


def test_a_page_without_results_is_told_apart_and_only_its_table_is_written(tmp_path: Path) -> None:
    page = tmp_path / "agents.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    assert main(["--check"], page) == 1
    main([], page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert main(["--check"], page) == 0


def test_a_row_that_failed_once_in_a_run_has_failed_and_the_next_run_counts(tmp_path: Path) -> None:
    path = tmp_path / "results" / "contract.json"
    first = Recorder()
    first.record("a", "TOOL", passed=False)
    first.record("a", "TOOL", passed=True)
    first.record("b", "TOOL", passed=True)
    first.write(path)
    assert read(path) == {"a": {"TOOL": "failed"}, "b": {"TOOL": "passed"}}
    second = Recorder()
    second.record("a", "TOOL", passed=True)
    second.write(path)
    assert read(path) == {"a": {"TOOL": "passed"}, "b": {"TOOL": "passed"}}
