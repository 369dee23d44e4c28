"""Runs each row for each backend that can have it, and keeps what came out for the table."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest

from tests.contract.backends import BACKENDS, BackendUnderTest
from tests.contract.results import Recorder
from tests.contract.rows import Row
from tests.contract.stage import Stage, on_stage
from tests.kit.postgres import database_url, postgres_server  # noqa: F401


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A backend that cannot have the row has no test of it: the table says why."""
    if "backend" in metafunc.fixturenames:
        row = row_of(metafunc.definition)
        params = [_param(backend) for backend in BACKENDS if row not in backend.cannot]
        metafunc.parametrize("backend", params)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if isinstance(item, pytest.Function) and item.get_closest_marker("row"):
        backend = item.callspec.params["backend"]
        assert isinstance(backend, BackendUnderTest)
        _recorder(item.config).record(backend.name, row_of(item).name, passed=not report.failed)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if path := session.config.getoption("--contract-results"):
        _recorder(session.config).write(Path(path))


_RECORDER = pytest.StashKey[Recorder]()


def _recorder(config: pytest.Config) -> Recorder:
    return config.stash.setdefault(_RECORDER, Recorder())


def row_of(item: pytest.Item) -> Row:
    marker = item.get_closest_marker("row")
    assert marker is not None, f"{item.name} says with no @pytest.mark.row which row it is"
    row: Row = marker.args[0]
    return row


def _param(backend: BackendUnderTest) -> pytest.ParameterSet:
    marks = [pytest.mark.real_agent(backend.name)] if backend.is_real else []
    return pytest.param(
        backend, id=backend.name.translate({ord(" "): "-", ord("("): None, ord(")"): None}), marks=marks
    )


@pytest.fixture
def kept_in(request: pytest.FixtureRequest, backend: BackendUnderTest) -> str | None:
    """The URL of a database, for a backend that keeps its memory in BooCode's."""
    url: str = request.getfixturevalue("database_url") if backend.needs_database else ""
    return url or None


@pytest.fixture
async def stage(backend: BackendUnderTest, tmp_path: Path, kept_in: str | None) -> AsyncIterator[Stage]:
    if backend.program is not None and not backend.program().exists():
        pytest.fail(f"{backend.program()} is missing: make test-agents installs it")
    async with on_stage(backend, tmp_path, kept_in) as stage:
        yield stage
